"""What is said of a descent: at each step, of the whole, and how it ended."""

from __future__ import annotations

import math
from collections.abc import Sequence

from viz.rules.numbers import format_number
from viz.study import Descent, Landscape
from viz.trace import Number, to_float


def caption(land: Landscape, descent: Descent, step: int) -> str:
    """How this place was reached, in numbers."""
    points, slopes = descent.points, descent.slopes
    loss = f"loss {format_number(to_float(descent.losses[step]))}"
    if step == 0:
        places = ", ".join(
            f"{axis.name} = {format_number(to_float(value))}"
            for axis, value in zip(land.axes, points[0], strict=True)
        )
        slope = ", ".join(format_number(to_float(value)) for value in slopes[0])
        return f"Start: {places}; {loss}; gradient {slope}"
    rate = format_number(descent.rate)
    moves = "; ".join(
        f"{axis.name} = {format_number(to_float(points[step - 1][index]))} − {rate} × "
        f"{_bracketed(to_float(slopes[step - 1][index]))} = "
        f"{format_number(to_float(points[step][index]))}"
        for index, axis in enumerate(land.axes)
    )
    outside = "" if _is_inside(land, points[step]) else " (outside the picture)"
    return f"Step {step}: {moves}; {loss}{outside}"


def _bracketed(value: float) -> str:
    return f"({format_number(value)})" if value < 0 else format_number(value)


def _is_inside(land: Landscape, point: Sequence[Number]) -> bool:
    return all(
        to_float(axis.values[0]) <= to_float(value) <= to_float(axis.values[-1])
        for axis, value in zip(land.axes, point, strict=True)
    )


def summary(land: Landscape) -> str:
    names = " and ".join(axis.name or "a leaf" for axis in land.axes)
    finite = [to_float(loss) for row in land.losses for loss in row]
    finite = [loss for loss in finite if math.isfinite(loss)]
    low, high = (format_number(pick(finite, default=math.nan)) for pick in (min, max))
    return f"The loss over {names}: from {low} to {high}."


def verdict(descent: Descent) -> str:
    """What the path does, as a sentence."""
    taken = len(descent.points) - 1
    steps = f"{taken} step" + ("" if taken == 1 else "s")
    first, last = (format_number(to_float(descent.losses[index])) for index in (0, -1))
    way = f"the loss goes from {first} to {last} in {steps}"
    match descent.course:
        case "converging" if descent.swinging:
            return (
                f"Converging, from side to side: each step jumps across the valley, and {way}. "
                "A smaller learning rate would go straight."
            )
        case "converging":
            return f"Converging: the steps get shorter, and {way}."
        case "oscillating":
            return (
                f"Oscillating: the steps jump to and fro and come no closer; {way}. "
                "A smaller learning rate would converge."
            )
        case "diverging":
            return (
                f"Diverging: {way}. The learning rate is too large: each step lands farther away."
            )
        case "moving":
            return (
                f"On its way: {way}, and the steps are hardly getting shorter. "
                "A larger learning rate would be quicker."
            )
        case _:
            return "Nothing moves: the gradient is 0 where the program stands."
