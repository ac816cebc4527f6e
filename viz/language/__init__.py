"""Source text and inputs -> checked program -> live tensors. Never eval, never exec."""

from viz.language.inputs import read_input
from viz.language.observer import Observer
from viz.language.program import Program, check
from viz.language.run import Result, check_given, run

__all__ = ["Observer", "Program", "Result", "check", "check_given", "read_input", "run"]
