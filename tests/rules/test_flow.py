"""Norms along the depth are those of PyTorch; the verdict says what becomes of them."""

from __future__ import annotations

import math

import msgspec
import pytest
import torch

from tests.traces import backward_of
from viz.rules.flow import (
    EXPLODES_AT,
    FEWEST_OPERATIONS,
    VANISHES_AT,
    Flow,
    Verdict,
    gradient_flow,
)

CHAIN = """
    x = torch.tensor({start}, requires_grad=True)
    h = x
    for layer in range({layers}):
        h = {layer}
    h.backward()
"""
RECURRENT = """
    torch.manual_seed(0)
    w = torch.randn(4, 4, requires_grad=True)
    h = torch.zeros(4)
    for step in range(100):
        h = torch.tanh(w @ h + torch.randn(4))
    h.sum().backward()
"""


def flow_of(source: str) -> Flow:
    return gradient_flow(backward_of(source))


def chain(layer: str, layers: int, start: float = 0.5) -> Verdict:
    verdict = flow_of(CHAIN.format(layer=layer, layers=layers, start=start)).verdict
    assert verdict is not None
    return verdict


def test_norms_are_those_of_the_gradients_that_pytorch_retains() -> None:
    torch.manual_seed(3)
    x = torch.randn(5, 4)
    layers = [torch.randn(4, 4, requires_grad=True) for _ in range(6)]
    kept = []
    h = x
    for layer in layers:
        h = torch.tanh(h @ layer)
        h.retain_grad()
        kept.append(h)
    h.square().sum().backward()

    flow = flow_of("""
        torch.manual_seed(3)
        x = torch.randn(5, 4)
        layers = [torch.randn(4, 4, requires_grad=True) for _ in range(6)]
        h = x
        for layer in layers:
            h = torch.tanh(h @ layer)
        h.square().sum().backward()
    """)
    norms = {station.norm for station in flow.stations}
    for tensor in (*kept, *layers):
        assert any(math.isclose(tensor.grad.norm(), norm, rel_tol=1e-5) for norm in norms)
    leaves = [station for station in flow.stations if station.is_leaf]
    assert len(leaves) == len(layers)
    # sum, square, and for each layer before it tanh and @; then @ itself.
    assert sorted(station.depth for station in leaves) == [2 + 2 * k for k in range(1, 7)]


def test_factors_along_the_trunk_multiply_to_the_whole_change() -> None:
    flow = flow_of(CHAIN.format(layer="torch.sigmoid(h) * 3", layers=7, start=0.1))
    factors = [station.factor for station in flow.stations if station.trunk]
    assert flow.verdict is not None
    product = math.prod(factor for factor in factors if factor is not None)
    assert product == pytest.approx(flow.verdict.end / flow.verdict.start)
    assert flow.verdict.each == pytest.approx(product ** (1 / flow.verdict.operations))


@pytest.mark.parametrize(
    ("layer", "kind"),
    [
        ("torch.sigmoid(h)", "vanishes"),
        ("h * 2.5", "explodes"),
        ("torch.sin(h) + h * 0.2", "steady"),
        ("h * 1.0", "steady"),
    ],
)
def test_a_deep_chain_vanishes_explodes_or_stays(layer: str, kind: str) -> None:
    verdict = chain(layer, 12)
    assert verdict.kind == kind
    ratio = verdict.end / verdict.start
    expected = (
        "vanishes" if ratio <= VANISHES_AT else "explodes" if ratio >= EXPLODES_AT else "steady"
    )
    assert verdict.kind == expected


def test_the_verdict_names_numbers_of_the_engine() -> None:
    x = torch.tensor(0.5, requires_grad=True)
    h = x
    for _ in range(10):
        h = torch.sigmoid(h)
    h.backward()
    verdict = chain("torch.sigmoid(h)", 10)
    assert verdict.end == pytest.approx(x.grad.item())
    assert verdict.operations == 10
    assert "it vanishes before it reaches x" in verdict.sentence


def test_a_small_slope_is_no_matter_of_depth() -> None:
    assert chain("h * 0.001", FEWEST_OPERATIONS - 1).kind == "steady"
    assert chain("h * 0.001", FEWEST_OPERATIONS).kind == "vanishes"


def test_the_one_saturated_layer_is_named() -> None:
    flow = flow_of("""
        x = torch.tensor(1.0, requires_grad=True)
        h = x * 1.5
        h = h + 1
        h = torch.sigmoid(h * 6)
        h = h * 2
        h = h - 1
        h.backward()
    """)
    assert flow.verdict is not None
    assert flow.verdict.kind == "vanishes"
    assert "Most is lost at sigmoid in line 4: ×" in flow.verdict.sentence


def test_the_operation_that_stops_the_gradient_is_named() -> None:
    verdict = flow_of("""
        x = torch.tensor(-2.0, requires_grad=True)
        y = x * 3
        z = torch.relu(y)
        (z * 2).backward()
    """).verdict
    assert verdict is not None
    assert verdict.kind == "zero"
    assert "exactly 0 from relu in line 3 on: nothing reaches x" in verdict.sentence


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("y = torch.sqrt(x * x)", "infinite after sqrt in line 2"),
        ("y = torch.log(x) * x", "NaN after log in line 2"),
    ],
)
def test_the_operation_that_sends_the_first_number_that_is_none_is_named(
    program: str, words: str
) -> None:
    verdict = flow_of(f"x = torch.tensor(0.0, requires_grad=True)\n{program}\ny.backward()").verdict
    assert verdict is not None
    assert verdict.kind == "nonfinite"
    assert words in verdict.sentence


def test_a_zero_on_one_way_is_no_end_where_another_way_goes_on() -> None:
    verdict = flow_of("""
        x = torch.tensor(1.5, requires_grad=True)
        h = x * 2
        y = h * 3
        z = (y - y) + h
        z.backward()
    """).verdict
    assert verdict is not None
    assert (verdict.kind, verdict.end) == ("steady", 2.0)


def test_a_shared_weight_does_not_hide_that_the_gradient_vanishes_through_time() -> None:
    backward = backward_of(RECURRENT)
    flow = gradient_flow(backward)
    leaf = next(station for station in flow.stations if station.is_leaf)
    assert flow.verdict is not None
    assert leaf.norm is not None
    assert leaf.norm > 1
    assert flow.verdict.kind == "vanishes"
    assert "w.grad" not in flow.verdict.sentence


def test_a_gradient_of_zero_that_was_passed_in_is_zero_from_the_start() -> None:
    verdict = flow_of("""
        x = torch.tensor(2.0, requires_grad=True)
        (x * 3).backward(torch.tensor(0.0))
    """).verdict
    assert verdict is not None
    assert verdict.sentence.startswith("The gradient is exactly 0 from the start on")


def test_one_operation_is_judged_by_what_it_sends() -> None:
    verdict = flow_of("x = torch.tensor(3.0, requires_grad=True)\n(x * x).backward()").verdict
    assert verdict is not None
    assert (verdict.start, verdict.end, verdict.operations) == (1.0, 3.0, 1)


def test_a_leaf_alone_is_reached_at_once() -> None:
    verdict = flow_of("x = torch.tensor(2.0, requires_grad=True)\nx.backward()").verdict
    assert verdict is not None
    assert (verdict.kind, verdict.operations, verdict.each) == ("steady", 0, None)


def test_large_tensors_have_their_norm_from_the_summary() -> None:
    torch.manual_seed(1)
    w = torch.randn(50, 50, requires_grad=True)
    torch.tanh(w).sum().backward()
    flow = flow_of("""
        torch.manual_seed(1)
        w = torch.randn(50, 50, requires_grad=True)
        torch.tanh(w).sum().backward()
    """)
    leaf = next(station for station in flow.stations if station.is_leaf)
    assert leaf.norm == pytest.approx(w.grad.norm().item(), rel=1e-5)


def test_a_backward_without_any_step_has_no_verdict() -> None:
    backward = backward_of("x = torch.tensor(2.0, requires_grad=True)\n(x * 3).backward()")
    silent = [msgspec.structs.replace(edge, contribution=None) for edge in backward.edges]
    stopped = msgspec.structs.replace(backward, edges=tuple(silent), steps=())
    assert gradient_flow(stopped) == Flow((), None)


def test_a_graph_of_thousands_of_operations_needs_no_recursion() -> None:
    verdict = chain("h * 1.001", 2500)
    assert verdict.operations == 2500
