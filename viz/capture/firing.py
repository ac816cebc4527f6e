"""Run the real backward pass with a hook on every node: who fired, in which order, with what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch

from viz.capture.arrays import summarize
from viz.capture.graph import ACCUMULATE_GRAD, Graph, name_of
from viz.limits import Limits
from viz.trace import Array, Step

Gradients = Sequence[torch.Tensor | None]


def fire(graph: Graph, run: Callable[[], None], limits: Limits) -> tuple[Step, ...]:
    """Call `run`, which runs backward over this graph, and return its steps in firing order.

    What `run` raises passes through. No hook stays behind, whatever happens.
    """
    incoming: dict[str, tuple[Array | None, ...]] = {}
    outgoing: dict[str, tuple[Array | None, ...]] = {}

    def attach(grad_fn: Any) -> Iterable[Any]:
        node = graph.ids[grad_fn]

        def before(arriving: Gradients) -> None:
            incoming[node] = _summaries(arriving, limits)

        def after(leaving: Gradients, _arriving: Gradients) -> None:
            outgoing[node] = _summaries(leaving, limits)

        yield grad_fn.register_prehook(before)
        # AccumulateGrad sends nothing on: what arrives is what it adds to .grad.
        if name_of(grad_fn) != ACCUMULATE_GRAD:
            yield grad_fn.register_hook(after)

    handles: list[Any] = []
    try:
        for grad_fn in graph.grad_fns():
            handles.extend(attach(grad_fn))
        run()
    finally:
        for handle in handles:
            handle.remove()
    return tuple(Step(node, sums, outgoing.get(node, sums)) for node, sums in incoming.items())


def _summaries(gradients: Gradients, limits: Limits) -> tuple[Array | None, ...]:
    return tuple(
        None if gradient is None else summarize(gradient, limits) for gradient in gradients
    )
