"""Add norms up: the norm of several tensors is that of all of their entries."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from viz.fold.order import Ints

Floats = NDArray[np.float64]


def numbers(norms: Sequence[float | None]) -> Floats:
    """NaN where there is none."""
    return np.array([np.nan if norm is None else norm for norm in norms], dtype=np.float64)


def together(norms: Floats, group: Ints, count: int) -> Floats:
    """The Euclidean norm of each of `count` groups; NaN for a group without any norm.

    Squares of very large or small norms are never formed: each group has a scale of its own.
    """
    there = ~np.isnan(norms)
    norms, group = norms[there], group[there]
    scale = np.zeros(count)
    np.maximum.at(scale, group, norms)
    divisor = np.where(scale > 0, scale, 1.0)
    squares = np.bincount(group, weights=(norms / divisor[group]) ** 2, minlength=count)
    with np.errstate(over="ignore"):
        total = np.minimum(scale * np.sqrt(squares), sys.float_info.max)
    total[np.bincount(group, minlength=count) == 0] = np.nan
    return total


def column(norms: Floats) -> tuple[float | None, ...]:
    """As plain data: None for NaN, and six digits, which is what is shown at most."""
    return tuple(None if norm != norm else float(f"{norm:.6g}") for norm in norms.tolist())
