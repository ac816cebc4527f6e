"""Turn places and routes into the lines and outlines that plotly draws."""

from __future__ import annotations

import math
from itertools import pairwise

from viz.layout.places import Place, Point, Route

OUTLINE_POINTS = 64
"""Every outline has as many points, so that the ring can glide from a circle to a pill."""
GRADIENT_OFFSET = 11.0
"""Gradients run this far beside the forward line, on its right-hand side: below it."""

Polyline = tuple[Point, ...]


def outline(place: Place, round_: bool, points: int = OUTLINE_POINTS) -> Polyline:
    """A closed circle or pill around the place, starting at its right end, anticlockwise."""
    if round_:
        radius = place.width / 2
        return tuple(
            (place.x + radius * math.cos(angle), place.y + radius * math.sin(angle))
            for angle in _angles(points)
        )
    radius = min(22.0, place.height / 2)
    straight_x, straight_y = place.width / 2 - radius, place.height / 2 - radius
    return tuple(
        (
            place.x + math.copysign(straight_x, math.cos(angle)) + radius * math.cos(angle),
            place.y + math.copysign(straight_y, math.sin(angle)) + radius * math.sin(angle),
        )
        for angle in _angles(points)
    )


def _angles(points: int) -> list[float]:
    # Half a step aside: no point lies on an axis, where the side of a pill would be undecided.
    step = 2 * math.pi / points
    angles = [(index + 0.5) * step for index in range(points)]
    return [*angles, angles[0]]


def shortened(points: Polyline, at_end: float) -> Polyline:
    """The polyline without its last stretch, where the head of the arrow stands."""
    return along(points, max(0.0, 1 - at_end / max(length(points), 1e-9)))


def simplified(points: Polyline, tolerance: float = 0.3) -> Polyline:
    """The polyline without the points that lie within the tolerance of a straight line."""
    if len(points) < 3:
        return points
    first, last = points[0], points[-1]
    distances = [_distance(point, first, last) for point in points[1:-1]]
    worst = max(range(len(distances)), key=distances.__getitem__)
    if distances[worst] <= tolerance:
        return (first, last)
    split = worst + 1
    left = simplified(points[: split + 1], tolerance)
    return left[:-1] + simplified(points[split:], tolerance)


def gradient_path(route: Route) -> Polyline:
    """The way of the gradient: beside the forward line, from upstream to downstream."""
    points = simplified(route.points)
    moved = []
    for index, (x, y) in enumerate(points):
        before, after = points[max(index - 1, 0)], points[min(index + 1, len(points) - 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        norm = math.hypot(dx, dy) or 1.0
        moved.append((x + dy / norm * GRADIENT_OFFSET, y - dx / norm * GRADIENT_OFFSET))
    return tuple(reversed(moved))


def length(points: Polyline) -> float:
    return sum(math.dist(a, b) for a, b in pairwise(points))


def along(points: Polyline, share: float) -> Polyline:
    """The part of the polyline that has been walked when this share (0 to 1) of it is done."""
    rest = share * length(points)
    walked = [points[0]]
    for a, b in pairwise(points):
        step = math.dist(a, b)
        if step >= rest:
            part = rest / step if step else 0.0
            walked.append((a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part))
            break
        walked.append(b)
        rest -= step
    return tuple(walked)


def heading(points: Polyline) -> float:
    """Direction of the last stretch, in degrees clockwise from upward, as plotly turns markers."""
    (x0, y0), (x1, y1) = points[-2], points[-1]
    return round(math.degrees(math.atan2(x1 - x0, y1 - y0)), 1)


def _distance(point: Point, a: Point, b: Point) -> float:
    """Distance of a point from the line through a and b."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    norm = math.hypot(dx, dy)
    if norm == 0:
        return math.dist(point, a)
    return abs(dx * (a[1] - point[1]) - dy * (a[0] - point[0])) / norm
