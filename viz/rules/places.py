"""Taking numbers from their places, undone: each gradient goes to the place of its number.

A rule says what the operation does to an array, and it is done to an array of places (0, 1, 2,
...): that tells from where each number of the result was taken.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from viz.rules.row import Gradient, MissingValueError, Values
from viz.rules.shapes import Shape

NOWHERE = -1
"""The place of a number that was not taken from the input, such as the 0 of a padding."""

Take = Callable[[Values, np.ndarray], np.ndarray]
"""The operation on any array of the input's shape, with the arguments of the call."""


def put_back(take: Take, of: str = "self") -> Gradient:
    """The gradient of an operation that only takes numbers: where it took one, its gradient is
    added.

    >>> reverse = put_back(lambda values, x: x[::-1])
    >>> reverse(Values({"upstream": np.array([1.0, 2.0, 3.0])}, {"self": (3,)}))
    array([3., 2., 1.])
    """

    def gradient(values: Values) -> np.ndarray:
        shape = values.shape(of)
        return collect(values.upstream, take(values, places(shape)), shape)

    return gradient


def places(shape: Shape) -> np.ndarray:
    """
    >>> places((2, 2))
    array([[0, 1],
           [2, 3]])
    """
    return np.arange(np.prod(shape, dtype=int)).reshape(shape)


def collect(gradient: np.ndarray, taken: np.ndarray, shape: Shape) -> np.ndarray:
    """Add each gradient at the place from which its number was taken.

    >>> collect(np.array([1.0, 2.0, 4.0]), np.array([2, 0, 2]), (3,))
    array([2., 0., 5.])
    """
    if taken.shape != gradient.shape:
        raise MissingValueError("which elements were taken")
    found = np.zeros(int(np.prod(shape, dtype=int)), gradient.dtype)
    is_taken = taken != NOWHERE
    np.add.at(found, taken[is_taken], gradient[is_taken])
    return found.reshape(shape)


def cleared(gradient: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """0 at the places that were overwritten, whatever stood there.

    >>> cleared(np.array([1.0, 2.0, 3.0]), np.array([1]))
    array([1., 0., 3.])
    """
    left = np.array(gradient)
    left.flat[taken.ravel()] = 0
    return left
