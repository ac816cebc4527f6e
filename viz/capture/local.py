"""Ask the engine for the local derivatives of elementwise operations: each grad_fn gets ones.

A grad_fn of PyTorch's own can be called like a function, and answers with what it would send for
the given upstream gradient. No hook runs, nothing is accumulated, nothing is freed: only the
engine does that.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

import torch
from torch.autograd.function import BackwardCFunction

from viz.capture.arrays import summarize
from viz.capture.graph import Graph, name_of
from viz.capture.kinds import sizes_of_result
from viz.limits import Limits
from viz.trace import Array

OPERATIONS = 500
"""In a larger graph nobody reads every card. An operation costs some 30 µs, so that the recorded
calls of a training loop cost at most 0.3 s together (`Limits.recorded_operations`)."""

NOT_AS_CALLED = frozenset({"CopySlices"})
"""Nodes whose forward call is elementwise while they are not: a change of a part of a tensor."""

Locals = Mapping[tuple[str, int], Array]
"""By node and slot."""


def local_derivatives(graph: Graph, limits: Limits) -> Locals:
    """Before backward runs, which frees what the derivatives are computed from."""
    if len(graph.operations) > OPERATIONS:
        return {}
    # No mode must see these calls: neither ours nor one of the user's.
    with torch.no_grad(), torch._C._DisableTorchDispatch():
        return dict(_locals(graph, limits))


def _locals(graph: Graph, limits: Limits) -> Iterator[tuple[tuple[str, int], Array]]:
    for grad_fn in graph.operations:
        if _is_elementwise(grad_fn, graph):
            ones = _ones(grad_fn, limits)
            if ones is None:
                continue
            for slot, sent in enumerate(_answer(grad_fn, ones)):
                # The engine sums over broadcast axes later, and makes complex numbers real again.
                if _is_plain(sent) and sent.shape == ones.shape:
                    yield (graph.ids[grad_fn], slot), summarize(sent, limits)


def _is_elementwise(grad_fn: Any, graph: Graph) -> bool:
    """Whether its forward call works on each element by itself, and asking is free of effects.

    The backward of a Python function may print, and so may hooks that unpack saved tensors.
    """
    call = graph.calls.get(grad_fn)
    return (
        call is not None
        and call.signature.elementwise
        and not call.has_hooks
        and not isinstance(grad_fn, BackwardCFunction)
        and name_of(grad_fn) not in NOT_AS_CALLED
    )


def _is_plain(sent: Any) -> TypeGuard[torch.Tensor]:
    return isinstance(sent, torch.Tensor) and not sent.is_complex()


def _ones(grad_fn: Any, limits: Limits) -> torch.Tensor | None:
    """Ones like the forward result, where it is one small tensor of real numbers."""
    metadata = grad_fn._input_metadata
    if len(metadata) != 1 or metadata[0].is_nested_tensor:
        return None
    shape, dtype = sizes_of_result(metadata[0]), metadata[0].dtype
    if math.prod(shape) > limits.array_values or not dtype.is_floating_point:
        return None
    return torch.ones(shape, dtype=dtype, device=metadata[0].device)


def _answer(grad_fn: Any, ones: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
    """What it would send; nothing where it can't: a saved tensor may be freed or changed."""
    try:
        answer = grad_fn(ones)
    except Exception:
        # Whatever is wrong with this node, the engine will say so; the record does without.
        return ()
    return answer if isinstance(answer, tuple) else (answer,)
