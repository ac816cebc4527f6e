"""Running sums and products, undone: what each element adds to every later result."""

from __future__ import annotations

import numpy as np

from viz.rules.row import MissingValueError, Values
from viz.rules.shapes import reduced_axes, restored, spread


def others_product(values: Values) -> np.ndarray:
    """The product of all other elements along the reduced axes: result/self, also beside a 0."""
    numbers = values.self
    axes = reduced_axes(values.dim, numbers.ndim)
    if not (numbers == 0).any():
        return restored(values) / numbers
    kept = [axis for axis in range(numbers.ndim) if axis not in axes]
    moved = np.transpose(numbers, (*kept, *axes))
    rows = moved.reshape((*(numbers.shape[axis] for axis in kept), -1))
    others = _exclusive_products(rows).reshape(moved.shape)
    return np.transpose(others, np.argsort((*kept, *axes)))


def _exclusive_products(rows: np.ndarray) -> np.ndarray:
    """Along the last axis, the product of everything before each element and after it."""
    before = np.ones_like(rows)
    before[..., 1:] = np.cumprod(rows, axis=-1)[..., :-1]
    after = np.ones_like(rows)
    after[..., :-1] = np.cumprod(rows[..., ::-1], axis=-1)[..., ::-1][..., 1:]
    return before * after


def product_slope(values: Values) -> np.ndarray:
    if values.dim is None and (values.self == 0).sum() > 1:
        return np.zeros_like(values.self)
    return spread(values) * others_product(values)


def from_the_end(numbers: np.ndarray, axis: int) -> np.ndarray:
    """Each element with the sum of all later ones.

    >>> from_the_end(np.array([1.0, 2.0, 3.0]), 0)
    array([6., 5., 3.])
    """
    if numbers.ndim == 0:
        return numbers
    return np.flip(np.cumsum(np.flip(numbers, axis), axis), axis)


def running_product_slope(values: Values) -> np.ndarray:
    """Σ over the later results: its upstream gradient times the product without this element."""
    numbers, axis = values.self, values.dim
    _require_finite(values)
    if numbers.ndim == 0:
        return values.upstream
    rows = np.moveaxis(numbers, axis, -1)
    upstream = np.moveaxis(values.upstream, axis, -1)
    slopes = np.zeros_like(rows * upstream)
    for last in range(rows.shape[-1]):
        begun = rows[..., : last + 1]
        slopes[..., : last + 1] += upstream[..., last, None] * _exclusive_products(begun)
    return np.moveaxis(slopes, -1, axis)


_UNDERFLOW = 1e-31
"""The smallest float32 in units of its precision: PyTorch divides products that may have become
smaller, and are 0."""


def running_product_rounding(values: Values) -> np.ndarray:
    underflow = np.minimum(_UNDERFLOW * (1 + 1 / np.abs(values.self)), 1)
    return running_product_slope(values.each(np.abs)) + underflow


def _require_finite(values: Values) -> None:
    """What PyTorch makes of NaN and infinities here depends on the order of its own steps."""
    if not all(np.isfinite(each).all() for each in (values.self, values.result, values.upstream)):
        raise MissingValueError("finite numbers")


def running_logsumexp_rounding(values: Values) -> np.ndarray:
    """PyTorch adds logarithms, so that large ones cost digits."""
    slope = _running_shares(values, np.abs(values.upstream))
    largest = max(np.abs(values.self).max(initial=0), np.abs(values.result).max(initial=0))
    return slope * (1 + largest)


def running_logsumexp_slope(values: Values) -> np.ndarray:
    """Σ over the later results: its upstream gradient times this element's share of it."""
    _require_finite(values)
    return _running_shares(values, values.upstream)


def _running_shares(values: Values, upstream: np.ndarray) -> np.ndarray:
    if values.self.ndim == 0:
        return upstream
    rows, results, upstream = (
        np.moveaxis(each, values.dim, -1) for each in (values.self, values.result, upstream)
    )
    shares = np.exp(rows[..., :, None] - results[..., None, :])
    later = np.triu(np.ones((rows.shape[-1],) * 2))
    slopes = (np.where(later > 0, shares, 0) * upstream[..., None, :]).sum(axis=-1)
    return np.moveaxis(slopes, -1, values.dim)
