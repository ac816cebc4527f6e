"""Rules for activation functions with corners: relu and its family, made of straight pieces.

At a corner there is no derivative. Each row has PyTorch's choice there.
"""

from __future__ import annotations

import numpy as np

from viz.rules.numerics import zero_where
from viz.rules.row import MissingValueError, Row, Slot, Values
from viz.rules.wording_functions import (
    elu_local,
    elu_name,
    hardtanh_name,
    hardtanh_statement,
    rrelu_local,
    rrelu_words,
)

_SIXTH = float(np.float32(1 / 6))
"""PyTorch has this number in single precision, also where it computes in double."""


def _require_numbers(values: Values) -> None:
    """PyTorch's answer at NaN depends on whether it computes several elements at once."""
    if np.isnan(values.self).any():
        raise MissingValueError("the gradient at NaN")


def _hardtanh_slope(values: Values) -> np.ndarray:
    _require_numbers(values)
    is_flat = (values.self <= values.min_val) | (values.self >= values.max_val)
    return zero_where(is_flat, values.upstream)


def _elu_slope(values: Values) -> np.ndarray:
    """scale where the argument is positive, alpha·scale·exp(·) elsewhere."""
    _require_numbers(values)
    curved = values.input_scale * (values.alpha * values.scale)
    bent = values.upstream * curved * np.exp(values.self * values.input_scale)
    return np.where(values.self <= 0, bent, values.upstream * values.scale)


def _celu_slope(values: Values) -> np.ndarray:
    _require_numbers(values)
    bent = values.upstream * np.exp(values.self / values.alpha)
    return np.where(values.self <= 0, bent, values.upstream)


def _rrelu_slope(values: Values) -> np.ndarray:
    slope = values.noise if values.training else (values.lower + values.upper) / 2
    return np.where(values.self > 0, values.upstream, values.upstream * slope)


def _shrink_slope(values: Values) -> np.ndarray:
    _require_numbers(values)
    return np.where(np.abs(values.self) > values.lambd, values.upstream, 0)


def _hardswish_slope(values: Values) -> np.ndarray:
    _require_numbers(values)
    x, upstream = values.self, values.upstream
    return np.where(x <= -3, 0, np.where(x >= 3, upstream, upstream * (x / 3 + 0.5)))


ACTIVATIONS = (
    Row(
        kinds=("HardtanhBackward0",),
        sign=hardtanh_name,
        statement=hardtanh_statement,
        words="Between its corners {self} passes unchanged, and so does the gradient; outside them "
        "the result stands still, so {self} gets 0. At a corner PyTorch takes 0.",
        slots=(
            Slot(
                "self",
                "(1 if {min_val} < {self} < {max_val} else 0)",
                _hardtanh_slope,
            ),
        ),
        defaults={"min_val": -1, "max_val": 1},
    ),
    Row(
        kinds=("LeakyReluBackward0",),
        sign="leaky",
        statement="leaky_relu({self}, {negative_slope})",
        words="A gate that never shuts: where {self} is positive the gradient passes whole, "
        "elsewhere {negative_slope} of it leaks through. At 0 PyTorch takes {negative_slope}.",
        slots=(
            Slot(
                "self",
                "(1 if {self} > 0 else {negative_slope})",
                lambda v: np.where(v.self > 0, v.upstream, v.upstream * v.negative_slope),
            ),
        ),
        defaults={"negative_slope": 0.01},
    ),
    Row(
        kinds=("PreluKernelBackward0",),
        sign="prelu",
        statement="prelu({self}, {weight})",
        words="A leaky gate that learns how much leaks: where {self} is positive the gradient "
        "passes whole, elsewhere it is multiplied by {weight}. At 0 PyTorch takes {weight}.",
        slots=(
            Slot(
                "self",
                "(1 if {self} > 0 else {weight})",
                lambda v: np.where(v.self > 0, v.upstream, v.upstream * v.weight),
            ),
            Slot(
                "weight",
                "(0 if {self} > 0 else {self})",
                lambda v: zero_where(v.self > 0, v.upstream * v.self),
                "{weight} counts only where {self} is not positive.",
            ),
        ),
    ),
    Row(
        kinds=("RreluWithNoiseBackward0",),
        sign="rrelu",
        statement="rrelu({self})",
        words=rrelu_words,
        slots=(Slot("self", rrelu_local, _rrelu_slope),),
        defaults={"lower": 1 / 8, "upper": 1 / 3, "training": False},
        extras=("noise",),
    ),
    Row(
        kinds=("EluBackward0",),
        sign=elu_name,
        statement=lambda plain: f"{elu_name(plain)}({{self}})",
        words="Straight where {self} is positive, an exponential elsewhere, so that some gradient "
        "passes there too: the less, the more negative {self} is. At 0 PyTorch takes the "
        "exponential's slope.",
        slots=(Slot("self", elu_local, _elu_slope),),
        defaults={"alpha": 1, "scale": 1, "input_scale": 1},
    ),
    Row(
        kinds=("CeluBackward0",),
        sign="celu",
        statement="celu({self}, {alpha})",
        words="Straight where {self} is positive, an exponential elsewhere. The two pieces meet "
        "with the same slope, 1.",
        slots=(Slot("self", "(1 if {self} > 0 else exp({self}/{alpha}))", _celu_slope),),
        defaults={"alpha": 1.0},
    ),
    Row(
        kinds=("HardsigmoidBackward0",),
        sign="hard σ",
        statement="hardsigmoid({self})",
        words="A sigmoid made of straight lines: between −3 and 3 a sixth of the gradient passes, "
        "and outside nothing. At −3 and at 3 PyTorch takes 0.",
        slots=(
            Slot(
                "self",
                "(1/6 if −3 < {self} < 3 else 0)",
                lambda v: np.where((v.self > -3) & (v.self < 3), v.upstream * _SIXTH, 0),
            ),
        ),
    ),
    Row(
        kinds=("HardswishBackward0",),
        sign="hswish",
        statement="hardswish({self})",
        words="{self} times a sigmoid of straight lines: the gradient passes whole above 3, stops "
        "below −3, and the product rule gives a straight line between. At −3 PyTorch takes 0, and "
        "at 3 it takes 1.",
        slots=(
            Slot(
                "self",
                "(0 if {self} ≤ −3, 1 if {self} ≥ 3, else {self}/3 + ½)",
                _hardswish_slope,
                rounding=lambda v: v.upstream,
            ),
        ),
    ),
    Row(
        kinds=("ThresholdBackward0",),
        sign="thresh",
        statement="threshold({self}, {threshold}, {value})",
        words="A gate: the gradient passes where {self} is above {threshold}. Elsewhere {self} was "
        "replaced by {value} and gets 0. At {threshold} itself PyTorch takes 0.",
        slots=(
            Slot(
                "self",
                "(1 if {self} > {threshold} else 0)",
                lambda v: zero_where(v.self <= v.threshold, v.upstream),
            ),
        ),
    ),
    Row(
        kinds=("SoftshrinkBackward0",),
        sign="shrink",
        statement="softshrink({self}, {lambd})",
        words="Everything is pulled {lambd} towards 0, and what is nearer becomes 0: the gradient "
        "passes where something is left. At ±{lambd} PyTorch takes 0.",
        slots=(
            Slot(
                "self",
                "(0 if −{lambd} ≤ {self} ≤ {lambd} else 1)",
                _shrink_slope,
            ),
        ),
        defaults={"lambd": 0.5},
    ),
    Row(
        kinds=("HardshrinkBackward0",),
        sign="shrink",
        statement="hardshrink({self}, {lambd})",
        words="What is nearer to 0 than {lambd} becomes 0 and gets no gradient; everything else "
        "passes unchanged. At ±{lambd} PyTorch takes 0.",
        slots=(
            Slot(
                "self",
                "(0 if −{lambd} ≤ {self} ≤ {lambd} else 1)",
                _shrink_slope,
            ),
        ),
        defaults={"lambd": 0.5},
    ),
)
