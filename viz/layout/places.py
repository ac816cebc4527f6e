"""Where each node stands and which way each edge runs: plain data, in pixels at natural size."""

from __future__ import annotations

from viz.trace import Record

Point = tuple[float, float]


class Place(Record, frozen=True):
    """Centre and size of a node's outline; x grows to the right (forward), y grows upward.

    use    for one more place of a leaf or constant, a chip, the operation that it stands beside;
           None for the node's own place, of which each node has one
    """

    node: str
    x: float
    y: float
    width: float
    height: float
    use: str | None = None


class Route(Record, frozen=True):
    """The way of the edge with this index in `Backward.edges`.

    points   a polyline from the downstream outline to the upstream outline: the forward direction
    label    where the numbers stand: forward value above, gradient below this point;
             None for an edge that carries no numbers
    """

    edge: int
    points: tuple[Point, ...]
    label: Point | None = None


class CutRoute(Record, frozen=True):
    """The broken line of the cut with this index in `Backward.cuts`.

    points   from the source to the constant; where the source is not in the graph, a short stub
    label    the middle of its words; for a line that is whole the scissors stand there too
    stub     whether the line begins nowhere
    """

    cut: int
    points: tuple[Point, ...]
    label: Point
    stub: bool


class Layout(Record, frozen=True):
    """One drawing. The origin is its lower left corner."""

    width: float
    height: float
    places: tuple[Place, ...]
    routes: tuple[Route, ...]
    cuts: tuple[CutRoute, ...] = ()


SUMMARY = (15, 2)
"""Room for shape and range."""


def block(shape: tuple[int, ...] | None) -> tuple[int, int]:
    """How many characters and lines are kept free for the numbers of a tensor of this shape.

    Scalars, vectors of up to 3 and matrices of up to 3x3 stand there whole; of anything larger
    the shape and the range.

    >>> block(()), block((3,)), block((2, 2)), block((64, 10))
    ((6, 1), (24, 1), (16, 2), (15, 2))
    """
    if not shape:
        return 6, 1
    if 0 in shape or len(shape) > 2 or any(size > 3 for size in shape):
        return SUMMARY
    return 8 * shape[-1], 1 if len(shape) == 1 else shape[0]
