"""Walk the graph below some results: which nodes there are, in visiting order, and their names.

Without recursion, so that a graph may be as deep as memory allows.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch

from viz.capture.calls import Calls
from viz.capture.sources import Call, Operand, Result, Sighting
from viz.errors import LimitError
from viz.limits import Limits

GradFn = Any
"""A torch.autograd.graph.Node; its methods for graphs are not in PyTorch's type stubs."""

Constant = Sighting | Operand

ACCUMULATE_GRAD = "AccumulateGrad"


@dataclass(slots=True)
class Graph:
    """The graph below the tensors that the engine begins at, nearly always one.

    roots       the grad_fn of each output, or its AccumulateGrad
    ids         every grad_fn and constant, in visiting order, with its id in the drawing;
                the output itself is "n0" and is not in here, also where there are several
    operations  the grad_fns without the leaves, in visiting order
    leaves      the AccumulateGrad nodes, in visiting order
    """

    outputs: tuple[torch.Tensor, ...]
    roots: tuple[GradFn, ...]
    ids: dict[Any, str] = field(default_factory=dict)
    operations: list[GradFn] = field(default_factory=list)
    leaves: list[GradFn] = field(default_factory=list)
    constants: list[Constant] = field(default_factory=list)
    calls: dict[GradFn, Call] = field(default_factory=dict)

    OUTPUT = "n0"

    def grad_fns(self) -> Iterator[GradFn]:
        yield from self.operations
        yield from self.leaves

    def forward(self) -> tuple[str, ...]:
        """The operations in the order in which the forward pass made them."""
        made = sorted(self.operations, key=lambda grad_fn: grad_fn._sequence_nr())
        return tuple(self.ids[grad_fn] for grad_fn in made)


def walk(
    outputs: tuple[torch.Tensor, ...], calls: Calls, limits: Limits, line: int | None = None
) -> Graph:
    """The graph of results that require grad. Raises LimitError above `limits.operations`."""
    graph = Graph(outputs, tuple(map(grad_fn_of, outputs)))
    waiting: list[Any] = [*reversed(graph.roots)]
    while waiting:
        item = waiting.pop()
        if item in graph.ids:
            continue
        graph.ids[item] = f"n{len(graph.ids) + 1}"
        if isinstance(item, Constant):
            graph.constants.append(item)
        elif name_of(item) == ACCUMULATE_GRAD:
            graph.leaves.append(item)
        else:
            graph.operations.append(item)
            waiting.extend(reversed(_below(item, calls, graph)))
            _check(graph, limits, line)
    return graph


def grad_fn_of(tensor: torch.Tensor) -> GradFn:
    """The node that the gradient of a tensor arrives at: for a leaf its AccumulateGrad."""
    return torch.autograd.graph.get_gradient_edge(tensor).node


def name_of(grad_fn: GradFn) -> str:
    """PyTorch's own name, without the C++ namespace: "PowBackward0", "AccumulateGrad"."""
    return _without_namespace(grad_fn.name())


@functools.lru_cache(4096)
def _without_namespace(name: str) -> str:
    """One text for all nodes of a kind."""
    return name.rpartition("::")[2]


def constants_of(call: Call) -> Iterator[tuple[int, Constant]]:
    """The arguments that need no gradient, each with its position among the operands."""
    for position, source in enumerate(call.sources()):
        if isinstance(source, Operand) or (
            isinstance(source, Sighting) and not source.requires_grad
        ):
            yield position, source


def result_of(grad_fn: GradFn, output: int) -> Result:
    return Result(grad_fn._sequence_nr(), output)


def _below(grad_fn: GradFn, calls: Calls, graph: Graph) -> list[Any]:
    """What an operation leads to: the grad_fns of its inputs, then its constants."""
    found = [below for below, _ in grad_fn.next_functions if below is not None]
    call = calls.call(grad_fn._sequence_nr())
    if call is not None:
        graph.calls[grad_fn] = call
        found += [constant for _, constant in constants_of(call)]
    return found


def _check(graph: Graph, limits: Limits, line: int | None) -> None:
    if len(graph.operations) > limits.operations:
        raise LimitError(
            f"the graph of this backward pass has more than {limits.operations:,} operations.",
            line=line,
        )
