"""The local derivative on each way of a gradient, as one number, for one element of the leaf.

A way has a number where both its ends are a single number, or where it leads from a single number
to one element, or from element to element of an elementwise operation. Everywhere else the local
derivative is a matrix (a Jacobian).
"""

from __future__ import annotations

import math

import numpy as np

from viz.rules.by_rule import local_by_rule
from viz.rules.graph import Graph
from viz.rules.guard import guarded
from viz.rules.numbers import from_numpy
from viz.rules.row import MissingValueError
from viz.trace import Array, Edge, Step


class Factors:
    """Factors of the ways that lead to one element of a tensor of this shape.

    The engine's own local derivative is taken where it was recorded; else what was sent, divided
    by what arrived (the two are proportional); else the textbook's, where what arrived is 0.
    """

    def __init__(self, graph: Graph, shape: tuple[int, ...], element: int) -> None:
        self._graph = graph
        self._shape = shape
        self._element = element
        self._steps = {step.node: step for step in graph.backward.steps}

    def of(self, edge: Edge) -> float | None:
        """None where it is no single number, or can't be known."""
        sent = self.number(edge.contribution)
        if sent is None or edge.contribution is None:
            return None
        if edge.upstream == self._graph.backward.output:
            return sent
        step = self._steps.get(edge.upstream)
        arrived = _only(step)
        if step is None or arrived is None:
            return None
        if arrived.size > 1 and not _is_elementwise(edge, arrived):
            return None
        local = self._recorded(edge)
        if local is not None:
            return local
        upstream = self.number(arrived)
        if upstream is None:
            return None
        if upstream != 0 and math.isfinite(upstream) and math.isfinite(sent):
            return sent / upstream
        return self._by_formula(edge, step, arrived)

    def number(self, array: Array | None) -> float | None:
        """The only number of an array, or the chosen one where it has the leaf's shape."""
        if array is None or array.values is None or "complex" in array.dtype:
            return None
        if array.size == 1:
            return array.floats()[0]
        is_there = array.shape == self._shape and self._element < array.size
        return array.floats()[self._element] if is_there else None

    def _recorded(self, edge: Edge) -> float | None:
        contribution, local = edge.contribution, edge.local
        fits = local is not None and contribution is not None and local.shape == contribution.shape
        return self.number(local) if fits else None

    def _by_formula(self, edge: Edge, step: Step, arrived: Array) -> float | None:
        """What the textbook's formula makes of an upstream gradient of 1."""
        row = self._graph.table.get(self._graph.nodes[edge.upstream].name)
        contribution = edge.contribution
        if row is None or contribution is None or edge.slot >= len(row.slots):
            return None
        ones = tuple(
            from_numpy(np.ones(array.shape), array.dtype) if array is not None else None
            for array in step.incoming
        )
        unit = Step(step.node, ones, step.outgoing)
        try:
            found = guarded(
                row.kinds[0], lambda: local_by_rule(self._graph, unit, row, edge.slot), None
            )
        except MissingValueError:
            return None
        if found is None:
            return None
        spread = contribution.shape if found.size == 1 else found.shape
        return self.number(from_numpy(np.broadcast_to(found, spread), arrived.dtype))


def _only(step: Step | None) -> Array | None:
    """The upstream gradient of a node of which only one result was used."""
    arrived = [array for array in step.incoming if array is not None] if step else []
    return arrived[0] if len(arrived) == 1 else None


def _is_elementwise(edge: Edge, arrived: Array) -> bool:
    """Whether each element depends on its own element alone."""
    local, sent = edge.local, edge.contribution
    return local is not None and sent is not None and local.shape == sent.shape == arrived.shape
