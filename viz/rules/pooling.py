"""Rules for pooling: a maximum sends its gradient to one element, a mean to all of its window."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from viz.rules.places import put_back
from viz.rules.row import Row, Slot, Values

_MAX_WORDS = (
    "Of each window only the largest element counts: it receives the whole gradient, the others "
    "receive 0. Where windows overlap, the gradients add up."
)
_MEAN_WORDS = (
    "Each element of a window receives the same share of its gradient. Where windows overlap, the "
    "shares add up."
)
_TO_LARGEST = "{upstream}, back at the largest of each window, 0 elsewhere"
_SHARED = "{upstream}, shared out over each window"

Window = tuple[Any, float]
"""An index of the last axes, and by how much the sum of that window is divided."""


def _largest(rank: int) -> Callable[[Values, np.ndarray], np.ndarray]:
    """The indices of max pooling count through one plane, or volume, of the input."""

    def take(values: Values, x: np.ndarray) -> np.ndarray:
        indices = values.whole("indices")
        flat = x.reshape(-1, math.prod(x.shape[-rank:]))
        taken = np.take_along_axis(flat, indices.reshape(len(flat), -1), 1)
        return taken.reshape(indices.shape)

    return take


def _strided(values: Values, rank: int) -> Iterator[Window]:
    sides = values.shape("self")[-rank:]
    kernel, padding = _each(values.kernel_size, rank), _each(values.padding, rank)
    stride = _each(values.stride or kernel, rank)
    for place in np.ndindex(*values.upstream.shape[-rank:]):
        starts = [i * s - p for i, s, p in zip(place, stride, padding, strict=True)]
        ends = [
            min(start + k, side + p)
            for start, k, side, p in zip(starts, kernel, sides, padding, strict=True)
        ]
        inner = [
            (max(start, 0), min(end, side))
            for start, end, side in zip(starts, ends, sides, strict=True)
        ]
        with_padding = math.prod(end - start for start, end in zip(starts, ends, strict=True))
        without = math.prod(end - start for start, end in inner)
        count = with_padding if values.count_include_pad else without
        divisor = values.divisor_override if values.has("divisor_override") else count
        yield (..., *(slice(*pair) for pair in inner)), divisor


def _adaptive(values: Values, rank: int) -> Iterator[Window]:
    """Windows that cover the input, as equal as its size allows."""
    sides, results = values.shape("self")[-rank:], values.upstream.shape[-rank:]
    for place in np.ndindex(*results):
        window = [
            slice(i * side // result, -(-(i + 1) * side // result))
            for i, side, result in zip(place, sides, results, strict=True)
        ]
        yield (..., *window), math.prod(part.stop - part.start for part in window)


def _shared(
    windows: Callable[[Values, int], Iterator[Window]], rank: int
) -> Callable[[Values], np.ndarray]:
    def gradient(values: Values) -> np.ndarray:
        upstream = values.upstream
        found = np.zeros(values.shape("self"), upstream.dtype)
        places = np.ndindex(*upstream.shape[-rank:])
        for place, (window, divisor) in zip(places, windows(values, rank), strict=True):
            share = upstream[(..., *place)] / divisor
            found[window] += share.reshape(*share.shape, *[1] * rank)
        return found

    return gradient


def _each(numbers: list[int] | int, rank: int) -> list[int]:
    """One number for each axis of the window."""
    listed = [numbers] if isinstance(numbers, int) else list(numbers)
    return listed * rank if len(listed) == 1 else listed


def _max_row(kind: str, rank: int) -> Row:
    return Row(
        kinds=(kind,),
        sign="maxpool",
        statement="max_pool({self})",
        words=_MAX_WORDS,
        slots=(Slot("self", "", put_back(_largest(rank)), rule=_TO_LARGEST, elementwise=False),),
        extras=("indices",),
    )


def _mean_row(
    kind: str, rank: int, windows: Callable[[Values, int], Iterator[Window]] = _strided
) -> Row:
    return Row(
        kinds=(kind,),
        sign="avgpool",
        statement="avg_pool({self})",
        words=_MEAN_WORDS,
        slots=(Slot("self", "", _shared(windows, rank), rule=_SHARED, elementwise=False),),
    )


POOLING = (
    _max_row("MaxPool2DWithIndicesBackward0", 2),
    _max_row("MaxPool3DWithIndicesBackward0", 3),
    _max_row("AdaptiveMaxPool2DBackward0", 2),
    _max_row("AdaptiveMaxPool3DBackward0", 3),
    _mean_row("AvgPool2DBackward0", 2),
    _mean_row("AvgPool3DBackward0", 3),
    _mean_row("AdaptiveAvgPool2DBackward0", 2, _adaptive),
    _mean_row("AdaptiveAvgPool3DBackward0", 3, _adaptive),
)
