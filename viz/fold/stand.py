"""Place what is visible: in each open group first, which then stands as one large box in the next.

That is why a frame holds what belongs to it and nothing else, and frames never overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from viz.fold.crossing import INTO, OUT_OF, Arc, crossings
from viz.fold.order import Ints
from viz.layout.layered import layered

Point = tuple[float, float]

HALF = 0.5
"""Half of the room of one item, in columns and in rows."""

CHIP_ACROSS, CHIP_DOWN = 0.75, 0.6
"""From one leaf beside a box to the next: they stand to the left and below."""

CHIPS_DOWN = 6
"""Leaves one below the other; more begin another column."""

EDGE = 0.1
"""The part of a frame's height, above and below, that its own row keeps out of: it takes as much
room below that row as above."""

GAP = 0.3
"""Room around a frame, in which ways change their rows."""

FLAT = 0.02
"""A corner that lies nearer to the line without it is none."""

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

    def wider(self) -> Extent:
        """With room around it for ways."""
        return Extent(*(side + GAP for side in (self.left, self.right, self.down, self.up)))


PORT = Extent(left=0.0, right=0.0, down=0.2, up=0.2)
"""Where ways go into a frame and out of it."""


@dataclass(slots=True)
class Inside:
    """One frame with its members placed, around an origin of its own.

    members   boxes as numbers from 0, frames as -1 - number
    x, y      anchors of the members, and behind them of the ports
    bends     corners of each arc, from upstream to downstream
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
    found = crossings(frame_of, around, ways)
    insides: list[Inside] = [Inside() for _ in around]
    for frame in reversed(range(len(around))):
        extents = [
            insides[-1 - member].extent.wider() if member < 0 else _with_chips(chips[member])
            for member in found.members[frame]
        ]
        insides[frame] = _inside(found.members[frame], extents, list(found.arcs[frame]))
    return _absolute(insides, len(frame_of), found.parts)


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


def _inside(members: list[int], extents: list[Extent], arcs: list[Arc]) -> Inside:
    ports = [port for port in (INTO, OUT_OF) if any(port in arc for arc in arcs)]
    standing = [*members, *ports]
    rooms = [*extents, *(PORT for _ in ports)]
    at = {member: number for number, member in enumerate(standing)}
    spots = layered(
        len(standing),
        [(at[a], at[b]) for a, b in arcs],
        # As much room below as above, so that what is in a row stands on one line.
        breadth=[2 * max(room.up, room.down) for room in rooms],
    )
    place = np.asarray(spots.column, dtype=np.int64)
    lefts, rights = np.zeros(place.max() + 1), np.zeros(place.max() + 1)
    np.maximum.at(lefts, place, [room.left for room in rooms])
    np.maximum.at(rights, place, [room.right for room in rooms])
    middle = float(np.sum(lefts + rights)) / 2
    x = np.cumsum(lefts + rights) - rights - middle
    heights = (-np.asarray(spots.row, dtype=float)).tolist()
    lanes = [-row for corners in spots.bends for _, row in corners]
    bottom = min([*lanes, *(at - room.down for at, room in zip(heights, rooms, strict=True))])
    top = max([*lanes, *(at + room.up for at, room in zip(heights, rooms, strict=True))])
    # What goes out of the frame goes on in its row, unless that is at the edge.
    out = heights[at.get(OUT_OF, len(members) - 1)]
    edge = (top - bottom) * EDGE
    origin = min(max(out, bottom + edge), top - edge)
    extent = Extent(
        left=middle + PADDING,
        right=middle + PADDING,
        down=origin - bottom + PADDING,
        up=top - origin + PADDING + TITLE,
    )

    def bends(arc: Arc, corners: Sequence[Point]) -> list[Point]:
        """Level across a wide column, so that nothing large in it is crossed."""
        ends = [(int(place[at[end]]), heights[at[end]]) for end in arc]
        stops = [ends[0], *((round(column), -row) for column, row in corners), ends[1]]
        found = []
        for number, (column, height) in enumerate(stops):
            left, right = x[column] - lefts[column] + GAP, x[column] + rights[column] - GAP
            is_first, is_last = number == 0, number == len(stops) - 1
            if right - left > 4 * HALF:
                sides = [right] if is_first else [left] if is_last else [left, right]
            else:
                sides = [] if is_first or is_last else [x[column]]
            if (is_first and arc[0] < 0) or (is_last and arc[1] < 0):
                sides = []  # The way goes on inside of this frame, from its port.
            found += [(float(side), height - origin) for side in sides]
        if arc[0] == INTO:
            found.insert(0, (-extent.left, ends[0][1] - origin))
        if arc[1] == OUT_OF:
            found.append((extent.right, ends[1][1] - origin))
        return found[::-1]

    return Inside(
        members,
        x[place].tolist(),
        [height - origin for height in heights],
        [bends(arc, corners) for arc, corners in zip(arcs, spots.bends, strict=True)],
        extent,
    )


def _absolute(insides: list[Inside], boxes: int, parts: list[list[tuple[int, int]]]) -> Standing:
    x, y = [0.0] * boxes, [0.0] * boxes
    frames = [(0.0, 0.0, 0.0, 0.0)] * len(insides)
    origin = [(0.0, 0.0)] * len(insides)
    for frame, inside in enumerate(insides):  # Outer ones first.
        across, up = origin[frame]
        for number, member in enumerate(inside.members):
            here = across + inside.x[number], up + inside.y[number]
            if member >= 0:
                x[member], y[member] = here
            else:
                origin[-1 - member] = here
                room = insides[-1 - member].extent
                frames[-1 - member] = (
                    here[0] - room.left,
                    here[1] - room.down,
                    here[0] + room.right,
                    here[1] + room.up,
                )
    bends = [
        [
            (origin[frame][0] + dx, origin[frame][1] + dy)
            for frame, arc in way
            for dx, dy in insides[frame].bends[arc]
        ]
        for way in parts
    ]
    return Standing(x, y, bends, frames[1:])


def without_straight(points: Sequence[Point]) -> list[Point]:
    """The corners between the first and the last point that are corners indeed.

    >>> without_straight([(4, 0), (3, 0), (2, 0), (1, 1), (0, 2)])
    [(2, 0)]
    """
    kept = [points[0]]
    for here, after in pairwise(points[1:]):
        (x, y), (dx, dy) = kept[-1], (after[0] - kept[-1][0], after[1] - kept[-1][1])
        if abs((here[1] - y) * dx - (here[0] - x) * dy) > FLAT * max(abs(dx), abs(dy)):
            kept.append(here)
    return kept[1:]
