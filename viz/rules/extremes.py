"""Rules for operations that pick numbers out of a tensor: the gradient goes to what was picked."""

from __future__ import annotations

import numpy as np

from viz.rules.numerics import one_number
from viz.rules.row import Row, Slot, Template, Values
from viz.rules.shapes import reduced_axes, restored, scatter_back, spread
from viz.rules.wording import axis_of, reduction


def _is_picked(values: Values, result: str = "result") -> np.ndarray:
    """Which elements equal the result. A result of NaN was picked because of each NaN."""
    picked = restored(values, result)
    return (values.self == picked) | (np.isnan(values.self) & np.isnan(picked))


def _count(picked: np.ndarray, values: Values) -> np.ndarray:
    axes = reduced_axes(values.dim, picked.ndim)
    return picked.sum(axis=axes, keepdims=True)


def _shared(values: Values) -> np.ndarray:
    """The upstream gradient for each element that equals the result, in equal shares."""
    picked = _is_picked(values)
    return np.where(picked, spread(values) / np.maximum(_count(picked, values), 1), 0)


def _equal_only(values: Values, result: str = "result", upstream: str = "upstream") -> np.ndarray:
    """The same for amax and amin, where NaN equals nothing."""
    picked = values.self == restored(values, result)
    return picked * spread(values, upstream) / _count(picked, values)


def _both_ends(values: Values) -> np.ndarray:
    return _equal_only(values) + _equal_only(values, "result1", "upstream1")


def _one_of_all(name: str, kind: str, sign: str, words: str) -> Row:
    return Row(
        kinds=(kind,),
        sign=sign,
        statement=f"{name}({{self}})",
        words=f"{words} Of several equal ones PyTorch gives each the same share.",
        slots=(
            Slot("self", "(1/{k} where {self} = {result}, else 0)", _shared, elementwise=False),
        ),
        defaults={"dim": None, "keepdim": False},
        derived={"k": lambda v: float(_is_picked(v).sum())},
    )


def _along(name: str, kind: str, sign: str, which: str) -> Row:
    """One number picked along an axis, whose index is recorded."""
    return Row(
        kinds=(kind,),
        sign=sign,
        statement=reduction(name),
        words=f"Only {which} has an influence on the result: the gradient goes to its place, and "
        "every other element gets 0. Of several equal ones PyTorch picks one.",
        slots=(
            Slot(
                "self",
                "(1 at {indices}, else 0)",
                scatter_back,
                elementwise=False,
            ),
        ),
        defaults={"dim": -1, "keepdim": False},
        extras=("indices",),
    )


def _reordered(name: str, kind: str, sign: str, words: str, statement: Template) -> Row:
    """Many numbers picked along an axis, whose indices are recorded."""
    return Row(
        kinds=(kind,),
        sign=sign,
        statement=statement,
        words=words,
        slots=(
            Slot(
                "self",
                "",
                lambda v: scatter_back(v, keepdim=True),
                rule="{upstream}, sent back to {indices}",
                elementwise=False,
            ),
        ),
        defaults={"dim": -1},
        extras=("indices",),
    )


_AMAX_WORDS = (
    "The gradient goes to the {word} element, for only that one moves the result. Of several equal "
    "ones PyTorch gives each the same share."
)


def _end(name: str, kind: str, sign: str, word: str) -> Row:
    return Row(
        kinds=(kind,),
        sign=sign,
        statement=reduction(name),
        words=_AMAX_WORDS.replace("{word}", word),
        slots=(
            Slot("self", "(1/{k} where {self} = {result}, else 0)", _equal_only, elementwise=False),
        ),
        defaults={"dim": [], "keepdim": False},
        derived={"k": _ties},
    )


def _ties(values: Values) -> float | np.ndarray:
    """How many elements equal the result; one number where that is the same for every result."""
    count = _count(values.self == restored(values), values)
    return one_number(count.flat[:1] if (count == count.flat[:1]).all() else count)


EXTREMES = (
    _one_of_all(
        "max",
        "MaxBackward1",
        "max",
        "The gradient goes to the largest element, for only that one moves the maximum.",
    ),
    _one_of_all(
        "min",
        "MinBackward1",
        "min",
        "The gradient goes to the smallest element, for only that one moves the minimum.",
    ),
    _one_of_all(
        "median",
        "MedianBackward0",
        "median",
        "The gradient goes to the element in the middle, for only that one moves the median.",
    ),
    _one_of_all(
        "nanmedian",
        "NanmedianBackward0",
        "median",
        "The gradient goes to the number in "
        "the middle, for only that one moves the median; NaN is left out.",
    ),
    _along("max", "MaxBackward0", "max", "the largest element"),
    _along("min", "MinBackward0", "min", "the smallest element"),
    _along("median", "MedianBackward1", "median", "the element in the middle"),
    _along("nanmedian", "NanmedianBackward1", "median", "the number in the middle"),
    _along("mode", "ModeBackward0", "mode", "the most frequent element"),
    _along("kthvalue", "KthvalueBackward0", "k-th", "the k-th smallest element"),
    _end("amax", "AmaxBackward0", "max", "largest"),
    _end("amin", "AminBackward0", "min", "smallest"),
    Row(
        kinds=("AminmaxBackward0",),
        sign="min max",
        statement=reduction("aminmax"),
        words="The gradient of the minimum goes to the smallest element, and that of the maximum "
        "to the largest. Of several equal ones PyTorch gives each the same share.",
        slots=(
            Slot(
                "self",
                "",
                _both_ends,
                rule="{upstream} where {self} is smallest, {upstream1} where it is largest",
                elementwise=False,
            ),
        ),
        defaults={"dim": None, "keepdim": False},
    ),
    _reordered(
        "sort",
        "SortBackward0",
        "sort",
        "Sorting only changes places: the gradient of each number goes back to where the number "
        "came from.",
        axis_of("sort({self}", default=-1),
    ),
    _reordered(
        "topk",
        "TopkBackward0",
        "top k",
        "The gradient of each number that was picked goes back to where it came from; what was not "
        "picked gets 0.",
        axis_of("topk({self}, {k}", default=-1),
    ),
    _reordered(
        "cummax",
        "CummaxBackward0",
        "cummax",
        "Each number is the largest so far: its gradient goes to where that largest number stands, "
        "and gradients for the same place add up.",
        axis_of("cummax({self}"),
    ),
    _reordered(
        "cummin",
        "CumminBackward0",
        "cummin",
        "Each number is the smallest so far: its gradient goes to where that smallest number "
        "stands, and gradients for the same place add up.",
        axis_of("cummin({self}"),
    ),
)
