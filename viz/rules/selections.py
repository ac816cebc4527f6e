"""Rules for operations that choose, element by element: the gradient follows what was chosen."""

from __future__ import annotations

import numpy as np

from viz.rules.numerics import zero_where
from viz.rules.row import Row, Slot, Values
from viz.rules.wording_functions import (
    clamp_statement,
    clamped,
    lower_bound_local,
    upper_bound_local,
)


def _chosen(values: Values, name: str = "condition") -> np.ndarray:
    return values.whole(name) != 0


def _halved(values: Values, is_less: np.ndarray) -> np.ndarray:
    """The upstream gradient where this side was chosen, half of it where both sides are equal."""
    is_tie = values.self == values.other
    return zero_where(is_less, np.where(is_tie, values.upstream / 2, values.upstream))


def _larger(name: str, kind: str, sign: str) -> Row:
    """maximum and minimum: two equal numbers get half of the gradient each."""
    chosen, other = (">", "<") if name == "maximum" else ("<", ">")
    is_maximum = name == "maximum"
    word = "larger" if is_maximum else "smaller"
    return Row(
        kinds=(kind,),
        sign=sign,
        statement=f"{name}({{self}}, {{other}})",
        words=f"The gradient goes to the {word} of the two; the other gets 0. Where both are "
        "equal, PyTorch gives each of them half.",
        slots=(
            Slot(
                "self",
                f"(1 if {{self}} {chosen} {{other}}, ½ if equal, else 0)",
                lambda v: _halved(v, v.self < v.other if is_maximum else v.self > v.other),
            ),
            Slot(
                "other",
                f"(1 if {{self}} {other} {{other}}, ½ if equal, else 0)",
                lambda v: _halved(v, v.self > v.other if is_maximum else v.self < v.other),
            ),
        ),
    )


def _first_taken(values: Values, *, largest: bool) -> np.ndarray:
    is_beyond = values.self >= values.other if largest else values.self <= values.other
    return is_beyond | np.isnan(values.other)


def _numbers_first(name: str, kind: str, sign: str) -> Row:
    """fmax and fmin: NaN loses against a number, and the first of two equal numbers gets all."""
    largest = name == "fmax"
    compared = "≥" if largest else "≤"
    word = "larger" if largest else "smaller"
    return Row(
        kinds=(kind,),
        sign=sign,
        statement=f"{name}({{self}}, {{other}})",
        words=f"The gradient goes to the {word} of the two, and to a number rather than to NaN; "
        "the other gets 0. Where both are equal, PyTorch gives all of it to the first.",
        slots=(
            Slot(
                "self",
                f"(1 if {{self}} {compared} {{other}} else 0)",
                lambda v: zero_where(~_first_taken(v, largest=largest), v.upstream),
            ),
            Slot(
                "other",
                f"(0 if {{self}} {compared} {{other}} else 1)",
                lambda v: zero_where(_first_taken(v, largest=largest), v.upstream),
            ),
        ),
    )


def _inside(values: Values) -> np.ndarray:
    """Where a number lies between its bounds, the bounds included."""
    inside = np.full(np.shape(values.self), fill_value=True)
    if values.has("min"):
        inside = inside & (values.self >= values.min)
    if values.has("max"):
        inside = inside & (values.self <= values.max)
    return inside


def _below(values: Values) -> np.ndarray:
    """Where the lower bound was taken: under it, unless the upper bound is lower still."""
    is_below = values.self < values.min
    return is_below & (values.min < values.max) if values.has("max") else is_below


def _above(values: Values) -> np.ndarray:
    is_above = values.self > values.max
    return is_above | (values.max < values.min) if values.has("min") else is_above


_CLAMP_WORDS = (
    "Inside its bounds {self} passes unchanged, and so does the gradient; outside them the result "
    "stands still, so {self} gets 0. On a bound PyTorch takes 1."
)
_CLAMP_SELF = Slot("self", clamped, lambda v: zero_where(~_inside(v), v.upstream))

SELECTIONS = (
    _larger("maximum", "MaximumBackward0", "max"),
    _larger("minimum", "MinimumBackward0", "min"),
    _numbers_first("fmax", "FmaxBackward0", "fmax"),
    _numbers_first("fmin", "FminBackward0", "fmin"),
    Row(
        kinds=("WhereBackward0",),
        sign="where",
        statement="where({condition}, {self}, {other})",
        words="Element by element, the gradient goes to the side that was taken, and the other "
        "side gets 0. The condition only chooses: no gradient goes there.",
        slots=(
            Slot(
                "self",
                "(1 if {condition} else 0)",
                lambda v: np.where(_chosen(v), v.upstream, 0),
            ),
            Slot(
                "other",
                "(0 if {condition} else 1)",
                lambda v: np.where(_chosen(v), 0, v.upstream),
            ),
        ),
    ),
    Row(
        kinds=("ClampBackward1",),
        sign="clamp",
        statement=clamp_statement,
        words=_CLAMP_WORDS,
        slots=(_CLAMP_SELF,),
        defaults={"min": None, "max": None},
    ),
    Row(
        kinds=("ClampMinBackward0",),
        sign="clamp",
        statement="clamp_min({self}, {min})",
        words=_CLAMP_WORDS,
        slots=(_CLAMP_SELF,),
        defaults={"max": None},
    ),
    Row(
        kinds=("ClampMaxBackward0",),
        sign="clamp",
        statement="clamp_max({self}, {max})",
        words=_CLAMP_WORDS,
        slots=(_CLAMP_SELF,),
        defaults={"min": None},
    ),
    Row(
        kinds=("ClampBackward0",),
        sign="clamp",
        statement=clamp_statement,
        words=f"{_CLAMP_WORDS} The bound that was taken instead gets the gradient.",
        slots=(
            _CLAMP_SELF,
            Slot("min", lower_bound_local, lambda v: zero_where(~_below(v), v.upstream)),
            Slot("max", upper_bound_local, lambda v: zero_where(~_above(v), v.upstream)),
        ),
    ),
    Row(
        kinds=("ClampMinBackward1",),
        sign="clamp",
        statement="clamp_min({self}, {min})",
        words=f"{_CLAMP_WORDS} The bound that was taken instead gets the gradient.",
        slots=(
            _CLAMP_SELF,
            Slot(
                "min", "(1 if {self} < {min} else 0)", lambda v: zero_where(~_below(v), v.upstream)
            ),
        ),
        defaults={"max": None},
    ),
    Row(
        kinds=("ClampMaxBackward1",),
        sign="clamp",
        statement="clamp_max({self}, {max})",
        words=f"{_CLAMP_WORDS} The bound that was taken instead gets the gradient.",
        slots=(
            _CLAMP_SELF,
            Slot(
                "max", "(1 if {self} > {max} else 0)", lambda v: zero_where(~_above(v), v.upstream)
            ),
        ),
        defaults={"min": None},
    ),
    Row(
        kinds=("NanToNumBackward0",),
        sign="no NaN",
        statement="nan_to_num({self})",
        words="Numbers pass unchanged, and so does their gradient. What was NaN or infinite was "
        "written over, so it gets 0.",
        slots=(
            Slot(
                "self",
                "(1 if {self} is finite else 0)",
                lambda v: v.upstream * np.isfinite(v.self),
            ),
        ),
    ),
    Row(
        kinds=("NativeDropoutBackward0",),
        sign="dropout",
        statement="dropout({input}, {p})",
        words="Dropout throws away elements by chance and enlarges the others to make up for it. "
        "The gradient meets the same mask: what was thrown away gets 0.",
        slots=(
            Slot(
                "input",
                "{mask}/(1 − {p})",
                lambda v: v.upstream * v.mask * (1 / (1 - v.p) if v.p < 1 else 0),
            ),
        ),
        extras=("mask",),
    ),
)
"""`dropout` on the CPU is a product with a random mask in PyTorch's graph, and has its rule."""
