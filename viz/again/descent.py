"""The loss over one or two scalar leaves, and steps of gradient descent on it.

Every loss is a run of the program with these leaves set to other values; every gradient of a step
is the engine's, of a run that stands there.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence

from viz.again.course import course_of
from viz.again.rerun import Program
from viz.again.terrain import Point, Terrain
from viz.errors import LimitError
from viz.limits import Limits
from viz.study import Axis, Descent, Landscape
from viz.trace import to_number

CURVE_POINTS = 81
SURFACE_SIDE = 25
FEWEST_POINTS = 7

SEARCH_STEPS = 40
"""Runs that look for a low point, so that the landscape shows it."""

ROOM = 1.45
"""How much wider than the way to the low point the landscape is, to either side of it."""

SHARE = 0.7
"""How much of a run's time the landscape may take."""


def survey(
    program: Program,
    number: int,
    limits: Limits,
    leaves: Sequence[int] = (),
    seen: Sequence[Sequence[float]] = (),
    zoom: float = 1.0,
) -> Landscape:
    """The loss around the program's own place, wide enough for a low point near it.

    leaves   positions of one or two leaves, in the order in which the graph reaches them
    seen     for each leaf values that the landscape must show, such as those of a training loop
    zoom     how much wider the landscape is made

    Raises InputError for leaves of several elements, LimitError where one run takes too long.
    """
    begin = time.monotonic()
    terrain = Terrain(program, number, leaves, limits)
    loss, slope = terrain.loss_and_slope(terrain.start)
    way = way_down(terrain, loss, slope, until=begin + 0.2 * limits.seconds)
    took = (time.monotonic() - begin) / max(1, terrain.runs)
    left = SHARE * limits.seconds - (time.monotonic() - begin)
    counts = _counts(len(terrain.leaves), left / took)
    reaches = [
        reach(way[-1][index], [*(point[index] for point in way), *sought])
        for index, sought in enumerate([*seen, (), ()][: len(terrain.leaves)])
    ]
    axes = tuple(
        Axis(
            terrain.name(index),
            terrain.leaves[index],
            to_number(terrain.start[index]),
            # None of two axes is much shorter than the other.
            tuple(axis_values(way[-1][index], zoom * max(own, max(reaches) / 2), counts[index])),
        )
        for index, own in enumerate(reaches)
    )
    rows = tuple(tuple(map(to_number, row)) for row in _rows(terrain, axes))
    slopes = tuple(map(to_number, slope))
    return Landscape(terrain.number, axes, rows, to_number(loss), slopes, terrain.runs)


def _rows(terrain: Terrain, axes: Sequence[Axis]) -> Iterator[list[float]]:
    for first in axes[0].values:
        others = axes[1].values if len(axes) > 1 else (None,)
        points = [
            (float(first),) if other is None else (float(first), float(other)) for other in others
        ]
        yield [terrain.loss(point) for point in points]


def _counts(dimensions: int, runs: float) -> list[int]:
    """How many values each axis gets, of the runs that there is time for."""
    wanted = CURVE_POINTS if dimensions == 1 else SURFACE_SIDE
    possible = int(runs ** (1 / dimensions))
    if possible < FEWEST_POINTS:
        raise LimitError(
            "one run of this program takes too long: a landscape needs hundreds of runs.",
            hint="A program with fewer steps before this call of backward is quicker.",
        )
    return [min(wanted, possible)] * dimensions


def reach(middle: float, sought: Sequence[float]) -> float:
    """How far to either side of the low point the landscape goes, so that all that is sought is
    seen, and what lies across the valley.

    >>> reach(1.0, [2.0, 0.5]), reach(3.0, [3.0])
    (1.45, 4.35)
    """
    far = max((abs(value - middle) for value in sought if math.isfinite(value)), default=0.0)
    if far < 1e-3 * max(1.0, abs(middle)):
        far = max(1.0, abs(middle))
    return ROOM * far


def axis_values(middle: float, far: float, count: int) -> list[float]:
    """
    >>> axis_values(1.0, 2.0, 5)
    [-1.0, 0.0, 1.0, 2.0, 3.0]
    """
    return [middle - far + 2 * far * index / (count - 1) for index in range(count)]


def way_down(terrain: Terrain, loss: float, slope: Point, until: float) -> list[Point]:
    """Places from the start to a low point: a descent whose steps grow while they succeed and
    shrink where they do not. On a slope without a bottom it ends a few sizes of the start away.
    """
    way = [terrain.start]
    far = 4 * max(1.0, *map(abs, terrain.start))
    steepness = math.hypot(*slope)
    if not (0 < steepness < math.inf) or not math.isfinite(loss):
        return way
    rate = 0.1 * max(1.0, math.hypot(*terrain.start)) / steepness
    for _ in range(SEARCH_STEPS):
        if time.monotonic() > until:
            break
        tried = terrain.stepped(way[-1], slope, rate)
        found, found_slope = math.inf, slope
        if max(abs(a - b) for a, b in zip(tried, terrain.start, strict=True)) <= far:
            found, found_slope = terrain.loss_and_slope(tried)
        if found < loss:
            way.append(tried)
            loss, slope = found, found_slope
            rate *= 1.5
        else:
            rate /= 4
    return way


def descend(
    program: Program,
    number: int,
    limits: Limits,
    rate: float,
    steps: int,
    leaves: Sequence[int] = (),
) -> Descent:
    """So many steps of gradient descent from the program's own place; fewer where time is over.

    It ends early where the loss is no longer finite. Raises InputError, and LimitError.
    """
    begin = time.monotonic()
    terrain = Terrain(program, number, leaves, limits)
    point = terrain.start
    points, losses, slopes = [point], [], []
    while True:
        loss, slope = terrain.loss_and_slope(point)
        losses.append(loss)
        slopes.append(slope)
        ended = len(points) > steps or not all(map(math.isfinite, (loss, *slope)))
        if ended or time.monotonic() - begin > SHARE * limits.seconds:
            break
        point = terrain.stepped(point, slope, rate)
        points.append(point)
    course, swinging = course_of(points, losses, slopes)
    return Descent(
        rate,
        tuple(tuple(map(to_number, each)) for each in points),
        tuple(map(to_number, losses)),
        tuple(tuple(map(to_number, each)) for each in slopes),
        course,
        swinging,
    )
