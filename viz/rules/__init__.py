"""Turn a recorded step into what the rule card says, from plain Trace data, without torch."""

from viz.rules.card import Card, Line, Matrix, Part, Parts, text_of
from viz.rules.explain import describe, explain_seed, explain_step, name
from viz.rules.numbers import format_array, format_number
from viz.rules.row import RuleFailedWarning
from viz.rules.signs import sign

__all__ = [
    "Card",
    "Line",
    "Matrix",
    "Part",
    "Parts",
    "RuleFailedWarning",
    "describe",
    "explain_seed",
    "explain_step",
    "format_array",
    "format_number",
    "name",
    "sign",
    "text_of",
]
