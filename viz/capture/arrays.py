"""Turn a live tensor into an Array: its numbers where it is small, a summary where it is large.

Reading and describing are two steps. A forward result must be read at once, because the program may
change the tensor in place; most results are never shown, so describing them can wait.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import msgspec
import torch

from viz.capture.kinds import PLAIN, has_own_code, shape_of
from viz.capture.known import Known
from viz.capture.summary import summary_of
from viz.limits import DEFAULT, Limits
from viz.trace import Array, Number, to_number

Scalar = bool | int | float | complex


DTYPES = {
    dtype: str(dtype).removeprefix("torch.")
    for dtype in vars(torch).values()
    if isinstance(dtype, torch.dtype)
}


def summarize(tensor: torch.Tensor, limits: Limits = DEFAULT) -> Array:
    """The tensor's numbers up to `limits.array_values` elements, its summary always.

    >>> summarize(torch.tensor([3.0, 4.0])).norm
    5.0
    """
    return Reader(limits).array(tensor)


class Snapshot(msgspec.Struct, gc=False):
    """What a tensor held at one moment; `array()` describes it later."""

    _shape: tuple[int, ...]
    _dtype: str
    _numbers: Any = None
    _array: Array | None = None

    def array(self) -> Array:
        if self._array is None:
            self._array = describe(_flat(self._numbers, self._shape), self._shape, self._dtype)
            self._numbers = None
        return self._array


class Reader:
    """Reads tensors as they are now. What is large is read once, while it is the same."""

    def __init__(self, limits: Limits) -> None:
        self._most = limits.array_values
        self._known = Known()

    def array(self, tensor: torch.Tensor, last: Array | None = None) -> Array:
        """What it holds now; `last` itself, if that is a 0-d value and the very same."""
        if type(tensor) is torch.Tensor and tensor.dim() == 0:
            number = self._number(tensor)
            if number is not None:
                dtype = DTYPES[tensor.dtype]
                # 0.0 and -0.0 are equal, and not the same.
                if last is not None and number and last.dtype == dtype and last.shape == ():
                    values = last.values
                    if values is not None and values[0] == number:
                        return last
                return Array((), dtype, (number,), number, number, number, abs(number))
        return self.snapshot(tensor).array()

    def _number(self, tensor: torch.Tensor) -> float | None:
        """Of a 0-d tensor that holds a finite real number, and that nobody else would see read."""
        if not tensor.dtype.is_floating_point or torch._C._len_torch_dispatch_stack():
            return None
        if tensor.is_meta:  # PyTorch would import its compiler to say that there is no data
            return None
        try:
            number = tensor.tolist()
        except (RuntimeError, TypeError):
            return None
        return number if type(number) is float and math.isfinite(number) else None

    def snapshot(self, tensor: torch.Tensor, source: torch.Tensor | None = None) -> Snapshot:
        """What it holds now; `source` is the tensor that it may be a new view of."""
        dtype = DTYPES[tensor.dtype]
        kind = type(tensor)
        if kind is torch.Tensor and tensor.dim() == 0:
            number = self._number(tensor)
            if number is not None:
                return Snapshot((), dtype, number)
        shape = shape_of(tensor)
        try:
            if kind in PLAIN and not torch._C._len_torch_dispatch_stack():
                return self._read(tensor, shape, dtype, source)
            if has_own_code(kind):
                return Snapshot(shape, dtype, None, Array(shape=shape, dtype=dtype))
            # No mode must see this look, neither ours nor one of the user's.
            with torch._C._DisableTorchDispatch():
                return self._read(tensor, shape, dtype, source)
        except (RuntimeError, TypeError):
            # Sparse and wrapped tensors have no plain elements: shape and dtype are all.
            return Snapshot(shape, dtype, None, Array(shape=shape, dtype=dtype))

    def changed(self, tensor: torch.Tensor) -> None:
        """The tensor's numbers may be others now, although its version is the same."""
        self._known.forget(tensor)

    def _read(
        self,
        tensor: torch.Tensor,
        shape: tuple[int, ...],
        dtype: str,
        source: torch.Tensor | None,
    ) -> Snapshot:
        if tensor.is_meta:  # PyTorch would import its compiler to say that there is no data
            return Snapshot(shape, dtype, None, Array(shape=shape, dtype=dtype))
        if tensor._is_zerotensor():  # zeros without memory, as some derivatives answer
            tensor = torch.zeros(tensor.shape, dtype=tensor.dtype)
        if tensor.numel() <= self._most:
            return Snapshot(shape, dtype, tensor.tolist())
        array = self._known.get(tensor, source)
        if array is None:
            array = summary_of(tensor, shape, dtype)
            self._known.put(tensor, array, source)
        elif array.shape != shape:
            array = array.but(shape=shape)
        return Snapshot(shape, dtype, None, array)


def number_array(value: Scalar) -> Array:
    """A plain Python number, as PyTorch sees it where it meets a tensor: a 0-d value."""
    # 0.0 and -0.0 are the same key of a cache.
    return _number_array(value) if value else _number_array.__wrapped__(value)


@functools.lru_cache(1024, typed=True)
def _number_array(value: Scalar) -> Array:
    kinds = {bool: "bool", int: "int64", float: "float64", complex: "complex128"}
    return describe([value], (), kinds[type(value)])


def describe(numbers: list[Scalar], shape: tuple[int, ...], dtype: str) -> Array:
    """An Array of these numbers, row-major."""
    if len(numbers) == 1:
        value = numbers[0]
        if isinstance(value, float) and math.isfinite(value):
            return Array(shape, dtype, (value,), value, value, value, abs(value))
    finite = [value for value in numbers if _is_finite(value)]
    low, high, mean, norm = _statistics(finite)
    return Array(
        shape=shape,
        dtype=dtype,
        values=tuple(to_number(value) for value in numbers),
        low=low,
        high=high,
        mean=mean,
        norm=norm,
        nonfinite=len(numbers) - len(finite),
    )


def _statistics(
    finite: list[Scalar],
) -> tuple[Number | None, Number | None, Number | None, Number | None]:
    """Low, high, mean and Euclidean norm. Complex numbers have no order: no low and no high."""
    if not finite:
        return None, None, None, None
    reals = [+value for value in finite if not isinstance(value, complex)]
    if len(reals) < len(finite):
        parts = [part for value in finite for part in (value.real, value.imag)]
        return None, None, to_number(sum(finite) / len(finite)), to_number(math.hypot(*parts))
    return min(reals), max(reals), _mean(reals), to_number(math.hypot(*reals))


def _mean(reals: list[int | float]) -> float:
    try:
        return math.fsum(reals) / len(reals)
    except OverflowError:  # the sum of finite numbers may be too large for a float
        return math.fsum(value / len(reals) for value in reals)


def _is_finite(value: Scalar) -> bool:
    if isinstance(value, complex):
        return math.isfinite(value.real) and math.isfinite(value.imag)
    return math.isfinite(value)


def _flat(numbers: Any, shape: tuple[int, ...]) -> list[Scalar]:
    """The nested lists of `tolist` as one list."""
    if not shape:
        return [numbers]
    for _ in shape[1:]:
        numbers = [item for row in numbers for item in row]
    return list(numbers)
