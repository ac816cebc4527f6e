"""List the leaves around a backward pass: their values, and `.grad` before and after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from viz.capture.asked import Asked
from viz.capture.calls import Calls
from viz.capture.graph import Graph, grad_fn_of
from viz.capture.records import Nodes
from viz.capture.sources import Subject
from viz.trace import Array, Leaf

_UNNAMED = 1 << 60
"""Unnamed leaves follow the named ones, in visiting order."""

Returned = Mapping[int, torch.Tensor | None]
"""What `torch.autograd.grad` returned for a tensor, by the tensor's `id`."""


@dataclass(frozen=True, slots=True)
class _Watched:
    name: str
    order: int
    node: str | None
    value: Array
    tensor: torch.Tensor | None
    before: Array | None = None
    retained: bool = False


class Leaves:
    """Made before backward runs, asked after it."""

    def __init__(self, graph: Graph, asked: Asked, nodes: Nodes, calls: Calls) -> None:
        self._asked = asked
        self._calls = calls
        watched = [
            *self._reached(graph),
            *self._unreached(nodes),
            *self._constants(graph, nodes),
            *self._retained(graph),
        ]
        self._watched = sorted(watched, key=lambda leaf: leaf.order)

    def records(self, returned: Returned) -> tuple[Leaf, ...]:
        return tuple(
            Leaf(
                name=leaf.name,
                node=leaf.node,
                value=leaf.value,
                requires_grad=leaf.tensor is not None,
                before=leaf.before,
                after=self._after(leaf.tensor, returned),
                retained=leaf.retained,
            )
            for leaf in self._watched
        )

    def _reached(self, graph: Graph) -> list[_Watched]:
        return [self._watch(leaf.variable, graph.ids[leaf]) for leaf in graph.leaves]

    def _unreached(self, nodes: Nodes) -> list[_Watched]:
        found = [
            tensor
            for subject, tensor in self._calls.bound_tensors()
            if tensor.requires_grad and tensor.is_leaf and subject not in nodes.leaves
        ]
        known = set(map(id, found))
        for tensor in self._asked.captured:
            is_new = self._calls.subject(tensor) not in nodes.leaves and id(tensor) not in known
            if tensor.is_leaf and is_new:
                found.append(tensor)
        return [self._watch(tensor, None) for tensor in found]

    def _constants(self, graph: Graph, nodes: Nodes) -> list[_Watched]:
        """Named numbers that could have required a gradient, but were not asked to.

        A constant that an operation changed in place has become a result: it is a leaf no more.
        """
        changed = {call.target for call in graph.calls.values()}
        return [
            _Watched(*_place(subject), graph.ids[sighting], sighting.snapshot.array(), tensor=None)
            for subject, sighting in nodes.constants.items()
            if subject.name is not None
            and subject not in changed
            and sighting.snapshot.array().dtype != "bool"
        ]

    def _retained(self, graph: Graph) -> list[_Watched]:
        """Results that keep their gradient, and those that `torch.autograd.grad` is asked about."""
        if self._asked.returned:
            found = [tensor for tensor in self._asked.captured if not tensor.is_leaf]
        else:
            # `backward(inputs=[s])` makes s keep its gradient by itself.
            asked = [tensor for tensor in self._asked.inputs or () if not tensor.is_leaf]
            kept = [
                tensor
                for tensor in self._calls.kept_gradients()
                if id(tensor) not in map(id, asked)
            ]
            found = [*asked, *kept]
        return [
            self._watch(tensor, graph.ids.get(grad_fn_of(tensor)), retained=True)
            for tensor in found
        ]

    def _watch(self, tensor: torch.Tensor, node: str | None, retained: bool = False) -> _Watched:
        name = self._calls.name_of(tensor)
        place = _place(self._calls.subject(tensor))
        return _Watched(
            name.text if name is not None else "",
            place[1],
            node,
            self._calls.reader.array(tensor),
            tensor,
            None if self._asked.returned else self._gradient(tensor),
            retained,
        )

    def _after(self, tensor: torch.Tensor | None, returned: Returned) -> Array | None:
        if tensor is None or not self._asked.returned:
            return self._gradient(tensor)
        gradient = returned.get(id(tensor))
        return None if gradient is None else self._calls.reader.array(gradient)

    def _gradient(self, tensor: torch.Tensor | None) -> Array | None:
        gradient = None if tensor is None else gradient_of(tensor)
        return None if gradient is None else self._calls.reader.array(gradient)


def gradient_of(tensor: torch.Tensor) -> torch.Tensor | None:
    """Its `.grad`; PyTorch warns where a tensor that keeps none is asked for it."""
    return tensor.grad if tensor.is_leaf or tensor.retains_grad else None


def _place(subject: Subject) -> tuple[str, int]:
    """Its name, and its place among the leaves."""
    return subject.name.text if subject.name else "", subject.order or _UNNAMED
