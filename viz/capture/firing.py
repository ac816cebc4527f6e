"""Run the real backward pass with a hook on every node: who fired, in which order, with what."""

from __future__ import annotations

import re
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


ONE_HOOK = 500
"""In a larger graph a node has one hook, after it has run; in a smaller one, where an error in the
middle is explained, also one before it, which knows what had arrived."""

_OF_PYTORCH = re.compile(r"\w+Backward\d+")
"""Names of the nodes that PyTorch generates: none of them changes what arrives at it."""


class InterruptedPass(Exception):
    """The engine raised `error` in the middle.

    steps    of the nodes that had fired
    grad_fn  the node that could not; None where it is not known
    arrived  what arrived at that node, as far as it is known
    """

    def __init__(
        self, error: Exception, steps: tuple[Step, ...], grad_fn: Any, arrived: Step | None
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.steps = steps
        self.grad_fn = grad_fn
        self.arrived = () if arrived is None else (arrived,)


class Firing:
    """The steps of one backward pass, in the order in which the engine fired.

    Where nobody is told of what arrives, and nothing is taken out on the way, one hook sees both
    sides of a node.
    """

    def __init__(
        self, graph: Graph, reader: Reader, arrived: Arrival | None = None, both: bool = True
    ) -> None:
        self._graph = graph
        self._reader = reader
        self._arrived = arrived
        self._both = both or arrived is not None or len(graph.operations) <= ONE_HOOK
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
        steps = self.steps()
        last = steps[-1]
        if last.node not in self._outgoing:
            grad_fns = {self._graph.ids[grad_fn]: grad_fn for grad_fn in self._graph.operations}
            if last.node in grad_fns:
                arrived = Step(last.node, last.incoming, ())
                return InterruptedPass(error, steps[:-1], grad_fns[last.node], arrived)
        failed = None if self._both else self._next()
        if failed is None:
            return InterruptedPass(error, steps, None, None)
        unknown = (None,) * len(failed._input_metadata)
        return InterruptedPass(error, steps, failed, Step(self._graph.ids[failed], unknown, ()))

    def _next(self) -> Any:
        """The operation that the engine had come to: of those that have got all their gradients
        the one that was made last."""
        fired, ids = self._incoming, self._graph.ids
        waiting = {
            below
            for grad_fn in self._graph.operations
            if ids[grad_fn] not in fired
            for below, _ in grad_fn.next_functions
        }
        ready = [
            grad_fn
            for grad_fn in self._graph.operations
            if ids[grad_fn] not in fired and grad_fn not in waiting
        ]
        return max(ready, key=lambda grad_fn: grad_fn._sequence_nr(), default=None)

    def on_leaf(self, grad_fn: Any) -> Any:
        """The hook on an AccumulateGrad, which sends nothing on: what arrives is added to .grad."""
        return grad_fn.register_prehook(self._before(grad_fn))

    def on_operation(self, grad_fn: Any) -> Iterator[Any]:
        """The hooks on any other node that may fire."""
        node, incoming, outgoing = self._graph.ids[grad_fn], self._incoming, self._outgoing
        read = self._read

        def after(leaving: Gradients, _arriving: Gradients) -> None:
            outgoing[node] = read(leaving)

        def around(leaving: Gradients, arriving: Gradients) -> None:
            incoming[node] = read(arriving)
            outgoing[node] = read(leaving)

        alone = not self._both and grad_fn not in self._graph.roots
        if not (alone and _OF_PYTORCH.fullmatch(grad_fn.name())):
            yield grad_fn.register_prehook(self._before(grad_fn))
            yield grad_fn.register_hook(after)
        else:
            yield grad_fn.register_hook(around)

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
        last, array_of = self._last, self._reader.array
        arrays: list[Array | None] = []
        for gradient in gradients:
            if gradient is None:
                arrays.append(None)
                continue
            array = array_of(gradient, last)
            if array.shape == ():
                last = array
            arrays.append(array)
        self._last = last
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
    firing = Firing(graph, reader, arrived, both=asked.inputs is not None)
    handles: list[Any] = []
    try:
        with collector_off():
            for tensor in asked.captured:
                handles.extend(firing.on_capture(tensor))
            for grad_fn in graph.operations:
                handles.extend(firing.on_operation(grad_fn))
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
