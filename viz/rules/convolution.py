"""The rule for convolutions of any rank: each weight meets the input at many places.

A transposed convolution is a convolution with input and output exchanged, so both share one way:
the long side, padded, is seen through the weight's window, one tap of the window after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from viz.rules.row import Plain, Row, Slot, Values

Place = Any
"""An index of the last axes: an ellipsis, then one number or slice for each axis."""


def _per_axis(values: Values, numbers: list[int]) -> list[int]:
    """One number for each spatial axis."""
    rank = len(values.shape("weight")) - 2
    return list(numbers) * rank if len(numbers) == 1 else list(numbers)


def _taps(values: Values, short: np.ndarray) -> Iterator[tuple[Place, Place]]:
    """For each tap of the weight: where it is, and what it meets of the padded long side."""
    window = values.shape("weight")[2:]
    strides, steps = _per_axis(values, values.stride), _per_axis(values, values.dilation)
    sides = short.shape[3:]
    for tap in np.ndindex(*window):
        starts = [index * step for index, step in zip(tap, steps, strict=True)]
        ends = [
            start + (side - 1) * stride + 1
            for start, side, stride in zip(starts, sides, strides, strict=True)
        ]
        yield (..., *tap), (..., *map(slice, starts, ends, strides))


def _grouped(values: Values, numbers: np.ndarray) -> np.ndarray:
    """Batch and channels as batch, group, channel in the group."""
    batch, _, *sides = numbers.shape
    return numbers.reshape(batch, values.groups, -1, *sides)


def _padded(values: Values, numbers: np.ndarray) -> np.ndarray:
    pads = [(pad, pad) for pad in _per_axis(values, values.padding)]
    return np.pad(numbers, [(0, 0)] * 3 + pads)


def _weight(values: Values) -> np.ndarray:
    """As group, channel of the short side, channel of the long side, and the taps."""
    first, *others = values.weight.shape
    return np.asarray(values.weight.reshape(values.groups, first // values.groups, *others))


def _input_gradient(values: Values) -> np.ndarray:
    shape, weight = values.shape("input"), _weight(values)
    upstream = _grouped(values, values.upstream)
    if values.transposed:
        seen = _padded(values, upstream)
        short = np.zeros((*upstream.shape[:2], weight.shape[1], *shape[2:]), upstream.dtype)
        for tap, places in _taps(values, short):
            short += np.einsum("ngl...,gsl->ngs...", seen[places], weight[tap])
        return short.reshape(shape)
    found = _padded(values, np.zeros((*upstream.shape[:2], weight.shape[2], *shape[2:])))
    found = found.astype(upstream.dtype)
    for tap, places in _taps(values, upstream):
        part = np.einsum("ngs...,gsl->ngl...", upstream, weight[tap])
        found[places] += part
    inner: Place = [
        slice(pad, pad + side)
        for pad, side in zip(_per_axis(values, values.padding), shape[2:], strict=True)
    ]
    return np.asarray(found[(..., *inner)].reshape(shape))


def _weight_gradient(values: Values) -> np.ndarray:
    sides = [_grouped(values, values.upstream), _grouped(values, values.input)]
    short, long = reversed(sides) if values.transposed else sides
    long = _padded(values, long)
    found = np.zeros_like(_weight(values), dtype=short.dtype)
    for tap, places in _taps(values, short):
        together = short[:, :, :, None] * long[places][:, :, None]
        found[tap] = together.sum((0, *range(4, together.ndim)))
    return found.reshape(values.shape("weight"))


def _bias_gradient(values: Values) -> np.ndarray:
    upstream = values.upstream
    return np.asarray(upstream.sum((0, *range(2, upstream.ndim))))


def _name(plain: Plain) -> str:
    return "conv_transpose" if plain.get("transposed") else "conv"


def _statement(plain: Plain) -> str:
    return f"{_name(plain)}({{input}}, {{weight}})"


def _back(plain: Plain) -> str:
    """Backward goes the other way: from the output to the input."""
    other = "conv" if plain.get("transposed") else "conv_transpose"
    return f"{other}({{upstream}}, {{local}})"


def _met(plain: Plain) -> str:
    if plain.get("transposed"):
        return "conv({upstream}, {local}), with the batch as channels"
    return "conv({local}, {upstream}), with the batch as channels"


CONVOLUTION = (
    Row(
        kinds=("ConvolutionBackward0",),
        sign="conv",
        statement=_statement,
        words="The same weights are used at every place. An element of the input receives a "
        "gradient from every place whose window it was in, times the weight that it met there; a "
        "weight receives the sum of upstream gradient times input over all places.",
        slots=(
            Slot("input", "{weight}", _input_gradient, rule=_back, elementwise=False),
            Slot("weight", "{input}", _weight_gradient, rule=_met, elementwise=False),
            Slot(
                "bias",
                "1",
                _bias_gradient,
                rule="the sum of {upstream} over all places",
                elementwise=False,
            ),
        ),
    ),
)
