"""Results that can have no gradient: indices and masks are recorded beside the forward values."""

from __future__ import annotations

import pytest
import torch

from tests.traces import backward_of
from viz.trace import Node

SETUP = "x = torch.tensor([[1.0, 5.0, 2.0], [4.0, 0.0, 3.0]], requires_grad=True)\n"


def node_of(expression: str, name: str) -> Node:
    backward = backward_of(f"{SETUP}loss = ({expression}).sum()")
    return next(node for node in backward.nodes if node.name.startswith(name))


@pytest.mark.parametrize("call", ["max(1)", "sort(1)", "topk(2, 1)", "median(1)", "cummax(1)"])
def test_the_indices_of_what_was_chosen_are_recorded(call: str):
    names = {"torch": torch}
    exec(f"{SETUP}expected = x.{call}.indices", names)
    (indices,) = node_of(f"x.{call}.values", call[:3].capitalize()).extras
    assert indices is not None
    assert list(indices.values or ()) == names["expected"].flatten().tolist()


def test_the_mask_of_a_dropout_is_recorded():
    node = node_of("torch.native_dropout(x + 1, 0.5, True)[0]", "Native")
    (mask,) = node.extras
    assert mask is not None
    assert node.value is not None
    assert [value != 0 for value in node.value.floats()] == list(mask.values or ())


@pytest.mark.parametrize(("expression", "name"), [("x.unbind()[0]", "Unbind"), ("x * 2", "Mul")])
def test_results_with_a_gradient_are_values_and_no_extras(expression: str, name: str):
    assert node_of(expression, name).extras == ()


def test_a_number_made_of_indices_alone_is_a_constant_without_extras():
    assert node_of("x * x.argmax()", "Mul").extras == ()


def test_what_a_call_fills_is_a_result_and_no_argument():
    backward = backward_of(f"{SETUP}y = F.rrelu(x - 3, training=True)\nloss = y.sum()")
    node = next(node for node in backward.nodes if node.name.startswith("Rrelu"))
    (noise,) = node.extras
    assert noise is not None
    assert node.value is not None
    assert [argument.name for argument in node.arguments if argument.node] == ["self"]
    pairs = zip(node.value.floats(), (-2.0, 2.0, -1.0, 1.0, -3.0, 0.0), strict=True)
    slopes = [y / x if x < 0 else 1.0 for y, x in pairs if x != 0]
    assert noise.floats()[:5] == pytest.approx(slopes)


def test_a_gradient_of_zeros_without_memory_has_its_zeros():
    backward = backward_of(f"{SETUP}loss = torch.sgn(x).sum()")
    assert backward.leaves[0].after is not None
    assert backward.leaves[0].after.floats() == (0.0,) * 6
