"""Run the real backward pass with a hook on every node: who fired, in which order, with what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from typing import Any

import torch
from torch.autograd.function import BackwardCFunction

from viz.capture.arrays import Reader
from viz.capture.asked import Asked
from viz.capture.collecting import collector_off
from viz.capture.graph import ACCUMULATE_GRAD, Graph, grad_fn_of, name_of
from viz.errors import LimitError
from viz.trace import Array, Step

Gradients = Sequence[torch.Tensor | None]
Arrays = tuple[Array | None, ...]
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

    def __init__(self, graph: Graph, reader: Reader, arrived: Arrival | None = None) -> None:
        self._graph = graph
        self._reader = reader
        self._arrived = arrived
        self._incoming: dict[str, Arrays] = {}
        self._outgoing: dict[str, Arrays] = {}
        self._last: Array | None = None

    def steps(self) -> tuple[Step, ...]:
        return tuple(
            Step(node, sums, self._outgoing.get(node, sums))
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

    def on_leaf(self, grad_fn: Any) -> Any:
        """The hook on an AccumulateGrad, which sends nothing on: what arrives is added to .grad."""
        return grad_fn.register_prehook(self._before(grad_fn))

    def on_operation(self, grad_fn: Any) -> tuple[Any, Any]:
        """The hooks on any other node that may fire."""
        node, outgoing = self._graph.ids[grad_fn], self._outgoing

        def after(leaving: Gradients, _arriving: Gradients) -> None:
            outgoing[node] = self._read(leaving)

        return grad_fn.register_prehook(self._before(grad_fn)), grad_fn.register_hook(after)

    def _before(self, grad_fn: Any) -> Callable[[Gradients], None]:
        node, incoming = self._graph.ids[grad_fn], self._incoming
        tell = self._arrived

        def before(arriving: Gradients) -> None:
            if tell is not None:
                tell(grad_fn, arriving)
            incoming[node] = self._read(arriving)

        return before

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
            if self._arrived is not None:
                self._arrived(grad_fn, arriving)
            sums = list(self._incoming.get(node, (None,) * outputs))
            sums[used] = self._reader.array(gradient)
            self._incoming[node] = tuple(sums)
            if not is_leaf:
                self._outgoing.setdefault(node, (None,) * len(grad_fn.next_functions))

        yield tensor.register_hook(arrive)

    def _read(self, gradients: Gradients) -> Arrays:
        """What they hold. A number that is the same as the last one is most often the same tensor,
        on its way from one node to the next, and needs no second record."""
        arrays = []
        for gradient in gradients:
            array = None if gradient is None else self._reader.array(gradient)
            # 0.0 and -0.0 are equal, and not the same.
            if array is not None and array.shape == () and array.norm:
                if array == self._last:
                    array = self._last
                self._last = array
            arrays.append(array)
        return tuple(arrays)


def fire(
    graph: Graph,
    asked: Asked,
    run: Callable[[], Any],
    reader: Reader,
    arrived: Arrival | None = None,
) -> tuple[tuple[Step, ...], Any]:
    """Call `run`, which runs backward over this graph; its steps in firing order, and its answer.

    What `run` raises passes through, and once the engine has begun as an InterruptedPass. No hook
    stays behind, whatever happens.
    """
    firing = Firing(graph, reader, arrived)
    handles: list[Any] = []
    try:
        with collector_off():
            for tensor in asked.captured:
                handles.extend(firing.on_capture(tensor))
            for grad_fn in graph.operations:
                handles += firing.on_operation(grad_fn)
            for leaf in graph.leaves:
                handles.append(firing.on_leaf(leaf))
        # Python code of the user's own may leave cycles with large tensors in them.
        with nullcontext() if _runs_python(graph) else collector_off():
            answer = run()
    except LimitError:
        raise
    except Exception as error:
        interrupted = firing.interrupted_by(error)
        if interrupted is None:
            raise
        raise interrupted from error
    finally:
        with collector_off():
            while handles:
                handles.pop().remove()
    return firing.steps(), answer


def _runs_python(graph: Graph) -> bool:
    return any(call.has_hooks for call in graph.calls.values()) or any(
        isinstance(grad_fn, BackwardCFunction) for grad_fn in graph.operations
    )
