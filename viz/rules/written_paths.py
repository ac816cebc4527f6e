"""Paths -> the chain rule as a person writes it: ∂loss/∂w = ∂loss/∂s · ∂s/∂w = −2 · 3 = −6."""

from __future__ import annotations

import math

import numpy as np

from viz.rules.card import Box, Line, Matrix, Part, Parts, text_of
from viz.rules.explain import explain_step
from viz.rules.graph import Graph, derivative
from viz.rules.lines import difference, equation, shown, summed
from viz.rules.numbers import MINUS, format_number, from_numpy, to_numpy
from viz.rules.path_words import closing, element_name, words
from viz.rules.paths import Path, Paths
from viz.trace import Array, Edge, Record

MOST_LINKS = 9
"""A longer path is written with its beginning and its end."""
FORMULA = 28
"""A longer formula of a local derivative is left to the rule card."""


class Link(Record, frozen=True):
    """One local derivative on a path.

    symbol   "∂s/∂y_pred"; for a stretch that is left out: "⋯ 94 more"
    formula  "2·s"; of a matrix operation the whole rule, "( ) @ Wᵀ"; "" where there is none, and
             where it is no more than the number
    number   "(−1)", as it stands in the product; "" where it is a matrix
    shape    of what arrives below: "[3×1]"; "" for a scalar
    said     the forward operation: "s = y − y_pred"
    """

    symbol: str
    formula: str = ""
    number: str = ""
    shape: str = ""
    said: str = ""


class Written(Record, frozen=True):
    """One path: its links, their product, all of it as one line, and its edges."""

    links: tuple[Link, ...]
    product: str
    text: str
    edges: tuple[int, ...]


class Chain(Record, frozen=True):
    """What is said of all paths to one leaf.

    words    how many paths there are, and what is done with them
    rows     one for each path that is shown
    total    the sum over all paths, beside the gradient that the engine has; None where it was
             not recorded
    closing  what else a reader has to know; ""
    """

    words: str
    rows: tuple[Written, ...]
    total: Line | None
    closing: str = ""


def write_paths(graph: Graph, paths: Paths) -> Chain:
    """The rows and sentences of the chain rule for one leaf."""
    steps = {step.node: number for number, step in enumerate(graph.backward.steps)}
    writer = _Writer(graph, paths, steps)
    return Chain(
        words(graph, paths),
        tuple(writer.row(path) for path in paths.paths),
        writer.total(),
        closing(paths),
    )


class _Writer:
    def __init__(self, graph: Graph, paths: Paths, steps: dict[str, int]) -> None:
        self.graph = graph
        self.paths = paths
        self.steps = steps
        self.name = element_name(graph, paths)
        self.formulas: dict[int, str] = {}

    def row(self, path: Path) -> Written:
        edges = [self.graph.backward.edges[index] for index in path.edges]
        inner = range(1, len(edges))
        half = MOST_LINKS // 2
        hidden = inner[half:-half] if len(inner) > MOST_LINKS else inner[:0]
        links = self._seed(edges[0], path.factors, is_all=not inner)
        for position in inner:
            if position not in hidden:
                links.append(self._link(path, edges, position))
            elif position == hidden[0]:
                links.append(_left_out(path.factors[hidden[0] : hidden[-1] + 1], len(hidden)))
        # A product begins with a bare minus; later ones stand in parentheses.
        links = links[:1] + [_enclosed(link) for link in links[1:]]
        product = format_number(path.product) if path.product is not None else ""
        root = self.graph.name(edges[0].downstream, edges[0].output)
        sides = [derivative(root, self.name), " · ".join(link.symbol for link in links)]
        if product:
            sides += [" · ".join(link.number for link in links), product]
        return Written(tuple(links), product, " = ".join(dict.fromkeys(sides)), path.edges)

    def total(self) -> Line | None:
        """The sum: of products, or of what the last edges brought."""
        paths, arrived = self.paths, self.paths.arrived
        symbol = derivative(self.graph.loss, self.name)
        if arrived is None or not paths.count:
            return None
        if paths.numeric and paths.total is not None:
            sent = self._element(arrived)
            products = [path.product for path in paths.paths if path.product is not None]
            rest = [] if paths.rest is None else [paths.rest]
            terms = [_number(term, arrived.dtype) for term in products + rest]
            whole = _number(paths.total, arrived.dtype)
            note = " (all others)" if rest else ""
            return self._line(symbol, terms, whole, sent, note)
        parts = [arrival.contribution for arrival in paths.arrivals]
        if paths.engine == "differs":
            total = np.sum([to_numpy(part) for part in parts], axis=0)
            return self._line(symbol, parts, from_numpy(total, arrived.dtype), arrived)
        return self._line(symbol, parts, arrived, arrived)

    def _line(
        self, symbol: str, terms: list[Array], total: Array, sent: Array, note: str = ""
    ) -> Line:
        added = summed(terms, "upstream", symbol) if len(terms) > 1 else ()
        added += (Part("plain", note),) if note else ()
        result = shown(total, "result", symbol)
        parts = equation((Part("result", symbol),), added, result)
        engine = self.paths.engine
        return Line(None, parts + difference(engine, sent), engine)

    def _element(self, arrived: Array) -> Array:
        if arrived.size == 1:
            return arrived
        return from_numpy(to_numpy(arrived).flat[self.paths.element], arrived.dtype)

    # The links of one path.

    def _seed(self, edge: Edge, factors: tuple[float, ...], is_all: bool) -> list[Link]:
        """The gradient that backward was called with, where it is not just 1."""
        root = self.graph.name(edge.downstream, edge.output)
        number = format_number(factors[0]) if factors else ""
        if is_all:
            return [Link(derivative(root, self.name), "", number, _shape(edge))]
        seed = edge.contribution
        if seed is not None and seed.size == 1 and seed.low == seed.high == 1:
            return []
        said = f"the gradient that the program passed in for {root}"
        return [Link("gradient passed in", "", number, _shape(edge), said)]

    def _link(self, path: Path, edges: list[Edge], position: int) -> Link:
        index, edge, above = path.edges[position], edges[position], edges[position - 1]
        is_last = edge.downstream == self.paths.node
        below = self.name if is_last else self.graph.name(edge.downstream, edge.output)
        symbol = derivative(self.graph.name(edge.upstream, above.output), below)
        if index not in self.formulas:
            self.formulas[index] = self._formula(index, edge)
        number = format_number(path.factors[position]) if path.factors else ""
        formula = self.formulas[index]
        # A number is not written twice, and the name of a tensor is not one element's number.
        is_one = not number or edge.contribution is None or edge.contribution.size == 1
        formula = formula if is_one and formula.strip("()") != number else ""
        return Link(symbol, formula, number, _shape(edge), self.graph.headline(edge.upstream))

    def _formula(self, index: int, edge: Edge) -> str:
        """The local derivative in symbols; of a matrix operation, what is done to the gradient."""
        step = self.steps.get(edge.upstream)
        if step is None:
            return ""
        card = explain_step(self.graph.backward, step, self.graph.table)
        line = next((line for line in card.lines if line.edge == index), None)
        side = _symbolic(line.parts) if line is not None else ()
        if not any(isinstance(part, Part) and part.role == "upstream" for part in side):
            return ""
        local = [part for part in side if isinstance(part, Part) and part.role == "local"]
        shown = local if self.paths.numeric else [_entrance(part) for part in side]
        text = text_of(tuple(shown))
        return text if len(text) <= FORMULA else ""


def _left_out(factors: tuple[float, ...], count: int) -> Link:
    """The links in the middle of a long path, as one."""
    number = format_number(math.prod(factors)) if factors else ""
    return Link(f"⋯ {count} more ⋯", "", number)


def _symbolic(parts: Parts) -> Parts:
    """What stands between the first and the second equals sign of a card's line."""
    equals = [index for index, part in enumerate(parts) if part == Part("plain", " = ")]
    if len(equals) < 2 or any(part == Part("plain", "  →  ") for part in parts):
        return ()
    return parts[equals[0] + 1 : equals[1]]


def _entrance(part: Part | Matrix | Box) -> Part | Matrix | Box:
    """Where the gradient enters a rule."""
    return Part(part.role, "( )") if part.role == "upstream" else part


def _enclosed(link: Link) -> Link:
    if not link.number.startswith(MINUS):
        return link
    return Link(link.symbol, link.formula, f"({link.number})", link.shape, link.said)


def _number(number: float, dtype: str) -> Array:
    return from_numpy(np.asarray(number), dtype)


def _shape(edge: Edge) -> str:
    shape = edge.contribution.shape if edge.contribution is not None else ()
    return f"[{'×'.join(map(str, shape))}]" if shape else ""
