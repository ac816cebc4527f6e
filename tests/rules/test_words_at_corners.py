"""What a card says of corners, ties and exceptions is what PyTorch does there."""

from __future__ import annotations

import math
import re

import pytest

from tests.traces import backward_of
from viz.rules import Card, explain_step, text_of
from viz.trace import Backward


def recorded(setup: str, expression: str) -> Backward:
    return backward_of(f"{setup}\nloss = ({expression}).sum()")


def card_of(backward: Backward, kind: str) -> Card:
    cards = [explain_step(backward, step) for step in range(len(backward.steps))]
    return next(card for card in cards if card.title.startswith(kind))


def sent_by(backward: Backward, card: Card) -> list[tuple[float, ...]]:
    found = []
    for line in card.lines:
        assert line.edge is not None
        sent = backward.edges[line.edge].contribution
        assert sent is not None
        found.append(sent.floats())
    return found


@pytest.mark.parametrize(
    ("expression", "kind", "corners"),
    [
        ("torch.relu(x)", "Relu", [0]),
        ("torch.abs(x)", "Abs", [0]),
        ("torch.floor(x)", "Floor", [1, -2]),
        ("torch.round(x)", "Round", [0.5, -1.5]),
        ("torch.sign(x)", "Sign", [0]),
        ("torch.fmod(x, 2)", "Fmod", [2, -4]),
        ("x % 2", "Remainder", [2, -4]),
        ("torch.copysign(x, -1.0)", "Copysign", [0]),
        ("x.clamp(-1, 2)", "Clamp", [-1, 2]),
        ("F.relu6(x)", "Hardtanh", [0, 6]),
        ("F.hardtanh(x)", "Hardtanh", [-1, 1]),
        ("F.leaky_relu(x, 0.25)", "Leaky", [0]),
        ("F.hardsigmoid(x)", "Hardsigmoid", [-3, 3]),
        ("F.threshold(x, 1.5, 7)", "Threshold", [1.5]),
        ("F.softshrink(x, 0.25)", "Softshrink", [0.25, -0.25]),
        ("F.hardshrink(x, 0.25)", "Hardshrink", [0.25, -0.25]),
        ("x.norm(1)", "LinalgVectorNorm", [0]),
        ("x.norm()", "LinalgVectorNorm", [0]),
        ("torch.linalg.vector_norm(x, 3)", "LinalgVectorNorm", [0]),
        ("torch.std(x, 0, correction=0)", "Std", [5]),
        ("torch.dist(x, torch.tensor([5.0]))", "Dist", [5]),
        ("torch.atan2(x, torch.tensor([0.0]))", "Atan2", [0]),
    ],
)
def test_what_pytorch_takes_at_a_corner_is_what_it_sends_there(
    expression: str, kind: str, corners: list[float]
):
    for corner in corners:
        backward = recorded(f"x = torch.tensor([float({corner})], requires_grad=True)", expression)
        card = card_of(backward, kind)
        (said,) = set(re.findall(r"PyTorch takes (−?[\d.]*\d)", card.words))
        assert sent_by(backward, card)[0] == (float(said.replace("−", "-")),)
        assert card.lines[0].engine == "agrees"


def test_hardswish_says_both_of_its_choices():
    backward = recorded("x = torch.tensor([-3.0, 3.0], requires_grad=True)", "F.hardswish(x)")
    card = card_of(backward, "Hardswish")
    assert "At −3 PyTorch takes 0, and at 3 it takes 1." in card.words
    assert sent_by(backward, card) == [(0.0, 1.0)]


def test_elu_takes_the_slope_of_its_exponential_at_zero():
    backward = recorded("x = torch.tensor([0.0], requires_grad=True)", "F.elu(x, 1.5)")
    card = card_of(backward, "Elu")
    assert "At 0 PyTorch takes the exponential's slope." in card.words
    assert sent_by(backward, card) == [(1.5,)]


TIE = "x = torch.tensor([2.0], requires_grad=True)\ny = torch.tensor([2.0], requires_grad=True)\n"


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_two_equal_numbers_get_half_each_as_the_words_say(name: str):
    backward = recorded(TIE, f"torch.{name}(x, y)")
    card = card_of(backward, name.capitalize())
    assert "gives each of them half" in card.words
    assert sent_by(backward, card) == [(0.5,), (0.5,)]


@pytest.mark.parametrize("name", ["fmax", "fmin"])
def test_the_first_of_two_equal_numbers_gets_all_as_the_words_say(name: str):
    backward = recorded(TIE, f"torch.{name}(x, y)")
    card = card_of(backward, name.capitalize())
    assert "gives all of it to the first" in card.words
    assert sent_by(backward, card) == [(1.0,), (0.0,)]


EQUALS = "x = torch.tensor([3.0, 1.0, 3.0, 1.0], requires_grad=True)\n"


@pytest.mark.parametrize(
    "call", ["max()", "min()", "amax()", "amin()", "amax(0)", "norm(float('inf'))"]
)
def test_equal_extremes_share_where_the_words_say_so(call: str):
    backward = recorded(EQUALS, f"x.{call}")
    card = next(card for card in map_cards(backward) if "the same share" in card.words)
    assert sorted(sent_by(backward, card)[0]) == [0.0, 0.0, 0.5, 0.5]
    assert "/2" in text_of(card.lines[0].parts)


@pytest.mark.parametrize("call", ["max(0)", "min(0)", "median(0)", "mode(0)"])
def test_one_of_several_equal_elements_is_picked_along_an_axis(call: str):
    backward = recorded(EQUALS, f"x.{call}.values")
    card = next(card for card in map_cards(backward) if "PyTorch picks one." in card.words)
    assert sorted(sent_by(backward, card)[0]) == [0.0, 0.0, 0.0, 1.0]


def map_cards(backward: Backward) -> list[Card]:
    return [explain_step(backward, step) for step in range(len(backward.steps))]


def test_the_contributions_of_a_softmax_add_up_to_zero():
    backward = recorded(
        "x = torch.tensor([[1.0, 2.0, 0.0], [0.5, 0.0, -1.0]], requires_grad=True)\n"
        "w = torch.tensor([[3.0, -1.0, 2.0], [0.0, 5.0, 1.0]])",
        "w * x.softmax(1)",
    )
    card = card_of(backward, "Softmax")
    assert "The contributions add up to 0." in card.words
    assert sum(sent_by(backward, card)[0]) == pytest.approx(0, abs=1e-6)


def test_cross_entropy_sends_what_the_words_say():
    backward = recorded(
        "x = torch.tensor([[1.0, 2.0, 0.0], [0.5, 0.0, -1.0]], requires_grad=True)\n"
        "t = torch.tensor([2, 0])",
        "F.cross_entropy(x, t)",
    )
    card = card_of(backward, "LogSoftmax")
    assert "(p − 1)/n for the right class and p/n for all others" in card.words
    node = next(node for node in backward.nodes if node.name.startswith("LogSoftmax"))
    assert node.value is not None
    p = [math.exp(value) for value in node.value.floats()]
    right = (0, 0, 1, 1, 0, 0)
    expected = [(each - is_right) / 2 for each, is_right in zip(p, right, strict=True)]
    assert sent_by(backward, card)[0] == pytest.approx(expected, abs=1e-6)


def test_nll_loss_speaks_of_what_it_leaves_out_only_where_it_does():
    setup = "x = torch.randn(2, 3, requires_grad=True)\nt = torch.tensor([1, 2])\n"
    words = card_of(recorded(setup, "F.nll_loss(x, t)"), "NllLoss").words
    assert "left out" not in words
    backward = recorded(setup, "F.nll_loss(x, t, ignore_index=1)")
    card = card_of(backward, "NllLoss")
    assert "Targets equal to 1 are left out." in card.words
    assert sent_by(backward, card)[0][:3] == (0.0, 0.0, 0.0)


def test_a_mean_of_weighted_losses_divides_by_the_weights():
    backward = recorded(
        "x = torch.randn(2, 3, requires_grad=True)\nt = torch.tensor([1, 2])\n"
        "w = torch.tensor([9.0, 1.0, 3.0])",
        "F.nll_loss(x, t, w)",
    )
    card = card_of(backward, "NllLoss")
    assert "n is the sum of the weights of the right classes" in card.words
    (line,) = card.lines
    assert "(−w[t]/n at class t, else 0)" in text_of(line.parts)
    assert sent_by(backward, card)[0] == (0.0, -0.25, 0.0, 0.0, 0.0, -0.75)


def test_the_condition_of_where_gets_nothing_and_nan_stays_away():
    backward = recorded(
        "x = torch.tensor([1.0, float('nan')], requires_grad=True)\n"
        "y = torch.tensor([5.0, 6.0], requires_grad=True)\nc = torch.tensor([True, False])",
        "torch.where(c, x, y)",
    )
    card = card_of(backward, "Where")
    assert "(1 if c else 0)" in text_of(card.lines[0].parts)
    assert sent_by(backward, card) == [(1.0, 0.0), (0.0, 1.0)]
    assert {line.engine for line in card.lines} == {"agrees"}


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("F.softshrink(x * float('nan'))", "Softshrink"),
        ("F.hardswish(x * float('nan'))", "Hardswish"),
        ("F.hardtanh(x * float('nan'))", "Hardtanh"),
        ("F.elu(x * float('nan'))", "Elu"),
        ("F.celu(x * float('nan'))", "Celu"),
        ("torch.logit(x * float('nan'), 0.1)", "Logit"),
        ("torch.logit(-0.0 * x)", "Logit"),
        ("(x / 0).cumprod(0)", "Cumprod"),
        ("(x / 0).logcumsumexp(0)", "Logcumsumexp"),
        ("torch.var_mean(x / 0)[1]", "VarMean"),
    ],
)
def test_numbers_that_cannot_be_known_are_not_guessed(expression: str, kind: str):
    backward = recorded("x = torch.tensor([1.0, -2.0], requires_grad=True)", expression)
    (line,) = card_of(backward, kind).lines
    assert line.engine == "unchecked"


def test_dropout_is_a_product_with_its_mask():
    backward = recorded("x = torch.ones(4, requires_grad=True)\ny = F.dropout(x, 0.5)", "y")
    card = card_of(backward, "Mul")
    (line,) = card.lines
    assert line.engine == "agrees"
    (contribution,) = sent_by(backward, card)
    node = next(node for node in backward.nodes if node.variable == "y")
    assert node.value is not None
    assert contribution == node.value.floats()
