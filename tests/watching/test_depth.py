"""Graphs that are deep or have a hub: recorded whole, and without recursion."""

from __future__ import annotations

import sys

import pytest
import torch

import viz
from viz.trace import Trace

DEEP = 100_000
USES = 10_000


def trace_of_chain(length: int) -> tuple[Trace, torch.Tensor]:
    w = torch.tensor(1.0, requires_grad=True)
    with viz.watch() as watch:
        h = w
        for _ in range(length):
            h = h * 1.00001
    return watch.backward(h), w


def test_a_chain_of_a_hundred_thousand_operations() -> None:
    trace, w = trace_of_chain(DEEP)
    (backward,) = trace.backwards
    assert len(backward.steps) == DEEP + 1
    assert len(backward.forward) == DEEP
    plain = torch.tensor(1.0, requires_grad=True)
    h = plain
    for _ in range(DEEP):
        h = h * 1.00001
    h.backward()
    assert w.grad is not None
    assert plain.grad is not None
    assert torch.equal(w.grad, plain.grad)
    (leaf,) = (leaf for leaf in backward.leaves if leaf.requires_grad)
    assert leaf.after is not None
    assert leaf.after.floats() == (w.grad.item(),)
    named = {node.variable for node in backward.nodes if node.kind == "operation"}
    assert named == {"h"}


def test_a_leaf_that_is_used_ten_thousand_times() -> None:
    w = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    with viz.watch() as watch:
        parts = [w * number for number in range(USES)]
        loss = torch.stack(parts).sum()
    (backward,) = watch.backward(loss).backwards
    (leaf,) = (node for node in backward.nodes if node.kind == "leaf")
    sent = [edge.contribution for edge in backward.edges if edge.downstream == leaf.id]
    assert len(sent) == USES
    assert all(each is not None for each in sent)
    assert w.grad is not None
    assert w.grad.item() == pytest.approx(sum(range(USES)))
    assert sum(each.floats()[0] for each in sent if each) == pytest.approx(w.grad.item())


def test_depth_is_bound_by_no_limit_of_pythons() -> None:
    before = sys.getrecursionlimit()
    trace, _ = trace_of_chain(3 * before)
    assert len(trace.backwards[0].steps) == 3 * before + 1
    assert Trace.from_json(trace.to_json()) == trace
    assert sys.getrecursionlimit() == before
