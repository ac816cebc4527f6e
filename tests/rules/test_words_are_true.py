"""What a card says holds for the numbers that the engine computed."""

from __future__ import annotations

import pytest

from tests.traces import backward_of
from viz.rules import Card, explain_step, text_of

X = "x = torch.tensor(3.0, requires_grad=True)\n"


def card_of(source: str, title: str) -> Card:
    backward = backward_of(source)
    cards = [explain_step(backward, step) for step in range(len(backward.steps))]
    return next(card for card in cards if card.title.startswith(title))


@pytest.mark.parametrize(
    ("expression", "title", "words"),
    [
        ("x*x", "Mul", "Both factors are x"),
        ("(x + 1)*(x + 1)", "Mul", "When"),
        ("x + x", "Add", "Both terms are x: its two contributions add up."),
        ("x - x", "Sub", "Both sides of the minus are x: its two contributions cancel."),
        ("torch.sub(x, x, alpha=3)", "Sub", "its two contributions add up"),
        ("torch.rsub(x, x)", "Rsub", "its two contributions cancel"),
    ],
)
def test_one_tensor_on_both_sides_is_told_of_as_one(expression: str, title: str, words: str):
    card = card_of(f"{X}z = {expression}", title)
    assert words in card.words
    assert ("When x grows by 1" in card.words) == (words == "When" and "x*x" in expression)


def test_the_two_contributions_of_a_square_add_up_to_what_the_words_say():
    card = card_of(f"{X}z = x*x", "Mul")
    assert "add up to the upstream gradient times 2·x." in card.words
    backward = backward_of(f"{X}z = x*x")
    (leaf,) = backward.leaves
    assert leaf.after is not None
    assert leaf.after.floats() == (2 * 3.0,)


def test_two_tensors_of_a_product_are_told_of_one_by_one():
    card = card_of(f"{X}w = torch.tensor(2.0, requires_grad=True)\nz = x*w", "Mul")
    assert "When x grows by 1, z grows by w." in card.words
    assert "Both" not in card.words


@pytest.mark.parametrize("shape", ["0", "0, 3"])
def test_a_mean_of_nothing_is_told_without_a_number(shape: str):
    card = card_of(f"x = torch.ones({shape}, requires_grad=True)\nz = x.mean()", "Mean")
    assert "no element to receive a gradient" in card.words
    assert "1/0" not in card.words
    assert all("1/0" not in text_of(line.parts) for line in card.lines)


def test_a_mean_of_some_elements_says_how_many():
    card = card_of("x = torch.ones(4, requires_grad=True)\nz = x.mean()", "Mean")
    assert "A mean of 4 elements" in card.words


def test_where_backward_begins_is_no_use_of_the_result():
    backward = backward_of(
        "x = torch.tensor(2.0, requires_grad=True)\ns = x * 3\na = s**2\n"
        "torch.autograd.backward([a, s])"
    )
    cards = [explain_step(backward, step) for step in range(len(backward.steps))]
    (card,) = [card for card in cards if card.statement == "s = 3·x"]
    assert "Backward begins at s, and s is used besides" in card.words
    assert "2 times" not in card.words
