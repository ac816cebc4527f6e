"""An unknown name is answered with a known one, where one is really near."""

import subprocess
import sys

import pytest

from tests.language.running import run_source
from viz.errors import UserError
from viz.language.names import nearest_of


def hint_of(source: str) -> str | None:
    with pytest.raises(UserError) as caught:
        run_source(source)
    return caught.value.hint


X = "x = torch.tensor(2., requires_grad=True)\n"


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        (f"{X}y = X**2", "'x'"),
        (f"{X}y = x * true", "'True'"),
        (f"{X}y = none", "'None'"),
        (f"{X}y = Sin(x)", "'torch.sin'"),
        (f"{X}y = sinn(x)", "'torch.sin'"),
        (f"{X}y = sin(x)", "'torch.sin'"),
        (f"{X}y = MSE_loss(x, x)", "'F.mse_loss'"),
        (f"{X}y = torch.Sin(x)", "'torch.sin'"),
        (f"{X}y = F.ReLU(x)", "'F.relu'"),
        (f"{X}y = x.Sum()", "'sum'"),
        (f"{X}Print(x)", "'print'"),
        ("weight = 2\nprint(wieght)", "'weight'"),
        ("Sin(x)", "'sin'"),
    ],
)
def test_letters_and_cases_that_differ_a_little_are_answered_with_the_name(source, meant):
    assert hint_of(source) == f"Did you mean {meant}?"


@pytest.mark.parametrize(
    "source", [f"{X}x.foo", f"{X}y = torch.foo(x)", f"{X}y = q", "q(x) + x", f"{X}y = x.spam()"]
)
def test_a_name_that_is_near_to_none_is_not_answered_with_one(source):
    assert "Did you mean" not in (hint_of(source) or "")


def test_short_names_before_brackets_may_be_factors():
    assert hint_of("x(y + 1)") == "To multiply, write 'x*(...)'."
    assert hint_of("(x)(y)") == "To multiply, write 'x*(...)'."


PAIRS = [
    ("X", "x"),
    ("y", "x"),
    ("foo", "floor"),
    ("los", "loss"),
    ("alpah", "alpha"),
    ("wieght", "weight"),
    ("learning_rate", "learningRate"),
    ("lr", "rate"),
    ("ab", "abs_"),
    ("hidden_layer", "output_layer"),
]


def test_a_name_that_only_one_statement_needs_may_be_an_input():
    hint = hint_of("y = x**2")
    assert hint == "Leave out 'y =': then x is an input that you give a value."
    assert hint_of("y = q**2\nz = y").startswith("Give it a value first: q =")


def test_what_is_near_is_near_to_python_too():
    for name, known in PAIRS:
        program = f"class A: {known} = 1\nA.{name}"
        ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        assert (nearest_of(name, [known]) == known) == (f"'{known}'?" in ended.stderr), name
