"""The pieces from which every kind of card is built: a shown tensor, an equation, what differs."""

from __future__ import annotations

import math
from collections.abc import Iterable

from viz.rules.card import Box, Engine, Matrix, Part, Parts, Role
from viz.rules.graph import Graph
from viz.rules.numbers import MINUS, show, show_elements
from viz.trace import Array, Edge


def shown(array: Array | None, role: Role, label: str, elements: bool = False) -> Parts:
    """The numbers of a tensor; nothing where there is none.

    elements   also a short vector as a matrix, whose elements can be pointed at
    """
    if array is None:
        return ()
    found = (show_elements if elements else show)(array, role, label)
    return (found,) if isinstance(found, Matrix) else (Part(role, found),)


def equation(*sides: Parts) -> Parts:
    """The sides that there are, joined by equals signs."""
    return joined(" = ", [side for side in sides if side])


def joined(between: str, sides: Iterable[Parts]) -> Parts:
    parts: list[Part | Matrix | Box] = []
    for side in sides:
        parts += [Part("plain", between), *side] if parts else side
    return tuple(parts)


def summed(terms: list[Array], role: Role, label: str) -> Parts:
    """Terms with plus signs between them, the later negative ones in parentheses."""
    sides = [shown(term, role, label) for term in terms]
    return joined(" + ", [sides[0], *map(_enclosed, sides[1:])]) if sides else ()


def difference(engine: Engine, sent: Array) -> Parts:
    """What the engine has instead, where that is not what the formula gives."""
    if engine != "differs":
        return ()
    return (Part("check", " ≠ the engine's "), *shown(sent, "check", "engine"))


def arrivals(graph: Graph, node_id: str, output: int | None = None) -> list[tuple[int, Edge]]:
    """The edges on which a gradient came to a node, in the order in which the engine sent them."""
    sent = [
        (index, edge)
        for index, edge in graph.edges_into[node_id]
        if edge.contribution is not None and output in (None, edge.output)
    ]
    return sorted(sent, key=lambda pair: (graph.fired.get(pair[1].upstream, -1), pair[1].slot))


def size_of(shape: tuple[int, ...]) -> int:
    return math.prod(shape)


def _enclosed(side: Parts) -> Parts:
    first = side[0] if len(side) == 1 else None
    if isinstance(first, Part) and first.text.startswith(MINUS):
        return (Part(first.role, f"({first.text})"),)
    return side
