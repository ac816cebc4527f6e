"""Rules for products of many numbers, and for running sums and products along an axis."""

from __future__ import annotations

import numpy as np

from viz.rules.numerics import zero_where
from viz.rules.row import Row, Slot
from viz.rules.scans import (
    from_the_end,
    product_slope,
    running_logsumexp_rounding,
    running_logsumexp_slope,
    running_product_rounding,
    running_product_slope,
)
from viz.rules.shapes import spread
from viz.rules.wording import axis_of, reduction

RUNNING = (
    Row(
        kinds=("ProdBackward0", "ProdBackward1"),
        sign="Π",
        statement=reduction("prod"),
        words="In a product of many factors, each one gets the gradient times the product of all "
        "the others, which is {result}/{self}. Beside a factor 0, PyTorch multiplies the others.",
        slots=(Slot("self", "{result}/{self}", product_slope, elementwise=False),),
        defaults={"dim": None, "keepdim": False},
    ),
    Row(
        kinds=("NansumBackward0",),
        sign="Σ",
        statement=reduction("nansum"),
        words="Each number counts once in the sum, so it receives the whole upstream gradient. NaN "
        "was left out and gets 0.",
        slots=(
            Slot(
                "self",
                "(0 if {self} is NaN else 1)",
                lambda v: zero_where(np.isnan(v.self), 1) * spread(v),
                elementwise=False,
            ),
        ),
        defaults={"dim": None, "keepdim": False},
    ),
    Row(
        kinds=("CumsumBackward0",),
        sign="Σ …",
        statement=axis_of("cumsum({self}"),
        words="Each element is a term of its own running sum and of every later one, so it "
        "collects the gradients from there to the end.",
        slots=(
            Slot(
                "self",
                "",
                lambda v: from_the_end(v.upstream, v.dim),
                rule="{upstream}, summed from each place to the end",
                elementwise=False,
            ),
        ),
    ),
    Row(
        kinds=("CumprodBackward0",),
        sign="Π …",
        statement=axis_of("cumprod({self}"),
        words="Each element is a factor of its own running product and of every later one: from "
        "each it gets the gradient times that product without itself, and these add up.",
        slots=(
            Slot(
                "self",
                "",
                running_product_slope,
                rule="({upstream} · {result}, summed from each place to the end)/{self}",
                rounding=running_product_rounding,
                elementwise=False,
            ),
        ),
    ),
    Row(
        kinds=("LogcumsumexpBackward0",),
        sign="ln Σ …",
        statement=axis_of("logcumsumexp({self}"),
        words="Each element has a share in its own running sum of exponentials and in every later "
        "one: from each it gets the gradient times its share, and these add up.",
        slots=(
            Slot(
                "self",
                "",
                running_logsumexp_slope,
                rule="exp({self}) · ({upstream}/exp({result}), summed from each place to the end)",
                rounding=running_logsumexp_rounding,
                elementwise=False,
            ),
        ),
    ),
)
