"""Turn a Trace into pixels, without a browser: PNG and GIF of the stage."""

from viz.raster.pictures import film, picture

__all__ = ["film", "picture"]
