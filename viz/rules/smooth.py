"""Rules for activation functions without corners: gates made of sigmoids and bell curves."""

from __future__ import annotations

import math

import numpy as np

from viz.rules.numerics import erf, one_number, sigmoid
from viz.rules.row import Row, Slot, Values
from viz.rules.wording_functions import gelu_local, gelu_words, softplus_local

_ROOT_2_OVER_PI = math.sqrt(2 / math.pi)
_CUBIC = 0.044715


def _log_of_one_plus_exp(numbers: np.ndarray) -> np.ndarray:
    return np.logaddexp(0, numbers)


def _mish_gate(values: Values) -> np.ndarray:
    return np.tanh(_log_of_one_plus_exp(values.self))


def _mish_slope(values: Values) -> np.ndarray:
    gate = _mish_gate(values)
    return gate + values.self * sigmoid(values.self) * (1 - gate * gate)


def _silu_slope(values: Values) -> np.ndarray:
    gate = sigmoid(values.self)
    return gate * (1 + values.self * (1 - gate))


def _gelu_gate(values: Values) -> np.ndarray:
    x = values.self
    return np.tanh(_ROOT_2_OVER_PI * (x + _CUBIC * x * x * x))


def _gelu_slope(values: Values) -> np.ndarray:
    x = values.self
    if values.approximate == "tanh":
        gate = _gelu_gate(values)
        inner = _ROOT_2_OVER_PI * (1 + 3 * _CUBIC * x * x)
        return 0.5 * (1 + gate) + 0.5 * x * (1 - gate * gate) * inner
    share = 0.5 * (1 + erf(x * math.sqrt(0.5)))
    density = np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
    return share + x * density


def _softplus_slope(values: Values) -> np.ndarray:
    scaled = values.self * values.beta
    growth = np.exp(scaled)
    return np.where(
        scaled > values.threshold, values.upstream, values.upstream * growth / (growth + 1)
    )


def _halves(values: Values) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.split(values.self, 2, axis=values.dim)
    return first, sigmoid(second)


def _glu_gradient(values: Values) -> np.ndarray:
    first, gate = _halves(values)
    parts = (values.upstream * gate, values.upstream * first * gate * (1 - gate))
    return np.concatenate(parts, axis=values.dim)


def _glu_rounding(values: Values) -> np.ndarray:
    first, gate = _halves(values)
    parts = (values.upstream * gate, values.upstream * first * gate)
    return np.concatenate(parts, axis=values.dim)


def _near_one(values: Values) -> np.ndarray:
    """Where the slope is a difference of numbers of about this size."""
    return values.upstream * (1 + np.abs(values.self))


SMOOTH = (
    Row(
        kinds=("SiluBackward0",),
        sign="silu",
        statement="silu({self})",
        words="silu is {self} times its own sigmoid σ, so the product rule has two parts: the gate "
        "itself, and {self} times the gate's slope.",
        slots=(
            Slot(
                "self",
                "σ({self})·(1 + {self}·(1 − σ({self})))",
                lambda v: v.upstream * _silu_slope(v),
                rounding=_near_one,
            ),
        ),
    ),
    Row(
        kinds=("GeluBackward0",),
        sign="gelu",
        statement="gelu({self})",
        words=gelu_words,
        slots=(
            Slot(
                "self",
                gelu_local,
                lambda v: v.upstream * _gelu_slope(v),
                rounding=lambda v: v.upstream * (1 + np.minimum(v.self**2, 8) * np.abs(v.self)),
            ),
        ),
        defaults={"approximate": "none"},
        derived={"t": lambda v: one_number(_gelu_gate(v))},
    ),
    Row(
        kinds=("MishBackward0",),
        sign="mish",
        statement="mish({self})",
        words="mish is {self} times a gate t = tanh(softplus({self})). The product rule adds "
        "{self} times the gate's slope, σ({self})·(1 − t²).",
        slots=(
            Slot(
                "self",
                "({t} + {self}·σ({self})·(1 − {t}²))",
                lambda v: v.upstream * _mish_slope(v),
                rounding=_near_one,
            ),
        ),
        derived={"t": lambda v: one_number(_mish_gate(v))},
    ),
    Row(
        kinds=("SoftplusBackward0",),
        sign="soft+",
        statement="softplus({self})",
        words="softplus is a relu without the corner, and its slope is the sigmoid σ. Where "
        "{beta}·{self} is above {threshold}, PyTorch takes the straight line and the slope 1.",
        slots=(Slot("self", softplus_local, _softplus_slope),),
        defaults={"beta": 1, "threshold": 20},
    ),
    Row(
        kinds=("LogSigmoidBackward0",),
        sign="ln σ",
        statement="logsigmoid({self})",
        words="The logarithm of a sigmoid lets the gradient pass where {self} is negative, and "
        "hardly any of it where {self} is large and the sigmoid is nearly 1.",
        slots=(
            Slot(
                "self",
                "(1 − σ({self}))",
                lambda v: v.upstream * sigmoid(-v.self),
                rounding=lambda v: v.upstream,
            ),
        ),
    ),
    Row(
        kinds=("GluBackward0",),
        sign="glu",
        statement="glu({self})",
        words="glu cuts {self} into two halves a and b and makes a·σ(b). The half a gets what the "
        "gate σ(b) lets through; the half b gets a times the gate's slope.",
        slots=(
            Slot(
                "self",
                "(σ(b) for a, a·σ(b)·(1 − σ(b)) for b)",
                _glu_gradient,
                rounding=_glu_rounding,
                elementwise=False,
            ),
        ),
        defaults={"dim": -1},
    ),
)
