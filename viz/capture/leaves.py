"""List the leaves around a backward pass: their values, and `.grad` before and after it."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from viz.capture.arrays import summarize
from viz.capture.calls import Calls
from viz.capture.graph import Graph
from viz.capture.records import Nodes
from viz.capture.sources import Subject
from viz.limits import Limits
from viz.trace import Array, Leaf

_UNNAMED = 1 << 60
"""Unnamed leaves follow the named ones, in visiting order."""


@dataclass(frozen=True, slots=True)
class _Watched:
    subject: Subject
    node: str | None
    value: Array
    tensor: torch.Tensor | None
    before: Array | None


class Leaves:
    """Made before backward runs, asked after it."""

    def __init__(self, graph: Graph, nodes: Nodes, calls: Calls, limits: Limits) -> None:
        self._limits = limits
        watched = [
            *self._reached(graph, nodes, calls),
            *self._unreached(nodes, calls),
            *self._constants(graph, nodes),
        ]
        self._watched = sorted(watched, key=lambda leaf: leaf.subject.order or _UNNAMED)

    def records(self) -> tuple[Leaf, ...]:
        return tuple(
            Leaf(
                name=leaf.subject.name.text if leaf.subject.name else "",
                node=leaf.node,
                value=leaf.value,
                requires_grad=leaf.tensor is not None,
                before=leaf.before,
                after=self._gradient(leaf.tensor),
            )
            for leaf in self._watched
        )

    def _reached(self, graph: Graph, nodes: Nodes, calls: Calls) -> list[_Watched]:
        return [
            self._watch(calls.subject(leaf.variable), graph.ids[leaf], leaf.variable)
            for leaf in graph.leaves
        ]

    def _unreached(self, nodes: Nodes, calls: Calls) -> list[_Watched]:
        return [
            self._watch(subject, None, tensor)
            for subject, tensor in calls.bound_tensors()
            if tensor.requires_grad and tensor.is_leaf and subject not in nodes.leaves
        ]

    def _constants(self, graph: Graph, nodes: Nodes) -> list[_Watched]:
        """Named numbers that could have required a gradient, but were not asked to.

        A constant that an operation changed in place has become a result: it is a leaf no more.
        """
        changed = {call.target for call in graph.calls.values()}
        return [
            _Watched(subject, graph.ids[sighting], sighting.snapshot.array(), None, None)
            for subject, sighting in nodes.constants.items()
            if subject.name is not None
            and subject not in changed
            and sighting.snapshot.array().dtype != "bool"
        ]

    def _watch(self, subject: Subject, node: str | None, tensor: torch.Tensor) -> _Watched:
        value = summarize(tensor, self._limits)
        return _Watched(subject, node, value, tensor, self._gradient(tensor))

    def _gradient(self, tensor: torch.Tensor | None) -> Array | None:
        if tensor is None or tensor.grad is None:
            return None
        return summarize(tensor.grad, self._limits)
