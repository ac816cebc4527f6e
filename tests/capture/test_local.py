"""The engine's own local derivatives: what they are, and that asking for them changes nothing."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.traces import backward_of, trace_of
from viz.capture import Recorder
from viz.limits import Limits
from viz.trace import Array, Backward, Edge

UNARY = (
    *("x * 2", "2 - x", "x / 3", "x**3", "2**x", "-x", "x.exp()", "x.tanh()", "x.sigmoid()"),
    *("x.relu()", "x.abs()", "F.gelu(x)", "F.silu(x)", "F.softplus(x)", "F.elu(x)"),
    *("x.clamp(-1, 1)", "F.hardtanh(x)", "torch.erf(x)", "x.atan()", "F.leaky_relu(x)"),
    *("(x * 1).mul_(3)", "(x * 1).exp_()"),
)
BINARY = ("x + y", "x - y", "x * y", "x / y", "torch.atan2(x, y)", "torch.maximum(x, y)")
SHAPES = (((), ()), ((3,), (3,)), ((2, 3), (3,)), ((2, 1), (3,)), ((), (2, 2)), ((0,), (1,)))

calm = st.floats(-3, 3, width=16).filter(lambda number: abs(number) > 0.1)


def first(backward: Backward) -> str:
    """The operation that fires first."""
    return backward.steps[0].node


def edges_from(backward: Backward, node: str) -> list[Edge]:
    sent = [edge for edge in backward.edges if edge.upstream == node]
    return [edge for edge in sent if edge.contribution is not None]


def drawn(data: st.DataObject, shape: tuple[int, ...]) -> torch.Tensor:
    size = math.prod(shape)
    return torch.tensor(data.draw(st.lists(calm, min_size=size, max_size=size))).reshape(shape)


def recorded(expression: str, **inputs: torch.Tensor) -> Backward:
    lines = [
        f"{name} = torch.tensor({value.tolist()}).reshape({tuple(value.shape)}).requires_grad_()"
        for name, value in inputs.items()
    ]
    lines += [f"z = {expression}", "z.backward(torch.full(z.shape, 3.0))"]
    return backward_of("\n".join(lines))


def element_by_element(expression: str, inputs: dict[str, torch.Tensor]) -> list[torch.Tensor]:
    """The derivative of each element of the result alone, with respect to its own inputs."""
    same = torch.broadcast_tensors(*inputs.values())
    slopes = []
    for numbers in zip(*(tensor.flatten().tolist() for tensor in same), strict=True):
        alone = [torch.tensor(number, requires_grad=True) for number in numbers]
        scope = dict(zip(inputs, alone, strict=True)) | {"torch": torch, "F": torch.nn.functional}
        slopes.append(torch.autograd.grad(eval(expression, scope), alone))
    shape = same[0].shape
    return [torch.tensor([slope[i] for slope in slopes]).reshape(shape) for i in range(len(same))]


def tensor(array: Array | None) -> torch.Tensor:
    assert array is not None
    return torch.tensor(array.floats()).reshape(array.shape)


@pytest.mark.parametrize("expression", UNARY)
@settings(max_examples=5, deadline=None)
@given(st.data(), st.sampled_from([(), (3,), (2, 2)]))
def test_local_derivative_of_a_function_is_its_slope_at_each_element(expression, data, shape):
    x = drawn(data, shape)
    backward = recorded(expression, x=x)
    (edge,) = edges_from(backward, first(backward))
    if "_(" in expression:  # the operation in place is not the only one
        slopes = [torch.full(shape, 3.0) if "mul_" in expression else x.exp()]
    else:
        slopes = element_by_element(expression, {"x": x})
    torch.testing.assert_close(tensor(edge.local), slopes[0])


@pytest.mark.parametrize("expression", BINARY)
@settings(max_examples=8, deadline=None)
@given(st.data(), st.sampled_from(SHAPES))
def test_local_derivatives_of_both_inputs_have_a_number_for_each_element_of_the_result(
    expression, data, shapes
):
    inputs = dict(zip("xy", (drawn(data, shape) for shape in shapes), strict=True))
    backward = recorded(expression, **inputs)
    slopes = element_by_element(expression, inputs)
    for edge, slope in zip(edges_from(backward, first(backward)), slopes, strict=True):
        torch.testing.assert_close(tensor(edge.local), slope)


@pytest.mark.parametrize("expression", BINARY)
@settings(max_examples=5, deadline=None)
@given(st.data(), st.sampled_from(SHAPES))
def test_upstream_times_local_summed_where_broadcast_is_the_contribution(expression, data, shapes):
    inputs = dict(zip("xy", (drawn(data, shape) for shape in shapes), strict=True))
    backward = recorded(expression, **inputs)
    upstream = tensor(backward.steps[0].incoming[0])
    for edge, value in zip(edges_from(backward, first(backward)), inputs.values(), strict=True):
        product = (upstream * tensor(edge.local)).sum_to_size(value.shape)
        torch.testing.assert_close(product, tensor(edge.contribution))


@pytest.mark.parametrize("dtype", ["float64", "float16", "bfloat16"])
def test_local_derivatives_are_recorded_in_every_precision(dtype):
    backward = backward_of(
        f"x = torch.tensor([0.5, 2.0], dtype=torch.{dtype}, requires_grad=True)\nz = (x**2).sum()"
    )
    (edge,) = edges_from(backward, backward.steps[1].node)
    assert edge.local is not None
    assert (edge.local.dtype, edge.local.values) == (dtype, (1.0, 4.0))


@pytest.mark.parametrize(
    "program",
    [
        "x.sum()",
        "x @ x",
        "x.cumsum(0)",
        "x.softmax(0)",
        "x.expand(2, 3)",
        "F.rrelu(x, training=True)",
        "x.to(torch.complex64) * 2",
        "torch.complex(x, x).abs()",
    ],
)
def test_what_is_not_elementwise_or_not_real_or_random_has_none(program):
    backward = backward_of(f"x = torch.ones(3, requires_grad=True)\nz = {program}\nz.sum().real")
    assert [edge.local for edge in backward.edges if edge.local is not None] == []


def test_large_tensors_have_none():
    program = "x = torch.ones({n}, requires_grad=True)\nz = (x * x).sum()"
    limits = Limits(array_values=4)
    known = [
        [edge.local is not None for edge in edges_from(backward, backward.steps[1].node)]
        for backward in (backward_of(program.format(n=n), limits) for n in (4, 5))
    ]
    assert known == [[True, True], [False, False]]


def test_graphs_of_many_hundred_operations_have_none():
    backward = backward_of(
        "x = torch.tensor(1.0, requires_grad=True)\ny = x\nfor _ in range(501): y = y * 1.0\ny"
    )
    assert {edge.local for edge in backward.edges} == {None}


def test_a_part_that_is_changed_in_place_has_none_and_costs_nothing_of_the_record():
    backward = backward_of(
        "x = torch.tensor([1.0, 2.0], requires_grad=True)\ny = x * 3\ny[0] *= 5\nz = y.sum()"
    )
    assert next(node for node in backward.nodes if node.name == "CopySlices")
    assert backward.leaves[0].after is not None
    assert backward.leaves[0].after.values == (15.0, 3.0)


def test_where_saved_tensors_are_gone_pytorch_says_so_itself():
    with Recorder() as recorder:
        x = torch.tensor(2.0, requires_grad=True)
        y = (x + 1) ** 2
        recorder.backward(y)
        with pytest.raises(RuntimeError, match="second time"):
            recorder.backward(y)


# --- asking changes nothing -----------------------------------------------------------------------


def test_a_python_function_is_asked_once_only_by_the_engine():
    trace = trace_of("""
        class Loud(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x * 2
            @staticmethod
            def backward(ctx, gradient):
                print("backward runs")
                return gradient * 2
        x = torch.tensor(1.0, requires_grad=True)
        y = Loud.apply(x) * 3
        y.backward()
    """)
    assert trace.printed == "backward runs\n"
    assert [edge.local is not None for edge in trace.backwards[0].edges] == [
        False,
        True,
        False,
        False,
    ]


def test_hooks_run_as_often_as_without_the_record():
    def run(backward) -> list[str]:
        said = []

        def pack(saved: torch.Tensor) -> torch.Tensor:
            said.append("pack")
            return saved

        def unpack(saved: torch.Tensor) -> torch.Tensor:
            said.append("unpack")
            return saved

        x = torch.tensor([1.0, 2.0], requires_grad=True)
        x.register_hook(lambda gradient: said.append("leaf"))
        with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
            y = x * x
        y.register_hook(lambda gradient: said.append("result"))
        y.grad_fn.register_hook(lambda *gradients: said.append("node"))
        y.grad_fn.register_prehook(lambda *gradients: said.append("before"))
        backward(y.tanh().sum())
        return said

    expected = run(torch.Tensor.backward)
    with Recorder() as recorder:
        assert run(recorder.backward) == expected
    assert recorder.backwards


def test_no_random_number_is_drawn():
    def run(backward) -> list[float]:
        torch.manual_seed(0)
        x = torch.randn(4, requires_grad=True)
        backward(torch.rrelu(torch.dropout(x * 2, 0.5, True), training=True).sum())
        return torch.rand(3).tolist()

    expected = run(torch.Tensor.backward)
    with Recorder() as recorder:
        assert run(recorder.backward) == expected
