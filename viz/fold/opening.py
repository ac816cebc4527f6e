"""Which groups to open: for a first view that says something, and to see a node."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from viz.errors import InputError
from viz.fold.tree import Child, Group, Tree, start_of

FEW, SOME, MANY = 8, 40, 120
"""Items: fewer say too little; up to `SOME` a first view is read at a glance; never more than that,
unless all else would be too few, and then at most `MANY`."""

ENOUGH = 12
"""With so many items a first view opens only what holds more than half of all operations."""


def first_view(tree: Tree) -> tuple[str, ...]:
    """The groups that are open at first: the largest ones, and alike ones together."""
    opened: list[str] = []
    visible: list[Child] = list(tree.root.children)
    while True:
        alike: dict[int, list[Group]] = {}
        for child in visible:
            if isinstance(child, Group):
                alike.setdefault(child.shape, []).append(child)
        kinds = sorted(alike.values(), key=lambda groups: (-groups[0].count, groups[0].start))
        most = SOME if len(visible) >= FEW else MANY
        fitting = (groups for groups in kinds if _after(visible, groups) <= most)
        chosen = next(fitting, None)
        if chosen is None:
            break
        if len(visible) >= ENOUGH and 2 * chosen[0].count <= len(tree.line):
            break
        opened.extend(group.id for group in chosen)
        inner = set(map(id, chosen))
        visible = [
            shown
            for child in visible
            for shown in (
                child.children if isinstance(child, Group) and id(child) in inner else [child]
            )
        ]
    return tuple(opened)


def _after(visible: list[Child], groups: list[Group]) -> int:
    return len(visible) + sum(len(group.children) - 1 for group in groups)


def path_to(tree: Tree, item: str) -> tuple[str, ...]:
    """The groups to open, outer ones first, so that a node or a closed group is seen.

    Raises InputError for an id that is neither.
    """
    if item in tree.groups:
        start, stop = tree.groups[item].start, tree.groups[item].stop
        return tuple(
            group.id for group in _around(tree, start, stop) if group is not tree.groups[item]
        )
    columns = tree.columns
    if item not in columns.id:
        raise InputError(f"there is no node {item!r} in this graph.")
    node = columns.id.index(item)
    if columns.kind[node] == "output":
        return ()
    place = int(tree.line.place[node])
    if place >= 0:
        return tuple(group.id for group in _around(tree, place, place + 1))
    # A leaf stands beside the first operation that uses it, whatever else does.
    upstream = np.array(columns.upstream, dtype=np.int64)
    used = np.array(columns.downstream, dtype=np.int64)
    users = tree.line.place[upstream[used == node]]
    first = int(users.min(initial=len(tree.line)))
    return tuple(group.id for group in _around(tree, first, first + 1))


def _around(tree: Tree, start: int, stop: int) -> list[Group]:
    """All groups that hold this stretch, outer ones first."""
    found: list[Group] = []
    group = tree.root
    while True:
        at = bisect_right(group.children, start, key=start_of) - 1
        child = group.children[at] if at >= 0 else None
        if not isinstance(child, Group) or child.stop < stop:
            return found
        found.append(child)
        group = child
