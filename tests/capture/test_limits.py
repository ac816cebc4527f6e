"""Limits refuse with one sentence that names them; depth alone is no limit."""

import pytest
import torch

from tests.traces import trace_of
from viz.capture import Recorder
from viz.errors import LimitError
from viz.limits import DEFAULT, Limits

CHAIN = """
x = torch.tensor(0.5, requires_grad=True)
y = x
for step in range({}):
    y = y.sin()
y.backward()
"""


def test_a_graph_as_large_as_the_limit_is_recorded_and_one_larger_is_refused():
    limits = Limits(operations=10)
    assert len(trace_of(CHAIN.format(10), limits).backwards[0].forward) == 10
    with pytest.raises(LimitError, match="more than 10 operations") as refusal:
        trace_of(CHAIN.format(11), limits)
    assert refusal.value.line == CHAIN.splitlines().index("y.backward()")


def test_a_refused_backward_has_not_run():
    with Recorder(Limits(operations=1)) as recorder:
        x = torch.tensor(0.5, requires_grad=True)
        y = x.sin().sin()
        with pytest.raises(LimitError):
            recorder.backward(y)
        assert x.grad is None
        y.backward()  # the saved tensors are still there
    assert recorder.backwards == ()


def test_all_recorded_operations_together_are_limited():
    limits = Limits(total_operations=10)
    trace_of(CHAIN.format(10), limits)
    with pytest.raises(LimitError, match="more than 10 operations") as refusal:
        trace_of(CHAIN.format(1000), limits)
    assert refusal.value.line == CHAIN.splitlines().index("    y = y.sin()")


def test_operations_without_gradients_are_not_counted():
    source = "x = torch.tensor(0.5, requires_grad=True)\nc = torch.ones(1)\n"
    source += "for step in range(100):\n    c = c * 2 + x.detach()\ny = x * 2"
    assert trace_of(source, Limits(total_operations=1)).backwards


def test_calls_of_backward_are_limited():
    source = (
        "x = torch.tensor(0.5, requires_grad=True)\nfor step in range({}):\n    (x * 2).backward()"
    )
    limits = Limits(backward_calls=3)
    assert len(trace_of(source.format(3), limits).backwards) == 3
    with pytest.raises(LimitError, match="more than 3 times") as refusal:
        trace_of(source.format(4), limits)
    assert refusal.value.line == 3


def test_tensors_above_the_limit_are_summarised_everywhere():
    source = "x = torch.ones(3, requires_grad=True)\nc = torch.ones(3)\ny = (x * c).sum()"
    (backward,) = trace_of(source, Limits(array_values=2)).backwards
    arrays = [value for node in backward.nodes for value in node.values]
    arrays += [edge.contribution for edge in backward.edges if edge.contribution is not None]
    arrays += [backward.leaves[0].value, backward.leaves[0].after]
    assert {array.shape for array in arrays} == {(), (3,)}
    assert all((array.values is None) == (array.shape == (3,)) for array in arrays)


def test_a_graph_100_000_operations_deep_is_recorded_and_freed_without_recursion():
    count = 100_000
    recorder = Recorder(Limits(operations=count, total_operations=count))
    with recorder:
        x = torch.tensor(0.5, requires_grad=True)
        y = x
        for _ in range(count):
            y = -y
        recorder.backward(y)
    (backward,) = recorder.backwards
    assert len(backward.steps) == count + 1
    assert backward.leaves[0].after.values == (float((-1) ** count),)
    del y  # PyTorch frees the graph here, by recursion between what the recorder holds


@pytest.mark.parametrize(
    "step",
    [lambda y: y.neg_(), lambda y: (y.sin(), -y)[1]],
    ids=["in place", "with branches"],
)
def test_a_deep_graph_that_was_only_watched_is_freed_without_recursion(step):
    recorder = Recorder(Limits(total_operations=200_000))
    with recorder:
        y = torch.tensor(0.5, requires_grad=True) * 1
        for _ in range(60_000):
            y = step(y)
    assert y.requires_grad
    del y


def test_a_deep_graph_may_outlive_its_recorder():
    def record(count):
        recorder = Recorder(Limits(operations=count, total_operations=count))
        with recorder:
            y = torch.tensor(0.5, requires_grad=True)
            for _ in range(count):
                y = -y
            recorder.backward(y, retain_graph=True)
        return y

    y = record(60_000)
    y.backward()
    del y


def test_the_default_limits_hold_a_long_recurrent_network():
    source = """
w = torch.tensor(0.5, requires_grad=True)
h = torch.tensor(0.1)
for step in range(100):
    h = (h * w + 0.1).tanh()
"""
    (backward,) = trace_of(source, DEFAULT).backwards
    (w,) = [node for node in backward.nodes if node.variable == "w"]
    assert len([edge for edge in backward.edges if edge.downstream == w.id]) == 100
