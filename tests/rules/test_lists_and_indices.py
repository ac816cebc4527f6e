"""Operations with lists of inputs or results, and with tensors of indices: slots and verdicts."""

from __future__ import annotations

import pytest

from tests.traces import backward_of
from viz.rules import Card, explain_step, text_of

SETUP = """
a = torch.tensor([1.0, 2.0], requires_grad=True)
b = torch.tensor([3.0, 4.0], requires_grad=True)
M = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
"""


def card_of(source: str, title: str) -> Card:
    backward = backward_of(f"{SETUP}{source}")
    cards = [explain_step(backward, step) for step in range(len(backward.steps))]
    return next(card for card in cards if card.title == title)


def texts(card: Card) -> dict[str | None, str]:
    return {line.target: text_of(line.parts) for line in card.lines}


def test_each_tensor_of_a_list_has_a_line_and_a_constant_among_them_has_none():
    card = card_of("z = torch.cat([a, torch.ones(1), b])\nloss = (z**2).sum()", "CatBackward0")
    assert list(texts(card)) == ["a", "b"]
    assert texts(card)["b"].endswith("= [6, 8]")
    assert {line.engine for line in card.lines} == {"agrees"}


def test_a_list_is_written_with_the_names_of_its_items():
    card = card_of("z = torch.stack([a, b, a])\nloss = z.sum()", "StackBackward0")
    assert card.statement == "z = stack([a, b, a])"
    many = card_of("z = torch.cat([a, b, a, b, a, b])\nloss = z.sum()", "CatBackward0")
    assert many.statement == "z = cat([a, b, …, b])"


def test_one_tensor_twice_in_a_list_receives_two_parts():
    card = card_of("z = torch.cat([a, a])\nloss = (z * torch.arange(4.0)).sum()", "CatBackward0")
    assert [text_of(line.parts).startswith("part of ∂loss/∂a") for line in card.lines] == [True] * 2
    assert [text_of(line.parts).split("= ")[-1] for line in card.lines] == ["[0, 1]", "[2, 3]"]


def test_a_result_that_nobody_used_counts_as_0():
    card = card_of("p, q = M.unbind()\nloss = (q**2).sum()", "UnbindBackward0")
    (text,) = texts(card).values()
    assert "stack([0, ∂loss/∂q])" in text
    assert card.lines[0].engine == "agrees"


def test_an_index_that_counts_from_the_end_is_followed():
    card = card_of("z = M[[0, -1, -1]]\nloss = z.sum()", "IndexBackward0")
    assert card.lines[0].engine == "agrees"
    assert "added up" in texts(card)["M"]


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("z = M[torch.zeros(65, dtype=torch.long)].sum()", "IndexBackward0"),
        ("z = F.embedding(torch.zeros(65, dtype=torch.long), M).sum()", "EmbeddingBackward0"),
        ("z = a.index_select(0, torch.zeros(65, dtype=torch.long)).sum()", "IndexSelectBackward0"),
        ("z = torch.cat([a, torch.zeros(65)]).sum()", "CatBackward0"),
        ("z = F.pad(a, (0, 65)).sum()", "ConstantPadNdBackward0"),
    ],
)
def test_where_the_numbers_are_too_many_to_be_kept_nothing_is_claimed(source: str, title: str):
    card = card_of(source, title)
    assert card.source == "textbook"
    assert [line.engine for line in card.lines] == ["unchecked"]
    assert text_of(card.lines[0].parts).startswith("∂z/∂")


def test_batch_norm_says_whether_its_statistics_are_fixed():
    program = "z = F.batch_norm(M, torch.zeros(2), torch.ones(2), training={})\nloss = z.sum()"
    training = card_of(program.format(True), "NativeBatchNormBackward0")
    evaluation = card_of(program.format(False), "NativeBatchNormBackward0")
    assert "mean(g)" in texts(training)["M"]
    assert "mean(g)" not in texts(evaluation)["M"]
    assert "fixed numbers" in evaluation.words
    assert "fixed numbers" not in training.words


def test_layer_norm_agrees_with_its_usual_eps():
    card = card_of(
        "z = F.layer_norm(M, (2,), a, b)\nloss = (z**3).sum()", "NativeLayerNormBackward0"
    )
    assert {line.target: line.engine for line in card.lines} == dict.fromkeys("Mab", "agrees")


def test_transposes_of_a_scaled_product_are_drawn_out():
    card = card_of("z = torch.addmm(a, M, M, alpha=3)\nloss = z.sum()", "AddmmBackward0")
    assert card.statement == "z = a + 3·M @ M"
    assert any("∂loss/∂z @ 3·Mᵀ" in text_of(line.parts) for line in card.lines)
