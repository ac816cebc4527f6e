"""One equation for each element: a recomputation of the engine's tensors, one number at a time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.traces import backward_of
from viz.rules import Line, explain_step
from viz.rules.elements import ALL_CARDS, TERMS
from viz.trace import Backward

whole = st.integers(-9, 9)


def lines_of(backward: Backward, title: str) -> list[Line]:
    cards = [explain_step(backward, step) for step in range(len(backward.steps))]
    return [line for card in cards if card.title == title for line in card.lines if line.elements]


def value_of(equation: str) -> tuple[float, float]:
    """Both sides of "element [0]: 1·2 + (−1)·3 = −1", by Python's own arithmetic."""
    left, right = equation.split(": ")[1].split(" = ")
    python = left.replace("·", "*").replace("−", "-")
    return eval(python), float(right.replace("−", "-"))


def programme(a: list[int], b: list[int], expression: str) -> str:
    return (
        f"a = torch.tensor({[float(x) for x in a]}, requires_grad=True)\n"
        f"b = torch.tensor({[float(x) for x in b]}, requires_grad=True)\n"
        f"z = {expression}\nz.backward(torch.arange(1., 1. + z.numel()).reshape(z.shape))"
    )


@settings(max_examples=15, deadline=None)
@given(st.lists(whole, min_size=3, max_size=3), st.lists(whole, min_size=3, max_size=3))
def test_each_equation_holds_and_gives_the_gradient(a, b):
    backward = backward_of(programme(a, b, "a * b"))
    gradients = [leaf.after.values for leaf in backward.leaves if leaf.after]
    for line, gradient in zip(lines_of(backward, "MulBackward0"), gradients, strict=True):
        sides = [value_of(equation) for equation in line.elements]
        assert [left for left, _ in sides] == [right for _, right in sides] == list(gradient)


@settings(max_examples=10, deadline=None)
@given(st.lists(whole, min_size=2, max_size=2), st.lists(whole, min_size=3, max_size=3))
def test_equations_of_broadcast_inputs_are_sums_that_hold(a, b):
    backward = backward_of(programme(a, b, "a[:, None] * b"))
    of_a, of_b = lines_of(backward, "MulBackward0")
    assert (len(of_a.elements), len(of_b.elements)) == (2, 3)
    for equation in (*of_a.elements, *of_b.elements):
        left, right = value_of(equation)
        assert left == right
        assert " + " in equation


def test_a_sum_of_copies_needs_no_factor_of_one():
    backward = backward_of(
        "x = torch.zeros(3, 2)\nb = torch.zeros(2, requires_grad=True)\nz = (x + b).sum()"
    )
    (line,) = lines_of(backward, "AddBackward0")
    assert line.elements == ("element [0]: 1 + 1 + 1 = 3", "element [1]: 1 + 1 + 1 = 3")


def test_a_long_sum_says_how_many_terms_it_has():
    backward = backward_of(
        "x = torch.ones(9, 2)\nb = torch.zeros(2, requires_grad=True)\nz = (x * b).sum()"
    )
    (line,) = lines_of(backward, "MulBackward0")
    assert line.elements[0] == f"element [0]: {' + '.join(['1'] * TERMS)} + … (9 terms) = 9"


def test_scalars_need_none_and_large_tensors_get_none():
    for shape in ("()", "(65,)"):
        backward = backward_of(f"x = torch.ones({shape}, requires_grad=True)\nz = (x * x).sum()")
        assert lines_of(backward, "MulBackward0") == []


def test_elements_are_named_by_their_index():
    backward = backward_of("x = torch.ones(2, 1, 2, requires_grad=True)\nz = (x * 3).sum()")
    (line,) = lines_of(backward, "MulBackward0")
    assert [re.match(r"element (\[.*\])", text)[1] for text in line.elements] == [
        *("[0, 0, 0]", "[0, 0, 1]", "[1, 0, 0]", "[1, 0, 1]"),
    ]


@pytest.mark.parametrize("rounds", [1, 100, 400])
def test_all_cards_together_have_a_bounded_number_of_equations(rounds):
    backward = backward_of(
        "x = torch.ones(64, requires_grad=True)\ny = x\n"
        f"for _ in range({rounds}): y = y * 2\nz = y.sum()"
    )
    found = [len(line.elements) for line in lines_of(backward, "MulBackward0")]
    assert sum(found) <= ALL_CARDS


@pytest.mark.parametrize(
    "loss",
    ["F.mse_loss(a, b)", "a.mean()", "(a @ b)", "a.norm()", "F.l1_loss(a, b, reduction='sum')"],
)
def test_each_element_of_a_loss_has_its_own_slope(loss):
    source = f"a, b = torch.tensor([[1., -3., 2.], [0.5, 4., 1.]]).requires_grad_()\nz = {loss} * 3"
    backward = backward_of(source.replace("requires_grad_()", "requires_grad_().unbind()"))
    card = explain_step(backward, 1)
    assert card.lines
    for line in card.lines:
        assert line.elements
        for equation in line.elements:
            left, right = value_of(equation)
            assert left == pytest.approx(right, rel=1e-3)
            assert equation.split(": ")[1].startswith("3 · ")
