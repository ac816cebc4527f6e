"""What the cards of whole programs say."""

from __future__ import annotations

import pytest

from tests.traces import backward_of, trace_of
from viz.rules import Card, Matrix, Part, explain_seed, explain_step, text_of
from viz.trace import Backward

NOTEBOOK = """
x = torch.tensor(1.0)
y = torch.tensor(1.0)
w = torch.tensor(2.0, requires_grad=True)
y_pred = x * w
s = y - y_pred
loss = s**2
loss.backward()
"""
THREE_USES = """
x = torch.tensor(3.0, requires_grad=True)
y = torch.tensor(2.0, requires_grad=True)
z = (x**2 - 2*x)*y + x
"""


def cards_of(backward: Backward) -> list[Card]:
    return [explain_step(backward, step) for step in range(len(backward.steps))]


def texts_of(backward: Backward, title: str) -> list[str]:
    found = [card for card in cards_of(backward) if card.title == title]
    return [text_of(line.parts) for card in found for line in card.lines]


def test_the_three_lines_of_the_notebook():
    lines = [text_of(card.lines[0].parts) for card in cards_of(backward_of(NOTEBOOK))]
    assert lines[:3] == [
        "∂loss/∂s = ∂loss/∂loss · 2·s = 1 · 2·(−1) = −2",
        "∂loss/∂y_pred = ∂loss/∂s · (−1) = −2 · (−1) = 2",
        "∂loss/∂w = ∂loss/∂y_pred · x = 2 · 1 = 2",
    ]


def test_each_part_of_a_line_has_its_role():
    power = explain_step(backward_of(NOTEBOOK), 0).lines[0]
    assert power.parts == (
        Part("result", "∂loss/∂s"),
        Part("plain", " = "),
        Part("upstream", "∂loss/∂loss"),
        Part("plain", " · "),
        Part("local", "2·s"),
        Part("plain", " = "),
        Part("upstream", "1"),
        Part("plain", " · "),
        Part("local", "2·(−1)"),
        Part("plain", " = "),
        Part("result", "−2"),
    )


def test_title_and_statement_and_target_of_the_subtraction():
    backward = backward_of(NOTEBOOK)
    card = explain_step(backward, 1)
    assert (card.title, card.statement, card.source) == (
        "SubBackward0",
        "s = y − y_pred",
        "textbook",
    )
    (line,) = card.lines
    assert line.target == "y_pred"
    assert line.edge is not None
    assert backward.edges[line.edge].upstream == backward.steps[1].node


def test_words_say_what_changes_and_who_gets_nothing():
    words = explain_step(backward_of(NOTEBOOK), 1).words
    assert "When y_pred grows by 1, s shrinks by 1." in words
    assert "y does not require grad, so nothing is sent there." in words


def test_a_number_of_the_program_is_not_said_to_lack_grad():
    backward = backward_of("x = torch.tensor(3.0, requires_grad=True)\nz = x + 2")
    assert "require grad" not in explain_step(backward, 0).words


def test_the_seed_is_one():
    card = explain_seed(backward_of(NOTEBOOK))
    assert text_of(card.lines[0].parts) == "∂loss/∂loss = 1"
    assert card.lines[0].engine == "agrees"
    assert card.statement == "loss = s²"


def test_a_seed_that_the_program_passed_is_shown_and_not_checked():
    program = "x = torch.ones(2, requires_grad=True)\nz = x * 2\nz.backward(torch.tensor([3., 4.]))"
    (line,) = explain_seed(backward_of(program)).lines
    assert (text_of(line.parts), line.engine) == ("∂z/∂z = [3, 4]", "unchecked")


def test_three_uses_accumulate_in_the_order_in_which_they_arrive():
    backward = backward_of(THREE_USES)
    x = next(leaf for leaf in backward.leaves if leaf.name == "x")
    step = next(i for i, step in enumerate(backward.steps) if step.node == x.node)
    card = explain_step(backward, step)
    assert [text_of(line.parts) for line in card.lines] == [
        "∂z/∂x = 1 + (−4) + 12 = 9",
        "x.grad: None → 9",
    ]
    assert [line.engine for line in card.lines] == ["agrees", "agrees"]
    assert "x is used 3 times" in card.words


def test_a_contribution_to_a_leaf_with_several_uses_is_called_a_part():
    lines = texts_of(backward_of(THREE_USES), "PowBackward0")
    assert lines == ["part of ∂z/∂x = ∂z/∂(x²) · 2·x = 2 · 2·3 = 12"]


def test_grad_of_an_earlier_backward_is_added_to():
    trace = trace_of(NOTEBOOK + "loss = (w*2)**2\nloss.backward()")
    last = cards_of(trace.backwards[1])[-1]
    assert text_of(last.lines[1].parts) == "w.grad: 2 + 16 = 18"
    assert last.lines[1].engine == "agrees"
    assert "already held 2" in last.words


def test_a_result_used_twice_explains_its_upstream_gradient():
    backward = backward_of("x = torch.tensor(3.0, requires_grad=True)\ns = x*2\nz = s*s + 4*s")
    (card,) = [card for card in cards_of(backward) if card.statement == "s = 2·x"]
    assert text_of(card.lines[0].parts) == "∂z/∂s = 4 + 6 + 6 = 16"
    assert "s is used 3 times: what comes back is added up." in card.words


def test_broadcasting_says_that_it_sums():
    backward = backward_of(
        "A = torch.tensor([[1., 2.], [3., 4.]])\nb = torch.tensor([1., -1.], requires_grad=True)\n"
        "y = A * b\nz = y.sum()"
    )
    (line,) = texts_of(backward, "MulBackward0")
    assert line == (
        "∂z/∂b = ∂z/∂y · A, summed over the axis that was broadcast, "
        "= [[1, 1], [1, 1]] · [[1, 2], [3, 4]] = [4, 6]"
    )


def test_matmul_transposes_and_shows_matrices():
    backward = backward_of(
        "x = torch.tensor([[1., 2.]])\nW = torch.tensor([[1.], [3.]], requires_grad=True)\n"
        "y = x @ W\nz = y.sum()"
    )
    (card,) = [card for card in cards_of(backward) if card.title == "MmBackward0"]
    (line,) = card.lines
    assert text_of(line.parts) == "∂z/∂W = xᵀ @ ∂z/∂y = [[1], [2]] @ [1] = [[1], [2]]"
    assert Matrix("local", "xᵀ", (("1",), ("2",)), "xᵀ [2×1]") in line.parts
    assert Matrix("result", "∂z/∂W", (("1",), ("2",)), "∂z/∂W [2×1]") in line.parts


def test_linear_reads_as_x_times_w_transposed_plus_b():
    backward = backward_of(
        "x = torch.ones(1, 2)\nW = torch.ones(3, 2, requires_grad=True)\n"
        "b = torch.ones(3, requires_grad=True)\nloss = F.linear(x, W, b).sum()"
    )
    cards = {card.title: card for card in cards_of(backward)}
    assert cards["AddmmBackward0"].statement == "b + x @ Wᵀ"
    assert text_of(cards["TBackward0"].lines[0].parts).startswith("∂loss/∂W = (∂loss/∂Wᵀ)ᵀ = ")


@pytest.mark.parametrize(
    ("expression", "line"),
    [
        ("x.mean()", "∂z/∂x = ∂z/∂z · 1/n = 1 · 1/2 = [0.5, 0.5]"),
        ("x.sum()", "∂z/∂x = ∂z/∂z · 1 = 1 · 1 = [1, 1]"),
        ("F.mse_loss(x, t)", "∂z/∂x = ∂z/∂z · 2·(x − t)/n = 1 · 2·([1, −3] − [0, 1])/2 = [1, −4]"),
        ("(x @ t)", "∂z/∂x = ∂z/∂z · t = 1 · [0, 1] = [0, 1]"),
    ],
)
def test_lines_of_reductions(expression: str, line: str):
    backward = backward_of(
        f"x = torch.tensor([1., -3.], requires_grad=True)\nt = torch.tensor([0., 1.])\n"
        f"z = {expression}"
    )
    assert text_of(explain_step(backward, 0).lines[0].parts) == line


@pytest.mark.parametrize(
    ("expression", "line"),
    [
        ("x**3", "∂z/∂x = ∂z/∂z · 3·x² = 1 · 3·(−2)² = 12"),
        ("x**-1", "∂z/∂x = ∂z/∂z · (−1)·x⁻² = 1 · (−1)·(−2)⁻² = −0.25"),
        ("x**0", "∂z/∂x = ∂z/∂z · 0 = 1 · 0 = 0"),
        ("1 - x", "∂z/∂x = ∂z/∂z · (−1) = 1 · (−1) = −1"),
        ("x / 4", "∂z/∂x = ∂z/∂z · 1/4 = 1 · 1/4 = 0.25"),
        ("torch.cos(x)", "∂z/∂x = ∂z/∂z · (−sin(x)) = 1 · (−sin(−2)) = 0.9093"),
        ("torch.relu(x)", "∂z/∂x = ∂z/∂z · (1 if x > 0 else 0) = 1 · (1 if −2 > 0 else 0) = 0"),
        ("torch.log(x + 2)", "∂z/∂(x + 2) = ∂z/∂z · 1/(x + 2) = 1 · 1/0 = ∞"),
    ],
)
def test_lines_of_elementwise_operations(expression: str, line: str):
    backward = backward_of(f"x = torch.tensor(-2.0, requires_grad=True)\nz = {expression}")
    assert text_of(explain_step(backward, 0).lines[0].parts) == line
