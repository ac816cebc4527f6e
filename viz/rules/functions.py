"""Rules for functions of one tensor: exponentials, logarithms, trigonometry, and the bell curve.

Factors stand in PyTorch's order, so that both overflow at the same place.
"""

from __future__ import annotations

import math

import numpy as np

from viz.rules.numerics import erfinv_slope, logit_slope, one_over_root, sinc_slope, zero_where
from viz.rules.row import Gradient, Row, Slot, Template
from viz.rules.wording_functions import logit_local

_LN_2, _LN_10 = math.log(2), math.log(10)
_TWO_OVER_ROOT_PI = 2 / math.sqrt(math.pi)


def function(
    name: str,
    sign: str,
    local: Template,
    gradient: Gradient,
    words: str,
    *,
    kind: str = "",
    rounding: Gradient | None = None,
) -> Row:
    """The row of a function that works on each element by itself; its kind follows its name."""
    return Row(
        kinds=(f"{kind or name.capitalize()}Backward0",),
        sign=sign,
        statement=f"{name}({{self}})",
        words=words,
        slots=(Slot("self", local, gradient, rounding=rounding),),
    )


EXPONENTIALS = (
    function(
        "exp2",
        "2ˣ",
        "{result}·ln 2",
        lambda v: v.upstream * v.result * _LN_2,
        "A power of 2 grows in proportion to itself, times the logarithm of 2.",
    ),
    function(
        "expm1",
        "eˣ−1",
        "exp({self})",
        lambda v: v.upstream * (v.result + 1),
        "Taking 1 away does not change the slope: it is that of the exponential, which is its own "
        "derivative.",
        rounding=lambda v: v.upstream,
    ),
    function(
        "log2",
        "log₂",
        "1/({self}·ln 2)",
        lambda v: v.upstream / (v.self * _LN_2),
        "The logarithm to base 2 is the natural one divided by ln 2, and so is its slope.",
    ),
    function(
        "log10",
        "log₁₀",
        "1/({self}·ln 10)",
        lambda v: v.upstream / (v.self * _LN_10),
        "The logarithm to base 10 is the natural one divided by ln 10, and so is its slope.",
    ),
    function(
        "log1p",
        "ln 1+x",
        "1/({self} + 1)",
        lambda v: v.upstream / (v.self + 1),
        "The logarithm of 1 + {self} has the slope 1 divided by 1 + {self}.",
        kind="Log1P",
    ),
    function(
        "rsqrt",
        "1/√x",
        "(−{result}³/2)",
        lambda v: -0.5 * v.upstream * v.result**3,
        "The reciprocal root is {self} to the power of −1/2: the power rule brings down −1/2.",
    ),
    function(
        "logit",
        "logit",
        logit_local,
        lambda v: logit_slope(v.upstream, v.self, v.eps),
        "logit undoes the sigmoid, so its slope is 1 divided by the sigmoid's: steepest near "
        "0 and 1.",
        rounding=lambda v: v.upstream / (v.self * (1 - v.self)) ** 2,
    ),
    function(
        "special_entr",
        "−x ln x",
        "(−ln({self}) − 1)",
        lambda v: v.upstream * -(1 + np.log(v.self)),
        "By the product rule, −x·ln x has the slope −ln x − 1.",
        kind="SpecialEntr",
        rounding=lambda v: v.upstream,
    ),
)

TRIGONOMETRY = (
    function(
        "tan",
        "tan",
        "(1 + {result}²)",
        lambda v: v.upstream * (1 + v.result**2),
        "The tangent is never flat: its slope is 1 plus its own square.",
    ),
    function(
        "asin",
        "asin",
        "1/sqrt(1 − {self}²)",
        lambda v: v.upstream * one_over_root(-v.self * v.self + 1),
        "The arcsine is steeper towards −1 and 1, where its slope is infinite.",
        rounding=lambda v: v.upstream * one_over_root(1 - v.self**2) ** 3,
    ),
    function(
        "acos",
        "acos",
        "(−1/sqrt(1 − {self}²))",
        lambda v: v.upstream * -one_over_root(-v.self * v.self + 1),
        "The arccosine falls exactly as steeply as the arcsine rises.",
        rounding=lambda v: v.upstream * one_over_root(1 - v.self**2) ** 3,
    ),
    function(
        "atan",
        "atan",
        "1/({self}² + 1)",
        lambda v: v.upstream / (v.self * v.self + 1),
        "The arctangent is steepest at 0 and flattens out on both sides.",
    ),
    function(
        "sinh",
        "sinh",
        "cosh({self})",
        lambda v: v.upstream * np.cosh(v.self),
        "The derivative of the hyperbolic sine is the hyperbolic cosine.",
    ),
    function(
        "cosh",
        "cosh",
        "sinh({self})",
        lambda v: v.upstream * np.sinh(v.self),
        "The derivative of the hyperbolic cosine is the hyperbolic sine, with no minus sign.",
    ),
    function(
        "asinh",
        "asinh",
        "1/sqrt({self}² + 1)",
        lambda v: v.upstream * one_over_root(v.self**2 + 1),
        "The inverse hyperbolic sine is steepest at 0 and then grows like a logarithm.",
    ),
    function(
        "acosh",
        "acosh",
        "1/sqrt({self}² − 1)",
        lambda v: v.upstream * one_over_root(v.self * v.self - 1),
        "The inverse hyperbolic cosine begins at 1, infinitely steep, and then flattens out.",
        rounding=lambda v: v.upstream * v.self**2 * one_over_root(v.self**2 - 1) ** 3,
    ),
    function(
        "atanh",
        "atanh",
        "1/(1 − {self}²)",
        lambda v: v.upstream * 1 / (1 - v.self**2),
        "The inverse hyperbolic tangent undoes tanh: it is steepest near −1 and 1.",
        rounding=lambda v: v.upstream / (1 - v.self**2) ** 2,
    ),
    function(
        "sinc",
        "sinc",
        "(cos(π·{self}) − {result})/{self}",
        lambda v: zero_where(v.self == 0, v.upstream * sinc_slope(v.self)),
        "sinc is sin(π·x)/(π·x), so its slope follows from the quotient rule. At 0, at its top, it "
        "is 0.",
        rounding=lambda v: v.upstream * (1 + 1 / np.abs(v.self)) * math.pi,
    ),
    function(
        "deg2rad",
        "° → rad",
        "π/180",
        lambda v: v.upstream * (math.pi / 180),
        "A degree is π/180 of a radian: the gradient is scaled by that number.",
        kind="Deg2Rad",
    ),
    function(
        "rad2deg",
        "rad → °",
        "180/π",
        lambda v: v.upstream * (180 / math.pi),
        "A radian is 180/π degrees: the gradient is scaled by that number.",
        kind="Rad2Deg",
    ),
)

BELLS = (
    function(
        "erf",
        "erf",
        "2/√π·exp(−{self}²)",
        lambda v: _TWO_OVER_ROOT_PI * np.exp(-(v.self**2)) * v.upstream,
        "The error function is the area under a bell curve, so its slope is that curve: high at 0, "
        "nothing far away.",
    ),
    function(
        "erfc",
        "erfc",
        "(−2/√π·exp(−{self}²))",
        lambda v: -_TWO_OVER_ROOT_PI * np.exp(-(v.self**2)) * v.upstream,
        "erfc is 1 minus the error function: it falls as steeply as that one rises.",
    ),
    function(
        "erfinv",
        "erf⁻¹",
        "√π/2·exp({result}²)",
        lambda v: erfinv_slope(v.result) * v.upstream,
        "The inverse of the error function has 1 divided by its slope.",
        rounding=lambda v: v.result**2 * erfinv_slope(v.result) * v.upstream,
    ),
)

FUNCTIONS = EXPONENTIALS + TRIGONOMETRY + BELLS
