"""What an operation does to shapes, undone: spreading, summing, reshaping a gradient back."""

from __future__ import annotations

import math

import numpy as np

from viz.rules.row import Values

Shape = tuple[int, ...]


def sum_to(gradient: np.ndarray, shape: Shape) -> np.ndarray:
    """Sum over the axes along which a tensor of this shape was broadcast.

    >>> sum_to(np.ones((2, 3)), (3,))
    array([2., 2., 2.])
    >>> sum_to(np.ones((2, 3)), (2, 1))
    array([[3.],
           [3.]])
    """
    gradient = np.asarray(gradient)
    added = gradient.ndim - len(shape)
    gradient = gradient.sum(axis=tuple(range(added)))
    stretched = (axis for axis, side in enumerate(shape) if side == 1 != gradient.shape[axis])
    return gradient.sum(axis=tuple(stretched), keepdims=True)


def reduced_axes(dim: int | list[int] | tuple[int, ...] | None, rank: int) -> Shape:
    """The axes of a reduction; all of them for None and for an empty list, as in PyTorch.

    >>> reduced_axes([-1], 2), reduced_axes(None, 2), reduced_axes([], 2)
    ((1,), (0, 1), (0, 1))
    """
    if dim is None or dim in ([], ()) or rank == 0:
        return tuple(range(rank))
    axes = [dim] if isinstance(dim, int) else dim
    return tuple(sorted(axis % rank for axis in axes))


def spread(values: Values, name: str = "upstream") -> np.ndarray:
    """The upstream gradient of a reduction, copied to each element that went into it."""
    return np.broadcast_to(restored(values, name), values.shape("self"))


def restored(values: Values, name: str = "result") -> np.ndarray:
    """A reduction's result with the axes that were reduced, of length 1, so that it broadcasts."""
    numbers = getattr(values, name)
    if values.keepdim:
        return numbers
    return np.expand_dims(numbers, reduced_axes(values.dim, len(values.shape("self"))))


def scatter_back(values: Values, *, keepdim: bool | None = None) -> np.ndarray:
    """Each number of the upstream gradient at the recorded index along the axis; 0 elsewhere."""
    shape = values.shape("self")
    full = np.zeros(shape)
    if not shape:
        return full + values.upstream
    axis = values.dim % len(shape)
    upstream, indices = values.upstream, values.whole("indices")
    if not (values.keepdim if keepdim is None else keepdim):
        upstream, indices = (np.expand_dims(each, axis) for each in (upstream, indices))
    places: list[np.ndarray] = list(np.indices(indices.shape, sparse=True))
    places[axis] = indices
    np.add.at(full, tuple(places), upstream)
    return full


def reduced_count(values: Values) -> float:
    """How many elements went into each result of a mean."""
    return values.size("self") / max(values.size("result"), 1)


def reshape_back(values: Values) -> np.ndarray:
    """The same numbers in the shape of the input."""
    shape = values.shape("self")
    if math.prod(shape) != values.upstream.size:
        raise ValueError(f"{values.upstream.shape} can't be reshaped to {shape}")
    return values.upstream.reshape(shape)


def transpose(array: np.ndarray) -> np.ndarray:
    """A matrix, or each matrix of a batch, turned over; a vector stays."""
    return array if array.ndim < 2 else np.swapaxes(array, -1, -2)


def swap_back(values: Values) -> np.ndarray:
    if values.upstream.ndim == 0:
        return values.upstream
    return np.swapaxes(values.upstream, values.dim0, values.dim1)


def permute_back(values: Values) -> np.ndarray:
    rank = values.upstream.ndim
    return np.transpose(values.upstream, np.argsort([axis % rank for axis in values.dims]))


def outer(column: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Each element of the first times each of the second."""
    return column[:, None] * row[None, :]
