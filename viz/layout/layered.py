"""Place the nodes of any acyclic graph: numbers in, numbers out, in nearly linear time.

The way of Sugiyama, Tagawa and Toda (1981): columns by depth, long arcs along lanes, an order with
few crossings, straight rows.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from viz.layout.columns import columns, forward_order, neighbours
from viz.layout.lanes import Lanes, lanes
from viz.layout.rows import GRID, Drawing

POINT_HEIGHT = 0.375
"""Room for a line that passes, in rows."""
MOST_BENDS = 12
"""Corners on the way of one arc; of more, evenly chosen ones."""


@dataclass(frozen=True)
class Spots:
    """Where the nodes stand, and on which ways the arcs go between them.

    column   of each node, from 0; every arc leads from a smaller to a larger one
    row      of each node: two of one column are at least half of their heights together apart
    bends    of each arc the corners (column, row) between its nodes, in forward order; most arcs
             have none
    visits   links that all sweeps have looked at: how much work it was
    """

    column: np.ndarray
    row: np.ndarray
    bends: tuple[tuple[tuple[float, float], ...], ...] = field(repr=False)
    visits: int = 0


def layered(
    nodes: int,
    arcs: Sequence[tuple[int, int]] | np.ndarray,
    *,
    breadth: Sequence[float] | np.ndarray | None = None,
) -> Spots:
    """Columns and rows for the nodes 0 to nodes - 1. Deterministic; no recursion.

    arcs      pairs (downstream, upstream): forward. The first arc into a node leads from its first
              operand, which gets the smaller row where that costs nothing
    breadth   how many rows each node takes; 1 by default

    Raises ValueError for an arc that leads to no node or back to its own, for a cycle, and for
    breadths that are not one positive number for each node.
    """
    pairs = _pairs(nodes, arcs)
    heights = _heights(nodes, breadth)
    unique = list(dict.fromkeys(pairs))
    before, after = neighbours(nodes, unique)
    order = forward_order(before, after)
    column = columns(order, before, after)
    whole = lanes(unique, column)
    row = [0.0] * len(whole.column)
    visits = _arrange(whole, nodes, heights, row)
    corners = _corners(whole, nodes, row)
    ways = (_bends(way, corners, whole.column, row) for way in whole.ways)
    bends = dict(zip(unique, ways, strict=True))
    return Spots(
        np.array(column, dtype=float),
        np.array(row[:nodes], dtype=float),
        tuple(bends[pair] for pair in pairs),
        visits,
    )


def _pairs(nodes: int, arcs: Sequence[tuple[int, int]] | np.ndarray) -> list[tuple[int, int]]:
    table = np.asarray(arcs, dtype=np.int64).reshape(-1, 2)
    if table.size and not 0 <= table.min() <= table.max() < nodes:
        raise ValueError(f"an arc leads to a node that is not one of 0 to {nodes - 1}")
    if (table[:, 0] == table[:, 1]).any():
        raise ValueError("an arc leads back to its own node")
    return list(zip(table[:, 0].tolist(), table[:, 1].tolist(), strict=True))


def _heights(nodes: int, breadth: Sequence[float] | np.ndarray | None) -> list[float]:
    if breadth is None:
        return [1.0] * nodes
    table = np.asarray(breadth, dtype=float)
    if table.shape != (nodes,) or not (np.isfinite(table) & (table > 0)).all():
        raise ValueError("breadth must hold one positive number for each node")
    half = GRID / 2
    heights: list[float] = (np.ceil(table * half) / half).tolist()
    return heights


def _arrange(whole: Lanes, nodes: int, heights: list[float], row: list[float]) -> int:
    """Set the row of each item, one connected part below the other. Returns the visited links."""
    items = len(whole.column)
    before, after = neighbours(items, whole.links)
    height = heights + [POINT_HEIGHT] * (items - nodes)
    visits, lower = 0, 0.0
    for part in _parts(before, after):
        drawing = _drawing(part, before, after, whole.column, height, nodes)
        drawing.arrange()
        visits += drawing.visits
        top = min([each - high / 2 for each, high in zip(drawing.row, drawing.height, strict=True)])
        for item, each in zip(part, drawing.row, strict=True):
            row[item] = each + lower - top
        lower = max([row[item] + height[item] / 2 for item in part])
    return visits


def _drawing(
    part: list[int],
    before: list[list[int]],
    after: list[list[int]],
    column: list[int],
    height: list[float],
    nodes: int,
) -> Drawing:
    """One connected part with numbers of its own, from 0."""
    own = dict(zip(part, range(len(part)), strict=True))
    starts = [[own[each] for each in before[item]] for item in part]
    ends = [[own[each] for each in after[item]] for item in part]
    order = forward_order(starts, ends)
    count = bisect_left(part, nodes)
    first = min([column[item] for item in part])
    last = max([column[item] for item in part])
    by_column: list[list[int]] = [[] for _ in range(first, last + 1)]
    for number, item in enumerate(part):
        by_column[column[item] - first].append(number)
    return Drawing(
        by_column,
        starts,
        ends,
        [height[item] for item in part],
        _depths(order, starts, count),
        _depths(order[::-1], ends, count),
        count,
    )


def _depths(order: list[int], before: list[list[int]], nodes: int) -> list[int]:
    """Arcs on the longest way to each item: the points of a lane are on one arc."""
    depth = [0] * len(before)
    for item in order:
        if before[item]:
            depth[item] = max([depth[start] for start in before[item]]) + (item < nodes)
    return depth


def _parts(before: list[list[int]], after: list[list[int]]) -> list[list[int]]:
    """The items of each connected part, in rising order; the largest part first."""
    seen = [False] * len(before)
    parts = []
    for item in range(len(before)):
        if seen[item]:
            continue
        seen[item] = True
        part = [item]
        for each in part:
            for other in (*before[each], *after[each]):
                if not seen[other]:
                    seen[other] = True
                    part.append(other)
        parts.append(sorted(part))
    return sorted(parts, key=len, reverse=True)


def _corners(whole: Lanes, nodes: int, row: list[float]) -> list[int]:
    """The points of all lanes where they turn, in rising order."""
    rows = np.array(row)
    points = np.array(whole.column)
    turns = np.zeros(len(row), dtype=bool)
    turns[1:-1] = (np.diff(rows, 2) != 0) & (np.diff(points, 2) == 0)
    turns[:nodes] = False
    corners: list[int] = np.flatnonzero(turns).tolist()
    return corners


def _bends(
    way: tuple[int, int] | None, corners: list[int], column: list[int], row: list[float]
) -> tuple[tuple[float, float], ...]:
    """The corners of a lane from its first point to its last."""
    if way is None:
        return ()
    first, last = way
    inner = range(bisect_right(corners, first), bisect_left(corners, last))
    inner = inner[:: -(-len(inner) // MOST_BENDS) or 1]
    points = dict.fromkeys([first, *(corners[each] for each in inner), last])
    return tuple((float(column[point]), row[point]) for point in points)
