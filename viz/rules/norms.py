"""The size of a recorded gradient as one number."""

from __future__ import annotations

import math
from collections.abc import Iterable

from viz.trace import Array, to_float


def norm_of(array: Array | None) -> float | None:
    """The Euclidean norm: infinite or NaN where an element is, None where there is nothing.

    Of a large tensor with such elements only their number was kept: that counts as NaN.

    >>> norm_of(Array(shape=(2,), dtype="float32", values=(3.0, 4.0), norm=5.0))
    5.0
    >>> norm_of(Array(shape=(2,), dtype="float32", values=(3.0, "-inf"), norm=3.0, nonfinite=1))
    inf
    """
    if array is None or array.size == 0:
        return None
    if array.nonfinite:
        kept = [to_float(value) for value in array.values or ("nan",)]
        return math.nan if any(map(math.isnan, kept)) else math.inf
    return None if array.norm is None else to_float(array.norm)


def norm_of_all(arrays: Iterable[Array | None]) -> float | None:
    """The norm of several tensors taken together; None where there is none."""
    norms = [norm for array in arrays if (norm := norm_of(array)) is not None]
    if any(math.isnan(norm) for norm in norms):
        return math.nan
    return math.hypot(*norms) if norms else None
