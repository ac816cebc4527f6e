"""The range, mean and norm of a large tensor, read once and block by block, where it lies.

A block is widened to float64 while it is in the processor's cache, so that no copy of the whole
tensor is ever made, and sums are as exact as float64 can hold them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import torch

from viz.trace import Array, to_number

BLOCK = 1 << 20
"""Elements at once: 8 MiB of float64."""

BLOCK_ELSEWHERE = 1 << 24
"""The same on another device, where each answer has to be waited for."""

TOO_SMALL = 1e-280
"""Below it, a sum of squares in float64 has lost digits."""

RANGED = (torch.float32, torch.int64)
"""Whole numbers may be too long for a float64, and 32 bits are read faster; of the rarer kinds
PyTorch knows no range."""


class _Block(NamedTuple):
    """elements: how many are finite; low and high of these; total and norm of them, divided by
    scale."""

    elements: int
    low: int | float | None
    high: int | float | None
    total: complex
    norm: float
    scale: float = 1.0


def summary_of(tensor: torch.Tensor, shape: tuple[int, ...], dtype: str) -> Array:
    """The summary of a plain tensor, of any dtype, device and strides.

    Raises RuntimeError or TypeError for a tensor without plain elements.
    """
    with torch.no_grad():
        numbers, times = _without_repeats(tensor.detach())
        room = _room(numbers)
        blocks = [_read(block, room) for block in _blocks(numbers)]
    count = sum(block.elements for block in blocks)
    nonfinite = math.prod(shape) - count * times
    if not count:
        return Array(shape=shape, dtype=dtype, nonfinite=nonfinite)
    lows = [block.low for block in blocks if block.low is not None]
    highs = [block.high for block in blocks if block.high is not None]
    norm = math.hypot(*(block.norm * block.scale for block in blocks))
    return Array(
        shape=shape,
        dtype=dtype,
        low=min(lows, default=None),
        high=max(highs, default=None),
        mean=to_number(_mean(blocks, count, numbers.is_complex())),
        norm=to_number(norm * math.sqrt(times)),
        nonfinite=nonfinite,
    )


def is_dense(tensor: torch.Tensor) -> bool:
    """Whether its elements fill a piece of memory without gaps, in whatever order."""
    if tensor.is_contiguous():
        return True
    expected = 1
    for stride, size in sorted(zip(tensor.stride(), tensor.shape, strict=True)):
        if size != 1:
            if stride != expected:
                return False
            expected *= size
    return True


def in_memory_order(tensor: torch.Tensor) -> torch.Tensor:
    """The elements of a dense tensor in one row, as they lie in memory; not a copy."""
    return tensor.as_strided((tensor.numel(),), (1,), tensor.storage_offset())


def _without_repeats(tensor: torch.Tensor) -> tuple[torch.Tensor, int]:
    """Without the axes along which it was expanded; and how often each element is repeated."""
    times = 1
    for axis in reversed(range(tensor.dim())):
        if tensor.stride(axis) == 0 and tensor.shape[axis] > 1:
            times *= tensor.shape[axis]
            tensor = tensor.select(axis, 0)
    return tensor, times


def _blocks(tensor: torch.Tensor) -> Iterator[torch.Tensor]:
    """Views of it that cover every element once."""
    most = _most(tensor)
    if is_dense(tensor):
        yield from in_memory_order(tensor).split(most)
        return
    ordered = tensor.permute(sorted(range(tensor.dim()), key=tensor.stride, reverse=True))
    sizes, axis = ordered.shape, 0
    while math.prod(sizes[axis + 1 :]) > most:
        axis += 1
    rows = max(1, most // math.prod(sizes[axis + 1 :]))
    for outer in product(*map(range, sizes[:axis])):
        yield from ordered[outer].split(rows)


def _most(tensor: torch.Tensor) -> int:
    return BLOCK if tensor.device.type == "cpu" else BLOCK_ELSEWHERE


def _room(tensor: torch.Tensor) -> torch.Tensor:
    """Where its blocks are widened, one after another."""
    on_apple = tensor.device.type == "mps"  # which has no float64
    if tensor.is_complex():
        wide = torch.complex64 if on_apple else torch.complex128
    else:
        wide = torch.float32 if on_apple else torch.float64
    size = min(tensor.numel(), _most(tensor))
    return torch.empty(size, dtype=wide, device=tensor.device)


def _read(block: torch.Tensor, room: torch.Tensor) -> _Block:
    wide = room[: block.numel()]
    wide.view(block.shape).copy_(block)
    if wide.is_complex():
        return _read_complex(wide)
    low, high = (block if block.dtype in RANGED else wide).aminmax()
    total, square = wide.sum().item(), torch.dot(wide, wide).item()
    if TOO_SMALL < square < math.inf or not (low.item() or high.item()):
        ends = _number(low, block.dtype), _number(high, block.dtype)
        return _Block(wide.numel(), *ends, total, math.sqrt(square))
    return _read_with_care(wide, block.dtype)


def _read_with_care(wide: torch.Tensor, dtype: torch.dtype) -> _Block:
    """Only what is finite; scaled, so that neither sum nor squares become too large or small."""
    finite = wide[wide.isfinite()]
    if finite.numel() == 0:
        return _Block(0, None, None, 0.0, 0.0)
    low, high = finite.aminmax()
    scale = max(abs(low.item()), abs(high.item())) or 1.0
    scaled = finite / scale
    total, norm = scaled.sum().item(), torch.linalg.vector_norm(scaled).item()
    return _Block(finite.numel(), _number(low, dtype), _number(high, dtype), total, norm, scale)


def _read_complex(wide: torch.Tensor) -> _Block:
    total, norm = wide.sum().item(), torch.linalg.vector_norm(wide).item()
    if math.isfinite(norm) and math.isfinite(abs(total)):
        return _Block(wide.numel(), None, None, total, norm)
    finite = wide[wide.isfinite()]
    if finite.numel() == 0:
        return _Block(0, None, None, 0.0, 0.0)
    scale = torch.view_as_real(finite).abs().max().item() or 1.0
    scaled = finite / scale
    total, norm = scaled.sum().item(), torch.linalg.vector_norm(scaled).item()
    return _Block(finite.numel(), None, None, total, norm, scale)


def _number(value: torch.Tensor, dtype: torch.dtype) -> int | float:
    return value.item() if dtype.is_floating_point else int(value.item())


def _mean(blocks: list[_Block], count: int, is_complex: bool) -> complex | float:
    parts = [block.total * (block.scale / count) for block in blocks]
    real = math.fsum(part.real for part in parts)
    return complex(real, math.fsum(part.imag for part in parts)) if is_complex else real
