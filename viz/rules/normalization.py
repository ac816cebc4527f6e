"""Rules for layer, batch and group norm: what all elements share takes its part of the gradient.

With x̂ = (x − mean)·rstd and rstd = 1/√(variance + eps), the result is x̂·weight + bias. A change of
one element also changes the mean and the variance of its group, which the gradient takes away.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from viz.rules.row import Plain, Row, Slot, Values

_WORDS = (
    "Normalizing takes the mean away and divides by the spread, so moving all elements together, "
    "or apart from their mean, changes nothing: the gradient loses its mean and its part along x̂."
)
_FIXED = (
    "In evaluation the mean and the variance are fixed numbers, so the gradient is only scaled."
)
_MODEST = ("input", "weight", "upstream")
_SUM = "the sum over all places of {upstream}"


class _Normalized(NamedTuple):
    """A group is what is normalized together.

    x, mean, rstd, g   shaped so that they broadcast; g is the upstream gradient times the weight
    axes               over which a mean of a group is taken
    """

    x: np.ndarray
    mean: np.ndarray
    rstd: np.ndarray
    g: np.ndarray
    axes: tuple[int, ...]

    @property
    def x_hat(self) -> np.ndarray:
        return np.asarray((self.x - self.mean) * self.rstd)

    def share(self, numbers: np.ndarray) -> np.ndarray:
        return np.asarray(numbers.mean(self.axes, keepdims=True))

    def gradient(self) -> np.ndarray:
        g, x_hat = self.g, self.x_hat
        return self.rstd * (g - self.share(g) - x_hat * self.share(g * x_hat))

    def rounding(self) -> np.ndarray:
        """Sizes of the terms above, and of what is lost in x − mean where the two are close."""
        g, x_hat = np.abs(self.g), np.abs(self.x_hat)
        lost = (np.abs(self.x) + np.abs(self.mean)) * self.rstd + x_hat
        along = lost * self.share(g * x_hat) + x_hat * self.share(g * lost)
        return np.asarray(self.rstd * (g + self.share(g) + along))


View = Callable[[Values], _Normalized]


def _weighted(values: Values, shape: tuple[int, ...]) -> np.ndarray:
    """The upstream gradient times the weight, if there is one, which has this shape."""
    if not values.has("weight"):
        return np.asarray(values.upstream)
    return np.asarray(values.upstream * values.weight.reshape(shape))


def _layer(values: Values) -> _Normalized:
    axes = tuple(range(-len(values.normalized_shape), 0))
    shape = tuple(values.normalized_shape)
    return _Normalized(values.input, values.mean, values.rstd, _weighted(values, shape), axes)


def _channels(values: Values) -> tuple[int, ...]:
    """The shape of a number for each channel, which is the second axis."""
    rank = len(values.shape("input"))
    return (1, values.shape("input")[1], *[1] * (rank - 2))


def _batch(values: Values) -> _Normalized:
    shape = _channels(values)
    if values.training:
        mean, rstd = values.save_mean, values.save_invstd
    else:
        mean, rstd = values.running_mean, 1 / np.sqrt(values.running_var + values.eps)
    axes = tuple(axis for axis in range(len(shape)) if axis != 1)
    g = _weighted(values, shape)
    return _Normalized(values.input, mean.reshape(shape), rstd.reshape(shape), g, axes)


def _batch_gradient(values: Values) -> np.ndarray:
    batch = _batch(values)
    return batch.gradient() if values.training else batch.g * batch.rstd


def _batch_rounding(values: Values) -> np.ndarray:
    batch = _batch(values)
    return batch.rounding() if values.training else batch.g * batch.rstd


def _group(values: Values) -> _Normalized:
    shape = (values.N, values.group, -1)
    mean, rstd = (
        stat.reshape(values.N, values.group, 1) for stat in (values.result1, values.result2)
    )
    g = _weighted(values, _channels(values)).reshape(shape)
    return _Normalized(values.input.reshape(shape), mean, rstd, g, (2,))


def _slots(view: View, input_slot: Slot, channel_axis: int | None) -> tuple[Slot, ...]:
    """Of the input, the weight and the bias."""

    def summed(values: Values, numbers: np.ndarray) -> np.ndarray:
        shape = values.shape("input")
        numbers = numbers.reshape(shape)
        if channel_axis is None:
            kept = len(values.normalized_shape)
            return np.asarray(numbers.sum(tuple(range(len(shape) - kept))))
        others = tuple(axis for axis in range(len(shape)) if axis != channel_axis)
        return np.asarray(numbers.sum(others))

    def x_hat(values: Values) -> np.ndarray:
        return view(values).x_hat.reshape(values.shape("input"))

    def lost(values: Values) -> np.ndarray:
        made = view(values)
        size = (np.abs(made.x) + np.abs(made.mean)) * made.rstd
        return summed(values, np.abs(values.upstream) * size.reshape(values.shape("input")))

    return (
        input_slot,
        Slot(
            "weight",
            "x̂",
            lambda v: summed(v, v.upstream * x_hat(v)),
            rule=f"{_SUM} · {{local}}, with x̂ = ({{input}} − mean)·rstd",
            in_numbers=False,
            rounding=lost,
            elementwise=False,
            modest=_MODEST,
        ),
        Slot("bias", "1", lambda v: summed(v, v.upstream), rule=_SUM, elementwise=False),
    )


def _rule(plain: Plain) -> str:
    is_fixed = plain.get("training", True) is False
    g = "{upstream}" if plain.get("weight", 1) is None else "{upstream}·{weight}"
    if is_fixed:
        return f"{g}/√({{running_var}} + {{eps}})"
    return f"rstd·(g − mean(g) − x̂·mean(g·x̂)), with g = {g} and x̂ = ({{input}} − mean)·rstd"


def _input(view: View) -> Slot:
    return Slot(
        "input",
        "",
        lambda v: view(v).gradient().reshape(v.shape("input")),
        rule=_rule,
        rounding=lambda v: view(v).rounding().reshape(v.shape("input")),
        elementwise=False,
        in_numbers=False,
        modest=_MODEST,
    )


_BATCH_INPUT = Slot(
    "input",
    "",
    _batch_gradient,
    rule=_rule,
    rounding=_batch_rounding,
    elementwise=False,
    in_numbers=False,
    modest=_MODEST,
)

NORMALIZATION = (
    Row(
        kinds=("NativeLayerNormBackward0",),
        sign="norm",
        statement="layer_norm({input})",
        words=_WORDS,
        slots=_slots(_layer, _input(_layer), None),
        extras=("mean", "rstd"),
    ),
    Row(
        kinds=("NativeBatchNormBackward0",),
        sign="norm",
        statement="batch_norm({input})",
        words=lambda plain: _WORDS if plain["training"] else _FIXED,
        slots=_slots(_batch, _BATCH_INPUT, 1),
        extras=("save_mean", "save_invstd"),
    ),
    Row(
        kinds=("NativeGroupNormBackward0",),
        sign="norm",
        statement="group_norm({input})",
        words=_WORDS,
        slots=_slots(_group, _input(_group), 1),
    ),
)
