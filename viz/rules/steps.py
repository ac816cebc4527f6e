"""Rules for functions with jumps: rounding, signs and remainders. Between the jumps they are plain.

At a jump there is no derivative. PyTorch takes there what it takes on both sides.
"""

from __future__ import annotations

import numpy as np

from viz.rules.numerics import floor_of_quotient, zero_where
from viz.rules.row import Row, Slot
from viz.rules.wording_functions import rounded_quotient, rounded_quotient_local

_FLAT = (Slot("self", "0", lambda v: np.zeros_like(v.upstream)),)
_FLAT_WORDS = (
    "is flat between its steps, so the gradient is 0 everywhere; PyTorch takes 0 at the steps too. "
    "Nothing before it can learn through it."
)


def _staircase(name: str, sign: str, *kinds: str) -> Row:
    return Row(kinds, sign, f"{name}({{self}})", f"{name} {_FLAT_WORDS}", _FLAT)


_STAIRS = (
    _staircase("sign", "sign", "SignBackward0", "SgnBackward0"),
    _staircase("floor", "⌊ ⌋", "FloorBackward0"),
    _staircase("ceil", "⌈ ⌉", "CeilBackward0"),
    _staircase("round", "round", "RoundBackward0", "RoundBackward1"),
    _staircase("trunc", "trunc", "TruncBackward0"),
)

_SAWTOOTH = "A remainder climbs one to one with {self} and jumps back from time to time: the \
gradient passes unchanged. At the jumps PyTorch takes 1 too."

STEPS = (
    *_STAIRS,
    Row(
        kinds=("FracBackward0",),
        sign="frac",
        statement="frac({self})",
        words=_SAWTOOTH,
        slots=(Slot("self", "1", lambda v: v.upstream),),
    ),
    Row(
        kinds=("FmodBackward0",),
        sign="mod",
        statement="fmod({self}, {other})",
        words=_SAWTOOTH,
        slots=(Slot("self", "1", lambda v: v.upstream),),
    ),
    Row(
        kinds=("FmodBackward1",),
        sign="mod",
        statement="fmod({self}, {other})",
        words=_SAWTOOTH,
        slots=(
            Slot("self", "1", lambda v: v.upstream),
            Slot(
                "other",
                "(−trunc({self}/{other}))",
                lambda v: -v.upstream * np.trunc(v.self / v.other),
                "{other} was taken away trunc({self}/{other}) times.",
            ),
        ),
    ),
    Row(
        kinds=("RemainderBackward0",),
        sign="%",
        statement="{self} % {other}",
        words=_SAWTOOTH,
        slots=(Slot("self", "1", lambda v: v.upstream),),
    ),
    Row(
        kinds=("RemainderBackward1",),
        sign="%",
        statement="{self} % {other}",
        words=_SAWTOOTH,
        slots=(
            Slot("self", "1", lambda v: v.upstream),
            Slot(
                "other",
                "(−floor({self}/{other}))",
                lambda v: -v.upstream * floor_of_quotient(v.self, v.other),
                "{other} was taken away floor({self}/{other}) times.",
            ),
        ),
    ),
    Row(
        kinds=("DivBackward2", "DivBackward3"),
        sign="÷",
        statement=rounded_quotient,
        words="A quotient that is rounded to whole numbers is flat between its steps, so its "
        "gradient is 0 everywhere.",
        slots=(
            Slot(
                "self",
                rounded_quotient_local("1/{other}"),
                lambda v: zero_where(v.rounding_mode is not None, v.upstream / v.other),
            ),
            Slot(
                "other",
                rounded_quotient_local("(−{self}/{other}²)"),
                lambda v: zero_where(
                    v.rounding_mode is not None, -v.upstream * ((v.self / v.other) / v.other)
                ),
            ),
        ),
    ),
    Row(
        kinds=("CopysignBackward0", "CopysignBackward1"),
        sign="±",
        statement="copysign({self}, {other})",
        words="The size comes from {self} and the sign from {other}: the gradient turns its sign "
        "where {self} did. At 0 PyTorch takes 0.",
        slots=(
            Slot(
                "self",
                "{result}/{self}",
                lambda v: v.upstream * zero_where(v.self == 0, v.result / v.self),
            ),
            Slot("other", "0", lambda v: np.zeros_like(v.upstream)),
        ),
    ),
)
