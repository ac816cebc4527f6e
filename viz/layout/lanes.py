"""Lead arcs over several columns along lanes: one point in each column between, shared by many.

Arcs that leave one node share a lane, or arcs that end in one node: a leaf that is used a thousand
times has one lane with a thousand exits, not a thousand lanes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

POINTS_PER_PART = 2
FREE_POINTS = 4000
"""Points in all: so many for each node and arc, and these. The longest lanes beyond are left out:
their arcs run straight and have no say in the order."""


@dataclass(frozen=True)
class Lanes:
    """The graph with points: every link leads to the next column.

    column   of each node, then of each point
    links    pairs of nodes or points, in the order of the arcs
    ways     for each arc its points as (first, last), consecutive numbers; None for an arc without
    """

    column: list[int]
    links: list[tuple[int, int]]
    ways: list[tuple[int, int] | None]


def lanes(arcs: list[tuple[int, int]], column: list[int]) -> Lanes:
    """arcs: pairs of nodes, each pair once."""
    long = [arc for arc in arcs if column[arc[1]] - column[arc[0]] > 1]
    leaving = Counter(start for start, _ in long)
    ending = Counter(end for _, end in long)
    # A lane is known by its node, and by whether it leaves it or ends there.
    chosen = {arc: _lane(arc, leaving, ending) for arc in long}
    lengths: dict[tuple[int, bool], int] = {}
    for arc in long:
        span = column[arc[1]] - column[arc[0]] - 1
        lengths[chosen[arc]] = max(lengths.get(chosen[arc], 0), span)
    first = _points(lengths, len(column), POINTS_PER_PART * (len(column) + len(arcs)) + FREE_POINTS)
    points = list(column)
    for lane in first:
        node, leaves = lane
        begin = column[node] + 1 if leaves else column[node] - lengths[lane]
        points += range(begin, begin + lengths[lane])
    links: dict[tuple[int, int], None] = {}
    ways: list[tuple[int, int] | None] = []
    for arc in arcs:
        way = None
        if arc not in chosen:
            links[arc] = None
        elif chosen[arc] in first:
            way = _way(arc, chosen[arc], first[chosen[arc]], lengths[chosen[arc]], column)
            links[arc[0], way[0]] = None
            links[way[1], arc[1]] = None
        ways.append(way)
    for lane, number in first.items():
        for point in range(number, number + lengths[lane] - 1):
            links[point, point + 1] = None
    return Lanes(points, list(links), ways)


def _lane(arc: tuple[int, int], leaving: Counter[int], ending: Counter[int]) -> tuple[int, bool]:
    start, end = arc
    return (start, True) if leaving[start] >= ending[end] else (end, False)


def _points(
    lengths: dict[tuple[int, bool], int], number: int, budget: int
) -> dict[tuple[int, bool], int]:
    """The number of each lane's first point; short lanes first, as long as the budget lasts."""
    first = {}
    for lane in sorted(lengths, key=lambda lane: (lengths[lane], lane)):
        if lengths[lane] > budget:
            break
        first[lane] = number
        number += lengths[lane]
        budget -= lengths[lane]
    return first


def _way(
    arc: tuple[int, int], lane: tuple[int, bool], first: int, length: int, column: list[int]
) -> tuple[int, int]:
    span = column[arc[1]] - column[arc[0]] - 1
    return (first, first + span - 1) if lane[1] else (first + length - span, first + length - 1)
