"""Rules for operations that make few numbers out of many: the gradient spreads out again."""

from __future__ import annotations

from viz.rules.row import Row, Slot
from viz.rules.shapes import reduced_count, spread
from viz.rules.wording import reduction

REDUCTIONS = (
    Row(
        kinds=("SumBackward0", "SumBackward1"),
        sign="Σ",
        statement=reduction("sum"),
        words="Each element counts once in a sum, so each receives the whole upstream gradient.",
        slots=(Slot("self", "1", spread, elementwise=False),),
        defaults={"dim": None, "keepdim": False},
    ),
    Row(
        kinds=("MeanBackward0", "MeanBackward1"),
        sign="mean",
        statement=reduction("mean"),
        words="A mean of {n} elements gives each of them the same share of the gradient, 1/{n}.",
        empty="A mean of no elements is no number, and there is no element to receive a gradient.",
        slots=(Slot("self", "1/{n}", lambda v: spread(v) / v.n, elementwise=False),),
        defaults={"dim": None, "keepdim": False},
        derived={"n": reduced_count},
    ),
)
