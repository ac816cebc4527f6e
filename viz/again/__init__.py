"""Run a program again with one leaf changed, and measure what that does to its loss.

The live program is a function here that takes an observer and runs: who makes it knows the
language, this folder does not.
"""

from viz.again.descent import descend, survey
from viz.again.proof import prove

__all__ = ["descend", "prove", "survey"]
