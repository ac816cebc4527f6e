"""Measure a slope: central differences, refined, and what the two sides say separately."""

from __future__ import annotations

import math
from collections.abc import Callable

from viz.record import Record


class Slope(Record, frozen=True):
    """The slope of a function at a point.

    value        Richardson's estimate (4 D(h/2) − D(h)) / 3 of two central differences D
    error        how far it may be off: by the next term of the series, and by rounding
    left, right  the slopes towards either side, of the smaller step
    is_kink      whether the sides still differ as much after the step was halved
    is_jump      whether they differ by more: the function itself jumps
    """

    value: float
    error: float
    left: float
    right: float
    is_kink: bool = False
    is_jump: bool = False


FINER = 1 / 256
"""How much smaller the next step is, where a step was too wide."""

TRIES = 3
STEEPER = 1.2
"""How much a quotient grows at least, when the step is halved, where there is no slope."""

GOOD = 1e-7
"""A relative error that needs no smaller step."""

MOST_EVALUATIONS = 4 * TRIES


def measure(
    function: Callable[[float], float], middle: float, scale: float, digits: float
) -> Slope | None:
    """The slope of `function` at 0; None where it is not finite near there.

    middle  its value at 0
    scale   the size of the argument that 0 stands for
    digits  the relative precision of its values: 2.2e-16 for float64

    >>> slope = measure(lambda h: (3 + h) ** 2, 9.0, 3.0, 2.2e-16)
    >>> abs(slope.value - 6) < 1e-9, slope.is_kink
    (True, False)
    >>> measure(abs, 0.0, 0.0, 2.2e-16).is_kink
    True
    >>> measure(lambda h: float(h >= 0), 1.0, 0.0, 2.2e-16).is_jump
    True
    >>> steep = lambda h: math.copysign(abs(h) ** 0.5, h)
    >>> measure(steep, 0.0, 0.0, 2.2e-16).is_jump, measure(math.sin, 0.0, 0.0, 2.2e-16).is_jump
    (True, False)
    """
    step = first_step(scale, digits)
    best: Slope | None = None
    for _ in range(TRIES):
        found = _measure_with(function, middle, step, digits)
        if found is not None:
            if best is None or found.error < best.error:
                best = found
            if found.error <= GOOD * max(abs(found.value), 1.0) and not found.is_kink:
                return found
        step *= FINER
        if step < 1e4 * digits * max(scale, 1e-3):
            break
    return best


def first_step(scale: float, digits: float) -> float:
    """A power of two, so that adding it rounds as little as can be."""
    wanted = digits**0.25 * max(scale, 1.0) / 2
    return 2.0 ** math.floor(math.log2(wanted))


def _measure_with(
    function: Callable[[float], float], middle: float, step: float, digits: float
) -> Slope | None:
    up, down = function(step), function(-step)
    half_up, half_down = function(step / 2), function(-step / 2)
    if not all(map(math.isfinite, (up, down, half_up, half_down))):
        return None
    wide = (up - down) / (2 * step)
    narrow = (half_up - half_down) / step
    rounding = 4 * digits * max(abs(middle), abs(up), abs(down)) / step
    value = (4 * narrow - wide) / 3
    right, left = (half_up - middle) / (step / 2), (middle - half_down) / (step / 2)
    # The sides of a smooth function differ by its second derivative times the step: after halving
    # the step by half as much. Those of a kink still differ by the same.
    gap_before, gap = abs((up - middle) - (middle - down)) / step, abs(right - left)
    is_kink = gap > 0.75 * gap_before and gap > 64 * rounding + 1e-6 * abs(value)
    # A slope stays what it is when the step is halved; that over a jump doubles, and where the
    # function rises infinitely steeply it grows as well.
    is_steep = abs(narrow) > STEEPER * abs(wide) + 64 * rounding
    is_jump = is_steep or (is_kink and gap > STEEPER * gap_before)
    return Slope(value, abs(value - narrow) + rounding, left, right, is_kink or is_steep, is_jump)
