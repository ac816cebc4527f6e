"""The symbols on a card mean in Python what the engine computed: each formula, read and evaluated.

The tests of the rows hold their numbers to the engine; these hold what is written to the numbers.
"""

from __future__ import annotations

import math
import re
from statistics import NormalDist

import pytest

from tests.rules.cases import Case
from tests.rules.cases_functions import FUNCTION_CASES
from tests.rules.cases_reductions import LOSS_CASES
from tests.rules.test_every_row import first_step
from tests.traces import backward_of
from viz.rules import explain_step, text_of
from viz.rules.numerics import sign_of

_POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_SIGNS = {"−": "-", "·": "*", "≤": "<=", "≥": ">=", "½": "0.5", "√π": "sqrt(pi)", "√": "sqrt"}
_SIGNS |= {"π": "pi", "σ": "sigmoid", "Φ": "share", "φ": "density", "^": "**", "∞": "inf"}
_SIGNS |= {"NaN": "nan"}
_NORMAL = NormalDist()
_NAMES = {
    **{name: getattr(math, name) for name in ("exp", "sqrt", "cos", "sin", "cosh", "sinh", "pi")},
    **{name: getattr(math, name) for name in ("trunc", "floor", "inf", "nan")},
    "ln": math.log,
    "sign": sign_of,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "share": _NORMAL.cdf,
    "density": _NORMAL.pdf,
}
_SEVERAL = ("GluBackward0", "PreluKernelBackward0", "NativeDropoutBackward0")
"""Formulas of more than one number, or with words in them."""

_NEVER_FINITE = ("torch.xlogy(x, 0)", "torch.xlogy(x, -1)")

ONE_BY_ONE = [
    case
    for case in (*FUNCTION_CASES, *LOSS_CASES)
    if case.kind not in _SEVERAL
    and "dropout" not in case.expression
    and case.expression not in _NEVER_FINITE
]


def python(formula: str) -> str:
    """A formula of a card as an expression of Python."""
    formula = re.sub(r"ln (\d+)", r"ln(\1)", formula)
    formula = re.sub(r"\|([^|]*)\|", r"abs(\1)", formula)
    formula = re.sub(r"([\d.]+|\([^()]*\)) is finite", "True", formula)
    formula = re.sub(
        r"1 if (\S+|\(.*?\)) ([<>]) (\S+|\(.*?\)), ½ if equal, else 0",
        r"(1 if \1 \2 \3 else 0.5 if \1 == \3 else 0)",
        formula,
    )
    formula = formula.replace(", 1 if", " else 1 if").replace(", else", " else")
    formula = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", lambda found: f"**{found[0].translate(_POWERS)}", formula)
    for sign, text in _SIGNS.items():
        formula = formula.replace(sign, text)
    return formula


NUMBERS = [(0.75, 2.0), (-0.5, -0.5), (1.5, -0.25), (-3.0, 4.0)]


@pytest.mark.parametrize("case", ONE_BY_ONE, ids=str)
def test_what_is_written_gives_the_number_that_was_sent(case: Case):
    checked = [check_what_is_written(case, x, y) for x, y in NUMBERS]
    assert sum(checked) > 0


def check_what_is_written(case: Case, x: float, y: float) -> int:
    """How many lines of the card were evaluated: those of finite numbers."""
    backward = backward_of(
        f"x = torch.tensor({x}, requires_grad=True)\ny = torch.tensor({y}, requires_grad=True)\n"
        f"z = {case.expression}\nz.backward(torch.tensor(2.0))"
    )
    checked = 0
    card = explain_step(backward, first_step(backward, case))
    for line in card.lines:
        assert line.edge is not None
        sent = backward.edges[line.edge].contribution
        assert sent is not None
        (expected,) = sent.floats()
        if not math.isfinite(expected):
            continue
        checked += 1
        *_, written, _result = text_of(line.parts).split(" = ")
        found = eval(python(written), dict(_NAMES))
        # Numbers on a card have four digits.
        assert found == pytest.approx(expected, rel=5e-3, abs=5e-3), text_of(line.parts)
    return checked
