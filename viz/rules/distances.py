"""The rule for distances between all points of two sets, in any p-norm."""

from __future__ import annotations

import math

import numpy as np

from viz.rules.numerics import sign_of, zero_where
from viz.rules.row import Plain, Row, Slot, Template, Values

ROUNDING = 2.0**-22


def _pulls(values: Values) -> np.ndarray:
    """How each distance pulls at its two points, times its upstream gradient: one vector for each
    pair. At a distance of 0 PyTorch takes 0."""
    p, distance = values.p, values.result[..., None]
    difference = values.x1[..., :, None, :] - values.x2[..., None, :, :]
    size = np.abs(difference)
    if p == 0:
        slope = np.zeros_like(difference)
    elif p == 1:
        slope = sign_of(difference)
    elif p == 2:
        slope = difference / distance
    elif math.isinf(p):
        # The distance was rounded as one of these sizes was.
        slope = sign_of(difference) * (size >= distance * (1 - ROUNDING))
    else:
        slope = sign_of(difference) * (size / distance) ** (p - 1)
    return zero_where((distance == 0) | (size == 0), values.upstream[..., None] * slope)


def _sizes(values: Values) -> np.ndarray:
    """How large the numbers are whose difference a pull is made of, in the same way."""
    size = np.abs(values.x1)[..., :, None, :] + np.abs(values.x2)[..., None, :, :]
    upstream = np.abs(values.upstream)[..., None]
    return zero_where(values.result[..., None] == 0, upstream * size / values.result[..., None])


def _local(first: str, second: str) -> Template:
    def local(plain: Plain) -> str:
        difference = f"{{{first}}} − {{{second}}}"
        p = plain["p"]
        if p == 2:
            return f"({difference})/{{result}}"
        if math.isinf(p):
            return f"sign({difference}) where |{difference}| is largest"
        return f"sign({difference})·(|{difference}|/{{result}})^{p - 1:g}"

    return local


DISTANCES = (
    Row(
        kinds=("CdistBackward0",),
        sign="dist",
        statement="cdist({x1}, {x2})",
        words="A distance grows fastest when its two points move straight apart: each is pulled "
        "along the line between them, in opposite directions. Each point adds up its pulls.",
        slots=(
            Slot(
                "x1",
                _local("x1", "x2"),
                lambda v: _pulls(v).sum(-2),
                rounding=lambda v: _sizes(v).sum(-2),
                rule="the sum over all partners of {upstream} · {local}",
                elementwise=False,
                in_numbers=False,
            ),
            Slot(
                "x2",
                _local("x2", "x1"),
                lambda v: -_pulls(v).sum(-3),
                rounding=lambda v: _sizes(v).sum(-3),
                rule="the sum over all partners of {upstream} · {local}",
                elementwise=False,
                in_numbers=False,
            ),
        ),
        defaults={"p": 2.0},
    ),
)
