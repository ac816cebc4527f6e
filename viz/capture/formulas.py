"""Find the operations that PyTorch differentiates by other formulas while a mode is active."""

from __future__ import annotations

from typing import Any

import torch

from viz.capture.graph import grad_fn_of, name_of

OTHERWISE = frozenset(
    {
        "ProdBackward0",
        "ProdBackward1",
        "CumprodBackward0",
        "LinalgDetBackward0",
        "LinalgMatrixExpBackward0",
    }
)
"""Measured on PyTorch 2.13 over 110 functions: with `create_graph` these make another graph, whose
numbers differ in the last digits. The others are the same, bit for bit."""


def are_the_same(outputs: tuple[torch.Tensor, ...]) -> bool:
    """Whether backward with `create_graph` makes the same graph when it is watched."""
    waiting: list[Any] = [grad_fn_of(output) for output in outputs]
    seen: set[Any] = set()
    while waiting:
        grad_fn = waiting.pop()
        if grad_fn in seen:
            continue
        seen.add(grad_fn)
        if name_of(grad_fn) in OTHERWISE:
            return False
        waiting += [below for below, _ in grad_fn.next_functions if below is not None]
    return True
