"""Decide which leaves and constants stand in several places: beside each far-apart use."""

from __future__ import annotations

from collections import defaultdict

from viz.layout.depths import arcs_of, depths
from viz.trace import Backward

NEAR = 1
"""Columns between two operations up to which one place of a leaf serves both."""

Users = tuple[str, ...]


def places_of_uses(backward: Backward) -> dict[str, tuple[Users, ...]]:
    """For each leaf and constant the nodes that it serves from each of its places, in order.

    The first place is its home, beside its first use. A constant that something was cut to stays
    where the cut is.
    """
    depth = depths(backward)
    cut = {each.node for each in backward.cuts}
    divided = {
        node.id
        for node in backward.nodes
        if node.kind in ("leaf", "constant") and node.id not in cut
    }
    users: dict[str, dict[str, None]] = defaultdict(dict)
    for start, end in arcs_of(backward):
        if start in divided:
            users[start][end] = None
    found = {}
    for node, those in users.items():
        groups: list[list[str]] = []
        for user in sorted(those, key=depth.__getitem__):
            if not groups or depth[user] - depth[groups[-1][0]] > NEAR:
                groups.append([])
            groups[-1].append(user)
        found[node] = tuple(map(tuple, groups))
    return found
