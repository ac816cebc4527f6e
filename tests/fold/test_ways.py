"""Ways go around what they have no part in."""

from __future__ import annotations

from itertools import pairwise

from tests.fold.promises import nodes_of
from viz.fold.drawing import overview
from viz.fold.overview import Frame
from viz.fold.tree import Tree
from viz.trace import Backward

Model = tuple[Backward, Tree]

HAIR = 0.02


def test_a_way_around_a_block_goes_around_it_when_the_block_is_open(gpt: Model) -> None:
    """The residual connections of a transformer pass by its attention and its MLP."""
    _, tree = gpt
    opened = [group.id for group in tree.groups.values() if "h.3" in group.module]
    opened += [group.id for group in tree.groups.values() if group.title in ("transformer", "h")]
    drawn = overview(tree, opened)
    items, bent = drawn.items, 0
    for up, down, bends in zip(
        drawn.ways.upstream, drawn.ways.downstream, drawn.ways.bends, strict=True
    ):
        ends = {name.partition("@")[2] or name for name in (items.id[up], items.id[down])}
        foreign = [
            frame
            for frame in drawn.frames
            if not any(nodes_of(tree, end) <= nodes_of(tree, frame.id) for end in ends)
        ]
        points = [
            (items.x[up], items.y[up]),
            *zip(bends[::2], bends[1::2], strict=True),
            (items.x[down], items.y[down]),
        ]
        bent += len(points) > 3
        for here, there in pairwise(points):
            for step in range(101):
                x, y = (a + (b - a) * step / 100 for a, b in zip(here, there, strict=True))
                assert not any(_is_inside(frame, x, y) for frame in foreign), (ends, x, y)
    assert bent >= 2


def _is_inside(frame: Frame, x: float, y: float) -> bool:
    across = frame.left + HAIR < x < frame.right - HAIR
    return across and frame.bottom + HAIR < y < frame.top - HAIR
