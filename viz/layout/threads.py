"""Choose which neighbours should stand in one row: the graph as long threads, drawn straight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from viz.layout.columns import Lists


@dataclass(frozen=True)
class Threads:
    """before, after   for each item the neighbour whose row it takes; -1 for the middle of all
    length          of the thread that the item is on, in columns: of neighbours that chose each
                    other"""

    before: list[int]
    after: list[int]
    length: list[int]


def threads(
    columns: Lists,
    before: Lists,
    after: Lists,
    depth: Sequence[int],
    rest: Sequence[int],
    nodes: int,
) -> Threads:
    """Depths decide first; then, of several threads that meet in an item, the longest goes on.

    nodes   items from this number on are points of lanes
    """
    deepest = _largest(columns, before, depth, nodes)
    farthest = _largest(columns, after, rest, nodes)
    to_before = _longest(columns, before, deepest, farthest, nodes)
    to_after = _longest(columns[::-1], after, farthest, deepest, nodes)
    return Threads(to_before, to_after, _lengths(columns, to_before, to_after))


def _largest(
    columns: Iterable[list[int]], near: Lists, size: Sequence[int], nodes: int
) -> list[int]:
    """The neighbour with the largest size; -1 where two share it. A lane goes on in itself."""
    found = [-1] * len(near)
    for column in columns:
        for item in column:
            those = near[item]
            if len(those) == 1:
                found[item] = those[0]
            elif those:
                own = _of_lane(item, those, nodes)
                largest = max([size[each] for each in those])
                best = [each for each in those if size[each] == largest]
                found[item] = own if own >= 0 else best[0] if len(best) == 1 else -1
    return found


def _of_lane(item: int, near: list[int], nodes: int) -> int:
    """The neighbour of a point on its own lane."""
    return max(near) if item >= nodes and max(near) >= nodes else -1


def _longest(
    columns: Iterable[list[int]], near: Lists, chosen: list[int], back: list[int], nodes: int
) -> list[int]:
    """Where several neighbours have chosen the item, it goes on with the longest thread of them."""
    found = list(chosen)
    length = [1] * len(near)
    for column in columns:
        for item in column:
            those = [each for each in near[item] if back[each] == item]
            if not those:
                continue
            longest = max([length[each] for each in those])
            best = [each for each in those if length[each] == longest]
            if len(near[item]) > 1 and _of_lane(item, near[item], nodes) < 0:
                found[item] = best[0] if len(best) == 1 else -1
            if found[item] in best:
                length[item] = longest + 1
    return found


def _lengths(columns: Iterable[list[int]], before: list[int], after: list[int]) -> list[int]:
    head: dict[int, int] = {}
    count: dict[int, int] = {}
    for column in columns:
        for item in column:
            start = before[item]
            head[item] = head[start] if start >= 0 and after[start] == item else item
            count[head[item]] = count.get(head[item], 0) + 1
    length = [1] * len(before)
    for item, first in head.items():
        length[item] = count[first]
    return length
