"""Where each node stands and which way each edge runs: plain data, in pixels at natural size."""

from __future__ import annotations

from viz.trace import Record

Point = tuple[float, float]


class Place(Record):
    """Centre and size of a node's outline; x grows to the right (forward), y grows upward."""

    node: str
    x: float
    y: float
    width: float
    height: float


class Route(Record):
    """The way of the edge with this index in `Backward.edges`.

    points   a polyline from the downstream outline to the upstream outline: the forward direction
    label    where the numbers stand: forward value above, gradient below this point
    """

    edge: int
    points: tuple[Point, ...]
    label: Point


class Layout(Record):
    """One drawing. The origin is its lower left corner."""

    width: float
    height: float
    places: tuple[Place, ...]
    routes: tuple[Route, ...]
