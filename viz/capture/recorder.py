"""Record a running program: its forward calls, its names, and every backward pass."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from types import TracebackType

import torch

from viz.capture.calls import Calls
from viz.capture.firing import fire
from viz.capture.graph import walk
from viz.capture.leaves import Leaves
from viz.capture.records import Nodes, edges_of
from viz.capture.torchviz_dot import draw
from viz.errors import LimitError
from viz.limits import DEFAULT, Limits
from viz.trace import Backward

Tensors = torch.Tensor | Sequence[torch.Tensor]


class Recorder:
    """While active, watches PyTorch without changing values, gradients or random numbers.

    with Recorder() as recorder:
        w = torch.tensor(2.0, requires_grad=True)
        recorder.name_tensor("w", w, line=1)
        recorder.backward(w**2)
    recorder.backwards[0].leaves[0].after
    """

    def __init__(self, limits: Limits = DEFAULT) -> None:
        self._limits = limits
        self._calls = Calls(limits)
        self._backwards: list[Backward] = []

    def __enter__(self) -> Recorder:
        self._calls.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._calls.__exit__(kind, error, traceback)
        if kind is None:
            self._calls.settle()

    @property
    def backwards(self) -> tuple[Backward, ...]:
        """The backward passes so far, in order."""
        return tuple(self._backwards)

    def enter_line(self, line: int) -> None:
        """From now on, operations are made by this line of the program."""
        self._calls.line = line

    def name_tensor(self, name: str, tensor: torch.Tensor, line: int) -> None:
        """The program gave a tensor a name. The first name of a result stays."""
        self._calls.bind(name, tensor, line)

    def backward(
        self,
        tensor: torch.Tensor,
        gradient: torch.Tensor | None = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Tensors | None = None,
        line: int | None = None,
    ) -> None:
        """Run `tensor.backward(...)` and record it.

        Raises what PyTorch raises, unchanged and unrecorded, and LimitError where the graph or the
        number of backward passes is larger than allowed. `line` is the line that called it.
        """

        def run() -> None:
            # With create_graph the engine's own operations are forward calls, to be recorded too.
            with nullcontext() if create_graph else self._calls.asleep():
                tensor.backward(gradient, retain_graph, create_graph, inputs)

        if not tensor.requires_grad:
            run()  # PyTorch says what is missing
            return
        self._check_count(line)
        with self._calls.asleep():
            self._calls.see(tensor)
            graph = walk(tensor, self._calls, self._limits, line)
            dot = draw(graph, self._calls)
            nodes = Nodes(graph, self._calls, self._limits)
            records = nodes.all()
            leaves = Leaves(graph, nodes, self._calls, self._limits)
        steps = fire(graph, run, self._limits)
        with self._calls.asleep():
            self._backwards.append(
                Backward(
                    output=graph.OUTPUT,
                    line=line,
                    nodes=records,
                    edges=edges_of(graph, steps),
                    steps=steps,
                    forward=graph.forward(),
                    leaves=leaves.records(),
                    dot=dot,
                )
            )

    def _check_count(self, line: int | None) -> None:
        if len(self._backwards) >= self._limits.backwards:
            raise LimitError(
                f"the program calls backward more than {self._limits.backwards:,} times.",
                line=line,
            )
