"""Watch live tensors and the real engine; turn what happened into `viz.trace` records."""

from viz.capture.arrays import summarize
from viz.capture.plan import Plan
from viz.capture.recorder import Recorder

__all__ = ["Plan", "Recorder", "summarize"]
