"""Say what a path of gradient descent does, from the path alone."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from viz.study import Course

ARRIVED = 1e-2
"""Last steps that are so much shorter than the longest one: it is arriving."""

LATEST = 10
"""How many of the last steps are looked at."""


def course_of(
    points: Sequence[Sequence[float]],
    losses: Sequence[float],
    slopes: Sequence[Sequence[float]],
) -> tuple[Course, bool]:
    """The course, and whether the last steps jump from side to side.

    >>> course_of([(4.0,), (2.0,), (1.0,)], [16.0, 4.0, 1.0], [(8.0,), (4.0,), (2.0,)])
    ('converging', False)
    >>> course_of([(1.0,), (-1.0,), (1.0,)], [1.0, 1.0, 1.0], [(2.0,), (-2.0,), (2.0,)])
    ('oscillating', True)
    >>> course_of([(1.0,), (-2.0,), (4.0,)], [1.0, 4.0, 16.0], [(2.0,), (-4.0,), (8.0,)])
    ('diverging', True)
    """
    steps = [
        tuple(b - a for a, b in zip(one, two, strict=True))
        for one, two in itertools.pairwise(points)
    ]
    if not all(math.isfinite(number) for number in (*losses, *slopes[-1], *points[-1])):
        return "diverging", False
    if not any(map(any, slopes[:1])) or not steps:
        return "resting", False
    lengths = [math.hypot(*step) for step in steps]
    turns = [_turns_back(one, two) for one, two in itertools.pairwise(steps)][-LATEST:]
    swinging = bool(turns) and sum(turns) * 2 > len(turns)
    growth = _growth(lengths[-LATEST:])
    if growth > 1.0 + 1e-3 and losses[-1] > losses[0]:
        return "diverging", swinging
    if growth < 0.98 or lengths[-1] <= ARRIVED * max(lengths):
        return "converging", swinging
    if swinging:
        return "oscillating", True
    return "moving", False


def _turns_back(one: Sequence[float], two: Sequence[float]) -> bool:
    return sum(a * b for a, b in zip(one, two, strict=True)) < 0


def _growth(lengths: Sequence[float]) -> float:
    """By which factor the steps grow, on average; below 1 they shrink.

    >>> _growth([1.0, 2.0, 4.0])
    2.0
    """
    if len(lengths) < 2 or lengths[0] == 0:
        return 0.0 if lengths and lengths[-1] == 0 else 1.0
    return float((lengths[-1] / lengths[0]) ** (1 / (len(lengths) - 1)))
