"""Refuse a number, text, sequence or tensor that would be too large, before it is made."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from viz.errors import LimitError, ProgramError
from viz.limits import Limits

MOST_RESULTS = 64
"""How many tensors of one result are looked at: those of one call are of much the same size."""


def need_items(count: int, limits: Limits) -> None:
    if count > limits.sequence_items:
        raise LimitError(
            f"a list, tuple or text would have {count:,} items; "
            f"at most {limits.sequence_items:,} are possible here."
        )


def need_bits(bits: float, limits: Limits) -> None:
    if bits > limits.integer_bits:
        raise LimitError(
            f"a whole number would have more than {limits.integer_bits:,} binary digits.",
            hint="Write it with a decimal point: 2.0**1000.",
        )


def need_elements(sizes: Iterable[int], element_bytes: int, limits: Limits) -> None:
    sizes = list(sizes)
    if math.prod(sizes) * element_bytes > limits.memory_bytes:
        raise too_many_elements(limits)


def within_memory(value: Any, limits: Limits) -> Any:
    """The value itself. An expanded tensor takes no memory, but time without end."""
    if isinstance(value, torch.Tensor):
        if value.numel() * value.element_size() > limits.memory_bytes:
            raise too_many_elements(limits)
    elif isinstance(value, (tuple, list)):
        for part in value[:MOST_RESULTS]:
            if isinstance(part, torch.Tensor):
                need_elements(part.shape, part.element_size(), limits)
    elif isinstance(value, np.ndarray) and value.dtype.hasobject:
        raise ProgramError(
            "an array of numpy holds numbers here.", hint="Use a list for anything else."
        )
    return value


def too_many_elements(limits: Limits) -> LimitError:
    return LimitError(
        f"a tensor would need more memory than there is ({limits.memory_bytes >> 20:,} MiB).",
        hint="Use smaller sizes.",
    )
