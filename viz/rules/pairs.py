"""Rules for functions of two or three tensors, on each element by itself."""

from __future__ import annotations

import numpy as np

from viz.rules.numerics import times_log, zero_where
from viz.rules.row import Row, Slot, Values
from viz.rules.wording_functions import scaled_sum, value_over, value_times


def _nearness(values: Values) -> np.ndarray:
    """1 divided by the square of a point's distance from the origin; 0 at the origin."""
    square = values.self * values.self + values.other * values.other
    return zero_where(square == 0, 1 / square)


_XLOGY = Slot(
    "self",
    "ln({other})",
    lambda v: zero_where((v.self == 0) & (v.other <= 0), times_log(v.upstream, v.other)),
)
_XLOGY_OTHER = Slot("other", "{self}/{other}", lambda v: v.upstream * v.self / v.other)
_XLOGY_WORDS = (
    "{self}·ln({other}) grows with {self} by the logarithm, and with {other} by the quotient. "
    "Where {self} is 0, the product counts as 0, whatever the logarithm is."
)
_MIXING = "lerp goes from {self} to {end}: {end} gets the share {weight}, and {self} gets the rest."
_LERP_SELF = Slot("self", "(1 − {weight})", lambda v: v.upstream * (1 - v.weight))
_LERP_END = Slot("end", "{weight}", lambda v: v.upstream * v.weight)

PAIRS = (
    Row(
        kinds=("Atan2Backward0",),
        sign="atan2",
        statement="atan2({self}, {other})",
        words="The angle of the point ({other}, {self}) changes the more slowly, the farther the "
        "point is from the origin. At the origin itself PyTorch takes 0.",
        slots=(
            Slot(
                "self",
                "{other}/({self}² + {other}²)",
                lambda v: v.upstream * v.other * _nearness(v),
            ),
            Slot(
                "other",
                "(−{self}/({self}² + {other}²))",
                lambda v: v.upstream * -v.self * _nearness(v),
            ),
        ),
    ),
    Row(
        kinds=("HypotBackward0",),
        sign="hypot",
        statement="hypot({self}, {other})",
        words="The long side of a right triangle follows each short side by that side's share of "
        "the long one.",
        slots=(
            Slot("self", "{self}/{result}", lambda v: v.upstream * v.self / v.result),
            Slot("other", "{other}/{result}", lambda v: v.upstream * v.other / v.result),
        ),
    ),
    Row(
        kinds=("XlogyBackward0",),
        sign="x ln y",
        statement="xlogy({self}, {other})",
        words=_XLOGY_WORDS,
        slots=(_XLOGY, _XLOGY_OTHER),
    ),
    Row(
        kinds=("XlogyBackward1",),
        sign="x ln y",
        statement="xlogy({self}, {other})",
        words=_XLOGY_WORDS,
        slots=(_XLOGY_OTHER,),
    ),
    Row(
        kinds=("XlogyBackward2",),
        sign="x ln y",
        statement="xlogy({self}, {other})",
        words=_XLOGY_WORDS,
        slots=(_XLOGY,),
    ),
    Row(
        kinds=("LogaddexpBackward0",),
        sign="ln Σ eˣ",
        statement="logaddexp({self}, {other})",
        words="The logarithm of a sum of exponentials is a soft maximum: the two shares add up to "
        "1, and the larger number gets the larger one.",
        slots=(
            Slot(
                "self",
                "1/(1 + exp({other} − {self}))",
                lambda v: v.upstream / (1 + np.exp(v.other - v.self)),
                rounding=lambda v: v.upstream * (np.abs(v.self) + np.abs(v.other)),
            ),
            Slot(
                "other",
                "1/(1 + exp({self} − {other}))",
                lambda v: v.upstream / (1 + np.exp(v.self - v.other)),
                rounding=lambda v: v.upstream * (np.abs(v.self) + np.abs(v.other)),
            ),
        ),
    ),
    Row(
        kinds=("Logaddexp2Backward0",),
        sign="log₂ Σ",
        statement="logaddexp2({self}, {other})",
        words="The logarithm of a sum of powers of 2 is a soft maximum: the two shares add up to "
        "1, and the larger number gets the larger one.",
        slots=(
            Slot(
                "self",
                "1/(1 + 2^({other} − {self}))",
                lambda v: v.upstream / (1 + np.exp2(v.other - v.self)),
                rounding=lambda v: v.upstream * (np.abs(v.self) + np.abs(v.other)),
            ),
            Slot(
                "other",
                "1/(1 + 2^({self} − {other}))",
                lambda v: v.upstream / (1 + np.exp2(v.self - v.other)),
                rounding=lambda v: v.upstream * (np.abs(v.self) + np.abs(v.other)),
            ),
        ),
    ),
    Row(
        kinds=("LerpBackward0",),
        sign="lerp",
        statement="lerp({self}, {end}, {weight})",
        words=_MIXING,
        slots=(_LERP_SELF, _LERP_END),
    ),
    Row(
        kinds=("LerpBackward1",),
        sign="lerp",
        statement="lerp({self}, {end}, {weight})",
        words=_MIXING,
        slots=(
            _LERP_SELF,
            _LERP_END,
            Slot("weight", "({end} − {self})", lambda v: v.upstream * (v.end - v.self)),
        ),
    ),
    Row(
        kinds=("AddcmulBackward0",),
        sign="+ ×",
        statement=scaled_sum("{tensor1}·{tensor2}"),
        words="The sum passes the gradient on to {self} unchanged; in the product, each factor "
        "gets it times the other factor.",
        slots=(
            Slot("self", "1", lambda v: v.upstream),
            Slot("tensor1", value_times("{tensor2}"), lambda v: v.upstream * (v.tensor2 * v.value)),
            Slot("tensor2", value_times("{tensor1}"), lambda v: v.upstream * (v.tensor1 * v.value)),
        ),
        defaults={"value": 1},
    ),
    Row(
        kinds=("AddcdivBackward0",),
        sign="+ ÷",
        statement=scaled_sum("{tensor1}/{tensor2}"),
        words="The sum passes the gradient on to {self} unchanged; the quotient follows its "
        "numerator in proportion, and its denominator in reverse.",
        slots=(
            Slot("self", "1", lambda v: v.upstream),
            Slot("tensor1", value_over("{tensor2}"), lambda v: v.upstream * (v.value / v.tensor2)),
            Slot(
                "tensor2",
                value_times("{tensor1}/{tensor2}²", negative=True),
                lambda v: -v.upstream * (v.value * v.tensor1 / (v.tensor2 * v.tensor2)),
            ),
        ),
        defaults={"value": 1},
    ),
)
