"""Turn a live tensor into an Array: its numbers where it is small, a summary where it is large.

Reading and describing are two steps. A forward result must be read at once, because the program may
change the tensor in place; most results are never shown, so describing them can wait.
"""

from __future__ import annotations

import math
from typing import Any

import torch

from viz.limits import DEFAULT, Limits
from viz.trace import Array, Number, to_number

Scalar = bool | int | float | complex


def summarize(tensor: torch.Tensor, limits: Limits = DEFAULT) -> Array:
    """The tensor's numbers up to `limits.array_values` elements, its summary always.

    >>> summarize(torch.tensor([3.0, 4.0])).norm
    5.0
    """
    return Snapshot(tensor, limits).array()


class Snapshot:
    """What a tensor held at one moment; `array()` describes it later."""

    __slots__ = ("_array", "_dtype", "_numbers", "_shape")

    def __init__(self, tensor: torch.Tensor, limits: Limits) -> None:
        self._shape = tuple(tensor.shape)
        self._dtype = _dtype_name(tensor.dtype)
        self._numbers: Any = None
        self._array: Array | None = None
        try:
            # No mode must see this look, neither ours nor one of the user's.
            with torch._C._DisableTorchDispatch():
                self._read(tensor, limits)
        except (RuntimeError, TypeError):
            # Sparse and wrapped tensors have no plain elements: shape and dtype are all.
            self._array = Array(shape=self._shape, dtype=self._dtype)

    def _read(self, tensor: torch.Tensor, limits: Limits) -> None:
        if tensor._is_zerotensor():  # zeros without memory, as some derivatives answer
            tensor = torch.zeros(tensor.shape, dtype=tensor.dtype)
        if tensor.is_meta:  # PyTorch would import its compiler to say that there is no data
            self._array = Array(shape=self._shape, dtype=self._dtype)
        elif tensor.numel() <= limits.array_values:
            self._numbers = tensor.tolist()
        else:
            self._array = _summary(tensor, self._shape, self._dtype)

    def array(self) -> Array:
        if self._array is None:
            self._array = describe(_flat(self._numbers, self._shape), self._shape, self._dtype)
            self._numbers = None
        return self._array


def number_array(value: Scalar) -> Array:
    """A plain Python number, as PyTorch sees it where it meets a tensor: a 0-d value."""
    kinds = {bool: "bool", int: "int64", float: "float64", complex: "complex128"}
    return describe([value], (), kinds[type(value)])


def describe(numbers: list[Scalar], shape: tuple[int, ...], dtype: str) -> Array:
    """An Array of these numbers, row-major."""
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


def _dtype_name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _summary(tensor: torch.Tensor, shape: tuple[int, ...], dtype: str) -> Array:
    """Range, mean and norm by PyTorch's own reductions; no element becomes a Python object."""
    with torch.no_grad():
        numbers = tensor.detach()
        wide = numbers.to(torch.complex128 if numbers.is_complex() else torch.float64)
        wide = wide[wide.isfinite()]
        nonfinite = numbers.numel() - wide.numel()
        if wide.numel() == 0:
            return Array(shape=shape, dtype=dtype, nonfinite=nonfinite)
        low, high = _range(numbers, wide)
        return Array(
            shape=shape,
            dtype=dtype,
            low=low,
            high=high,
            mean=to_number(wide.mean().item()),
            norm=to_number(torch.linalg.vector_norm(wide).item()),
            nonfinite=nonfinite,
        )


def _range(numbers: torch.Tensor, wide: torch.Tensor) -> tuple[Number | None, Number | None]:
    if wide.is_complex():
        return None, None
    # Whole numbers may be too long for a float64.
    ordered = wide if numbers.is_floating_point() else numbers.to(torch.int64)
    low, high = ordered.aminmax()
    return low.item(), high.item()
