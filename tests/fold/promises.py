"""What every Overview promises, whatever the graph and whatever is open."""

from __future__ import annotations

import itertools
from collections import defaultdict
from graphlib import TopologicalSorter

from viz.fold.overview import Frame, Overview
from viz.fold.tree import Tree

MANY = ("leaves@", "constants@", "tensors@")

CLEAR = 0.4
"""Half of what an item needs, less a hair."""


def check(tree: Tree, drawn: Overview) -> None:
    columns_are_equally_long(drawn)
    every_operation_is_in_one_item(tree, drawn)
    there_is_no_cycle(drawn)
    beats_cover_all_steps(tree, drawn)
    items_and_frames_are_apart(tree, drawn)


def columns_are_equally_long(drawn: Overview) -> None:
    items = drawn.items
    lengths = {len(getattr(items, name)) for name in items.__struct_fields__}
    assert lengths == {len(items.id)}
    assert len(set(items.id)) == len(items.id)
    assert len({len(column) for column in (drawn.ways.upstream, drawn.ways.norm)}) == 1
    pairs = list(zip(drawn.ways.upstream, drawn.ways.downstream, strict=True))
    assert len(set(pairs)) == len(pairs)


def nodes_of(tree: Tree, item: str) -> set[str]:
    """The operations in a group; of anything else the node itself."""
    columns = tree.columns
    if item in tree.groups:
        group = tree.groups[item]
        return {columns.id[node] for node in tree.line.nodes[group.start : group.stop].tolist()}
    return {item.partition("@")[0]}


def every_operation_is_in_one_item(tree: Tree, drawn: Overview) -> None:
    columns = tree.columns
    inside = [node for item in dict.fromkeys(_whole(drawn)) for node in nodes_of(tree, item)]
    assert len(inside) == len(set(inside))
    kinds = dict(zip(columns.id, columns.kind, strict=True))
    operations = {node for node, kind in kinds.items() if kind == "operation"}
    assert operations <= set(inside)
    assert sum(drawn.items.count) == drawn.operations == len(operations)
    # A leaf is drawn, or everything that uses it is in one closed group. Beside a closed group
    # several are drawn as one.
    closed = [nodes_of(tree, item) for item in drawn.items.id if item in tree.groups]
    crowded = [
        nodes_of(tree, item.partition("@")[2]) for item in drawn.items.id if item.startswith(MANY)
    ]
    users = users_of(tree)
    for node, kind in kinds.items():
        if kind in ("leaf", "constant"):
            hidden = any(users[node] <= group for group in closed)
            among_others = any(users[node] & group for group in crowded)
            assert not hidden if node in inside else hidden or among_others


def users_of(tree: Tree) -> dict[str, set[str]]:
    columns = tree.columns
    users: dict[str, set[str]] = defaultdict(set)
    for up, down in zip(columns.upstream, columns.downstream, strict=True):
        users[columns.id[down]].add(columns.id[up])
    return users


def _whole(drawn: Overview) -> list[str]:
    """Items, and a leaf that is drawn several times as one."""
    return [item.partition("@")[0] for item in drawn.items.id]


def there_is_no_cycle(drawn: Overview) -> None:
    sorter: TopologicalSorter[int] = TopologicalSorter()
    for up, down in zip(drawn.ways.upstream, drawn.ways.downstream, strict=True):
        assert up != down
        sorter.add(up, down)
    sorter.prepare()


def beats_cover_all_steps(tree: Tree, drawn: Overview) -> None:
    columns, users = tree.columns, users_of(tree)
    stops = [0, *(beat.stop for beat in drawn.beats)]
    assert [beat.start for beat in drawn.beats] == stops[:-1]
    assert stops[-1] == len(columns.fired)
    for before, beat in itertools.pairwise(drawn.beats):
        assert before.item != beat.item
    for beat in drawn.beats:
        item = drawn.items.id[beat.item]
        inside = nodes_of(tree, item)
        beside = nodes_of(tree, item.partition("@")[2]) if "@" in item else set()
        for node in (columns.id[at] for at in columns.fired[beat.start : beat.stop]):
            within = item in tree.groups and users[node] <= inside
            assert node in inside or within or users[node] & beside
    fired = {beat.item for beat in drawn.beats}
    for item_number, first in enumerate(drawn.items.first):
        assert (first >= 0) == (item_number in fired)
        if first >= 0:
            assert drawn.beats[first].item == item_number
            assert all(beat.item != item_number for beat in drawn.beats[:first])


def items_and_frames_are_apart(tree: Tree, drawn: Overview) -> None:
    items = drawn.items
    assert tuple(frame.id for frame in drawn.frames) == drawn.opened
    frames = {frame.id: frame for frame in drawn.frames}
    for frame in drawn.frames:
        inside = nodes_of(tree, frame.id)
        for at, item in enumerate(items.id):
            owner = item.partition("@")[2] or item
            if items.kind[at] in ("leaf", "constant") and owner == item:
                continue  # It stands beside the first thing that uses it.
            belongs = nodes_of(tree, owner) <= inside
            assert belongs == _holds(frame, items.x[at], items.y[at]), (frame.id, item)
        parent = tree.groups[frame.id].parent
        if parent is not None and parent.id in frames:
            outer = frames[parent.id]
            assert outer.left < frame.left < frame.right < outer.right
            assert outer.bottom < frame.bottom < frame.top < outer.top
    for one, other in itertools.combinations(drawn.frames, 2):
        a, b = tree.groups[one.id], tree.groups[other.id]
        if a.stop <= b.start or b.stop <= a.start:
            assert _apart(one, other), (one, other)
    spots: dict[tuple[int, int], list[int]] = defaultdict(list)
    for at in range(len(items.id)):
        spots[round(items.x[at]), round(items.y[at])].append(at)
    for (column, row), _ in spots.items():
        near = [
            at
            for across, up in itertools.product((-1, 0, 1), repeat=2)
            for at in spots.get((column + across, row + up), ())
        ]
        for one, other in itertools.combinations(near, 2):
            across = abs(items.x[one] - items.x[other])
            up = abs(items.y[one] - items.y[other])
            assert across >= CLEAR or up >= CLEAR, (items.id[one], items.id[other])


def _holds(frame: Frame, x: float, y: float) -> bool:
    return frame.left < x < frame.right and frame.bottom < y < frame.top


def _apart(one: Frame, other: Frame) -> bool:
    return (
        one.right <= other.left
        or other.right <= one.left
        or one.top <= other.bottom
        or other.top <= one.bottom
    )
