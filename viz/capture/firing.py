"""Run the real backward pass with a hook on every node: who fired, in which order, with what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch

from viz.capture.arrays import summarize
from viz.capture.asked import Asked
from viz.capture.graph import ACCUMULATE_GRAD, Graph, grad_fn_of, name_of
from viz.errors import LimitError
from viz.limits import Limits
from viz.trace import Array, Step

Gradients = Sequence[torch.Tensor | None]
Arrival = Callable[[Any, Gradients], None]
"""Told of the gradients that arrive at a grad_fn, while they are still tensors."""


class InterruptedPass(Exception):
    """The engine raised `error` in the middle.

    steps    of the nodes that had fired
    grad_fn  the node that could not; None where it is not known
    arrived  what arrived at that node
    """

    def __init__(self, error: Exception, steps: tuple[Step, ...], grad_fn: Any) -> None:
        super().__init__(str(error))
        self.error = error
        self.grad_fn = grad_fn
        *before, last = steps
        self.steps = steps if grad_fn is None else tuple(before)
        self.arrived = () if grad_fn is None else (Step(last.node, last.incoming, ()),)


class Firing:
    """The steps of one backward pass, in the order in which the engine fired."""

    def __init__(self, graph: Graph, limits: Limits, arrived: Arrival | None = None) -> None:
        self._graph = graph
        self._limits = limits
        self._arrived = arrived
        self._incoming: dict[str, list[Array | None]] = {}
        self._outgoing: dict[str, tuple[Array | None, ...]] = {}

    def steps(self) -> tuple[Step, ...]:
        return tuple(
            Step(node, tuple(sums), self._outgoing.get(node, tuple(sums)))
            for node, sums in self._incoming.items()
        )

    def interrupted_by(self, error: Exception) -> InterruptedPass | None:
        """The pass up to the error; None where the engine had not begun."""
        if not self._incoming:
            return None
        grad_fns = {self._graph.ids[grad_fn]: grad_fn for grad_fn in self._graph.operations}
        last = next(reversed(self._incoming))
        failed = grad_fns.get(last) if last not in self._outgoing else None
        return InterruptedPass(error, self.steps(), failed)

    def on_firing(self, grad_fn: Any) -> Iterator[Any]:
        """The hooks on a node that may fire."""
        node = self._graph.ids[grad_fn]

        def before(arriving: Gradients) -> None:
            self._tell(grad_fn, arriving)
            self._incoming[node] = list(_summaries(arriving, self._limits))

        def after(leaving: Gradients, _arriving: Gradients) -> None:
            self._outgoing[node] = _summaries(leaving, self._limits)

        yield grad_fn.register_prehook(before)
        # AccumulateGrad sends nothing on: what arrives is what it adds to .grad.
        if name_of(grad_fn) != ACCUMULATE_GRAD:
            yield grad_fn.register_hook(after)

    def on_capture(self, tensor: torch.Tensor) -> Iterator[Any]:
        """The hook on a tensor whose gradient the engine takes out, where it arrives.

        The tensor's own node fires only if others below it are asked for as well: without that, no
        hook of the node runs. What it does not send is None.
        """
        grad_fn = grad_fn_of(tensor)
        node = self._graph.ids.get(grad_fn)
        if node is None:  # The graph does not reach it.
            return
        is_leaf = name_of(grad_fn) == ACCUMULATE_GRAD
        used, outputs = tensor.output_nr, len(grad_fn._input_metadata)

        def arrive(gradient: torch.Tensor) -> None:
            arriving: list[torch.Tensor | None] = [None] * outputs
            arriving[used] = gradient
            self._tell(grad_fn, arriving)
            sums = self._incoming.setdefault(node, [None] * outputs)
            sums[used] = summarize(gradient, self._limits)
            if not is_leaf:
                self._outgoing.setdefault(node, (None,) * len(grad_fn.next_functions))

        yield tensor.register_hook(arrive)

    def _tell(self, grad_fn: Any, arriving: Gradients) -> None:
        if self._arrived is not None:
            self._arrived(grad_fn, arriving)


def fire(
    graph: Graph,
    asked: Asked,
    run: Callable[[], Any],
    limits: Limits,
    arrived: Arrival | None = None,
) -> tuple[tuple[Step, ...], Any]:
    """Call `run`, which runs backward over this graph; its steps in firing order, and its answer.

    What `run` raises passes through, and once the engine has begun as an InterruptedPass. No hook
    stays behind, whatever happens.
    """
    firing = Firing(graph, limits, arrived)
    handles: list[Any] = []
    try:
        for tensor in asked.captured:
            handles.extend(firing.on_capture(tensor))
        for grad_fn in graph.grad_fns():
            handles.extend(firing.on_firing(grad_fn))
        answer = run()
    except LimitError:
        raise
    except Exception as error:
        interrupted = firing.interrupted_by(error)
        if interrupted is None:
            raise
        raise interrupted from error
    finally:
        for handle in handles:
            handle.remove()
    return firing.steps(), answer


def _summaries(gradients: Gradients, limits: Limits) -> tuple[Array | None, ...]:
    return tuple(
        None if gradient is None else summarize(gradient, limits) for gradient in gradients
    )
