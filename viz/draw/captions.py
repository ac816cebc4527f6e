"""Find a place for the engine's name beside each circle, clear of lines and numbers.

Below the circle is where a reader looks first. Where a line passes there, the name goes above, or
to one side; where lines pass everywhere, to the place that the fewest of them cross.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from viz.draw import geometry
from viz.draw.badges import RING, Box, boxes_of
from viz.draw.scene import Scene
from viz.layout.places import Place, Point
from viz.layout.sizes import CAPTION_CHARACTER, CAPTION_LINE, CIRCLE, label
from viz.trace import Node

GAP = 3.0
"""Between the circle and its name."""
SAMPLE = 4.0
"""Lines are looked at every so many pixels."""

SEARCHED = 200
"""Edges of the largest graph in which each name seeks its place."""

LONG = 100
"""Points of a line that would be no better than to stand on a number."""


def caption_point(scene: Scene, node: Node, lines: list[str]) -> Point:
    """Where the middle of the node's name stands."""
    width = max(map(len, lines)) * CAPTION_CHARACTER
    height = len(lines) * CAPTION_LINE
    ring = RING + 2 if node.id == scene.stopped else 0.0
    first, *others = _candidates(scene.places[node.id], width, height, ring)
    if len(scene.backward.edges) > SEARCHED:
        return first  # Of hundreds of names nobody reads each; the search takes long.
    passing, written = _passing(scene, node), _written(scene, node)
    best, fewest = first, _crossings(_box(first, width, height), passing, written)
    for point in others:
        box = _box(point, width, height)
        if fewest and _inside(scene, box):
            crossings = _crossings(box, passing, written)
            if crossings < fewest:
                best, fewest = point, crossings
    return best


def _candidates(place: Place, width: float, height: float, ring: float) -> list[Point]:
    """Below, above, then beside these two, then further off."""
    away = CIRCLE / 2 + ring + GAP + height / 2
    near = away - 6  # Beside the axis the circle leaves more room.
    asides = [sign * (width / 2 + gap) for gap in (-4, 14) for sign in (1, -1)]
    far = away + 6  # Past a number that stands under the line.
    beside = [(aside, sign * y) for y in (near, far) for aside in asides for sign in (1, -1)]
    return [(place.x + x, place.y + y) for x, y in [(0.0, -away), (0.0, away), *beside]]


def _box(middle: Point, width: float, height: float) -> Box:
    x, y = middle
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _inside(scene: Scene, box: Box) -> bool:
    return box[0] > 0 and box[2] < scene.width and box[3] < scene.height


def _passing(scene: Scene, node: Node) -> list[Point]:
    """Points of the node's own lines: forward, backward, and broken ones."""
    lines = [scene.routes[index].points for index in scene.edges_at[node.id]]
    paths = scene.gradient_paths
    lines += [paths[index] for index in scene.edges_at[node.id] if index in paths]
    for route in scene.cuts:
        cut = scene.backward.cuts[route.cut]
        if node.id in (cut.source, cut.node):
            lines.append(route.points)
    return [point for line in lines for point in _sampled(line)]


def _sampled(line: geometry.Polyline) -> Iterator[Point]:
    for (x0, y0), (x1, y1) in pairwise(line):
        count = math.ceil(math.dist((x0, y0), (x1, y1)) / SAMPLE)
        for part in range(count):
            share = part / count
            yield x0 + (x1 - x0) * share, y0 + (y1 - y0) * share


def _written(scene: Scene, node: Node) -> list[Box]:
    """Where the numbers of the node's own edges stand."""
    boxes = boxes_of(scene, node.id)
    for index in scene.edges_at[node.id]:
        middle = scene.routes[index].label
        room = label(scene.backward.edges[index], scene.nodes)
        if middle is not None and room is not None:
            left, lower, right, upper = _box(middle, *room)
            # Values stand nearer the line than gradients do.
            boxes.append((left, lower, right, upper - geometry.GRADIENT_OFFSET))
    return boxes


def _crossings(box: Box, passing: list[Point], written: list[Box]) -> int:
    """How much stands in the way: points of lines; numbers count as a long line."""
    left, lower, right, upper = box
    on_lines = sum(left < x < right and lower < y < upper for x, y in passing)
    on_numbers = sum(
        left < other[2] and other[0] < right and lower < other[3] and other[1] < upper
        for other in written
    )
    return on_lines + LONG * on_numbers
