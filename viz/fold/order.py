"""Bring the operations into one line in which each comes after those whose results it uses.

Every group is a stretch of this line. That is why no folding can make a cycle: whatever is folded,
all ways between the stretches lead from an earlier to a later one.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz.errors import InputError
from viz.fold.columns import Columns

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """The operations in a row; a *place* is a position in it.

    nodes     the node at each place
    place     the place of each node: -1 for a leaf or a constant, the length for the output
    user, used   the places of each edge between two operations, or from the output, ordered by user
    first     where the edges of each place begin in `user` and `used`; one longer than the row
    crossing  for each place, a number that grows with how many earlier results are still to be used
              there or later; of equal ones, with how often they are
    """

    nodes: Ints
    place: Ints
    user: Ints
    used: Ints
    first: Ints
    crossing: Ints

    def __len__(self) -> int:
        return len(self.nodes)


def line_up(columns: Columns) -> Line:
    """The order of the forward pass, where that is one; else the nearest to it.

    Raises InputError for a graph that runs in a circle, goes on behind a leaf or leads to its
    output, as no real one does.
    """
    operations = [at for at, kind in enumerate(columns.kind) if kind == "operation"]
    known = [at for at in dict.fromkeys(columns.forward) if columns.kind[at] == "operation"]
    rest = sorted(set(operations) - set(known), reverse=True)
    nodes = np.array([*known, *rest], dtype=np.int64)
    upstream = np.array(columns.upstream, dtype=np.int64)
    downstream = np.array(columns.downstream, dtype=np.int64)
    place = _places(nodes, columns)
    if (place[upstream] < 0).any() or (downstream == columns.output).any():
        raise InputError(
            "this is no graph of a backward pass: a gradient leaves a leaf, or reaches the output."
        )
    inner = place[downstream] >= 0
    upstream, downstream = upstream[inner], downstream[inner]
    if (place[upstream] <= place[downstream]).any():
        nodes = nodes[_sorted(place[upstream], place[downstream], len(nodes))]
        place = _places(nodes, columns)
    user, used = place[upstream], place[downstream]
    order = np.argsort(user, kind="stable")
    user, used = user[order], used[order]
    return Line(
        nodes=nodes,
        place=place,
        user=user,
        used=used,
        first=np.searchsorted(user, np.arange(len(nodes) + 2)),
        crossing=_crossing(user, used, len(nodes)),
    )


def _places(nodes: Ints, columns: Columns) -> Ints:
    place = np.full(len(columns.id), -1, dtype=np.int64)
    place[nodes] = np.arange(len(nodes))
    place[columns.output] = len(nodes)
    return place


def _sorted(user: Ints, used: Ints, count: int) -> Ints:
    """Places in an order in which nothing is used before it is made; the earlier one first."""
    between = user < count
    user, used = user[between], used[between]
    order = np.argsort(used, kind="stable")
    users, first = user[order].tolist(), np.searchsorted(used[order], np.arange(count + 1)).tolist()
    missing = np.bincount(user, minlength=count).tolist()
    ready = [place for place in range(count) if not missing[place]]
    found = []
    while ready:
        place = heapq.heappop(ready)
        found.append(place)
        for above in users[first[place] : first[place + 1]]:
            missing[above] -= 1
            if not missing[above]:
                heapq.heappush(ready, above)
    if len(found) < count:
        raise InputError("this is no graph of a backward pass: it runs in a circle.")
    return np.array(found, dtype=np.int64)


def _crossing(user: Ints, used: Ints, count: int) -> Ints:
    last = np.full(count, -1, dtype=np.int64)
    np.maximum.at(last, used, user)
    made = np.flatnonzero(last >= 0)
    results, uses = _over(made, last[made], count), _over(used, user, count)
    return results * (len(user) + 1) + uses


def _over(begin: Ints, end: Ints, count: int) -> Ints:
    """How many of these stretches reach over the beginning of each place."""
    change = np.zeros(count + 2, dtype=np.int64)
    np.add.at(change, begin + 1, 1)
    np.add.at(change, end + 1, -1)
    return np.cumsum(change)[: count + 1]
