"""Every row of the table, over many inputs: its formula gives what the engine sends."""

from __future__ import annotations

import math

import msgspec
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.cases import SIDE, Case
from tests.rules.every_case import EVERY_CASE
from tests.traces import backward_of
from viz.rules import Card, explain_step, text_of
from viz.rules.row import slots_of
from viz.rules.table import TABLE
from viz.trace import Array, Backward, to_number

ODD = (0.0, -0.0, 1.0, -1.0, 2.0, 1e-40, 1e20, -1e30, 3e38, math.inf, -math.inf, math.nan)

calm = st.floats(-4, 4, width=16).map(lambda number: round(number, 3))
wild = calm | st.sampled_from(ODD)
large = st.floats(-1e4, 1e4, width=32)


def numbers(data: st.DataObject, shape: tuple[int, ...], elements: st.SearchStrategy) -> str:
    """A tensor of this shape as Python text; inf and nan are names in the programs."""
    size = math.prod(shape)
    flat = data.draw(st.lists(elements, min_size=size, max_size=size))
    return f"torch.tensor({flat}).reshape({shape})"


def record(data: st.DataObject, case: Case, elements: st.SearchStrategy, dtype: str) -> Backward:
    shapes = data.draw(case.shapes)
    lines = ["inf, nan = float('inf'), float('nan')"]
    for name, shape in zip("xyb", shapes, strict=False):
        value = numbers(data, shape, elements)
        lines.append(f"{name} = {value}.to(torch.{dtype}).requires_grad_()")
    lines.append(f"z = {case.expression}")
    names = {"torch": torch, "F": torch.nn.functional}
    exec("\n".join(lines), names)
    upstream = numbers(data, tuple(names["z"].shape), elements)
    lines.append(f"z.backward({upstream}.to(torch.{dtype}))")
    return backward_of("\n".join(lines))


def first_step(backward: Backward, case: Case) -> int:
    """The first firing of an operation of the case's kind."""
    kinds = [backward.node(step.node).name for step in backward.steps]
    return kinds.index(case.kind)


def first_card(backward: Backward, case: Case) -> Card:
    card = explain_step(backward, first_step(backward, case))
    assert card.source == "textbook"
    assert card.lines
    return card


def assert_agrees(backward: Backward, case: Case) -> None:
    for line in first_card(backward, case).lines:
        assert line.engine == "agrees", text_of(line.parts)


by_case = pytest.mark.parametrize("case", EVERY_CASE, ids=str)
few = settings(max_examples=3, deadline=None)


def test_every_kind_in_the_table_has_a_case():
    assert {case.kind for case in EVERY_CASE} == set(TABLE)


@by_case
@few
@given(st.data())
def test_formula_gives_what_the_engine_sends(case: Case, data: st.DataObject):
    assert_agrees(record(data, case, calm | large, "float32"), case)


@by_case
@few
@given(st.data())
def test_also_at_zero_infinity_and_nan(case: Case, data: st.DataObject):
    dtype = data.draw(st.sampled_from(["float32", "float64"]))
    backward = record(data, case, wild if case.odd else calm, dtype)
    if any(slot.modest for slot in slots_of(TABLE[case.kind], ())):
        # Huge numbers are not compared there, but no false alarm is raised either.
        assert {line.engine for line in first_card(backward, case).lines} <= {"agrees", "unchecked"}
    else:
        assert_agrees(backward, case)


@by_case
@settings(max_examples=2, deadline=None)
@given(st.data())
def test_also_in_other_precisions(case: Case, data: st.DataObject):
    dtype = data.draw(st.sampled_from(case.dtypes))
    assert_agrees(record(data, case, calm, dtype), case)


@by_case
@settings(max_examples=2, deadline=None)
@given(st.data())
def test_a_contribution_that_is_off_by_a_thousandth_differs(case: Case, data: st.DataObject):
    backward = record(data, case, st.floats(0.5, 2, width=16), "float32")
    node = backward.steps[first_step(backward, case)].node
    for index, edge in enumerate(backward.edges):
        sent = edge.contribution
        if edge.upstream != node or sent is None or sent.size == 0:
            continue
        false = msgspec.structs.replace(edge, contribution=off(sent))
        edges = (*backward.edges[:index], false, *backward.edges[index + 1 :])
        card = first_card(msgspec.structs.replace(backward, edges=edges), case)
        verdicts = {line.edge: line.engine for line in card.lines}
        assert verdicts.pop(index) == "differs"
        assert set(verdicts.values()) <= {"agrees"}


def off(array: Array) -> Array:
    """One element too large by a thousandth, or by a thousandth of 1; a number for NaN."""
    first, *rest = array.floats()
    shifted = 1.0 if math.isnan(first) else first + 1e-3 * max(1.0, abs(first))
    return msgspec.structs.replace(array, values=tuple(map(to_number, (shifted, *rest))))


@settings(max_examples=10, deadline=None)
@given(st.data(), SIDE)
def test_linear_with_a_bias_agrees_at_every_step(data: st.DataObject, side: int):
    x, weight = numbers(data, (side, 3), large), numbers(data, (2, 3), calm)
    backward = backward_of(
        f"x = {x}\nW = {weight}.requires_grad_()\nb = torch.ones(2, requires_grad=True)\n"
        f"y = F.linear(x, W, b)\nloss = F.mse_loss(y, torch.ones({side}, 2))"
    )
    cards = [explain_step(backward, step) for step in range(len(backward.steps))]
    assert {line.engine for card in cards for line in card.lines} == {"agrees"}


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
@pytest.mark.parametrize("power", [0.5, -1, 0.25, 2])
def test_a_power_agrees_at_minus_zero(power: float, dtype: str):
    backward = backward_of(
        f"x = torch.tensor([-0.0, 0.0], dtype=torch.{dtype}, requires_grad=True)\n"
        f"z = x**{power}\nz.backward(torch.ones(2, dtype=torch.{dtype}))"
    )
    assert {line.engine for line in explain_step(backward, 0).lines} == {"agrees"}
