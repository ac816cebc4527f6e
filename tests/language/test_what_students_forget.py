"""Brackets that are forgotten, a dtype, a shape: the hint names what works, and it does work."""

import pytest
import torch

from tests.language.running import run_source
from viz.errors import ProgramError

X = "x = torch.ones(2, 3, requires_grad=True)\n"


def refused(source: str) -> ProgramError:
    with pytest.raises(ProgramError) as caught:
        run_source(source)
    return caught.value


@pytest.mark.parametrize(
    ("source", "line", "hint"),
    [
        (f"{X}y = x.sum()\ny.backward", 3, "Did you forget the ()? Write y.backward()."),
        (
            f"{X}def f(z):\n    z.sum\n    return z\nf(x)",
            3,
            "Did you forget the ()? Write z.sum().",
        ),
        ("x.sum", 1, "Did you forget the ()? Write x.sum()."),
        (f"{X}y = x.sum + 1", 2, "Did you forget the ()? Write x.sum()."),
        (f"{X}if x.sum > 0:\n    pass", 2, "Did you forget the ()? Write x.sum()."),
        (f"{X}y = x.sum\nz = 2 * y", 3, "Did you forget the () where it was named?"),
        (f"{X}y = x.sum\ny.backward()", 3, "Did you forget the () of its call?"),
        (f"{X}y = torch.exp\ny.backward()", 3, "Did you forget the () of its call?"),
        (f"{X}y = torch.exp(x.sum)", 2, "Did you forget the () of its call?"),
        (f"{X}y = x.sum[0]", 2, "Did you forget the ()? Write x.sum()."),
        (f"{X}for a in x.tolist:\n    pass", 2, "Did you forget the () of a call?"),
        ("def f(x):\n    return x.sum", 1, "Did you forget the () of its call?"),
    ],
)
def test_a_method_without_its_brackets_is_told(source, line, hint):
    error = refused(source)
    assert error.hint == hint
    assert error.line == line
    assert "Method" not in error.message


def test_the_method_is_named_that_another_name_stands_for():
    assert "'y' is the method 'sum'" in refused(f"{X}y = x.sum\ny.backward()").message
    assert "'x.sum' is the method 'sum'" in refused(f"{X}x.sum.backward()").message


def test_a_method_may_be_named_and_called_later():
    result, _ = run_source(f"{X}f = x.sum\nprint(f())\nf().backward()")
    assert result.printed == str(torch.ones(2, 3, requires_grad=True).sum()) + "\n"


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        (
            f"{X}y = torch.cat([x, torch.ones(3, 4)])",
            "cat joins tensors along dimension 0: all sizes except that of dimension 0 must be "
            "equal.",
        ),
        (f"{X}y = torch.cat([x, torch.ones(3, 4)], dim=1)", "except that of dimension 1"),
        (f"{X}y = torch.stack([x, torch.ones(3, 4)])", "all their sizes must be equal"),
        (f"{X}y = torch.cat([x, torch.ones(3)])", "equally many dimensions"),
        (f"{X}y = x + torch.ones(4)", "each pair must be equal, or one of them 1."),
        ("x = torch.tensor([1], dtype=torch.int, requires_grad=True)", "dtype=torch.float32"),
        ("x = torch.ones(2, requires_grad=True, dtype=torch.long)", "dtype=torch.float32"),
        ("x = torch.tensor([1], requires_grad=True)", "write 2. instead of 2"),
        ("x = torch.arange(3).requires_grad_()", "call .float() first"),
        (f"import math\n{X}y = math.exp(x)", "Use torch.exp(...)."),
        ("math.exp(x)", "write torch.exp instead of math.exp"),
        ("x = 2.0\nx.item()", "It is a plain number already: leave out '.item()'."),
        (f"{X}y = x.sum().item().item()", "leave out '.item()'"),
        ("x = 2", "Write an expression alone, such as x**2: then x is an input."),
        ("x = [1, 2]", "such as x**2"),
    ],
)
def test_the_hint_fits_what_was_written(source, hint):
    assert hint in (refused(source).hint or "")


def test_what_the_hints_offer_works():
    run_source("x = torch.tensor([1], dtype=torch.float32, requires_grad=True)\n(x * 2).backward()")
    run_source(f"{X}y = torch.exp(x)\ny.sum().backward()")
    run_source("x**2")
