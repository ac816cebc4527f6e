"""Place what is visible: in each open group first, which then stands as one large box in the next.

That is why a frame holds what belongs to it and nothing else, and frames never overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from viz.fold.order import Ints
from viz.layout.layered import layered

HALF = 0.5
"""Half of the room of one item, in columns and in rows."""

CHIP_ACROSS, CHIP_DOWN = 0.75, 0.6
"""From one leaf beside a box to the next: they stand to the left and below."""

CHIPS_DOWN = 6
"""Leaves one below the other; more begin another column."""

PADDING = 0.25
TITLE = 0.5
"""Room inside of a frame, and for its title at the top."""


@dataclass(slots=True)
class Extent:
    """How far a box reaches from its anchor."""

    left: float = HALF
    right: float = HALF
    down: float = HALF
    up: float = HALF


@dataclass(slots=True)
class Inside:
    """One frame with its members placed, around an origin of its own.

    members   boxes as numbers from 0, frames as -1 - number
    x, y      anchors of the members
    """

    members: list[int] = field(default_factory=list)
    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    extent: Extent = field(default_factory=Extent)


@dataclass(frozen=True, slots=True)
class Standing:
    """Anchors of boxes, and left, bottom, right, top of each frame without the root."""

    x: np.ndarray
    y: np.ndarray
    frames: list[tuple[float, float, float, float]]


def stand(
    frame_of: Sequence[int], around: Sequence[int], chips: Sequence[int], ways: tuple[Ints, Ints]
) -> Standing:
    """A place for each box.

    frame_of   the frame that each box is in; boxes are in topological order
    around     for each frame the one around it, which comes before it; -1 for the root, frame 0
    chips      how many leaves stand beside each box
    ways       from upstream box to downstream box
    """
    members: list[list[int]] = [[] for _ in around]
    for box, frame in enumerate(frame_of):
        members[frame].append(box)
    for frame in range(1, len(around)):
        members[around[frame]].append(-1 - frame)
    arcs = _arcs(frame_of, around, ways)
    insides: list[Inside] = [Inside() for _ in around]
    for frame in reversed(range(len(around))):
        extents = [
            insides[-1 - member].extent if member < 0 else _with_chips(chips[member])
            for member in members[frame]
        ]
        insides[frame] = _inside(members[frame], extents, arcs[frame])
    return _absolute(insides, len(frame_of))


def _arcs(
    frame_of: Sequence[int], around: Sequence[int], ways: tuple[Ints, Ints]
) -> list[list[tuple[int, int]]]:
    """For each frame the ways between its members, each once, forward."""
    depth = [0] * len(around)
    for frame in range(1, len(around)):
        depth[frame] = depth[around[frame]] + 1
    found: list[dict[tuple[int, int], None]] = [{} for _ in around]
    for up, down in zip(ways[0].tolist(), ways[1].tolist(), strict=True):
        a, b = up, down
        frame_a, frame_b = frame_of[up], frame_of[down]
        while frame_a != frame_b:
            if depth[frame_a] >= depth[frame_b]:
                a, frame_a = -1 - frame_a, around[frame_a]
            else:
                b, frame_b = -1 - frame_b, around[frame_b]
        found[frame_a][b, a] = None
    return [list(arcs) for arcs in found]


def _with_chips(count: int) -> Extent:
    if not count:
        return Extent()
    down = min(count, CHIPS_DOWN)
    across = -(-count // CHIPS_DOWN)
    return Extent(left=HALF + CHIP_ACROSS * across, down=HALF + CHIP_DOWN * down)


def chip_offset(number: int) -> tuple[float, float]:
    """From the anchor of the box to its leaf of this number, from 0."""
    across, down = divmod(number, CHIPS_DOWN)
    return -CHIP_ACROSS * (across + 1), -CHIP_DOWN * (down + 1)


def _inside(members: list[int], extents: list[Extent], arcs: list[tuple[int, int]]) -> Inside:
    at = {member: number for number, member in enumerate(members)}
    # As much room below as above, so that what is in a row stands on one line.
    spots = layered(
        len(members),
        [(at[a], at[b]) for a, b in arcs],
        breadth=[2 * max(extent.up, extent.down) for extent in extents],
    )
    columns, place = np.unique(np.asarray(spots.column), return_inverse=True)
    lefts, rights = np.zeros(len(columns)), np.zeros(len(columns))
    np.maximum.at(lefts, place, [extent.left for extent in extents])
    np.maximum.at(rights, place, [extent.right for extent in extents])
    x = (np.cumsum(lefts + rights) - rights)[place]
    y = -np.asarray(spots.row, dtype=float)
    heights = y.tolist()
    bottom = min(at - extent.down for at, extent in zip(heights, extents, strict=True))
    top = max(at + extent.up for at, extent in zip(heights, extents, strict=True))
    across, up = float(np.sum(lefts + rights)) / 2, (top - bottom) / 2
    return Inside(
        members,
        (x - across).tolist(),
        (y - (bottom + top) / 2).tolist(),
        Extent(across + PADDING, across + PADDING, up + PADDING, up + PADDING + TITLE),
    )


def _absolute(insides: list[Inside], boxes: int) -> Standing:
    x, y = np.zeros(boxes), np.zeros(boxes)
    frames = [(0.0, 0.0, 0.0, 0.0)] * len(insides)
    origin = [(0.0, 0.0)] * len(insides)
    for frame, inside in enumerate(insides):  # Outer ones first.
        across, up = origin[frame]
        for member, dx, dy in zip(inside.members, inside.x, inside.y, strict=True):
            if member >= 0:
                x[member], y[member] = across + dx, up + dy
            else:
                origin[-1 - member] = (across + dx, up + dy)
                room = insides[-1 - member].extent
                frames[-1 - member] = (
                    across + dx - room.left,
                    up + dy - room.down,
                    across + dx + room.right,
                    up + dy + room.up,
                )
    return Standing(x, y, frames[1:])
