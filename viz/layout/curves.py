"""Turn Graphviz's B-splines into polylines."""

from __future__ import annotations

from viz.layout.places import Point

SAMPLES = 8


def polyline(pos: str) -> tuple[Point, ...]:
    """The points of an edge's `pos` attribute, arrow tip included.

    Graphviz writes `e,x,y x,y x,y ...`: the tip, then 3n+1 control points of n cubic Béziers.

    >>> polyline("e,40,0 0,0 10,0 20,0 30,0")[-2:]
    ((30.0, 0.0), (40.0, 0.0))
    """
    tip = None
    controls: list[Point] = []
    for part in pos.replace("\\\n", "").split():
        if part.startswith("e,"):
            tip = _point(part[2:])
        elif not part.startswith("s,"):
            controls.append(_point(part))
    points = [controls[0]]
    for start in range(0, len(controls) - 3, 3):
        points += _sampled(*controls[start : start + 4])
    if tip is not None:
        points.append(tip)
    return tuple(points)


def _point(text: str) -> Point:
    x, y = text.split(",")
    return float(x), float(y)


def _sampled(a: Point, b: Point, c: Point, d: Point) -> list[Point]:
    points = []
    for step in range(1, SAMPLES + 1):
        t = step / SAMPLES
        u = 1 - t
        weights = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
        controls = (a, b, c, d)
        points.append(
            (
                sum(weight * point[0] for weight, point in zip(weights, controls, strict=True)),
                sum(weight * point[1] for weight, point in zip(weights, controls, strict=True)),
            )
        )
    return points
