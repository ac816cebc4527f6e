"""Nodes, names, lines, arguments and constants."""

import pytest
import torch

from tests.traces import backward_of, trace_of
from viz.capture import Recorder, summarize


def by_name(backward, name):
    return next(node for node in backward.nodes if node.name == name)


def by_variable(backward, variable, kind=None):
    (found,) = [
        node
        for node in backward.nodes
        if node.variable == variable and node.kind in ((kind,) if kind else ("operation", "leaf"))
    ]
    return found


def constants(backward):
    return [node for node in backward.nodes if node.kind == "constant"]


def test_ids_count_up_in_visiting_order_from_the_output():
    backward = backward_of("""
        x = torch.tensor(2.0, requires_grad=True)
        y = (x + 1) * x.sin() - x / 3
    """)
    assert [node.id for node in backward.nodes] == [f"n{i}" for i in range(len(backward.nodes))]
    assert (backward.nodes[0].id, backward.nodes[0].kind) == (backward.output, "output")
    for node in backward.nodes[1:]:
        seen_from = [edge.upstream for edge in backward.edges if edge.downstream == node.id]
        assert min(int(upstream[1:]) for upstream in seen_from) < int(node.id[1:])


def test_a_shared_node_is_there_once():
    backward = backward_of("""
        x = torch.tensor(2.0, requires_grad=True)
        s = x * x
        y = s + s.sin() + s.cos()
    """)
    s = by_variable(backward, "s")
    assert len([edge for edge in backward.edges if edge.downstream == s.id]) == 3


def test_a_later_name_does_not_replace_the_first():
    backward = backward_of("""
        x = torch.tensor(2.0, requires_grad=True)
        s = x**2
        y = s
        loss = y.sin()
    """)
    assert by_name(backward, "PowBackward0").variable == "s"


def test_a_parameter_does_not_rename_the_tensor_that_it_is_bound_to():
    backward = backward_of("""
        def square(a):
            return a * a
        x = torch.tensor(2.0, requires_grad=True)
        s = x + 1
        loss = square(s)
    """)
    assert by_name(backward, "AddBackward0").variable == "s"


def test_each_turn_of_a_loop_names_its_own_result():
    backward = backward_of("""
        h = torch.tensor(0.5, requires_grad=True)
        for step in range(3):
            h = h.tanh()
    """)
    named = [(node.name, node.variable) for node in backward.nodes if node.kind == "operation"]
    assert named == [("TanhBackward0", "h")] * 3


def test_augmented_assignment_names_the_new_result_and_keeps_the_old_one():
    backward = backward_of("""
        x = torch.tensor(2.0, requires_grad=True)
        s = x * 3
        s += x
        s *= x
        loss = s.sum()
    """)
    line_of = {
        node.function: node.line for node in backward.nodes if node.name.endswith("Backward0")
    }
    assert line_of["aten.mul.Tensor"] == 2
    assert line_of["aten.add_.Tensor"] == 3
    assert line_of["aten.mul_.Tensor"] == 4
    assert [node.variable for node in backward.nodes if node.line in (2, 3, 4)] == ["s"] * 3


def test_a_method_in_place_keeps_the_name_of_the_tensor_that_it_changes():
    with Recorder() as recorder:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        s = x * 2
        recorder.name_tensor("s", s, 1)
        s.add_(1)
        s[0] = 1.0
        recorder.backward(s.sum())
    (backward,) = recorder.backwards
    assert by_name(backward, "AddBackward0").variable == "s"
    assert by_name(backward, "CopySlices").variable == "s"


def test_values_are_those_of_the_forward_pass_whatever_changes_them_later():
    backward = backward_of("""
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        c = torch.tensor([10.0, 20.0])
        a = x * 2
        b = a + c
        a += 100
        c += 100
        a[1] = 7
        loss = (a + b + c).sum()
    """)
    x, c = torch.tensor([1.0, 2.0]), torch.tensor([10.0, 20.0])
    assert by_name(backward, "MulBackward0").value == summarize(x * 2)
    assert by_variable(backward, "b").value == summarize(x * 2 + c)
    in_place = next(node for node in backward.nodes if node.function == "aten.add_.Tensor")
    assert in_place.value == summarize(x * 2 + 100)
    assert by_name(backward, "CopySlices").value == summarize(torch.tensor([102.0, 7.0]))
    # The constant was another value at each use: two nodes.
    assert [node.value for node in constants(backward) if node.variable == "c"] == [
        summarize(c),
        summarize(c + 100),
    ]


def test_a_leaf_shows_the_value_that_this_forward_pass_used():
    first, second = trace_of("""
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        for step in range(2):
            loss = ((w - 3) ** 2).sum()
            loss.backward()
            w.data -= 0.5 * w.grad
    """).backwards
    w = torch.tensor([1.0, 2.0])
    assert by_variable(first, "w").value == summarize(w)
    assert by_variable(second, "w").value == summarize(w - 0.5 * 2 * (w - 3))


def test_a_leaf_that_changed_after_its_use_shows_what_was_used():
    backward = backward_of("""
        w = torch.tensor(1.0, requires_grad=True)
        loss = w + 1
        with torch.no_grad():
            w += 5
        loss.backward()
    """)
    assert by_variable(backward, "w").value.values == (1.0,)
    assert backward.leaves[0].value.values == (6.0,)


def test_one_constant_tensor_is_one_node_and_each_plain_number_its_own():
    backward = backward_of("""
        x = torch.tensor(2.0, requires_grad=True)
        c = torch.tensor(3.0)
        y = x * c + c - 2 * x + 2
    """)
    found = constants(backward)
    assert [node.variable for node in found].count("c") == 1
    numbers = [node for node in found if node.variable is None]
    assert [node.value.values for node in numbers] == [(2,), (2,)]
    uses = [
        edge
        for edge in backward.edges
        if edge.downstream == by_variable(backward, "c", "constant").id
    ]
    assert len(uses) == 2
    assert all(edge.contribution is None for edge in uses)


@pytest.mark.parametrize(
    ("expression", "order"),
    [
        ("x - c", ["x", "c"]),
        ("c - x", ["c", "x"]),
        ("x / 4", ["x", "4"]),
        ("c * x", ["c", "x"]),
        ("4 - x", ["x", "4"]),  # aten.rsub: its `self` is what is subtracted
        ("torch.sub(x, c, alpha=2)", ["x", "c"]),
    ],
)
def test_slots_put_the_operands_in_the_order_of_the_call(expression, order):
    backward = backward_of(f"""
        x = torch.tensor(2.0, requires_grad=True)
        c = torch.tensor(3.0)
        y = {expression}
    """)
    operation = next(node for node in backward.nodes if node.kind == "operation")
    edges = [edge for edge in backward.edges if edge.upstream == operation.id]
    drawn = [backward.node(edge.downstream) for edge in sorted(edges, key=lambda e: e.slot)]
    assert [node.variable or str(node.value.values[0]) for node in drawn] == order


@pytest.mark.parametrize(
    "expression",
    ["x**2", "x.sum(dim=0)", "x.clamp(0, 1)", "torch.add(x, x, alpha=3)", "x.softmax(0)"],
)
def test_exponents_dimensions_and_options_are_no_constants(expression):
    backward = backward_of(
        f"x = torch.tensor([1.0, 2.0], requires_grad=True)\n({expression}).sum()"
    )
    assert constants(backward) == []


def test_a_value_computed_from_constants_alone_is_one_constant_with_its_name():
    backward = backward_of("""
        x = torch.tensor(2.0, requires_grad=True)
        c = torch.tensor(3.0)
        d = c * 2 + 1
        y = x * d
    """)
    (constant,) = constants(backward)
    assert (constant.variable, constant.value.values, constant.line) == ("d", (7.0,), 3)


def test_detached_and_no_grad_values_are_constants():
    backward = backward_of("""
        x = torch.tensor(2.0, requires_grad=True)
        d = x.detach()
        with torch.no_grad():
            e = x * 3
        y = x * d * e
    """)
    assert {node.variable for node in constants(backward)} == {"d", "e"}


def test_arguments_have_schema_names_defaults_and_nodes():
    backward = backward_of("""
        x = torch.ones(2, 3, requires_grad=True)
        y = torch.ones(2, 3, requires_grad=True)
        z = torch.add(x, y, alpha=2).sum(dim=1, keepdim=True)
        w = z.sum(0)
        v = w * 5
    """)
    add, total = by_name(backward, "AddBackward0"), by_variable(backward, "z")
    assert add.function == "aten.add.Tensor"
    assert add.argument("self").node == by_variable(backward, "x").id
    assert add.argument("other").node == by_variable(backward, "y").id
    assert add.argument("alpha").text == "2"
    assert total.argument("dim").text == "[1]"
    assert total.argument("keepdim").text == "True"
    assert by_variable(backward, "w").argument("keepdim").text == "False"  # the default
    five = by_variable(backward, "v").argument("other")
    assert (backward.node(five.node).value.values, five.text) == ((5,), "5")


def test_items_of_a_list_of_tensors_are_arguments_of_their_own():
    backward = backward_of("""
        x = torch.ones(2, requires_grad=True)
        c = torch.zeros(2)
        a, b = (x * 2).split(1)
        y = torch.cat([b, c, a, x])
        y.sum()
    """)
    cat = by_variable(backward, "y")
    assert [argument.name for argument in cat.arguments] == [
        *(f"tensors[{i}]" for i in range(4)),
        "dim",
    ]
    items = [(backward.node(a.node).variable, a.output) for a in cat.arguments[:4]]
    assert items == [("a, b", 1), ("c", 0), ("a, b", 0), ("x", 0)]


def test_an_operation_with_several_results_has_all_their_values_and_names():
    backward = backward_of("""
        x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
        a, b = x.unbind()
        y = (a * b).sum()
    """)
    unbind = by_name(backward, "UnbindBackward0")
    assert unbind.variable == "a, b"
    assert [value.values for value in unbind.values] == [(1.0, 2.0), (3.0, 4.0)]


def test_results_that_have_no_gradient_do_not_shift_those_that_have():
    # torch.linalg.lu gives P, L, U; only L and U are results of the grad_fn.
    backward = backward_of("""
        torch.manual_seed(0)
        x = torch.randn(3, 3, requires_grad=True)
        P, L, U = torch.linalg.lu(x)
        y = (P @ L @ U).sum()
    """)
    torch.manual_seed(0)
    _, lower, upper = torch.linalg.lu(torch.randn(3, 3))
    lu = by_name(backward, "LinalgLuBackward0")
    assert lu.values == (summarize(lower), summarize(upper))
    assert lu.variable == "L, U"


def test_operations_inside_a_composite_function_have_values_too():
    backward = backward_of("""
        logits = torch.tensor([[1.0, 2.0, 0.5]], requires_grad=True)
        target = torch.tensor([1])
        loss = F.cross_entropy(logits, target)
    """)
    logits = torch.tensor([[1.0, 2.0, 0.5]])
    inner = by_name(backward, "LogSoftmaxBackward0")
    assert inner.value == summarize(torch.log_softmax(logits, 1))
    outer = by_name(backward, "NllLossBackward0")
    assert outer.variable == "loss"
    assert outer.argument("target").node == by_variable(backward, "target", "constant").id
    assert outer.argument("reduction").text == "1"


def test_a_custom_function_has_its_value_from_its_first_use():
    backward = backward_of("""
        class Square(torch.autograd.Function):
            @staticmethod
            def forward(ctx, a):
                ctx.save_for_backward(a)
                return a * a
            @staticmethod
            def backward(ctx, gradient):
                (a,) = ctx.saved_tensors
                return 2 * a * gradient
        x = torch.tensor(3.0, requires_grad=True)
        s = Square.apply(x)
        loss = s + 1
    """)
    square = by_name(backward, "SquareBackward")
    assert (square.variable, square.line, square.value.values) == ("s", 11, (9.0,))


def test_a_tensor_that_is_overwritten_without_being_read_is_no_constant():
    backward = backward_of("""
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        buffer = torch.empty(2)
        buffer.copy_(x)
        y = buffer.sum()
    """)
    assert constants(backward) == []
    assert by_name(backward, "CopyBackwards").argument("self").node is None


def test_shapes_and_dtypes_are_those_of_the_results():
    backward = backward_of("""
        x = torch.ones(2, 3, requires_grad=True)
        y = x.double() @ torch.ones(3, 4, dtype=torch.float64)
        y.sum()
    """)
    shapes = {node.name: (node.shape, node.dtype) for node in backward.nodes}
    assert shapes["MmBackward0"] == ((2, 4), "float64")
    assert shapes["ToCopyBackward0"] == ((2, 3), "float64")
    assert shapes["AccumulateGrad"] == ((2, 3), "float32")
    assert shapes["SumBackward0"] == ((), "float64")


def test_a_graph_made_before_the_recording_has_no_forward_value_but_the_output():
    x = torch.tensor(2.0, requires_grad=True)
    y = (x * 3).sin()
    with Recorder() as recorder:
        recorder.backward(y)
    (backward,) = recorder.backwards
    operations = [node for node in backward.nodes if node.kind == "operation"]
    assert [node.name for node in operations] == ["SinBackward0", "MulBackward0"]
    assert [node.value for node in operations] == [summarize(y), None]
    assert all(node.function is None for node in operations)
    assert len(backward.steps) == 3


@pytest.mark.parametrize("program", ["x = torch.zeros(0, 3, requires_grad=True)\n(x * 2).sum()"])
def test_empty_tensors_are_nodes_like_others(program):
    backward = backward_of(program)
    assert by_name(backward, "MulBackward0").value.values == ()
    assert backward.leaves[0].after.shape == (0, 3)


def test_running_statistics_are_those_that_the_call_used() -> None:
    """A batch norm changes them, and PyTorch does not count that as a change in place."""
    backward = backward_of(
        """
        bn = torch.nn.BatchNorm1d(2)
        x = torch.tensor([[1.0, 2.0], [3.0, 6.0]], requires_grad=True)
        bn(x)
        mean = bn.running_mean.clone()
        bn.eval()
        print(mean.tolist())
        loss = bn(x).pow(2).sum()
        """
    )
    bn = torch.nn.BatchNorm1d(2)
    bn(torch.tensor([[1.0, 2.0], [3.0, 6.0]]))
    running = by_name(backward, "NativeBatchNormBackward0").argument("running_mean")
    assert backward.node(running.node).value.floats() == tuple(bn.running_mean.tolist())
