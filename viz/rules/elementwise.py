"""Rules for operations that work on each element by itself. A smaller input is broadcast first.

Where PyTorch chooses a value at a point without derivative (relu and abs at 0), the row has
PyTorch's choice. Factors stand in PyTorch's order, so that both overflow at the same place.
"""

from __future__ import annotations

import numpy as np

from viz.rules.numerics import exponent_slope, power_slope, sign_of, zero_where
from viz.rules.row import Row, Slot
from viz.rules.wording import (
    both_sides,
    power,
    power_local,
    power_sign,
    product,
    scaled,
    scaled_local,
)

ELEMENTWISE = (
    Row(
        kinds=("AddBackward0", "AddBackward1"),
        sign="+",
        statement=scaled("{self} + ", "{other}"),
        words="Adding passes the gradient on unchanged.",
        twice="Both terms are {self}: its two contributions add up.",
        slots=(
            Slot(
                "self",
                "1",
                lambda v: v.upstream,
                "When {self} grows by 1, {result} grows by 1.",
            ),
            Slot(
                "other",
                scaled_local(""),
                lambda v: v.upstream * v.alpha,
                "When {other} grows by 1, {result} grows by {alpha}.",
            ),
        ),
        defaults={"alpha": 1},
    ),
    Row(
        kinds=("SubBackward0", "SubBackward1"),
        sign="−",
        statement=scaled("{self} − ", "{other}"),
        words="Subtracting turns the sign of the gradient on the right of the minus.",
        twice=both_sides,
        slots=(
            Slot(
                "self",
                "1",
                lambda v: v.upstream,
                "When {self} grows by 1, {result} grows by 1.",
            ),
            Slot(
                "other",
                scaled_local("−"),
                lambda v: -v.upstream * v.alpha,
                "When {other} grows by 1, {result} shrinks by {alpha}.",
            ),
        ),
        defaults={"alpha": 1},
    ),
    Row(
        kinds=("RsubBackward0", "RsubBackward1"),
        sign="−",
        statement=scaled("{other} − ", "{self}"),
        words="Subtracting turns the sign of the gradient on the right of the minus.",
        twice=both_sides,
        slots=(
            Slot(
                "self",
                scaled_local("−"),
                lambda v: -v.upstream * v.alpha,
                "When {self} grows by 1, {result} shrinks by {alpha}.",
            ),
            Slot(
                "other",
                "1",
                lambda v: v.upstream,
                "When {other} grows by 1, {result} grows by 1.",
            ),
        ),
        defaults={"alpha": 1},
    ),
    Row(
        kinds=("MulBackward0", "MulBackward1"),
        sign="×",
        statement=product,
        words="In a product, each factor passes on the upstream gradient times the other factor.",
        twice="Both factors are {self}: its two contributions add up to the upstream gradient "
        "times 2·{self}.",
        slots=(
            Slot(
                "self",
                "{other}",
                lambda v: v.upstream * v.other,
                "When {self} grows by 1, {result} grows by {other}.",
            ),
            Slot(
                "other",
                "{self}",
                lambda v: v.upstream * v.self,
                "When {other} grows by 1, {result} grows by {self}.",
            ),
        ),
    ),
    Row(
        kinds=("DivBackward0", "DivBackward1"),
        sign="÷",
        statement="{self}/{other}",
        words="A quotient follows its numerator in proportion, and its denominator in reverse.",
        slots=(
            Slot("self", "1/{other}", lambda v: v.upstream / v.other),
            Slot(
                "other",
                "(−{self}/{other}²)",
                lambda v: -v.upstream * ((v.self / v.other) / v.other),
            ),
        ),
    ),
    Row(
        kinds=("ReciprocalBackward0",),
        sign="1/x",
        statement="1/{self}",
        words="The reciprocal falls where its argument grows, most steeply near 0.",
        slots=(Slot("self", "(−1/{self}²)", lambda v: -v.upstream * (v.result * v.result)),),
    ),
    Row(
        kinds=("NegBackward0",),
        sign="−( )",
        statement="−{self}",
        words="A minus sign turns the gradient's sign.",
        slots=(Slot("self", "(−1)", lambda v: -v.upstream),),
    ),
    Row(
        kinds=("PowBackward0",),
        sign=power_sign,
        statement=power("{self}"),
        words="The power rule: the exponent comes down as a factor and is lowered by 1.",
        slots=(
            Slot(
                "self",
                power_local,
                lambda v: zero_where(v.exponent == 0, v.upstream * power_slope(v.self, v.exponent)),
            ),
        ),
    ),
    Row(
        kinds=("PowBackward1",),
        sign="( )ⁿ",
        statement="{self}^{exponent}",
        words="The base follows the power rule, the exponent the rule of an exponential. "
        "PyTorch takes 0 for the base where the exponent is 0, and 0 for the exponent "
        "where the base is 0.",
        slots=(
            Slot(
                "self",
                "{exponent}·{self}^({exponent} − 1)",
                lambda v: zero_where(v.exponent == 0, v.upstream * power_slope(v.self, v.exponent)),
            ),
            Slot(
                "exponent",
                "{result}·ln({self})",
                lambda v: v.upstream * exponent_slope(v.self, v.exponent, v.result),
            ),
        ),
    ),
    Row(
        kinds=("PowBackward2",),
        sign="aˣ",
        statement="{self}^{exponent}",
        words="An exponential grows in proportion to itself, times the logarithm of its base.",
        slots=(
            Slot(
                "exponent",
                "{result}·ln({self})",
                lambda v: v.upstream * exponent_slope(v.self, v.exponent, v.result),
            ),
        ),
    ),
    Row(
        kinds=("ExpBackward0",),
        sign="eˣ",
        statement="exp({self})",
        words="The exponential is its own derivative.",
        slots=(Slot("self", "exp({self})", lambda v: v.upstream * v.result),),
    ),
    Row(
        kinds=("LogBackward0",),
        sign="ln",
        statement="log({self})",
        words="The logarithm grows ever more slowly: its derivative is 1 divided by its argument.",
        slots=(Slot("self", "1/{self}", lambda v: v.upstream / v.self),),
    ),
    Row(
        kinds=("SqrtBackward0",),
        sign="√",
        statement="sqrt({self})",
        words="The root rises steeply near 0 and ever more slowly after it.",
        slots=(Slot("self", "1/(2·{result})", lambda v: v.upstream / (2 * v.result)),),
    ),
    Row(
        kinds=("SinBackward0",),
        sign="sin",
        statement="sin({self})",
        words="The derivative of the sine is the cosine.",
        slots=(Slot("self", "cos({self})", lambda v: v.upstream * np.cos(v.self)),),
    ),
    Row(
        kinds=("CosBackward0",),
        sign="cos",
        statement="cos({self})",
        words="The derivative of the cosine is minus the sine.",
        slots=(Slot("self", "(−sin({self}))", lambda v: v.upstream * -np.sin(v.self)),),
    ),
    Row(
        kinds=("TanhBackward0",),
        sign="tanh",
        statement="tanh({self})",
        words="tanh lets the gradient through near 0, and hardly any of it where it saturates.",
        slots=(
            Slot(
                "self",
                "(1 − {result}²)",
                lambda v: v.upstream * (1 - v.result * v.result),
                rounding=lambda v: v.upstream,
            ),
        ),
    ),
    Row(
        kinds=("SigmoidBackward0",),
        sign="σ",
        statement="sigmoid({self})",
        words="The sigmoid lets through at most a quarter of the gradient, and hardly any of it "
        "where it saturates.",
        slots=(
            Slot(
                "self",
                "{result}·(1 − {result})",
                lambda v: v.upstream * ((1 - v.result) * v.result),
                rounding=lambda v: v.upstream * v.result,
            ),
        ),
    ),
    Row(
        kinds=("ReluBackward0",),
        sign="relu",
        statement="relu({self})",
        words="relu is a gate: the gradient passes where {self} is positive and stops elsewhere. "
        "At 0 PyTorch takes 0.",
        slots=(
            Slot(
                "self",
                "(1 if {self} > 0 else 0)",
                lambda v: zero_where(v.result <= 0, v.upstream),
            ),
        ),
    ),
    Row(
        kinds=("AbsBackward0",),
        sign="|·|",
        statement="abs({self})",
        words="The absolute value passes the gradient on with the sign of {self}. "
        "At 0 PyTorch takes 0.",
        slots=(Slot("self", "sign({self})", lambda v: v.upstream * sign_of(v.self)),),
    ),
)
