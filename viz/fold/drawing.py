"""Make the Overview of a tree with some of its groups open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from viz.fold import euclid
from viz.fold.faces import Face, face_of_group, face_of_leaves, face_of_node
from viz.fold.order import Ints
from viz.fold.overview import Beat, Frame, Items, Overview, Ways
from viz.fold.stand import Standing, chip_offset, stand, without_straight
from viz.fold.tree import Group, Tree
from viz.fold.visible import Bools, Seen, seen

MOST_MATCHES = 200
"""Ids that travel to the page; what holds a match is marked whatever their number."""


def overview(tree: Tree, opened: Collection[str] = (), matches: Sequence[str] = ()) -> Overview:
    """What is seen where these groups are open, in time nearly linear in the nodes.

    A group opens only inside of open ones: an id that is no group, or whose surroundings are
    closed, opens nothing. `matches` are ids of nodes and groups to be marked.
    """
    view = seen(tree, opened)
    frames = view.boxes.frames[1:]
    up, down, sent = _ways(tree, view)
    between = down <= view.count
    standing = stand(
        [*view.boxes.frame, 0],
        view.boxes.around,
        np.bincount(view.beside, minlength=view.count + 1).tolist(),
        (up[between], down[between]),
    )
    beats = _beats(tree, view)
    return Overview(
        items=_items(tree, view, standing, beats, _depths(view, up, down)),
        ways=Ways(
            tuple(up.tolist()),
            tuple(down.tolist()),
            euclid.column(sent),
            _bends(up, down, between, standing),
        ),
        beats=beats,
        frames=tuple(
            Frame(group.id, group.title, *map(_short, corners))
            for group, corners in zip(frames, standing.frames, strict=True)
        ),
        opened=tuple(group.id for group in frames),
        operations=len(tree.line),
        hidden=sum(box.count for box in view.boxes.box if isinstance(box, Group)),
        matches=tuple(matches[:MOST_MATCHES]),
        found=_found(tree, view, matches),
    )


def _beats(tree: Tree, view: Seen) -> tuple[Beat, ...]:
    """Firings one after the other inside one item are one beat."""
    items = view.item[np.array(tree.columns.fired, dtype=np.int64)]
    starts = np.flatnonzero(np.diff(items, prepend=-1))
    stops = np.append(starts[1:], len(items))[: len(starts)]
    return tuple(map(Beat, items[starts].tolist(), starts.tolist(), stops.tolist()))


def _ways(tree: Tree, view: Seen) -> tuple[Ints, Ints, euclid.Floats]:
    """Between different items, each pair once, with what all of its edges have sent; of each
    operation in the order of its inputs."""
    apart = view.upstream != view.downstream
    sent = euclid.numbers(tree.columns.sent)[apart]
    pairs, first, back = np.unique(
        (view.upstream * view.size + view.downstream)[apart],
        return_index=True,
        return_inverse=True,
    )
    order = np.argsort(first)
    up, down = np.divmod(pairs[order], view.size)
    return up, down, euclid.together(sent, back, len(pairs))[order]


def _bends(
    up: Ints, down: Ints, between: Bools, standing: Standing
) -> tuple[tuple[float, ...], ...]:
    """The ways to leaves are short, and straight."""
    places = list(zip(standing.x, standing.y, strict=True))
    corners = iter(standing.bends)
    found: list[tuple[float, ...]] = []
    for above, below, is_placed in zip(up.tolist(), down.tolist(), between.tolist(), strict=True):
        bends = next(corners) if is_placed else []
        if bends:
            bends = without_straight([places[above], *bends, places[below]])
        found.append(tuple(_short(number) for point in bends for number in point))
    return tuple(found)


def _depths(view: Seen, up: Ints, down: Ints) -> list[int]:
    """Boxes are in topological order, and the output is behind all of them."""
    depths = [0] * view.size
    order = np.argsort(-up, kind="stable")
    for above, below in zip(up[order].tolist(), down[order].tolist(), strict=True):
        depths[below] = max(depths[below], depths[above] + 1)
    return depths


def _items(
    tree: Tree, view: Seen, standing: Standing, beats: tuple[Beat, ...], depths: list[int]
) -> Items:
    faces = _faces(tree, view)
    x, y = [*standing.x], [*standing.y]
    seen_beside = [0] * (view.count + 1)
    for box in view.beside.tolist():
        dx, dy = chip_offset(seen_beside[box])
        seen_beside[box] += 1
        x.append(x[box] + dx)
        y.append(y[box] + dy)
    first = [-1] * view.size
    for number in range(len(beats) - 1, -1, -1):
        first[beats[number].item] = number
    return Items(
        **_columns(faces),
        x=tuple(map(_short, x)),
        y=tuple(map(_short, y)),
        norm=euclid.column(_norms(tree, view)),
        nonfinite=_nonfinite(tree, view),
        first=tuple(first),
        depth=tuple(depths),
    )


def _columns(faces: list[Face]) -> dict[str, Any]:
    names = [field.name for field in fields(Face)]
    return {name: tuple(getattr(face, name) for face in faces) for name in names}


def _faces(tree: Tree, view: Seen) -> list[Face]:
    columns, nodes = tree.columns, tree.line.nodes
    faces = [
        face_of_group(box) if isinstance(box, Group) else face_of_node(columns, int(nodes[box]))
        for box in view.boxes.box
    ]
    faces.append(face_of_node(columns, columns.output))
    leaves: list[list[int]] = [[] for _ in view.beside]
    for node, chip in zip(view.leaf.tolist(), view.chip.tolist(), strict=True):
        leaves[chip - view.count - 1].append(node)
    for nodes_of_chip, beside, once in zip(
        leaves, view.beside.tolist(), view.once.tolist(), strict=True
    ):
        if len(nodes_of_chip) > 1:
            faces.append(face_of_leaves(columns, nodes_of_chip, faces[beside]))
            continue
        face = face_of_node(columns, nodes_of_chip[0])
        faces.append(face if once else replace(face, id=f"{face.id}@{faces[beside].id}"))
    return faces


def _norms(tree: Tree, view: Seen) -> euclid.Floats:
    """Of each box the gradients of the results that leave it; of the output what it began with."""
    columns = tree.columns
    norms = euclid.numbers(columns.norm)
    upstream = np.array(columns.upstream, dtype=np.int64)
    downstream = np.array(columns.downstream, dtype=np.int64)
    leaves_box = np.zeros(len(norms), dtype=bool)
    leaves_box[downstream[view.upstream != view.downstream]] = True
    leaves_box &= tree.line.place >= 0
    found = euclid.together(norms[leaves_box], view.item[leaves_box], view.size)
    begins = upstream == columns.output
    sent = euclid.numbers(columns.sent)[begins]
    found[view.count] = euclid.together(sent, np.zeros(len(sent), dtype=np.int64), 1)[0]
    chips = euclid.together(norms[view.leaf], view.chip, view.size)
    found[view.count + 1 :] = chips[view.count + 1 :]
    return found


def _nonfinite(tree: Tree, view: Seen) -> tuple[int, ...]:
    counts = np.array(tree.columns.nonfinite, dtype=np.int64)
    found = np.zeros(view.size, dtype=np.int64)
    np.add.at(found, view.item, counts)
    found[view.count + 1 :] = 0
    np.add.at(found, view.chip, counts[view.leaf])
    return tuple(found.tolist())


def _found(tree: Tree, view: Seen, matches: Sequence[str]) -> tuple[int, ...]:
    """The items that are a match or hold one. An open group is no item: its frame is seen."""
    node_of = {name: node for node, name in enumerate(tree.columns.id)} if matches else {}
    open_groups = {group.id for group in view.boxes.frames[1:]}
    found: set[int] = set()
    nodes: set[int] = set()
    for match in matches:
        if match in tree.groups:
            if match not in open_groups:
                found.add(int(view.boxes.of_place[tree.groups[match].start]))
        else:
            nodes.add(node_of[match])
            found.add(int(view.item[node_of[match]]))
    # A leaf that is drawn several times is found at each of them.
    drawn = zip(view.leaf.tolist(), view.chip.tolist(), strict=True)
    return tuple(sorted(found | {chip for node, chip in drawn if node in nodes}))


def _short(number: float) -> float:
    """A hundredth of a row is as much as can be seen."""
    return round(number, 2)
