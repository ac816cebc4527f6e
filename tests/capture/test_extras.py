"""Results that can have no gradient: indices and masks are recorded beside the forward values."""

from __future__ import annotations

import pytest
import torch

from tests.traces import backward_of

A = "A = torch.tensor([[1.0, 5.0, 2.0], [4.0, 0.0, 3.0]], requires_grad=True)\n"


def extras_of(expression: str) -> list[list[float]]:
    backward = backward_of(f"{A}z = {expression}")
    node = backward.node(backward.steps[0].node)
    return [list(extra.floats()) for extra in node.extras if extra is not None]


@pytest.mark.parametrize("call", ["max(1)", "sort(1)", "topk(2, 1)", "median(1)", "cummax(1)"])
def test_the_indices_of_what_was_chosen_are_recorded(call: str):
    A = torch.tensor([[1.0, 5.0, 2.0], [4.0, 0.0, 3.0]])
    expected = eval(f"A.{call}", {"A": A}).indices
    assert extras_of(f"A.{call}.values") == [expected.flatten().tolist()]


def test_the_mask_of_a_dropout_is_recorded():
    backward = backward_of(f"{A}z = torch.native_dropout(A, 0.5, True)[0]")
    node = backward.node(backward.steps[0].node)
    (mask,) = node.extras
    assert mask is not None
    assert node.value is not None
    assert [value != 0 for value in node.value.floats()] == list(map(bool, mask.floats()))


def test_results_with_a_gradient_are_values_and_no_extras():
    assert extras_of("A.unbind()[0]") == []
    assert extras_of("A * 2") == []


def test_a_result_used_by_its_indices_alone_spoils_nothing():
    assert extras_of("(A * A.argmax())") == []
