"""Place what is visible: in each open group first, which then stands as one large box in the next.

That is why a frame holds what belongs to it and nothing else, and frames never overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from viz.fold.order import Ints
from viz.layout.layered import layered

Point = tuple[float, float]

HALF = 0.5
"""Half of the room of one item, in columns and in rows."""

CHIP_ACROSS, CHIP_DOWN = 0.75, 0.6
"""From one leaf beside a box to the next: they stand to the left and below."""

CHIPS_DOWN = 6
"""Leaves one below the other; more begin another column."""

EDGE = 0.25
"""The part of a frame's height, above and below, that its own row keeps out of: it takes as much
room below that row as above."""

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
    bends     corners of each arc between members
    """

    members: list[int] = field(default_factory=list)
    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    bends: list[list[Point]] = field(default_factory=list)
    extent: Extent = field(default_factory=Extent)


@dataclass(frozen=True, slots=True)
class Standing:
    """Anchors of boxes; corners of each way, from upstream to downstream; and left, bottom, right,
    top of each frame without the root."""

    x: list[float]
    y: list[float]
    bends: list[list[Point]]
    frames: list[tuple[float, float, float, float]]


def stand(
    frame_of: Sequence[int], around: Sequence[int], chips: Sequence[int], ways: tuple[Ints, Ints]
) -> Standing:
    """A place for each box.

    frame_of   the frame that each box is in; boxes are in topological order
    around     for each frame the one around it, which comes before it; -1 for the root, frame 0
    chips      how many leaves stand beside each box
    ways       from upstream box to downstream box, of each operation in the order of its inputs
    """
    members = _members(frame_of, around)
    arcs, arc_of = _arcs(frame_of, around, ways)
    insides: list[Inside] = [Inside() for _ in around]
    for frame in reversed(range(len(around))):
        extents = [
            insides[-1 - member].extent if member < 0 else _with_chips(chips[member])
            for member in members[frame]
        ]
        insides[frame] = _inside(members[frame], extents, arcs[frame])
    return _absolute(insides, len(frame_of), arc_of)


def _members(frame_of: Sequence[int], around: Sequence[int]) -> list[list[int]]:
    """What is directly in each frame, in the order of the boxes."""
    members: list[list[int]] = [[] for _ in around]
    entered = {0}
    for box, frame in enumerate(frame_of):
        entering = []
        while frame not in entered:
            entered.add(frame)
            entering.append(frame)
            frame = around[frame]
        for inner in reversed(entering):
            members[around[inner]].append(-1 - inner)
        members[frame_of[box]].append(box)
    return members


def _arcs(
    frame_of: Sequence[int], around: Sequence[int], ways: tuple[Ints, Ints]
) -> tuple[list[list[tuple[int, int]]], list[tuple[int, int]]]:
    """For each frame the arcs between its members, each once, forward; and for each way the frame
    and the number of the arc that it follows there."""
    depth = [0] * len(around)
    for frame in range(1, len(around)):
        depth[frame] = depth[around[frame]] + 1
    found: list[dict[tuple[int, int], int]] = [{} for _ in around]
    arc_of: list[tuple[int, int]] = []
    for up, down in zip(ways[0].tolist(), ways[1].tolist(), strict=True):
        a, b = up, down
        frame_a, frame_b = frame_of[up], frame_of[down]
        while frame_a != frame_b:
            if depth[frame_a] >= depth[frame_b]:
                a, frame_a = -1 - frame_a, around[frame_a]
            else:
                b, frame_b = -1 - frame_b, around[frame_b]
        arcs = found[frame_a]
        arc_of.append((frame_a, arcs.setdefault((b, a), len(arcs))))
    return [list(arcs) for arcs in found], arc_of


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
    place = np.asarray(spots.column, dtype=np.int64)
    lefts, rights = np.zeros(place.max() + 1), np.zeros(place.max() + 1)
    np.maximum.at(lefts, place, [extent.left for extent in extents])
    np.maximum.at(rights, place, [extent.right for extent in extents])
    across = np.cumsum(lefts + rights) - rights
    heights = (-np.asarray(spots.row, dtype=float)).tolist()
    bottom = min(at - extent.down for at, extent in zip(heights, extents, strict=True))
    top = max(at + extent.up for at, extent in zip(heights, extents, strict=True))
    # What comes out of the last member goes on in the row of the frame, unless it is at the edge.
    edge = (top - bottom) * EDGE
    origin = min(max(heights[-1], bottom + edge), top - edge)
    middle = float(np.sum(lefts + rights)) / 2
    x = across - middle
    return Inside(
        members,
        x[place].tolist(),
        [height - origin for height in heights],
        [
            [(float(np.interp(column, range(len(x)), x)), -row - origin) for column, row in corners]
            for corners in spots.bends
        ],
        Extent(
            left=middle + PADDING,
            right=middle + PADDING,
            down=origin - bottom + PADDING,
            up=top - origin + PADDING + TITLE,
        ),
    )


def _absolute(insides: list[Inside], boxes: int, arc_of: list[tuple[int, int]]) -> Standing:
    x, y = [0.0] * boxes, [0.0] * boxes
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
    bends = [
        [
            (origin[frame][0] + dx, origin[frame][1] + dy)
            for dx, dy in reversed(insides[frame].bends[arc])
        ]
        for frame, arc in arc_of
    ]
    return Standing(x, y, bends, frames[1:])
