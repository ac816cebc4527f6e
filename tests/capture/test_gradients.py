"""What is recorded of the gradients: compared with torch.autograd.grad on the same graph."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.traces import backward_of, trace_of
from viz.capture import Recorder, summarize


def contributions(backward, node, output=0):
    return [
        edge.contribution
        for edge in backward.edges
        if edge.downstream == node and edge.output == output and edge.contribution is not None
    ]


def leaf_node(backward, name):
    return next(n for n in backward.nodes if n.kind == "leaf" and n.variable == name)


def assert_contributions_add_up(backward):
    """At every output of every node, what was sent there is what arrived there."""
    for step in backward.steps:
        for output, incoming in enumerate(step.incoming):
            sent = contributions(backward, step.node, output)
            if incoming is None:
                assert not sent
                continue
            sums = [sum(column) for column in zip(*(s.floats() for s in sent), strict=True)]
            assert sums == pytest.approx(incoming.floats(), rel=1e-9, abs=1e-9, nan_ok=True)


def test_a_leaf_used_three_times_has_three_contributions_and_fires_once_with_their_sum():
    backward = backward_of("""
        x = torch.tensor(3.0, requires_grad=True)
        y = torch.tensor(2.0)
        z = (x**2 - 2 * x) * y + x
    """)
    x, y = 3.0, 2.0
    leaf = leaf_node(backward, "x")
    sent = sorted(array.values[0] for array in contributions(backward, leaf.id))
    assert sent == sorted([2 * x * y, -2 * y, 1.0])
    (firing,) = [step for step in backward.steps if step.node == leaf.id]
    assert firing.incoming == firing.outgoing
    assert firing.incoming[0].values == (sum(sent),)


def test_x_times_x_lists_the_leaf_in_both_slots():
    backward = backward_of("x = torch.tensor(3.0, requires_grad=True)\ny = x * x")
    leaf = leaf_node(backward, "x")
    edges = [edge for edge in backward.edges if edge.downstream == leaf.id]
    assert [edge.slot for edge in edges] == [0, 1]
    assert [edge.contribution.values for edge in edges] == [(3.0,), (3.0,)]


def test_the_edge_of_the_output_carries_the_seed():
    one = backward_of("x = torch.tensor(3.0, requires_grad=True)\ny = x**2")
    assert one.edges[0].upstream == one.output
    assert one.edges[0].contribution == summarize(torch.tensor(1.0))
    given_seed = backward_of("""
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x**2
        y.backward(torch.tensor([1.0, 0.5]))
    """)
    assert given_seed.edges[0].contribution.values == (1.0, 0.5)
    assert given_seed.leaves[0].after.values == (2.0, 2.0)


def test_the_seed_reaches_the_output_number_that_was_used():
    backward = backward_of("x = torch.ones(3, requires_grad=True)\na, b, c = x.unbind()\nb")
    seed = backward.edges[0]
    (root,) = [step for step in backward.steps if step.node == seed.downstream]
    assert seed.output == 2 - 1
    assert root.incoming == (None, summarize(torch.tensor(1.0)), None)


def test_steps_follow_the_engine_descending_in_the_forward_order():
    backward = backward_of("""
        x = torch.tensor(0.5, requires_grad=True)
        a = x.sin()
        b = x.cos()
        c = a * b
        d = c + a
    """)
    operations = {node.id for node in backward.nodes if node.kind == "operation"}
    fired = [step.node for step in backward.steps if step.node in operations]
    assert tuple(reversed(fired)) == backward.forward
    variables = [backward.node(node).variable for node in backward.forward]
    assert variables == ["a", "b", "c", "d"]


def test_an_accumulate_grad_fires_before_older_operations():
    # The engine prefers AccumulateGrad to every operation that is ready.
    backward = backward_of("""
        w = torch.tensor(2.0, requires_grad=True)
        x = torch.tensor(3.0, requires_grad=True)
        a = x.sin()
        b = a * w
    """)
    order = [backward.node(step.node).variable for step in backward.steps]
    assert order == ["b", "w", "a", "x"]


def test_an_output_that_is_a_leaf_has_one_edge_and_one_step():
    backward = backward_of("x = torch.tensor(2.0, requires_grad=True)\nx.backward()")
    assert [(node.kind, node.variable) for node in backward.nodes] == [
        ("output", "x"),
        ("leaf", "x"),
    ]
    assert len(backward.edges) == len(backward.steps) == 1
    assert backward.leaves[0].after.values == (1.0,)


def test_a_leaf_that_is_not_among_the_inputs_does_not_fire():
    backward = backward_of("""
        x = torch.tensor(1.0, requires_grad=True)
        w = torch.tensor(3.0, requires_grad=True)
        y = x * w + w.sin()
        y.backward(inputs=[x])
    """)
    fired = {backward.node(step.node).variable for step in backward.steps}
    assert "x" in fired
    assert "w" not in fired
    assert {leaf.name: leaf.after and leaf.after.values for leaf in backward.leaves} == {
        "x": (3.0,),
        "w": None,
    }


def test_an_undefined_gradient_is_none():
    backward = backward_of("x = torch.ones(2, requires_grad=True)\na, b = x.unbind()\na * 2")
    unbind = next(node for node in backward.nodes if node.name == "UnbindBackward0")
    (step,) = [step for step in backward.steps if step.node == unbind.id]
    assert step.incoming[1] is None


def test_retained_graphs_are_recorded_again_and_gradients_accumulate():
    first, second = trace_of("""
        x = torch.tensor(2.0, requires_grad=True)
        y = x**3
        y.backward(retain_graph=True)
        y.backward()
    """).backwards
    assert first.nodes == second.nodes
    assert first.steps == second.steps
    assert first.leaves[0].before is None
    assert first.leaves[0].after == second.leaves[0].before
    assert second.leaves[0].after.values == (2 * 12.0,)


def test_a_backward_inside_a_function_is_recorded_with_its_line():
    trace = trace_of("""
        def forward(x):
            inner = x**2
            inner.backward()
            return x * x.grad
        x = torch.tensor(3.0, requires_grad=True)
        y = forward(x)
        y.backward()
    """)
    first, second = trace.backwards
    assert (first.line, second.line) == (3, 7)
    assert first.leaves[0].after.values == (6.0,)
    # dy/dx is the first gradient, and PyTorch adds it to the first gradient.
    assert second.leaves[0].before.values == (6.0,)
    assert second.leaves[0].after.values == (12.0,)


@pytest.mark.filterwarnings("ignore:Using backward")
def test_the_operations_of_a_backward_with_create_graph_are_recorded_too():
    _, second = trace_of("""
        x = torch.tensor(2.0, requires_grad=True)
        y = x**3
        y.backward(create_graph=True)
        g = x.grad
        x.grad = None
        g.backward()
    """).backwards
    x = torch.tensor(2.0, requires_grad=True)
    (first_derivative,) = torch.autograd.grad(x**3, x, create_graph=True)
    (expected,) = torch.autograd.grad(first_derivative, x)
    assert second.leaves[0].after == summarize(expected)
    assert second.nodes[0].value == summarize(first_derivative)
    operations = [node for node in second.nodes if node.kind == "operation"]
    assert operations
    assert all(node.function is not None and None not in node.values for node in operations)


def test_errors_of_pytorch_pass_through_unchanged_and_only_a_begun_pass_leaves_a_record():
    with Recorder() as recorder:
        x = torch.ones(2, requires_grad=True)
        for tensor, arguments in [(x * 2, {}), (torch.ones(1), {}), (x.sum(), {"inputs": []})]:
            with pytest.raises(RuntimeError) as plain:
                tensor.backward(**arguments)
            with pytest.raises(RuntimeError) as recorded:
                recorder.backward(tensor, **arguments)
            assert str(recorded.value) == str(plain.value)
        y = x.exp().sum()
        recorder.backward(y)
        with pytest.raises(RuntimeError, match="second time"):
            recorder.backward(y)
    assert [backward.stop is None for backward in recorder.backwards] == [True, False]


# Random expressions over two leaves and a constant: the recorded numbers against PyTorch's.

NAMES = st.sampled_from(["x", "y", "c", "x", "y"])
UNARY = ["-({})", "({}).sin()", "({}).tanh()", "({}).exp()", "({})**2"]
UNARY += ["({})*3", "0.5+({})", "1-({})", "({})/2", "2/(({})**2+1)", "2**({}).cos()"]
BINARY = ["({}) + ({})", "({}) - ({})", "({}) * ({})", "({}) / (({})**2 + 1)"]
EXPRESSIONS = st.recursive(
    NAMES,
    lambda inner: (
        st.builds(str.format, st.sampled_from(UNARY), inner)
        | st.builds(str.format, st.sampled_from(BINARY), inner, inner)
    ),
    max_leaves=12,
)

LEAVES = """
x = torch.tensor([[0.5, -1.0], [0.25, 2.0]], dtype=torch.float64, requires_grad=True)
y = torch.tensor([1.5, -0.5], dtype=torch.float64, requires_grad=True)
c = torch.tensor([[2.0], [3.0]], dtype=torch.float64)
"""


@settings(max_examples=60, deadline=None)
@given(expression=EXPRESSIONS)
def test_random_expressions_record_what_autograd_computes(expression):
    total = f"(({expression}) * x * y).tanh().sum()"
    backward = backward_of(f"{LEAVES}loss = {total}")
    scope = {"torch": torch}
    exec(LEAVES, scope)
    loss = eval(total, scope)
    gradients = torch.autograd.grad(loss, [scope["x"], scope["y"]])
    assert backward.nodes[0].value == summarize(loss)
    recorded = {leaf.name: leaf for leaf in backward.leaves}
    for name, gradient in zip(["x", "y"], gradients, strict=True):
        assert recorded[name].after == summarize(gradient)
        (firing,) = [s for s in backward.steps if s.node == recorded[name].node]
        assert firing.incoming == (summarize(gradient),)
    assert_contributions_add_up(backward)


@settings(max_examples=30, deadline=None)
@given(expression=EXPRESSIONS)
def test_random_expressions_record_the_forward_values_that_the_arguments_give(expression):
    """Each call, made again with the recorded values of its arguments, gives its result."""
    backward = backward_of(f"{LEAVES}loss = (({expression}) * x * y).sum()")
    operations = [node for node in backward.nodes if node.kind == "operation"]
    for node in operations:
        namespace, name, overload = node.function.split(".")
        function = getattr(getattr(getattr(torch.ops, namespace), name), overload)
        arguments = {a.name: argument_value(backward, a) for a in node.arguments}
        with torch.no_grad():
            again = function(**arguments)
        assert summarize(again) == node.value


def argument_value(backward, argument):
    if argument.text is not None:
        return eval(argument.text)
    value = backward.node(argument.node).values[argument.output]
    dtype = getattr(torch, value.dtype)
    return torch.tensor(value.values, dtype=dtype).reshape(value.shape)


PROGRAMS = {
    "split and cat": """
        v = torch.randn(3, 4, requires_grad=True, dtype=torch.float64)
        a, b = v.split(2, dim=1)
        loss = (torch.cat([a, b, a]) * 2).sum() + torch.stack([a, b])[0].prod()
    """,
    "max over a dimension": """
        v = torch.randn(3, 4, requires_grad=True, dtype=torch.float64)
        best, where = v.max(1)
        loss = (best * best).sum() + v[where[0]].sum()
    """,
    "broadcasting": """
        v = torch.randn(3, 1, requires_grad=True, dtype=torch.float64)
        b = torch.randn(4, requires_grad=True, dtype=torch.float64)
        loss = ((v + b).expand(2, 3, 4) * b).mean()
    """,
    "cross entropy": """
        v = torch.randn(4, 3, requires_grad=True, dtype=torch.float64)
        b = torch.zeros(3, requires_grad=True, dtype=torch.float64)
        loss = F.cross_entropy(v + b, torch.tensor([0, 1, 2, 0]))
    """,
    "in place": """
        v = torch.randn(3, 4, requires_grad=True, dtype=torch.float64)
        q = v * 2
        q[0] = 5.0
        q[1] *= 3
        q.sin_()
        loss = (q * v).sum()
    """,
    "a recurrent layer": """
        torch.set_default_dtype(torch.float64)
        layer = torch.nn.GRU(2, 3)
        torch.set_default_dtype(torch.float32)
        out, hidden = layer(torch.ones(3, 1, 2, dtype=torch.float64))
        loss = out.sum()
    """,
    "empty": """
        v = torch.zeros(0, 3, requires_grad=True)
        loss = (v * 2).sum()
    """,
    "not finite": """
        v = torch.tensor([float("nan"), float("inf"), 0.0, 1.0], requires_grad=True)
        loss = (v * 2).log().sum()
    """,
    "detach and no_grad": """
        v = torch.randn(3, requires_grad=True, dtype=torch.float64)
        with torch.no_grad():
            scale = v * 2
        loss = (v * scale * v.detach()).sum()
    """,
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_contributions_add_up_at_every_node(program):
    torch.manual_seed(0)
    backward = backward_of(program)
    assert len(backward.steps) == sum(n.kind in ("operation", "leaf") for n in backward.nodes)
    assert_contributions_add_up(backward)


def test_every_edge_carries_what_its_upstream_step_sent():
    for program in PROGRAMS.values():
        backward = backward_of(program)
        sent = {step.node: step.outgoing for step in backward.steps}
        gradient_edges = [e for e in backward.edges if e.contribution is not None]
        for edge in gradient_edges[1:]:
            assert sent[edge.upstream][edge.slot] == edge.contribution
        assert len(gradient_edges) == 1 + sum(
            gradient is not None
            for step in backward.steps
            if backward.node(step.node).kind == "operation"
            for gradient in step.outgoing
        )
