"""Watch live tensors and the real engine; turn what happened into `viz.trace` records."""

from viz.capture.arrays import summarize
from viz.capture.recorder import Recorder

__all__ = ["Recorder", "summarize"]
