"""Rules for operations that write into a copy: what was overwritten has no part in the result."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from viz.rules.indexing import gather, index_of, slice_of, taken_along
from viz.rules.numerics import zero_where
from viz.rules.places import Take, cleared, places
from viz.rules.rearranging import diagonal_of
from viz.rules.row import Gradient, Row, Slot, Values
from viz.rules.shapes import sum_to

_OVERWRITTEN = (
    "What was overwritten has no part in the result and receives 0; the rest passes the gradient "
    "on. What was written receives the gradient of its place."
)
_ADDED = (
    "Adding passes the gradient on unchanged; what was added receives the gradient of the place "
    "where it was added."
)
_LEFT = "{upstream}, 0 where it was overwritten"
_AT_PLACE = "{upstream} at the place where it was written"


def _written(values: Values, x: np.ndarray) -> np.ndarray:
    return gather(x, values.dim, values.whole("index"))


def _layers(values: Values, x: np.ndarray) -> np.ndarray:
    return taken_along(x, values.dim, values.whole("index"))


def _left(take: Take) -> Gradient:
    """The gradient without the places that were written to."""
    return lambda v: cleared(v.upstream, take(v, places(v.upstream.shape)))


def _layers_of(argument: str) -> Gradient:
    """The gradient of the layers that were written, in the shape of what was written there."""
    return lambda v: _layers(v, v.upstream).reshape(v.shape(argument))


def _put_left(values: Values) -> np.ndarray:
    if values.accumulate:
        return np.asarray(values.upstream)
    return _left(lambda v, x: x[index_of(v)])(values)


def _put_values(values: Values) -> np.ndarray:
    """One value may be written to many places."""
    return sum_to(values.upstream[index_of(values)], values.shape("values"))


def _mask(values: Values) -> np.ndarray:
    return values.places("mask").astype(bool)


def _masked_source(values: Values) -> np.ndarray:
    """The first elements of the source, as many as the mask has places, were written in order."""
    numbers, mask = np.broadcast_arrays(values.upstream, _mask(values))
    found = np.zeros(values.size("source"), numbers.dtype)
    found[: mask.sum()] = numbers[mask]
    return found.reshape(values.shape("source"))


def _slot(of: str, gradient: Gradient, rule: str, *, elementwise: bool = False) -> Slot:
    return Slot(of, "", gradient, rule=rule, elementwise=elementwise)


def _part_rows() -> Iterator[Row]:
    """A part that an index or a slice means is written anew."""
    takes: dict[str, Take] = {
        "select": lambda v, x: np.take(x, v.index, v.dim),
        "slice": slice_of,
        "diagonal": diagonal_of,
    }
    for name, take in takes.items():
        yield Row(
            kinds=(f"{name.title()}ScatterBackward0",),
            sign="scatter",
            statement=f"{name}_scatter({{self}}, {{src}})",
            words=_OVERWRITTEN,
            slots=(_slot("self", _left(take), _LEFT), _slot("src", _taken(take), _AT_PLACE)),
            defaults={"dim": 0, "start": None, "end": None, "step": 1}
            | {"offset": 0, "dim1": 0, "dim2": 1},
        )


def _taken(take: Take) -> Gradient:
    return lambda v: take(v, v.upstream)


SCATTERING = (
    Row(
        kinds=("ScatterBackward0",),
        sign="scatter",
        statement="scatter({self}, {index}, {src})",
        words=_OVERWRITTEN,
        slots=(
            _slot("self", _left(_written), _LEFT),
            _slot("src", lambda v: _written(v, v.upstream), _AT_PLACE),
        ),
    ),
    Row(
        kinds=("ScatterBackward1",),
        sign="scatter",
        statement="scatter({self}, {index}, {value})",
        words="What was overwritten has no part in the result and receives 0.",
        slots=(_slot("self", _left(_written), _LEFT),),
    ),
    Row(
        kinds=("ScatterAddBackward0",),
        sign="scat +",
        statement="scatter_add({self}, {index}, {src})",
        words=_ADDED,
        slots=(
            _slot("self", lambda v: v.upstream, "{upstream}"),
            _slot("src", lambda v: _written(v, v.upstream), _AT_PLACE),
        ),
    ),
    Row(
        kinds=("IndexAddBackward0",),
        sign="index +",
        statement="index_add({self}, {index}, {source})",
        words=_ADDED,
        slots=(
            _slot("self", lambda v: v.upstream, "{upstream}"),
            _slot(
                "source",
                lambda v: _layers_of("source")(v) * v.alpha,
                "{upstream} at the place where it was added · {alpha}",
            ),
        ),
        defaults={"alpha": 1},
    ),
    Row(
        kinds=("IndexCopyBackward0",),
        sign="i_copy",
        statement="index_copy({self}, {index}, {source})",
        words=_OVERWRITTEN,
        slots=(
            _slot("self", _left(_layers), _LEFT),
            _slot("source", _layers_of("source"), _AT_PLACE),
        ),
    ),
    Row(
        kinds=("IndexFillBackward0", "IndexFillBackward1"),
        sign="i_fill",
        statement="index_fill({self}, {index}, {value})",
        words=_OVERWRITTEN,
        slots=(
            _slot("self", _left(_layers), _LEFT),
            _slot("value", lambda v: _layers(v, v.upstream).sum(), f"the sum of {_AT_PLACE}"),
        ),
    ),
    Row(
        kinds=("IndexPutBackward0", "IndexPutImplBackward0"),
        sign="put",
        statement="index_put({self}, {values})",
        words=_OVERWRITTEN,
        slots=(
            _slot("self", _put_left, "{upstream}, 0 where it was overwritten"),
            _slot("values", _put_values, _AT_PLACE),
        ),
        defaults={"accumulate": False},
    ),
    Row(
        kinds=("MaskedFillBackward0", "MaskedFillBackward1"),
        sign="m_fill",
        statement="masked_fill({self}, {mask}, {value})",
        words=_OVERWRITTEN,
        slots=(
            _slot("self", lambda v: zero_where(_mask(v), v.upstream), _LEFT, elementwise=True),
            _slot(
                "value",
                lambda v: zero_where(~_mask(v), v.upstream).sum(),
                f"the sum of {_AT_PLACE}",
            ),
        ),
    ),
    Row(
        kinds=("MaskedScatterBackward0",),
        sign="m_scat",
        statement="masked_scatter({self}, {mask}, {source})",
        words=_OVERWRITTEN,
        slots=(
            _slot("self", lambda v: zero_where(_mask(v), v.upstream), _LEFT, elementwise=True),
            _slot("source", _masked_source, _AT_PLACE),
        ),
    ),
    *_part_rows(),
)
