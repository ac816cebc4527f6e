"""Which leaves are listed, in which order, and their gradients around a backward pass."""

import torch

from tests.traces import backward_of, trace_of
from viz.capture import Recorder


def test_leaves_stand_in_the_order_of_naming_whatever_the_order_in_the_graph():
    backward = backward_of("""
        c = torch.tensor(4.0)
        w = torch.tensor(3.0, requires_grad=True)
        unused = torch.tensor(5.0, requires_grad=True)
        x = torch.tensor(2.0, requires_grad=True)
        y = x * w + c
    """)
    listed = [(leaf.name, leaf.requires_grad) for leaf in backward.leaves]
    assert listed == [("c", False), ("w", True), ("unused", True), ("x", True)]


def test_a_leaf_outside_the_graph_has_no_node_and_no_gradient():
    backward = backward_of("""
        x = torch.tensor(2.0, requires_grad=True)
        unused = torch.tensor(5.0, requires_grad=True)
        y = x * 2
    """)
    x, unused = backward.leaves
    assert backward.node(x.node).kind == "leaf"
    assert (unused.node, unused.before, unused.after) == (None, None, None)


def test_a_constant_outside_the_graph_is_not_listed():
    backward = backward_of("""
        x = torch.tensor(2.0, requires_grad=True)
        c = torch.tensor(5.0)
        y = x * 2
    """)
    assert [leaf.name for leaf in backward.leaves] == ["x"]


def test_a_constant_that_became_a_result_is_not_listed():
    backward = backward_of("""
        x = torch.tensor(2.0, requires_grad=True)
        total = torch.tensor(0.0)
        total += x
    """)
    assert [leaf.name for leaf in backward.leaves] == ["x"]


def test_a_leaf_that_lost_its_name_is_not_listed_unless_it_is_reached():
    first, second = trace_of("""
        w = torch.tensor(2.0, requires_grad=True)
        loss = w * 3
        old = [w]
        w = torch.tensor(7.0, requires_grad=True)
        loss.backward()
        loss = w * 3
        loss.backward()
    """).backwards
    assert [(leaf.name, leaf.value.values) for leaf in first.leaves] == [
        ("w", (2.0,)),
        ("w", (7.0,)),
    ]
    assert [(leaf.name, leaf.value.values) for leaf in second.leaves] == [("w", (7.0,))]


def test_a_leaf_that_was_never_named_is_listed_last():
    with Recorder() as recorder:
        layer = torch.nn.Linear(1, 1)
        x = torch.tensor([1.0], requires_grad=True)
        recorder.name_tensor("x", x, 1)
        recorder.backward(layer(x))
    (backward,) = recorder.backwards
    assert [leaf.name for leaf in backward.leaves] == ["x", "", ""]
    assert all(leaf.after is not None for leaf in backward.leaves)


def test_a_training_loop_shows_each_gradient_around_each_backward():
    backwards = trace_of("""
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        for step in range(3):
            loss = ((w - 3) ** 2).sum()
            loss.backward()
            with torch.no_grad():
                w -= 0.1 * w.grad
            w.grad.zero_()
    """).backwards
    befores = [backward.leaves[0].before for backward in backwards]
    assert befores[0] is None
    assert [before.values for before in befores[1:]] == [(0.0, 0.0)] * 2
    for backward in backwards:
        (leaf,) = backward.leaves
        (firing,) = [step for step in backward.steps if step.node == leaf.node]
        assert leaf.after == firing.incoming[0]


def test_a_gradient_may_be_sparse():
    backward = backward_of("""
        table = torch.ones(5, 3, requires_grad=True)
        y = F.embedding(torch.tensor([1, 1]), table, sparse=True).sum()
    """)
    assert backward.leaves[0].after.shape == (5, 3)


def test_a_constant_that_changed_between_two_uses_is_listed_as_it_was_first():
    backward = backward_of("""
        x = torch.tensor(2.0, requires_grad=True)
        c = torch.tensor(5.0)
        y = x + c
        c += 1
        z = (x + c) + y
    """)
    first = [leaf for leaf in backward.leaves if leaf.name == "c"]
    assert [leaf.value.values for leaf in first] == [(5.0,)]
    assert backward.node(first[0].node).value.values == (5.0,)
