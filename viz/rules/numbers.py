"""Numbers and tensors -> the short text that a card or a drawing shows."""

from __future__ import annotations

import functools
import math

import numpy as np

from viz.rules.card import MATRIX_SIDE, Matrix, Role
from viz.trace import Array, Number, to_float, to_number

MINUS = "\N{MINUS SIGN}"
DIGITS = 4
LARGEST_PLAIN = 1e6
SMALLEST_PLAIN = 1e-4
LISTED = 4
"""A vector of at most so many elements is written out."""


def format_number(number: float, digits: int = DIGITS) -> str:
    """About four significant digits (or as many as are asked for), with a real minus sign.

    >>> format_number(2.0), format_number(-2), format_number(-0.0), format_number(1 / 3)
    ('2', '−2', '0', '0.3333')
    >>> format_number(1.2e-7), format_number(-12345.678), format_number(2.5e30)
    ('1.2e−7', '−12346', '2.5e30')
    >>> format_number(float("nan")), format_number(float("-inf"))
    ('NaN', '−∞')
    """
    if math.isnan(number):
        return "NaN"
    sign = MINUS if number < 0 else ""
    return sign + _magnitude(abs(number), digits)


def _magnitude(size: float, digits: int) -> str:
    if math.isinf(size):
        return "∞"
    if size < LARGEST_PLAIN and size == int(size):
        return str(int(size))
    if 10**DIGITS <= size < LARGEST_PLAIN:
        return str(round(size))
    if SMALLEST_PLAIN <= size < 10**DIGITS:
        rounded = f"{size:.{digits}g}"
        # 9999.6 rounds up to 1e+04, which is a plain number after all.
        return rounded if "e" not in rounded else str(round(size))
    mantissa, exponent = f"{size:.{digits - 1}e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{str(int(exponent)).replace('-', MINUS)}"


@functools.lru_cache(maxsize=1 << 14, typed=True)
def format_value(value: Number) -> str:
    """A recorded number; True and False as Python writes them, and complex numbers much like it.

    >>> format_value("-inf"), format_value(True), format_value("(1-0.33333333j)")
    ('−∞', 'True', '(1−0.3333j)')
    """
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value.endswith(("j", "j)")):
        number = complex(value)
        imaginary = format_number(number.imag)
        sign = "" if imaginary.startswith(MINUS) else "+"
        return f"({format_number(number.real)}{sign}{imaginary}j)"
    return format_number(to_float(value))


def format_array(array: Array, limit: int = LISTED) -> str:
    """A scalar's number, a vector of at most `limit` elements, otherwise shape and range.

    >>> format_array(Array(shape=(), dtype="float32", values=(2.0,)))
    '2'
    >>> format_array(Array(shape=(3,), dtype="float32", values=(1.0, -2.0, "nan")))
    '[1, −2, NaN]'
    >>> format_array(Array(shape=(2, 300), dtype="float32", low=-1.25, high=3.4, nonfinite=2))
    '[2×300] −1.25…3.4, 2 not finite'
    >>> format_array(Array(shape=(0, 3), dtype="float32", values=()))
    '[0×3] empty'
    """
    if array.values is not None and array.is_scalar:
        return format_value(array.values[0])
    if array.values is not None and len(array.shape) == 1 and 0 < array.size <= limit:
        return f"[{', '.join(map(format_value, array.values))}]"
    shape = f"[{'×'.join(map(str, array.shape))}]"
    if array.size == 0:
        return f"{shape} empty"
    broken = f"{array.nonfinite} not finite" if array.nonfinite else ""
    return f"{shape} {', '.join(filter(None, (_range(array), broken)))}".rstrip()


def _range(array: Array) -> str:
    if array.low is None or array.high is None:
        return ""
    low, high = format_value(array.low), format_value(array.high)
    return f"all {low}" if low == high else f"{low}…{high}"


def is_written_out(array: Array) -> bool:
    """Whether `show` gives every number, rather than shape and range."""
    if array.values is None or array.size == 0 or len(array.shape) > 2:
        return False
    return array.is_scalar or max(array.shape) <= MATRIX_SIDE


def show(array: Array, role: Role, label: str) -> str | Matrix:
    """Text for a scalar, a short vector and what is large; a matrix for what lies between."""
    is_short = len(array.shape) <= 1 and array.size <= LISTED
    return format_array(array) if is_short else show_elements(array, role, label)


def show_elements(array: Array, role: Role, label: str) -> str | Matrix:
    """The same with a matrix for a short vector too, so that its elements can be pointed at."""
    if array.values is None or not is_written_out(array) or array.is_scalar:
        return format_array(array)
    cells = tuple(map(format_value, array.values))
    width = array.shape[-1]
    rows = tuple(cells[start : start + width] for start in range(0, len(cells), width))
    return Matrix(role, label, rows)


def to_numpy(array: Array) -> np.ndarray:
    """The recorded values in float64. Raises ValueError where only a summary was kept."""
    return np.array(array.floats(), dtype=np.float64).reshape(array.shape)


def from_numpy(array: np.ndarray, dtype: str) -> Array:
    """A computed array in the form of a recorded one, so that both are shown alike."""
    values = np.asarray(array, dtype=np.float64)
    finite = values[np.isfinite(values)]
    return Array(
        shape=tuple(values.shape),
        dtype=dtype,
        values=tuple(to_number(float(value)) for value in values.flat),
        low=float(finite.min()) if finite.size else None,
        high=float(finite.max()) if finite.size else None,
        nonfinite=int(values.size - finite.size),
    )
