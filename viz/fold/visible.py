"""What is seen where some groups are open: boxes in the order of the line, leaves beside them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz.fold.order import Ints
from viz.fold.tree import Child, Group, Tree

MOST_BESIDE = 3
"""Leaves beside one closed group; more are one chip, "12 leaves"."""

Bools = NDArray[np.bool_]

NEAR = 4
"""A leaf that is used by boxes which are no further apart is drawn once."""


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """The visible operations and groups, in the order of the line.

    frames    the open groups, outer ones first; the root is frame 0
    around    for each frame, the one that it is in; -1 for the root
    box       a closed group, or the place of an operation
    frame     the frame that each is in
    of_place  the box at each place of the line
    """

    frames: list[Group]
    around: list[int]
    box: list[Child]
    frame: list[int]
    of_place: Ints


def boxes_of(tree: Tree, opened: Collection[str]) -> Boxes:
    """An id that is no group, or whose surroundings are closed, opens nothing."""
    wanted = set(opened)
    frames, around = [tree.root], [-1]
    box: list[Child] = []
    frame: list[int] = []
    waiting: list[tuple[Child, int]] = [(child, 0) for child in reversed(tree.root.children)]
    while waiting:
        child, inside = waiting.pop()
        if isinstance(child, Group) and child.id in wanted:
            frames.append(child)
            around.append(inside)
            number = len(frames) - 1
            waiting.extend((inner, number) for inner in reversed(child.children))
        else:
            box.append(child)
            frame.append(inside)
    counts = [1 if isinstance(child, int) else child.count for child in box]
    return Boxes(frames, around, box, frame, np.repeat(np.arange(len(box)), counts))


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """All visible items: the boxes, the output, then chips: the leaves and constants beside them.

    count     of boxes; the output has this number
    beside    the box (or output) that each chip stands beside: the first that uses it
    once      whether its leaf is drawn only there
    leaf      the node of each leaf that is drawn, as often as it is
    chip      the item that it is: several leaves beside one closed group are one chip
    item      the item of each node: of a leaf that is drawn several times, the first
    upstream, downstream   the item at either end of each edge
    """

    boxes: Boxes
    count: int
    beside: Ints
    once: Bools
    leaf: Ints
    chip: Ints
    item: Ints
    upstream: Ints
    downstream: Ints

    @property
    def size(self) -> int:
        """How many items there are."""
        return self.count + 1 + len(self.beside)


def seen(tree: Tree, opened: Collection[str]) -> Seen:
    """A leaf that only one closed group uses is inside it. One that boxes far apart use is drawn
    beside each of them."""
    columns, line = tree.columns, tree.line
    boxes = boxes_of(tree, opened)
    count = len(boxes.box)
    closed = np.array([*(isinstance(box, Group) for box in boxes.box), False])
    item = np.full(len(columns.id), -1, dtype=np.int64)
    item[line.nodes] = boxes.of_place
    item[columns.output] = count
    used = np.array(columns.downstream, dtype=np.int64)
    upstream, downstream = item[np.array(columns.upstream, dtype=np.int64)], item[used]

    # Each leaf with each box that uses it, once: in order of the leaf, then of the box.
    to_leaf = downstream < 0
    pairs, back = np.unique(used[to_leaf] * (count + 1) + upstream[to_leaf], return_inverse=True)
    node, user = np.divmod(pairs, count + 1)
    first, uses = _stretches(node)
    inside, once = _inside_or_once(boxes, closed, user, first, uses)
    hidden, single = np.repeat(inside, uses), np.repeat(once, uses)
    drawn = ~hidden & ~single
    drawn[first] |= once

    chip, leads = _chips(user[drawn], closed)
    end = user.copy()
    end[drawn] = count + 1 + chip
    end = np.where(single, np.repeat(end[first], uses), end)
    downstream[to_leaf] = end[back]
    item[node[first]] = end[first]
    item[item < 0] = count  # Only a damaged file has a leaf that nothing uses.
    return Seen(
        boxes=boxes,
        count=count,
        beside=user[drawn][leads],
        once=single[drawn][leads],
        leaf=node[drawn],
        chip=count + 1 + chip,
        item=item,
        upstream=upstream,
        downstream=downstream,
    )


def _chips(beside: Ints, closed: Bools) -> tuple[Ints, Ints]:
    """Which chip each drawn leaf is, from 0, and the leaf that leads each chip."""
    crowded = closed & (np.bincount(beside, minlength=len(closed)) > MOST_BESIDE)
    alone = len(closed) + np.arange(len(beside))
    _, first, back = np.unique(
        np.where(crowded[beside], beside, alone), return_index=True, return_inverse=True
    )
    leads = np.sort(first)
    return np.searchsorted(leads, first)[back], leads


def _inside_or_once(
    boxes: Boxes, closed: Bools, user: Ints, first: Ints, uses: Ints
) -> tuple[Bools, Bools]:
    """Of each leaf whether it is inside a closed group, and else whether it is drawn only once."""
    frame = np.array([*boxes.frame, 0])
    inside = (uses == 1) & closed[user[first]]
    if not len(first):
        return inside, inside
    near = user[first + uses - 1] - user[first] <= NEAR
    frames = frame[user]
    near &= np.minimum.reduceat(frames, first) == np.maximum.reduceat(frames, first)
    return inside, near & ~inside


def _stretches(sorted_numbers: Ints) -> tuple[Ints, Ints]:
    """Where each new number begins, and how often it stands there."""
    new = np.flatnonzero(np.diff(sorted_numbers, prepend=-1))
    return new, np.diff(np.append(new, len(sorted_numbers)))
