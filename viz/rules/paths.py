"""A Backward -> every path from the loss to a leaf: the chain rule, whole.

Along a path the local derivatives are multiplied; the products of all paths add up to the gradient.
There may be more paths than atoms: they are counted, summed, and the strongest of them found in one
pass over the graph in the order in which the engine fired, and never listed.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field

import numpy as np

from viz.rules.card import Engine
from viz.rules.check import PRECISIONS, ROUNDINGS, coarsest, compare
from viz.rules.factors import Factors
from viz.rules.graph import Graph
from viz.rules.lines import arrivals
from viz.rules.numbers import from_numpy, to_numpy
from viz.trace import Array, Edge, Record

MOST_PATHS = 8
"""Up to so many paths are all shown; of more, the strongest."""


class Path(Record, frozen=True):
    """One path from the loss to the leaf.

    edges    indices in `Backward.edges`, from the loss down
    factors  one number for each edge: the seed, then the local derivatives; empty where one of
             them is a matrix
    product  of the factors; None where there are none
    """

    edges: tuple[int, ...]
    factors: tuple[float, ...] = ()
    product: float | None = None


class Arrival(Record, frozen=True):
    """What the last edge of some paths brings.

    paths   how many paths end with it
    """

    edge: int
    contribution: Array
    paths: int


class Paths(Record, frozen=True):
    """The paths to one element of a leaf.

    element   its index, row-major
    count     how many paths there are, exactly
    paths     all of them, in the order in which their contributions arrive; the strongest first
              where there are too many, or just some of them where they have no numbers
    numeric   whether every local derivative on the way is a number
    total     the sum over all paths; None where they have no numbers
    rest      the sum over the paths that are not shown; None where all are, or without numbers
    arrivals  what arrived at the leaf
    arrived   the gradient that the engine summed up
    engine    whether the sum is that
    overflow  whether a product on the way is infinite or NaN: then sums of products are no check
    """

    node: str
    element: int
    count: int
    paths: tuple[Path, ...]
    numeric: bool
    total: float | None
    rest: float | None
    arrivals: tuple[Arrival, ...]
    arrived: Array | None
    engine: Engine
    overflow: bool = False


def paths_to(graph: Graph, target: str, element: int = 0, most: int = MOST_PATHS) -> Paths:
    """All paths to a leaf (or another node), with numbers for this element of it."""
    arrived = _arrived(graph, target)
    shape = arrived.shape if arrived is not None else ()
    ways = _ways_to(graph, target)
    factors = Factors(graph, shape, element)
    numbers = {index: factors.of(edge) for index, edge in ways}
    known = {index: number for index, number in numbers.items() if number is not None}
    numeric = bool(ways) and len(known) == len(numbers)
    sums = _summed_up(graph, ways, known if numeric else {}, most)
    end = sums.get(target, _Sum())
    paths = tuple(_path(graph, sums, target, rank, known) for rank in range(len(end.best)))
    if not numeric:
        paths = tuple(Path(path.edges) for path in paths)
    found = _last(graph, target, sums)
    sent = [graph.backward.edges[index].contribution for index, _ in ways]
    dtype = coarsest([array for array in sent if array is not None])
    engine = (
        _check_number(end, factors.number(arrived), dtype)
        if numeric
        else _check_sum(found, arrived)
    )
    return Paths(
        node=target,
        element=element,
        count=end.count,
        paths=paths,
        numeric=numeric,
        total=end.total if numeric else None,
        rest=_rest(end, paths) if numeric and end.count > len(paths) else None,
        arrivals=found,
        arrived=arrived,
        engine=engine,
        overflow=numeric and not math.isfinite(end.size),
    )


# --- one pass over the graph ----------------------------------------------------------------------


@dataclass
class _Sum:
    """What is known of all paths from the loss to one node.

    total    the sum of their products
    size     the sum of the sizes of their products
    floor    how many roundings at the smallest number of the type may have been carried here
    length   edges of the longest one
    best     the products of those that are kept, each with its last edge and its rank at the node
             above that
    """

    count: int = 0
    total: float = 0.0
    size: float = 0.0
    floor: float = 0.0
    length: int = 0
    best: list[tuple[float, int, int]] = field(default_factory=list)


def _ways_to(graph: Graph, target: str) -> list[tuple[int, Edge]]:
    """The edges of all paths, those of a node together, in the order of firing."""
    reaches = {target}
    waiting = [target]
    while waiting:
        for _, edge in graph.edges_into[waiting.pop()]:
            if edge.contribution is not None and edge.upstream not in reaches:
                reaches.add(edge.upstream)
                waiting.append(edge.upstream)
    reaches.discard(target)  # What it sends on itself is on no path to it.
    order = (graph.backward.output, *(step.node for step in graph.backward.steps))
    on_paths = reaches | {target}
    return [
        (index, edge)
        for node_id in order
        if node_id in reaches
        for index, edge in graph.edges_from[node_id]
        if edge.downstream in on_paths and edge.contribution is not None
    ]


def _summed_up(
    graph: Graph, ways: list[tuple[int, Edge]], numbers: dict[int, float], most: int
) -> dict[str, _Sum]:
    """Counts, sums and the strongest paths, from the loss down."""
    start = _Sum(count=1, total=1.0, size=1.0, best=[(1.0, -1, 0)])
    sums = {graph.backward.output: start}
    for index, edge in ways:
        above = sums.get(edge.upstream)
        if above is None:
            continue
        if len(above.best) > most:
            # All that comes from above has come: what is weak now stays weak.
            above.best = heapq.nlargest(most, above.best, key=_strength)
        number = numbers.get(index, 1.0)
        here = sums.setdefault(edge.downstream, _Sum())
        here.count += above.count
        here.total += number * above.total
        here.size += abs(number) * above.size
        here.floor += abs(number) * above.floor + 1
        here.length = max(here.length, above.length + 1)
        here.best += [
            (number * product, index, rank) for rank, (product, _, _) in enumerate(above.best)
        ]
    for end in sums.values():
        if len(end.best) > most:
            end.best = heapq.nlargest(most, end.best, key=_strength)
    return sums


def _strength(kept: tuple[float, int, int]) -> float:
    """NaN is what a person looks for first."""
    return math.inf if math.isnan(kept[0]) else abs(kept[0])


def _path(
    graph: Graph, sums: dict[str, _Sum], target: str, rank: int, numbers: dict[int, float]
) -> Path:
    """Walk back from the leaf to the loss."""
    product = sums[target].best[rank][0]
    edges: list[int] = []
    here = target
    while here != graph.backward.output:
        _, index, rank = sums[here].best[rank]
        edges.append(index)
        here = graph.backward.edges[index].upstream
    edges.reverse()
    return Path(tuple(edges), tuple(numbers.get(index, 1.0) for index in edges), product)


# --- the sum, and the engine's --------------------------------------------------------------------


def _arrived(graph: Graph, target: str) -> Array | None:
    """The gradient that the engine summed up at a node."""
    fired = next((step for step in graph.backward.steps if step.node == target), None)
    return next((array for array in fired.incoming if array is not None), None) if fired else None


def _last(graph: Graph, target: str, sums: dict[str, _Sum]) -> tuple[Arrival, ...]:
    return tuple(
        Arrival(index, edge.contribution, sums[edge.upstream].count)
        for index, edge in arrivals(graph, target)
        if edge.contribution is not None and edge.upstream in sums
    )


def _rest(end: _Sum, paths: tuple[Path, ...]) -> float:
    """What is left of the sum; 0 where that is no more than rounding."""
    left = end.total - math.fsum(path.product or 0.0 for path in paths)
    rounding = ROUNDINGS * PRECISIONS["float64"].epsilon * end.size
    return 0.0 if abs(left) <= rounding else left


def _check_number(end: _Sum, arrived: float | None, dtype: str | None) -> Engine:
    """The sum over the paths against the engine's number, as far as rounding on the way allows."""
    if arrived is None or dtype is None:
        return "unchecked"
    epsilon, smallest, _ = PRECISIONS[dtype]
    # Each operation of a path rounds once; very small numbers lose all their digits.
    size = end.size * (1 + end.length / ROUNDINGS) + end.floor * smallest / epsilon
    engine = compare(np.array(end.total), [np.array(size)], from_numpy(np.array(arrived), dtype))
    return "unchecked" if engine == "differs" and not math.isfinite(size) else engine


def _check_sum(found: tuple[Arrival, ...], arrived: Array | None) -> Engine:
    """The sum of what the last edges brought against the engine's."""
    terms = [arrival.contribution for arrival in found]
    known = all(term.values is not None and "complex" not in term.dtype for term in terms)
    if arrived is None or not terms or not known:
        return "unchecked"
    numbers = [to_numpy(term) for term in terms]
    if any(number.shape != arrived.shape for number in numbers):
        return "unchecked"
    with np.errstate(all="ignore"):
        return compare(np.sum(numbers, axis=0), numbers, arrived)
