"""Lead each way through the frames: out of those around its one end, into those around the other.

A frame has one port on its left side for all that comes in and one on its right for all that goes
out. So a way around a block is drawn around what is in the block, also when the block is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from viz.fold.order import Ints

Arc = tuple[int, int]
"""Forward, between members of one frame: boxes as numbers from 0, frames as -1 - number."""

INTO, OUT_OF = 1 << 60, (1 << 60) + 1
"""The ports of a frame, as members."""


@dataclass(slots=True)
class Crossings:
    """What layout needs to know of the ways, and what they need to know of it.

    members   what is directly in each frame, in the order of the boxes
    arcs      of each frame, each once, with its number
    parts     of each way, from upstream to downstream: the frame, and the number of the arc there
    """

    members: list[list[int]]
    arcs: list[dict[Arc, int]]
    parts: list[list[tuple[int, int]]] = field(default_factory=list)

    def follow(self, frame: int, arc: Arc) -> tuple[int, int]:
        arcs = self.arcs[frame]
        return frame, arcs.setdefault(arc, len(arcs))


def crossings(frame_of: Sequence[int], around: Sequence[int], ways: tuple[Ints, Ints]) -> Crossings:
    """Of boxes in these frames (see `viz.fold.stand`), and ways from upstream to downstream."""
    depth = [0] * len(around)
    for frame in range(1, len(around)):
        depth[frame] = depth[around[frame]] + 1
    found = Crossings(_members(frame_of, around), [{} for _ in around])
    for up, down in zip(ways[0].tolist(), ways[1].tolist(), strict=True):
        above, below = up, down
        frame_above, frame_below = frame_of[up], frame_of[down]
        entering, leaving = [], []
        while frame_above != frame_below:
            if depth[frame_above] >= depth[frame_below]:
                entering.append(found.follow(frame_above, (INTO, above)))
                above, frame_above = -1 - frame_above, around[frame_above]
            else:
                leaving.append(found.follow(frame_below, (below, OUT_OF)))
                below, frame_below = -1 - frame_below, around[frame_below]
        between = found.follow(frame_above, (below, above))
        found.parts.append([*entering, between, *reversed(leaving)])
    return found


def _members(frame_of: Sequence[int], around: Sequence[int]) -> list[list[int]]:
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
