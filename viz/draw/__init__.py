"""Turn a Trace into pictures: the animated figure, torchviz's drawing, the texts beside them."""

from viz.draw.animate import animate
from viz.draw.picture import draw

__all__ = ["animate", "draw"]
