"""Elementwise functions as PyTorch computes them, where numpy's differ at 0, infinity or NaN."""

from __future__ import annotations

from typing import Any

import numpy as np

Numbers = np.ndarray | float


def zero_where(condition: Any, numbers: Numbers) -> np.ndarray:
    """0 where the condition holds, whatever the number there is: also for NaN."""
    return np.where(condition, 0, numbers)


def sign_of(numbers: Numbers) -> np.ndarray:
    """−1, 0 or 1; 0 for NaN, as PyTorch's sgn has it."""
    return np.where(np.greater(numbers, 0), 1, np.where(np.less(numbers, 0), -1, 0))


def raised(base: np.ndarray, exponent: Numbers) -> np.ndarray:
    """base ** exponent. PyTorch multiplies, divides and takes roots for the common exponents, which
    overflows at other places than a general power, and knows the sign of −0.
    """
    if np.ndim(exponent) > 0 or isinstance(exponent, np.ndarray):
        return np.power(base, exponent)
    if exponent == -0.5:
        return 1 / np.sqrt(base)
    if exponent == -1:
        return 1 / base
    if exponent == -2:
        return 1 / (base * base)
    return np.power(base, exponent)


def power_slope(base: np.ndarray, exponent: Numbers) -> np.ndarray:
    """The derivative of base ** exponent with respect to the base."""
    return exponent * raised(base, exponent - 1)


def exponent_slope(base: Numbers, exponent: np.ndarray, result: np.ndarray) -> np.ndarray:
    """The derivative of base ** exponent with respect to the exponent."""
    # In the result's own precision, which the logarithm of a plain number would raise.
    logarithm = np.log(base).astype(result.dtype)
    return zero_where(np.equal(base, 0) & (exponent >= 0), result * logarithm)
