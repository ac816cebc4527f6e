"""`viz.watch()`: a person's own code, in their own process, becomes a Trace."""

from viz.watching.watch import Watch

__all__ = ["Watch"]
