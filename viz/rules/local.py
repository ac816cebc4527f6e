"""The local derivative that the engine itself has, beside the formula's and what was sent."""

from __future__ import annotations

import numpy as np

from viz.rules.card import Engine, Part, Parts
from viz.rules.check import PRECISIONS, ROUNDINGS, Checked, check, coarsest
from viz.rules.lines import shown
from viz.rules.numbers import from_numpy, to_numpy
from viz.rules.row import MissingValueError, Slot, Values
from viz.rules.shapes import sum_to
from viz.trace import Array

UNCHECKED = Checked(None, "unchecked")


def check_local(slot: Slot, values: Values, arrays: list[Array], local: Array | None) -> Checked:
    """The formula's answer to an upstream gradient of ones, compared with the engine's.

    >>> slot = Slot("self", "2·{self}", lambda v: v.upstream * 2 * v.self)
    >>> x, wrong = (Array(shape=(), dtype="float32", values=(n,)) for n in (3.0, 5.0))
    >>> check_local(slot, Values({"self": to_numpy(x)}, {}), [x], wrong).engine
    'differs'
    """
    if local is None or not slot.elementwise:
        return UNCHECKED
    return check(slot, values.given(upstream=np.ones(local.shape)), arrays, local, local.shape)


def slope_of_a_scalar(
    slot: Slot, values: Values, upstream: Array | None, sent: Array
) -> Array | None:
    """By the formula, how fast a result that is one number changes with each element of an input.

    None where the result is a tensor, or the formula does not give what was sent.
    """
    if upstream is None or upstream.values is None or not upstream.is_scalar:
        return None
    try:
        with np.errstate(all="ignore"):
            local = np.asarray(slot.gradient(values.given(upstream=np.ones(()))))
    except MissingValueError:
        return None
    slope = from_numpy(local, sent.dtype) if local.shape == sent.shape else None
    return slope if _makes(upstream, slope, sent) else None


def _makes(upstream: Array, slope: Array | None, sent: Array) -> bool:
    if slope is None or sent.values is None or coarsest([upstream, sent]) is None:
        return False
    with np.errstate(all="ignore"):
        product = to_numpy(upstream) * to_numpy(slope)
        return np.allclose(product, to_numpy(sent), rtol=1e-2, atol=1e-12, equal_nan=True)


def check_product(upstream: Array | None, local: Array | None, sent: Array) -> Engine:
    """Whether upstream · local, summed where the input was broadcast, is what the engine sent.

    Only where both are numbers: PyTorch's gates send 0 for 0 · ∞ as well, and what it multiplies
    in another order may overflow on the way.
    """
    if upstream is None or local is None or upstream.shape != local.shape:
        return "unchecked"
    dtype = coarsest([upstream, local, sent])
    if dtype is None or any(array.values is None for array in (upstream, local, sent)):
        return "unchecked"
    with np.errstate(all="ignore"):
        above = np.abs(to_numpy(upstream))
        terms = to_numpy(upstream) * to_numpy(local)
        total, size = sum_to(terms, sent.shape), sum_to(np.abs(terms), sent.shape)
        if total.shape != sent.shape:
            return "unchecked"
        precision = PRECISIONS[dtype]
        smallest = precision.smallest * (1 + sum_to(above, sent.shape))
        near = np.abs(to_numpy(sent) - total) <= ROUNDINGS * (precision.epsilon * size + smallest)
        near |= ~np.isfinite(size) | (size > precision.largest) | ~np.isfinite(to_numpy(sent))
    return "agrees" if near.all() else "differs"


def local_difference(checked: Checked, local: Array | None) -> Parts:
    """Both local derivatives, where the formula's is not the engine's."""
    if checked.engine != "differs" or local is None:
        return ()
    return (
        Part("check", " local derivative: the formula’s "),
        *shown(checked.expected, "check", "formula"),
        Part("check", " ≠ the engine’s "),
        *shown(local, "check", "engine"),
    )
