"""Order the items of each column, and give each its row: few crossings, and straight ways.

An item is a node, or a point of a lane. All links lead from one column to the next. Each sweep goes
once over all columns and looks at the column before it alone, so its work grows with the links.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from viz.layout.columns import Lists
from viz.layout.threads import Threads, threads

ORDERING_SWEEPS, FRUITLESS_SWEEPS = 8, 3
STRAIGHTENING_SWEEPS = 5
GRID = 64
"""Rows are whole multiples of 1/64, so that what is straight is exactly straight."""
ONE_SIDED, MEAN, LOOSE = 8.0, 2.0, 0.5
"""How firmly an item holds to the row that it wants: as one of several that go on from a neighbour,
between several neighbours, and beside what comes after it. As a part of a thread it does the more
the longer that is: a long one hardly gives way to a short one."""
FIRMNESS = 4
"""Power of the length of a thread."""


@dataclass
class Drawing:
    """One connected graph while it is arranged.

    columns     the items of each column, in their order
    before      the neighbours in the column before, by item; `after` in the next
    height      of each item, in multiples of 1/32
    depth       arcs on the longest way to each item; `rest`: from it to the end
    nodes       items from this number on are points of lanes
    """

    columns: Lists
    before: Lists
    after: Lists
    height: Sequence[float]
    depth: Sequence[int]
    rest: Sequence[int]
    nodes: int
    row: list[float] = field(default_factory=list)
    main: set[int] = field(default_factory=set)
    visits: int = 0
    """Links that the sweeps have looked at: how much work it was."""

    def arrange(self) -> None:
        """Set `columns` and `row`."""
        self.row = [0.0] * len(self.before)
        self.main = set(self._main_way())
        self._first_order()
        if max(map(len, self.columns)) > 1:
            self._sweep_backward(None, reorder=False)
            self._uncross()
        found = threads(self.columns, self.before, self.after, self.depth, self.rest, self.nodes)
        for sweep in range(STRAIGHTENING_SWEEPS):
            if sweep % 2:
                self._sweep_forward(found, reorder=False)
            else:
                self._sweep_backward(found, reorder=False)
        for column in self.columns:
            for item in column:
                self.row[item] = on_grid(self.row[item])

    def _main_way(self) -> list[int]:
        """The longest way through the graph, from its end: it is drawn straight."""
        deepest = max(
            (item for column in self.columns for item in column),
            key=lambda item: (self.depth[item], -item),
        )
        way = [deepest]
        while self.before[way[-1]]:
            way.append(max(self.before[way[-1]], key=self.depth.__getitem__))
        return way

    def _first_order(self) -> None:
        """As a person would write it: what is used by an item stands in the order of its inputs."""
        seen: dict[int, int] = {}
        for column in reversed(self.columns):
            for end in column:
                stack = [end]
                while stack:
                    item = stack.pop()
                    if item not in seen:
                        seen[item] = len(seen)
                        stack += self.before[item][::-1]
        for column in self.columns:
            column.sort(key=seen.__getitem__)

    def _uncross(self) -> None:
        """Keep the best order of several sweeps."""
        links = [
            (start, end) for column in self.columns for start in column for end in self.after[start]
        ]
        pairs = np.array(links, dtype=np.int64).reshape(-1, 2)
        best, fewest = [list(column) for column in self.columns], self._crossings(pairs)
        fruitless = 0
        for sweep in range(ORDERING_SWEEPS):
            if not fewest or fruitless == FRUITLESS_SWEEPS:
                break
            if sweep % 2:
                self._sweep_backward(None, reorder=True)
            else:
                self._sweep_forward(None, reorder=True)
            found = self._crossings(pairs)
            fruitless += 1
            if found < fewest:
                best, fewest = [list(column) for column in self.columns], found
                fruitless = 0
        self.columns = best

    def _crossings(self, links: np.ndarray) -> int:
        position = np.zeros(len(self.row), dtype=np.int64)
        items = [item for column in self.columns for item in column]
        position[items] = np.arange(len(items))
        starts, ends = position[links[:, 0]], position[links[:, 1]]
        return inversions(ends[np.lexsort((ends, starts))])

    def _sweep_forward(self, found: Threads | None, reorder: bool) -> None:
        leads = (found.before, found.after) if found else None
        self._sweep(self.columns, self.before, self.after, leads, found, reorder)

    def _sweep_backward(self, found: Threads | None, reorder: bool) -> None:
        leads = (found.after, found.before) if found else None
        self._sweep(reversed(self.columns), self.after, self.before, leads, found, reorder)

    def _sweep(
        self,
        columns: Iterable[list[int]],
        near: Lists,
        far: Lists,
        leads: tuple[list[int], list[int]] | None,
        found: Threads | None,
        reorder: bool,
    ) -> None:
        """Give each item of each column the row that the column before it in the sweep wants.

        leads   for each item the neighbour whose row it takes, in and against the direction of
                the sweep; without them it takes the middle of all
        """
        row, main = self.row, self.main
        wanted = [0.0] * len(row)
        firm = [LOOSE] * len(row)
        for column in columns:
            fixed = -1
            for item in column:
                neighbours = near[item]
                self.visits += len(neighbours)
                if item in main:
                    fixed = item
                elif neighbours:
                    lead = leads[0][item] if leads else -1
                    if found and leads and lead >= 0:
                        wanted[item] = row[lead]
                        mutual = leads[1][lead] == item
                        firm[item] = found.length[item] ** FIRMNESS if mutual else ONE_SIDED
                    else:
                        wanted[item] = sum([row[each] for each in neighbours]) / len(neighbours)
                        firm[item] = MEAN
                elif far[item]:
                    self.visits += len(far[item])
                    wanted[item] = sum([row[each] for each in far[item]]) / len(far[item])
                else:
                    wanted[item] = row[item]
            if len(column) == 1:
                row[column[0]] = wanted[column[0]]
                continue
            if reorder:
                column.sort(key=wanted.__getitem__)
            if fixed < 0:
                self._spread(column, wanted, firm, None, 1)
            else:
                row[fixed] = 0.0
                at = column.index(fixed)
                self._spread(column[at + 1 :], wanted, firm, fixed, 1)
                self._spread(column[:at][::-1], wanted, firm, fixed, -1)

    def _spread(
        self,
        items: list[int],
        wanted: list[float],
        firm: list[float],
        fixed: int | None,
        side: int,
    ) -> None:
        """Rows as near to the wanted ones as the order and the heights allow, by least squares.

        This is isotonic regression by pooling adjacent violators, linear in the items. From a fixed
        item the others go outward, to one side of it.
        """
        height, row = self.height, self.row
        offset = 0.0
        edge = 0.0 if fixed is None else height[fixed] / 2
        offsets: list[float] = []
        means: list[float] = []
        weights: list[float] = []
        counts: list[int] = []
        for number, item in enumerate(items):
            half = height[item] / 2
            offset += edge + half if number or fixed is not None else 0.0
            edge = half
            offsets.append(offset)
            mean, weight, count = side * wanted[item] - offset, firm[item], 1
            while means and means[-1] >= mean:
                whole = weight + weights[-1]
                mean = (mean * weight + means.pop() * weights.pop()) / whole
                weight, count = whole, count + counts.pop()
            means.append(mean)
            weights.append(weight)
            counts.append(count)
        number = 0
        for mean, count in zip(means, counts, strict=True):
            # On the grid before the offsets are added: distances stay exactly what they must be.
            start = on_grid(max(mean, 0.0) if fixed is not None else mean)
            for item in items[number : number + count]:
                row[item] = side * (start + offsets[number])
                number += 1


def on_grid(row: float) -> float:
    """
    >>> on_grid(0.51), on_grid(-2.0)
    (0.515625, -2.0)
    """
    return math.floor(row * GRID + 0.5) / GRID


def inversions(numbers: np.ndarray) -> int:
    """How many pairs stand in the wrong order; n log n.

    >>> inversions(np.array([2, 0, 1, 1]))
    3
    """
    total = 0
    for bit in reversed(range(int(numbers.max(initial=0)).bit_length())):
        # Numbers stand in groups of equal higher bits, each group in the first order.
        ones = (numbers >> bit) & 1
        before = np.cumsum(ones) - ones
        group = numbers >> (bit + 1)
        begins = np.flatnonzero(np.diff(group, prepend=-1))
        inside = before - np.repeat(before[begins], np.diff(begins, append=len(group)))
        total += int(inside[ones == 0].sum())
        numbers = numbers[np.argsort(numbers >> bit, kind="stable")]
    return total
