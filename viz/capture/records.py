"""Turn the walked graph and its steps into the nodes and edges of a Backward."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import torch

from viz.capture.arrays import DTYPES, Reader, Scalar, number_array
from viz.capture.asked import Asked
from viz.capture.calls import Calls
from viz.capture.graph import ACCUMULATE_GRAD, Graph, constants_of, name_of
from viz.capture.kinds import sizes_of_result
from viz.capture.local import Locals
from viz.capture.schemas import text_of
from viz.capture.sources import UNREAD, Call, Name, Operand, Result, Sighting, Subject, version_of
from viz.trace import Argument, Array, Edge, Node, NodeKind, Step


def edges_of(
    graph: Graph, asked: Asked, steps: tuple[Step, ...], local: Locals, reader: Reader
) -> tuple[Edge, ...]:
    """Every way that a gradient can take, with what was sent along it, and the constants' edges."""
    by_node = {step.node: step for step in steps}
    return (*_seeds(graph, asked, by_node, reader), *_edges(graph, asked, by_node, local))


def _seeds(graph: Graph, asked: Asked, steps: dict[str, Step], reader: Reader) -> Iterator[Edge]:
    """From the output to each tensor that the engine begins at."""
    for slot, (output, root) in enumerate(zip(graph.outputs, graph.roots, strict=True)):
        node, used = graph.ids[root], output.output_nr
        seed = None
        if node in steps and len(graph.roots) == 1:
            seed = steps[node].incoming[used]
        elif node in steps:
            # What arrives may have come from another output as well.
            given = asked.seeds[slot]
            seed = reader.array(_one(output) if given is None else given)
        yield Edge(graph.OUTPUT, node, slot, used, seed)


def _edges(graph: Graph, asked: Asked, steps: dict[str, Step], local: Locals) -> Iterator[Edge]:
    for grad_fn in graph.operations:
        upstream = graph.ids[grad_fn]
        sent = steps[upstream].outgoing if upstream in steps else ()
        for slot, (below, output) in enumerate(grad_fn.next_functions):
            if below is not None:
                contribution = sent[slot] if slot < len(sent) else None
                if asked.inputs is not None and graph.ids[below] not in steps:
                    contribution = None  # Computed, and dropped: nobody asked for it.
                derivative = local.get((upstream, slot))
                yield Edge(upstream, graph.ids[below], slot, output, contribution, derivative)
        if grad_fn in graph.calls:
            for position, constant in constants_of(graph.calls[grad_fn]):
                yield Edge(upstream, graph.ids[constant], slot=position)


def _one(output: torch.Tensor) -> torch.Tensor:
    """What the engine begins with where it is given no gradient."""
    return torch.ones_like(output, requires_grad=False)


class Nodes:
    """The nodes of one graph, with their forward values. Make it before backward runs.

    leaves      the node of each leaf
    constants   the node of each tensor that needs no gradient, as it was when it was first used
    """

    def __init__(self, graph: Graph, calls: Calls) -> None:
        self._graph = graph
        self._calls = calls
        self._by_number = {
            grad_fn._sequence_nr(): graph.ids[grad_fn] for grad_fn in graph.operations
        }
        self.leaves = {calls.subject(leaf.variable): graph.ids[leaf] for leaf in graph.leaves}
        self.constants: dict[Subject, Sighting] = {}
        sightings = [constant for constant in graph.constants if isinstance(constant, Sighting)]
        for sighting in sorted(sightings, key=lambda sighting: sighting.version):
            self.constants.setdefault(sighting.subject, sighting)
        self._as_used = _leaves_as_used(graph)

    def operation(self, result: Result) -> str | None:
        """The node that made the result; None where it is not in this graph."""
        return self._by_number.get(result.number)

    def all(self) -> tuple[Node, ...]:
        """In visiting order, the output first."""
        return (self._output(), *[self._node(*item) for item in self._graph.ids.items()])

    def _node(self, item: Any, node: str) -> Node:
        if isinstance(item, Sighting):
            name = item.subject.name or item.subject.suggested
            return _value_node(
                node, "constant", name, item.snapshot.array(), module=item.subject.module
            )
        if isinstance(item, Operand):
            return _value_node(node, "constant", None, number_array(item.value))
        if name_of(item) == ACCUMULATE_GRAD:
            return self._leaf(node, item)
        return self._operation(node, item)

    def _output(self) -> Node:
        """What backward was called on; several tensors are one node, with a value for each."""
        outputs = self._graph.outputs
        values = tuple(self._calls.reader.array(tensor) for tensor in outputs)
        names = [name for name in map(self._calls.name_of, outputs) if name is not None]
        lines = [call.line for root in self._graph.roots if (call := self._graph.calls.get(root))]
        is_one = len(outputs) == 1
        return Node(
            self._graph.OUTPUT,
            "output",
            "",
            variable=", ".join(name.text for name in names) if len(names) == len(outputs) else None,
            line=next((line for line in (*lines, *(name.line for name in names)) if line), None),
            shape=values[0].shape if is_one else None,
            dtype=values[0].dtype if is_one else None,
            values=values,
        )

    def _leaf(self, node: str, accumulate_grad: Any) -> Node:
        variable = accumulate_grad.variable
        subject = self._calls.subject(variable)
        used = self._as_used.get(subject)
        if used is None or used.version == version_of(variable):
            # Looked at afresh: `w.data` can change a leaf without a new version.
            value = self._calls.reader.array(variable)
        else:
            value = used.snapshot.array()
        return _value_node(node, "leaf", subject.name, value, ACCUMULATE_GRAD, subject.module)

    def _operation(self, node: str, grad_fn: Any) -> Node:
        calls, call = self._calls, self._graph.calls.get(grad_fn)
        metadata, number = grad_fn._input_metadata, grad_fn._sequence_nr()
        names: list[Name] = []
        values: list[Array | None] = []
        for output in range(len(metadata)):
            result = Result(number, output)
            snapshot = calls.result(result)
            values.append(None if snapshot is None else snapshot.array())
            name = calls.name(result)
            if name is not None:
                names.append(name)
        line = call.here.line if call is not None else None
        if line is None and names:
            line = names[0].line or None
        return Node(
            node,
            "operation",
            name_of(grad_fn),
            # `a, b = x.unbind()` names two results of one operation; a loop may repeat one name.
            ", ".join(dict.fromkeys([name.text for name in names])) or None if names else None,
            line,
            sizes_of_result(metadata[0]) if metadata else None,
            DTYPES[metadata[0].dtype] if metadata else None,
            tuple(values),
            None if call is None else call.signature.name,
            () if call is None else tuple(self._arguments(call)),
            () if call is None else tuple([snapshot.array() for snapshot in call.extras]),
            "" if call is None else call.here.module,
            "" if call is None else call.here.place,
        )

    def _arguments(self, call: Call) -> list[Argument]:
        """In the order of ATen's schema, with the defaults of what was not passed."""
        signature, args, kwargs = call.signature, call.args, call.kwargs
        found, passed = [], len(args)
        for position, name in enumerate(signature.names):
            if position < passed:
                value = args[position]
            elif kwargs is not None and name in kwargs:
                value = kwargs[name]
            else:
                found.append(_default(name, signature.defaults.get(name)))
                continue
            if type(value) is tuple and _holds_tensors(value):
                found += [self._argument(f"{name}[{at}]", item) for at, item in enumerate(value)]
            else:
                found.append(self._argument(name, value))
        return found

    def _argument(self, name: str, value: Any) -> Argument:
        kind = type(value)
        if kind is Result:
            return Argument(name, self._by_number.get(value.number), value.output)
        if kind is Sighting:
            constant = None if value.requires_grad else self._graph.ids.get(value)
            return Argument(name, constant or self.leaves.get(value.subject))
        if kind is Operand:
            return Argument(name, self._graph.ids.get(value), 0, _text_of_number(value.value))
        return Argument(name) if value is UNREAD else Argument(name, text=text_of(value))


def _text_of_number(value: Scalar) -> str:
    # 0.0 and -0.0 are the same key of a cache.
    return _text_of_known(value) if value else text_of(value)


@functools.lru_cache(1024, typed=True)
def _text_of_known(value: Scalar) -> str:
    """One text for all uses of a number."""
    return text_of(value)


@functools.lru_cache(4096)
def _default(name: str, text: str | None) -> Argument:
    """One record for all calls that leave it out."""
    return Argument(name, text=text)


def _leaves_as_used(graph: Graph) -> dict[Subject, Sighting]:
    """What each leaf held when the forward pass first used it."""
    found: dict[Subject, Sighting] = {}
    for call in graph.calls.values():
        for source in call.sources():
            if isinstance(source, Sighting) and source.requires_grad:
                found.setdefault(source.subject, source)
    return found


def _holds_tensors(value: tuple[Any, ...]) -> bool:
    return any(isinstance(item, (Result, Sighting)) for item in value)


def _value_node(
    node: str,
    kind: NodeKind,
    name: Name | None,
    value: Array,
    grad_fn: str = "",
    module: str = "",
) -> Node:
    """A node that holds one value and was not made by an operation."""
    return Node(
        node,
        kind,
        grad_fn,
        variable=name and name.text,
        line=(name and name.line) or None,
        shape=value.shape,
        dtype=value.dtype,
        values=(value,),
        module=module,
    )
