"""What is written as in mathematics, or on another keyboard, is answered with Python."""

import ast

import pytest

from tests.language.running import run_source
from viz.errors import ProgramError
from viz.language.slips import find_slip


def refused(source: str) -> ProgramError:
    with pytest.raises(ProgramError) as caught:
        run_source(source)
    return caught.value


# What was written, and what was meant.
MEANT = {
    "x·w": "x*w",
    "x⋅w": "*",
    "x\u0387w": "x*w",
    "2·x": "*",
    "x•w": "*",
    "x，w": ",",
    "x ＋ w": "+",
    "x ** ２": "2",
    "sin x": "sin(x)",
    "y = torch.exp x": "y = torch.exp(x)",
    "sqrt 2 + x": "sqrt(2) + x",
    "sin(x)cos(x)": "sin(x)*cos(x)",
    "(x + 1)(x + 2)3": "(x + 1)(x + 2)*3",
    "sin(x) cos x": "sin(x)*cos(x)",
    "|x|": "abs(x)",
    "y = |x - 1| + 2": "y = abs(x - 1) + 2",
    "x!": "torch.exp(torch.lgamma(x + 1))",
    "$x^2$": "x**2",
    "$$ x^2 + 1 $$": "x**2 + 1",
    "print 'x'": "print('x')",
    "print x, 2": "print(x, 2)",
}


@pytest.mark.parametrize("source", MEANT)
def test_the_hint_is_what_was_meant(source):
    assert refused(source).hint == f"Did you mean '{MEANT[source]}'?"


@pytest.mark.parametrize("source", [source for source in MEANT if len(MEANT[source]) > 2])
def test_what_was_meant_can_be_read(source):
    ast.parse(MEANT[source])


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("print(“a”)", 'Did you mean "a"?'),
        ("print(‘a b’, 2)", "Did you mean 'a b'?"),
        ("print(“a", 'Write plain quotes: "...".'),
        (r"\frac{1}{2}", "A backslash belongs to LaTeX: write a/b, sqrt(x) or x*w."),
        ("2(x + y)", "Did you mean '2 * (...)'?"),
        ("x = 2\ny = 3\n(x)(y)", "Did you mean 'x * (...)'?"),
    ],
)
def test_other_slips_say_what_would_work(source, hint):
    assert refused(source).hint == hint


@pytest.mark.parametrize("line", ["sin 2*x", "x y", "a if b", "f(x) if", "x = (1", "5 |", "x != |"])
def test_what_is_not_sure_is_not_guessed(line):
    assert find_slip(line) is None


def test_a_name_with_the_dot_of_a_product_is_no_input():
    assert "for a letter of a name" in refused("y = 1\nx·w").message
    assert "for a letter of a name" in refused("def f(x·w):\n    return x·w").message
