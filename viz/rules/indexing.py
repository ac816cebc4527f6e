"""Rules for operations that take some elements of a tensor: those receive the gradients."""

from __future__ import annotations

import numpy as np

from viz.rules.places import NOWHERE, put_back
from viz.rules.row import Gradient, Row, Slot, Values
from viz.rules.spoken import selected, sliced

_WORDS = "Only what was taken counts: it receives the gradient, all other elements receive 0."
_SEVERAL = f"{_WORDS} An element that was taken several times receives the sum."
_BACK = "{upstream}, back in its place, 0 elsewhere"
_ADDED = "{upstream}, added up where it was taken, 0 elsewhere"


def index_of(values: Values) -> tuple[np.ndarray | slice, ...]:
    """What stands in the brackets: indices and masks, and a colon where there is none."""
    names = values.items("indices")
    return tuple(values.places(name) if values.has(name) else slice(None) for name in names)


def slice_of(values: Values, x: np.ndarray) -> np.ndarray:
    along = [slice(None)] * x.ndim
    along[values.dim] = slice(values.start, values.end, values.step)
    return x[tuple(along)]


def _gathered(values: Values, x: np.ndarray) -> np.ndarray:
    return gather(x, values.dim, values.whole("index"))


def gather(x: np.ndarray, axis: int, index: np.ndarray) -> np.ndarray:
    """One element for each index, from the same place along the other axes.

    >>> gather(np.array([[1, 2], [3, 4]]), 1, np.array([[1]]))
    array([[2]])
    """
    if x.ndim == 0 or index.ndim == 0:
        return x.reshape(-1)[index.reshape(-1)].reshape(index.shape)
    axis %= x.ndim
    seen = [slice(None) if a == axis else slice(side) for a, side in enumerate(index.shape)]
    return np.take_along_axis(x[tuple(seen)], index, axis)


def taken_along(x: np.ndarray, axis: int, index: np.ndarray) -> np.ndarray:
    """Whole layers along an axis; a number has only one, itself."""
    return np.take(x, index.reshape(-1), axis) if x.ndim else x


def _masked(values: Values, x: np.ndarray) -> np.ndarray:
    numbers, mask = np.broadcast_arrays(x, values.places("mask"))
    return numbers[mask]


def _looked_up(values: Values, x: np.ndarray) -> np.ndarray:
    """The rows of an embedding; the row of the padding is never learned."""
    indices = values.whole("indices")
    rows = x[indices]
    is_padding = indices == (indices.size if values.padding_idx is None else values.padding_idx)
    return np.where(is_padding[..., None], NOWHERE, rows)


def _embedding_gradient(values: Values) -> np.ndarray:
    found: np.ndarray = put_back(_looked_up, of="weight")(values)
    if not values.scale_grad_by_freq:
        return found
    counts = np.bincount(values.whole("indices").ravel(), minlength=len(found))
    return found / np.maximum(counts, 1)[:, None]


def _slots(gradient: Gradient, rule: str, of: str = "self") -> tuple[Slot, ...]:
    return (Slot(of, "", gradient, rule=rule, elementwise=False),)


INDEXING = (
    Row(
        kinds=("SelectBackward0",),
        sign="select",
        statement=selected,
        words=_WORDS,
        slots=_slots(put_back(lambda v, x: np.take(x, v.index, v.dim)), _BACK),
    ),
    Row(
        kinds=("SliceBackward0",),
        sign="slice",
        statement=sliced,
        words=_WORDS,
        slots=_slots(put_back(slice_of), _BACK),
        defaults={"dim": 0, "start": None, "end": None, "step": 1},
    ),
    Row(
        kinds=("IndexBackward0",),
        sign="index",
        statement="{self}[…]",
        words=_SEVERAL,
        slots=_slots(put_back(lambda v, x: x[index_of(v)]), _ADDED),
    ),
    Row(
        kinds=("IndexSelectBackward0",),
        sign="i_sel",
        statement="index_select({self}, {index})",
        words=_SEVERAL,
        slots=_slots(put_back(lambda v, x: taken_along(x, v.dim, v.whole("index"))), _ADDED),
    ),
    Row(
        kinds=("GatherBackward0",),
        sign="gather",
        statement="gather({self}, {index})",
        words=_SEVERAL,
        slots=_slots(put_back(_gathered), _ADDED),
    ),
    Row(
        kinds=("TakeBackward0",),
        sign="take",
        statement="take({self}, {index})",
        words=_SEVERAL,
        slots=_slots(put_back(lambda v, x: x.ravel()[v.whole("index")]), _ADDED),
    ),
    Row(
        kinds=("MaskedSelectBackward0",),
        sign="m_sel",
        statement="masked_select({self}, {mask})",
        words=_WORDS,
        slots=_slots(put_back(_masked), _BACK),
    ),
    Row(
        kinds=("EmbeddingBackward0",),
        sign="embed",
        statement="embedding({indices}, {weight})",
        words="An embedding looks rows up in a table. A row receives the sum of the gradients of "
        "all places where it was looked up; a row that was not looked up receives 0.",
        slots=_slots(_embedding_gradient, _ADDED, of="weight"),
        defaults={"padding_idx": None, "scale_grad_by_freq": False},
    ),
)
