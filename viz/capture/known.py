"""Remember the summaries of large tensors that are still what they were.

A view, a detached alias and the gradient on its way from one node to the next are the same numbers
in the same memory: they are read once. No memory is kept alive; a weak reference to it makes sure
that its address does not come to mean another.
"""

from __future__ import annotations

from typing import Any

import msgspec
import torch
from torch.multiprocessing.reductions import StorageWeakRef

from viz.capture.summary import in_memory_order, is_dense
from viz.trace import Array

SAMPLES = 16
"""Elements that are compared: what changes memory without PyTorch's knowledge, as numpy can,
changes as a rule most of it."""

FEW = 256
"""Memories, below which nobody looks for dead ones."""

Where = tuple[Any, ...]


class _Memory(msgspec.Struct):
    """What was read of one storage, at this version of it: by place, the summary and samples."""

    reference: StorageWeakRef
    version: int
    read: dict[Where, tuple[Array, list[Any]]]


class Known:
    """The summaries of one recording."""

    def __init__(self) -> None:
        self._memories: dict[int, _Memory] = {}
        self._room = FEW

    def get(self, tensor: torch.Tensor, source: torch.Tensor | None = None) -> Array | None:
        """The summary, in the shape that was read, if these numbers were read before.

        source   the tensor that it may be a new view of
        """
        memory = self._memories.get(tensor.untyped_storage()._cdata)
        if memory is None or memory.version != _version(tensor, source):
            return None
        found = memory.read.get(_where(tensor))
        return found[0] if found is not None and found[1] == _samples(tensor) else None

    def put(self, tensor: torch.Tensor, array: Array, source: torch.Tensor | None = None) -> None:
        if not is_dense(tensor):
            return
        storage, version = tensor.untyped_storage(), _version(tensor, source)
        memory = self._memories.get(storage._cdata)
        if memory is None or memory.version != version:
            self._make_room()
            memory = _Memory(StorageWeakRef(storage), version, {})
            self._memories[storage._cdata] = memory
        memory.read[_where(tensor)] = (array, _samples(tensor))

    def forget(self, tensor: torch.Tensor) -> None:
        self._memories.pop(_memory_of(tensor) or 0, None)

    def _make_room(self) -> None:
        if len(self._memories) >= self._room:
            self._memories = {
                address: memory
                for address, memory in self._memories.items()
                if not memory.reference.expired()
            }
            self._room = max(FEW, 2 * len(self._memories))


def _where(tensor: torch.Tensor) -> Where:
    return (
        tensor.storage_offset(),
        tensor.numel(),
        tensor.dtype,
        tensor.is_conj(),
        tensor.is_neg(),
        is_dense(tensor),
    )


def _samples(tensor: torch.Tensor) -> list[Any]:
    numbers = in_memory_order(tensor.detach())
    found: list[Any] = numbers[:: max(1, len(numbers) // SAMPLES)].tolist()
    return found


def _version(tensor: torch.Tensor, source: torch.Tensor | None) -> int:
    # A view that was just made counts with its source only when PyTorch's autograd has seen it.
    if source is not None and _memory_of(source) == _memory_of(tensor):
        tensor = source
    return 0 if tensor.is_inference() else tensor._version


def _memory_of(tensor: torch.Tensor) -> int | None:
    try:
        return tensor.untyped_storage()._cdata
    except RuntimeError:  # sparse, or a wrapper
        return None
