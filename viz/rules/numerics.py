"""Elementwise functions as PyTorch computes them, where numpy's differ at 0, infinity or NaN."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from viz.rules.row import MissingValueError

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


def one_over_root(numbers: np.ndarray) -> np.ndarray:
    return 1 / np.sqrt(numbers)


def sigmoid(numbers: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-numbers))


def erf(numbers: np.ndarray) -> np.ndarray:
    """The error function, which numpy lacks."""
    numbers = np.asarray(numbers)
    return np.vectorize(math.erf, otypes=[np.float64])(numbers).astype(numbers.dtype)


def erfinv_slope(result: np.ndarray) -> np.ndarray:
    return 0.5 * math.sqrt(math.pi) * np.exp(result**2)


def logit_slope(upstream: np.ndarray, numbers: np.ndarray, eps: float | None) -> np.ndarray:
    """1/(x·(1 − x)) inside (0, 1). Outside it NaN, or 0 where `eps` clamps."""
    if (np.isnan(numbers) | ((numbers == 0) & np.signbit(numbers))).any():
        # PyTorch's answer there depends on whether it computes several elements at once.
        raise MissingValueError("the gradient at NaN and at −0")
    low, high = (0.0, 1.0) if eps is None else (eps, 1.0 - eps)
    outside = np.nan if eps is None else 0.0
    is_end = (numbers == 0) | (numbers == 1)
    slope = np.where(is_end, np.inf, 1 / (numbers * (1 - numbers)))
    return np.where((numbers < low) | (numbers > high), outside, upstream * slope)


def sinc_slope(numbers: np.ndarray) -> np.ndarray:
    """The derivative of sin(π·x)/(π·x) beside 0."""
    angle = numbers * math.pi
    return (np.cos(angle) * angle - np.sin(angle)) / (angle * numbers)


def floor_of_quotient(numbers: np.ndarray, divisor: np.ndarray) -> np.ndarray:
    return np.floor_divide(numbers, divisor)


def times_log(factor: np.ndarray, numbers: Numbers) -> np.ndarray:
    """factor · ln(numbers), which is 0 where the factor is 0; NaN where a number is NaN."""
    product = zero_where(factor == 0, factor * np.log(numbers))
    return np.where(np.isnan(numbers), np.nan, product)


def one_number(numbers: np.ndarray) -> float | np.ndarray:
    """A plain number for an array of one element."""
    array = np.asarray(numbers)
    return float(array.item()) if array.size == 1 else array
