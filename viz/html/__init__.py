"""Turn a Trace into one offline file that plays, and into what a notebook shows of it."""

from viz.html.save import save_html

__all__ = ["save_html"]
