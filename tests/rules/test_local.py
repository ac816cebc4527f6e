"""The engine's own local derivative on a card: what agrees, and what is said where it does not."""

from __future__ import annotations

from dataclasses import replace as replace_field

import msgspec
import pytest

from tests.traces import backward_of
from viz.rules import Card, Line, explain_step, text_of
from viz.rules.row import Row
from viz.rules.table import TABLE
from viz.trace import Array, Backward

replace = msgspec.structs.replace

SQUARE = "x = torch.tensor(3.0, requires_grad=True)\nz = x**2"
VECTOR = "x = torch.tensor([1., -2.], requires_grad=True)\nz = x**2\nz.backward(torch.ones(2))"
UNKNOWN = "x = torch.tensor([0.5, -2.], requires_grad=True)\nz = torch.special.i0(x)\nz.sum()"


def line_of(backward: Backward, step: int = 0, table=TABLE) -> Line:
    (line,) = explain_step(backward, step, table=table).lines
    return line


def with_local(backward: Backward, *values: float) -> Backward:
    """The same record, in which the engine has another local derivative."""
    edges = tuple(
        edge
        if edge.local is None
        else replace(edge, local=Array(edge.local.shape, edge.local.dtype, values))
        for edge in backward.edges
    )
    return replace(backward, edges=edges)


def with_row(kind: str, **changed) -> dict[str, Row]:
    (slot,) = TABLE[kind].slots
    return {**TABLE, kind: replace_field(TABLE[kind], slots=(replace_field(slot, **changed),))}


def said(line: Line) -> str:
    return "".join(part.text for part in line.parts if getattr(part, "role", "") == "check")


def card_titled(backward: Backward, title: str) -> Card:
    steps = range(len(backward.steps))
    return next(card for step in steps if (card := explain_step(backward, step)).title == title)


@pytest.mark.parametrize("program", [SQUARE, VECTOR])
def test_formula_and_engine_have_the_same_local_derivative(program):
    line = line_of(backward_of(program))
    assert (line.engine, line.local, said(line)) == ("agrees", "agrees", "")


def test_another_local_derivative_of_the_engine_is_said_with_both_numbers():
    line = line_of(with_local(backward_of(SQUARE), 5.0))
    assert (line.engine, line.local) == ("differs", "differs")
    assert said(line) == " local derivative: the formula’s 6 ≠ the engine’s 5"


def test_a_wrong_row_is_said_with_both_numbers():
    table = with_row("PowBackward0", gradient=lambda v: v.upstream * 3 * v.self)
    line = line_of(backward_of(SQUARE), table=table)
    assert (line.engine, line.local) == ("differs", "differs")
    assert said(line) == " ≠ the engine's 6 local derivative: the formula’s 9 ≠ the engine’s 6"


def test_a_contribution_that_is_not_upstream_times_local_differs():
    backward = backward_of(UNKNOWN)
    false = with_local(backward, 1.0, 1.0)
    assert line_of(backward, 1).engine == "agrees"
    assert line_of(false, 1).engine == "differs"
    assert line_of(false, 1).elements == ()


def test_equations_of_elements_are_left_out_where_they_would_be_false():
    backward = backward_of(VECTOR)
    assert len(line_of(backward).elements) == 2
    assert line_of(with_local(backward, 2.0, 2.0)).elements == ()


def test_an_elementwise_operation_without_a_formula_has_the_engines_local_derivative():
    backward = backward_of(UNKNOWN)
    card = card_titled(backward, "I0Backward0")
    (line,) = card.lines
    (edge,) = [edge for edge in backward.edges if edge.local is not None]
    assert edge.local is not None
    assert (line.own, line.engine, card.source) == (True, "agrees", "pytorch")
    assert "The numbers are the engine's own, the local derivative too" in card.words
    assert " · local derivative = " in text_of(line.parts)
    assert line.elements[1].startswith("element [1]: 1 · ")


def test_what_is_not_elementwise_without_a_formula_has_no_local_derivative():
    backward = backward_of("x = torch.ones(2, 2, requires_grad=True)\nz = torch.linalg.det(x + 1)")
    for step in range(len(backward.steps)):
        for line in explain_step(backward, step).lines:
            assert not line.own
