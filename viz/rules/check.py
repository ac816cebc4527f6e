"""A rule's numbers beside the engine's: computed from the recorded values, then compared."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from viz.rules.card import Engine
from viz.rules.numbers import from_numpy, to_numpy
from viz.rules.row import MissingValueError, Row, Slot, Values
from viz.rules.shapes import Shape, sum_to
from viz.trace import Array, to_float


class Precision(NamedTuple):
    """epsilon: the gap between 1 and the next number. smallest, largest: the range above 0."""

    epsilon: float
    smallest: float
    largest: float


PRECISIONS = {
    "float64": Precision(2.0**-52, 2.0**-1074, 1.8e308),
    "float32": Precision(2.0**-23, 2.0**-149, 3.41e38),
    "float16": Precision(2.0**-10, 2.0**-24, 65504.0),
    "bfloat16": Precision(2.0**-7, 2.0**-133, 3.39e38),
}
MODEST = 1e9
"""The product of four such numbers does not overflow in float32."""

ROUNDINGS = 64
"""A contribution may be off by so many roundings: the sum of a recorded tensor has at most so many
terms, and PyTorch may add them in another order."""


class Checked(NamedTuple):
    """expected: the formula's contribution; None where it can't be computed."""

    expected: Array | None
    engine: Engine


def check(slot: Slot, values: Values, arrays: list[Array], sent: Array, shape: Shape) -> Checked:
    """Compute the contribution of a slot and compare it with what the engine sent.

    arrays   every recorded tensor that the numbers come from, for their precision
    shape    the shape of the slot's tensor

    >>> slot = Slot("self", "2", lambda v: 2 * v.upstream)
    >>> upstream, sent = (Array(shape=(), dtype="float32", values=(n,)) for n in (3.0, 6.0))
    >>> check(slot, Values({"upstream": to_numpy(upstream)}, {}), [upstream], sent, ()).engine
    'agrees'
    """
    dtype = coarsest([sent, *arrays])
    if dtype is None or sent.values is None or not _are_modest(slot, values):
        return Checked(None, "unchecked")
    try:
        exact = _contribution(slot, values, shape)
    except MissingValueError:
        return Checked(None, "unchecked")
    engine = to_numpy(sent)
    expected = from_numpy(exact, sent.dtype)
    if engine.shape != exact.shape:
        return Checked(expected, "differs")
    size = _size(slot, values, exact, shape) + _lost_near_zero(arrays, dtype)
    near = _near(engine, exact, size, dtype)
    # Where the engine's arithmetic overflows or loses digits on the way, the formula does so too
    # when it is computed in the same precision.
    if not near.all() and dtype in ("float16", "float32"):
        own = _contribution(slot, values.each(lambda array: array.astype(dtype)), shape)
        near |= _same(engine, own.astype(np.float64))
    return Checked(expected, "agrees" if near.all() else "differs")


def compare(expected: np.ndarray, terms: list[np.ndarray], sent: Array) -> Engine:
    """Whether a sum of these terms is what the engine has."""
    if sent.values is None or sent.dtype not in PRECISIONS:
        return "unchecked"
    if expected.shape != sent.shape:
        return "differs"
    size = sum((np.abs(term) for term in terms), np.zeros(sent.shape))
    near = _near(to_numpy(sent), expected, size, sent.dtype)
    return "agrees" if near.all() else "differs"


def coarsest(arrays: list[Array]) -> str | None:
    """The least precise float type among them; None where one of them is complex."""
    kinds = {array.dtype for array in arrays}
    if any(kind.startswith("complex") for kind in kinds):
        return None
    known = [kind for kind in PRECISIONS if kind in kinds]
    return max(known, key=lambda kind: PRECISIONS[kind].epsilon, default=None)


def values_of(row: Row, arguments: dict[str, Any], arrays: dict[str, Array]) -> Values:
    """What the rule's functions compute with: plain arguments, and recorded values in float64."""
    shapes = {name: array.shape for name, array in arrays.items()}
    numbers = {name: to_numpy(a) for name, a in arrays.items() if a.values is not None}
    whole = {name: as_recorded(arrays[name]) for name in numbers}
    recorded = Values({**row.defaults, **arguments, **whole}, shapes)
    values = Values({**row.defaults, **arguments, **numbers}, shapes, recorded)
    derived = {}
    for name, function in row.derived.items():
        try:
            derived[name] = function(values)
        except MissingValueError:
            continue
    return Values({**row.defaults, **arguments, **numbers, **derived}, shapes, recorded)


def as_recorded(array: Array) -> np.ndarray:
    """Indices as integers, a mask as booleans, and all other numbers in float64."""
    numbers = to_numpy(array)
    if array.dtype in ("bool", "uint8"):
        return numbers.astype(bool)
    return numbers.astype(np.int64) if array.dtype.startswith("int") else numbers


def _are_modest(slot: Slot, values: Values) -> bool:
    """Whether the numbers that a slot is particular about are finite, and none is huge."""
    arrays = [getattr(values, name) for name in slot.modest if values.has_numbers(name)]
    return all(np.abs(array).max(initial=0) <= MODEST for array in arrays)


def _contribution(slot: Slot, values: Values, shape: Shape) -> np.ndarray:
    with np.errstate(all="ignore"):
        full = np.asarray(slot.gradient(values))
        return sum_to(full, shape) if slot.elementwise else full


def _size(slot: Slot, values: Values, exact: np.ndarray, shape: Shape) -> np.ndarray:
    """How large the finite terms are that are added up.

    Of an elementwise operation those are known, and another one may have its own `rounding`. Else,
    as for a matrix product, they are found by the formula over absolute values.
    """
    with np.errstate(all="ignore"):
        terms = slot.gradient(values) if slot.elementwise else exact
        size = sum_to(_finite(terms), shape)
        if slot.rounding is not None:
            return size + sum_to(_finite(slot.rounding(values)), shape)
    if slot.elementwise:
        return size
    return size + np.abs(_contribution(slot, values.each(_finite), shape))


def _finite(numbers: np.ndarray) -> np.ndarray:
    """Absolute values, and 0 for what is not finite."""
    return np.nan_to_num(np.abs(numbers), nan=0, posinf=0)


def _lost_near_zero(arrays: list[Array], dtype: str) -> float:
    """Numbers near the smallest have few digits: what is lost there, later factors make larger,
    two at most. As the size of a number that loses as much by rounding."""
    if dtype not in ("float32", "float64"):
        return 0.0
    factor = max((_largest(array) for array in arrays), default=0.0)
    precision = PRECISIONS[dtype]
    return precision.smallest / precision.epsilon * min(max(factor, factor * factor), MODEST)


def _largest(array: Array) -> float:
    ends = [to_float(end) for end in (array.low, array.high) if end is not None]
    return max(map(abs, ends), default=0.0)


def _near(engine: np.ndarray, exact: np.ndarray, size: np.ndarray, dtype: str) -> np.ndarray:
    """Where the engine is as far from the exact number as rounding terms of this size may take it.

    Above the largest number of its type it may have an infinity, or NaN from the difference of two:
    whether a sum gets there depends on the order of its terms.
    """
    epsilon, smallest, largest = PRECISIONS[dtype]
    tolerance = ROUNDINGS * (epsilon * np.nan_to_num(size, nan=0, posinf=0) + smallest)
    with np.errstate(all="ignore"):
        close = np.isfinite(exact) & (np.abs(engine - exact) <= tolerance)
    overflows = np.isfinite(size) & (size > largest) & ~np.isfinite(engine)
    near: np.ndarray = close | overflows | _same(engine, exact)
    if dtype == "float16":
        # Some processors' float16 forgets the sign of −0, and with it that of 1 / −0.
        near |= np.isinf(engine) & np.isinf(exact)
    return near


def _same(engine: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """Equal, where NaN equals NaN and an infinity itself."""
    return (engine == exact) | (np.isnan(engine) & np.isnan(exact))
