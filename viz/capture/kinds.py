"""Tell tensors that hold plain numbers from those that other code stands behind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

PLAIN = (torch.Tensor, torch.nn.Parameter)

UNKNOWN = 0
"""The size of a ragged dimension, which differs from one part to another."""


def has_own_code(kind: type) -> bool:
    """Whether tensors of this class answer operations by code of their own: nested, fake, quantized
    and distributed ones. Past that code there may be no memory to look at."""
    return (
        kind not in PLAIN and kind.__torch_dispatch__ is not torch._C._disabled_torch_dispatch_impl  # type: ignore[attr-defined]
    )


def shape_of(tensor: torch.Tensor) -> tuple[int, ...]:
    """A size that is no number, as that of a ragged dimension, is 0.

    >>> shape_of(torch.ones(2, 3))
    (2, 3)
    """
    try:
        return sizes_of(tensor.shape)
    except RuntimeError:  # nested tensors of the older kind have no sizes
        return (UNKNOWN,) * tensor.dim()


def sizes_of(shape: Iterable[Any]) -> tuple[int, ...]:
    sizes = tuple(shape)
    for size in sizes:
        if type(size) is not int:
            return tuple(each if type(each) is int else UNKNOWN for each in sizes)
    return sizes


def sizes_of_result(metadata: Any) -> tuple[int, ...]:
    """Those of a result, as its grad_fn remembers them."""
    return () if metadata.is_cpp_nested_tensor else sizes_of(metadata.shape)
