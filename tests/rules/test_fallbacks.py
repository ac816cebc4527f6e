"""One odd node does not spoil a card, and a false number does not pass."""

from __future__ import annotations

from dataclasses import replace as replace_field

import msgspec
import pytest

from tests.traces import backward_of
from viz.rules import Card, RuleFailedWarning, explain_seed, explain_step, text_of
from viz.rules.row import Row
from viz.rules.table import TABLE
from viz.trace import Array, Backward, Node

replace = msgspec.structs.replace

PROGRAM = """
x = torch.tensor(3.0, requires_grad=True)
y = torch.tensor(-2.0, requires_grad=True)
s = x * y
loss = s**2
"""
LARGE = """
x = torch.linspace(-1, 1, 100, requires_grad=True)
s = x**2
loss = s.sum()
"""


def cards_of(backward: Backward, **options) -> list[Card]:
    return [explain_step(backward, step, **options) for step in range(len(backward.steps))]


def without(kind: str) -> dict[str, Row]:
    """The table as if it had no rule for this kind."""
    return {name: row for name, row in TABLE.items() if name != kind}


def changed(backward: Backward, change) -> Backward:
    return replace(backward, nodes=tuple(map(change, backward.nodes)))


def without_values(node: Node) -> Node:
    return replace(node, values=())


def without_arguments(node: Node) -> Node:
    return replace(node, arguments=(), function=None)


def test_an_operation_without_a_formula_says_so_and_shows_the_numbers():
    backward = backward_of("x = torch.tensor([1., 2.], requires_grad=True)\nz = x.softmax(0)[0]")
    cards = cards_of(backward, table=without("SoftmaxBackward0"))
    card = next(card for card in cards if card.title == "SoftmaxBackward0")
    assert card.source != "textbook"
    assert "no textbook rule for SoftmaxBackward0" in card.words
    (line,) = card.lines
    assert line.engine == "unchecked"
    assert [part.role for part in line.parts].count("result") == 2
    assert "[0.1966, −0.1966]" in text_of(line.parts)


def test_a_rule_that_raises_warns_and_leaves_the_numbers():
    def fails(_values):
        raise ZeroDivisionError("a bug")

    row = TABLE["PowBackward0"]
    broken = replace_field(row, slots=(replace_field(row.slots[0], gradient=fails),))
    table = {**TABLE, "PowBackward0": broken}
    with pytest.warns(RuleFailedWarning, match="PowBackward0 failed: ZeroDivisionError: a bug"):
        card = explain_step(backward_of(PROGRAM), 0, table=table)
    assert "The rule for PowBackward0 can't be shown here." in card.words
    assert card.source == "pytorch"
    assert text_of(card.lines[0].parts).endswith(" = 1 · (−12) = −12")
    assert card.lines[0].own


def test_a_statement_that_raises_does_not_spoil_the_other_cards():
    def fails(_plain):
        raise KeyError("a bug")

    row = replace_field(TABLE["MulBackward0"], statement=fails)
    with pytest.warns(RuleFailedWarning, match="MulBackward0"):
        cards = cards_of(backward_of(PROGRAM), table={**TABLE, "MulBackward0": row})
    assert cards[0].statement == "loss = s²"
    assert cards[1].statement == "s = mul(x, y)"


def test_a_bug_in_a_rule_is_an_error_in_these_tests():
    row = replace_field(TABLE["PowBackward0"], slots=())
    with pytest.raises(RuleFailedWarning):
        explain_step(backward_of(PROGRAM), 0, table={**TABLE, "PowBackward0": row})


@pytest.mark.parametrize("change", [without_values, without_arguments])
def test_missing_forward_values_leave_a_card_for_every_step(change):
    backward = changed(backward_of(PROGRAM), change)
    cards = cards_of(backward)
    assert [len(card.lines) for card in cards] == [1, 2, 2, 2]
    own = [line.engine for card in cards[:2] for line in card.lines if line.own]
    by_formula = [line.engine for card in cards[:2] for line in card.lines if not line.own]
    assert set(own) <= {"agrees"}
    assert set(by_formula) <= {"unchecked"}
    assert explain_seed(backward).lines[0].engine == "agrees"


def test_missing_values_leave_the_symbols_and_what_the_engine_sent():
    card = explain_step(changed(backward_of(PROGRAM), without_values), 0)
    assert text_of(card.lines[0].parts) == "∂loss/∂s = ∂loss/∂loss · 2·s = −12"


def test_large_tensors_show_symbols_and_range_and_are_not_checked():
    backward = backward_of(LARGE)
    (line,) = next(card for card in cards_of(backward) if card.title == "PowBackward0").lines
    assert text_of(line.parts) == "∂loss/∂x = ∂loss/∂s · 2·x = [100] −2…2"
    assert line.engine == "unchecked"


def test_a_falsified_contribution_differs_and_shows_both_numbers():
    backward = backward_of(PROGRAM)
    index = next(i for i, edge in enumerate(backward.edges) if edge.contribution == sent(-12.0))
    edges = list(backward.edges)
    edges[index] = replace(edges[index], contribution=sent(-11.5))
    (line,) = explain_step(replace(backward, edges=tuple(edges)), 0).lines
    assert line.engine == "differs"
    assert text_of(line.parts).endswith("= 1 · 2·(−6) = −12 ≠ the engine's −11.5")
    assert line.parts[-1].role == "check"


def test_a_contribution_of_another_shape_differs():
    backward = backward_of(PROGRAM)
    wrong = Array(shape=(2,), dtype="float32", values=(-12.0, -12.0))
    edges = tuple(
        replace(edge, contribution=wrong) if edge.contribution == sent(-12.0) else edge
        for edge in backward.edges
    )
    assert explain_step(replace(backward, edges=edges), 0).lines[0].engine == "differs"


def test_a_falsified_sum_and_a_falsified_grad_differ():
    backward = backward_of("x = torch.tensor(3.0, requires_grad=True)\nz = x**2 + x")
    last = len(backward.steps) - 1
    wrong = replace(backward.steps[last], incoming=(sent(8.0),), outgoing=(sent(8.0),))
    false_sum = replace(backward, steps=(*backward.steps[:last], wrong))
    arrived, grad = explain_step(false_sum, last).lines
    assert (arrived.engine, grad.engine) == ("differs", "differs")
    assert text_of(arrived.parts) == "∂z/∂x = 1 + 6 = 7 ≠ the engine's 8"
    leaves = tuple(replace(leaf, after=sent(-7.0)) for leaf in backward.leaves)
    arrived, grad = explain_step(replace(backward, leaves=leaves), last).lines
    assert (arrived.engine, grad.engine) == ("agrees", "differs")


def test_complex_numbers_are_shown_and_not_checked():
    backward = backward_of(
        "x = torch.tensor(1 + 2j, requires_grad=True)\nz = x * x\nloss = z.abs()"
    )
    lines = [line for card in cards_of(backward) for line in card.lines if card.title[0] in "MA"]
    assert {line.engine for line in lines} == {"unchecked"}


def test_two_rows_for_one_kind_are_refused():
    from viz.rules.table import by_kind

    row = TABLE["MulBackward0"]
    with pytest.raises(ValueError, match="two rows"):
        by_kind((row, row))


def sent(number: float) -> Array:
    """A 0-d float32 gradient, as the recorder summarises it."""
    size = abs(number)
    return Array((), "float32", (number,), low=number, high=number, mean=number, norm=size)


def test_an_operation_with_several_results_shows_each_upstream_gradient():
    backward = backward_of(
        "x = torch.ones(2, requires_grad=True)\na, b = x.unbind()\nz = a + 3 * b"
    )
    cards = cards_of(backward, table=without("UnbindBackward0"))
    card = next(card for card in cards if card.title == "UnbindBackward0")
    assert text_of(card.lines[0].parts) == (
        "∂z/∂a = 1, ∂z/∂b = 3  →  ∂z/∂x = unbind_backward(grads, dim) = [1, 3]"
    )


@pytest.mark.parametrize(
    "program",
    [
        "y = x * 1\ny += 2\ny[0] = 5\ny.relu_()\nz = F.cross_entropy(y[None], torch.tensor([1]))",
        "z = (x**(1 + 2j)).abs().sum()",
        "z = torch.cat([x, x]).max() + torch.stack([x, x]).norm() + x.cumsum(0)[0]",
        "z = (x * torch.tensor([True, False]) * torch.tensor([2, 3])).double().sum()",
        "g, = torch.autograd.grad((x**3).sum(), x, create_graph=True)\ng.sum().backward()",
        "z = x.sum()\nz.backward(inputs=[x], retain_graph=True)",
        "z = torch.nn.Linear(2, 2)(x.relu()).softmax(0).prod()",
        "z = x.reshape(2, 1).expand(2, 0).sum() + x.mean()",
    ],
)
def test_programs_beyond_the_table_have_a_card_for_every_step(program: str):
    backward = backward_of(f"x = torch.tensor([3.0, -1.0], requires_grad=True)\n{program}")
    cards = cards_of(backward)
    senders = {edge.upstream for edge in backward.edges if edge.contribution is not None}
    for card, step in zip(cards, backward.steps, strict=True):
        assert bool(card.lines) == (step.node in senders or card.title == "AccumulateGrad")
    assert not [line for card in cards for line in card.lines if line.engine == "differs"]
    assert all(card.statement and card.words for card in cards)


def test_digits_that_are_lost_near_the_smallest_number_are_no_difference():
    # 1.2e-38/5599 has few digits left, and the weight of 5598 makes what was lost larger.
    backward = backward_of(
        "x = torch.ones(3, 2, requires_grad=True)\nw = torch.tensor([5598.49462890625, 4.664])\n"
        "z = F.nll_loss(x, torch.tensor([0, 1, 0]), w)\n"
        "z.backward(torch.tensor(1.1754943508222875e-38))"
    )
    (line,) = explain_step(backward, 0).lines
    assert line.engine == "agrees"
