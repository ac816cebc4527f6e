"""The form of every record, and the numbers of a tensor as plain frozen data."""

from __future__ import annotations

import math
from typing import Any, Self

import msgspec

Number = bool | int | float | str
"""A number in JSON. What JSON lacks travels as text: "nan", "inf", "-inf", and complex numbers."""


def to_number(value: bool | int | float | complex) -> Number:
    """The number as JSON can hold it, without loss.

    >>> to_number(float("-inf")), to_number(2.5), to_number(True)
    ('-inf', 2.5, True)
    """
    if isinstance(value, complex):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def to_float(number: Number) -> float:
    """Back to a float; NaN for a complex number.

    >>> to_float("-inf"), to_float(True)
    (-inf, 1.0)
    """
    try:
        return float(number)
    except ValueError:
        return math.nan


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Frozen, slotted, compared by value; tuples, never lists.

    A record can't become part of a cycle, so that Python's collector need not look at millions.
    """

    def but(self, **fields: Any) -> Self:
        """The same with some fields of another value."""
        return msgspec.structs.replace(self, **fields)


class Array(Record, frozen=True):
    """A tensor's numbers, or a summary of them where it has many.

    values    row-major; None above `Limits.array_values` elements
    low, high, mean, norm   over the finite elements; None where there are none. norm is Euclidean.
    nonfinite how many elements are NaN or infinite
    """

    shape: tuple[int, ...]
    dtype: str
    values: tuple[Number, ...] | None = None
    low: Number | None = None
    high: Number | None = None
    mean: Number | None = None
    norm: Number | None = None
    nonfinite: int = 0

    def __post_init__(self) -> None:
        values = self.values
        if values is not None and len(values) != math.prod(self.shape):
            raise ValueError(f"{len(values)} values for shape {self.shape}")

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def is_scalar(self) -> bool:
        return self.shape == ()

    def floats(self) -> tuple[float, ...]:
        """The values as floats, row-major. Raises ValueError where only a summary was kept."""
        if self.values is None:
            raise ValueError(f"only a summary of {self.size} elements was kept")
        return tuple(to_float(value) for value in self.values)
