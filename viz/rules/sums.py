"""Several contributions at one place -> a line that says where each came from, and their sum."""

from __future__ import annotations

import numpy as np

from viz.rules.card import Engine, Line, Matrix, Part, Parts, Role
from viz.rules.check import compare
from viz.rules.graph import Graph
from viz.rules.lines import arrivals, difference, equation, joined, shown
from viz.rules.numbers import MINUS, format_array, from_numpy, to_numpy
from viz.trace import Array, Edge, Step

SHOWN = 6
"""Up to so many contributions all stand in the sum."""

LARGEST = 3
"""Of more, so many of the largest, and the rest in one term."""

SOURCE_CHARACTERS = 22


def sum_lines(graph: Graph, step: Step) -> tuple[Line, ...]:
    """For each result of an operation that is used several times: how its gradient came about."""
    lines = []
    for output, arrived in enumerate(step.incoming):
        edges = [edge for _, edge in arrivals(graph, step.node, output)]
        if arrived is not None and len(edges) > 1:
            name = graph.name(step.node, output)
            lines.append(sum_line(graph, name, graph.gradient(step.node, output), edges, arrived))
    return tuple(lines)


def sum_line(graph: Graph, name: str, symbol: str, edges: list[Edge], arrived: Array) -> Line:
    """The contributions, each with the operation that sent it, added up and checked.

    edges   those on which something came, in the order of arrival
    """
    terms = [edge.contribution for edge in edges if edge.contribution is not None]
    total = total_of(terms)
    left = (Part("result", symbol),)
    several = _several(graph, edges, terms, total, symbol)
    if total is None:
        return Line(name, equation(left, several, shown(arrived, "result", symbol)), "unchecked")
    engine = compare(total, list(map(to_numpy, terms)), arrived)
    result = what_engine_has(engine, total, arrived, symbol)
    return Line(name, equation(left, several, result) + difference(engine, arrived), engine)


def what_engine_has(engine: Engine, total: np.ndarray, sent: Array, label: str) -> Parts:
    """What the engine has; the sum in its place where the two differ."""
    return shown(from_numpy(total, sent.dtype) if engine == "differs" else sent, "result", label)


def total_of(terms: list[Array]) -> np.ndarray | None:
    """The sum in float64; None where a term was only summarised, or is complex."""
    if not terms or any(term.values is None or "complex" in term.dtype for term in terms):
        return None
    with np.errstate(all="ignore"):
        return np.sum(np.broadcast_arrays(*map(to_numpy, terms)), axis=0)


def _several(
    graph: Graph, edges: list[Edge], terms: list[Array], total: np.ndarray | None, symbol: str
) -> Parts:
    if len(terms) < 2:
        return ()
    kept = _kept(terms)
    sides = [
        _term(terms[index], source_of(graph, edges[index]), symbol, is_first=not at)
        for at, index in enumerate(kept)
    ]
    left_out = [term for index, term in enumerate(terms) if index not in kept]
    if left_out:
        sides.append(_rest(left_out, total is not None, symbol))
    return joined(" + ", sides)


def _kept(terms: list[Array]) -> list[int]:
    """All where they are few, else the largest, in the order of arrival."""
    if len(terms) <= SHOWN:
        return list(range(len(terms)))
    by_size = sorted(range(len(terms)), key=lambda index: -_size(terms[index]))
    return sorted(by_size[:LARGEST])


def _size(array: Array) -> float:
    """The Euclidean norm; what is not finite is the largest."""
    return float("inf") if array.nonfinite or array.norm is None else float(array.norm)


def _rest(left_out: list[Array], is_known: bool, symbol: str) -> Parts:
    note = f"from {len(left_out)} others,\nnone of them larger"
    total = total_of(left_out) if is_known else None
    if total is None:
        return (Part("upstream", "…", note),)
    return _term(from_numpy(total, left_out[0].dtype), note, symbol, is_first=False)


def _term(array: Array, note: str, symbol: str, is_first: bool) -> Parts:
    role: Role = "upstream"
    (found,) = shown(array, role, symbol)
    if isinstance(found, Matrix):
        return (Matrix(role, symbol, found.rows, note),)
    text = format_array(array)
    is_torn = text.startswith(MINUS) and not is_first
    return (Part(role, f"({text})" if is_torn else text, note),)


def source_of(graph: Graph, edge: Edge) -> str:
    """Which operation sent a contribution: its result's name, the engine's name, the line."""
    node = graph.nodes[edge.upstream]
    if node.kind == "output":
        return "from the start\nof backward"
    name = graph.name(node.id)
    if len(name) > SOURCE_CHARACTERS:
        name = f"{name[: SOURCE_CHARACTERS - 1]}…"
    line = f", line {node.line}" if node.line is not None else ""
    return f"from {name}\n{node.name}{line}"
