"""The graph of the gradient itself: recorded like any other, checked by finite differences."""

import math
import textwrap

import pytest
import torch

from tests.traces import trace_of
from viz.capture import Recorder
from viz.capture.formulas import OTHERWISE
from viz.rules import explain_step
from viz.trace import Backward

FUNCTIONS = {
    "x**3": lambda x: x**3,
    "sin": torch.sin,
    "tanh": torch.tanh,
    "exp of a square": lambda x: torch.exp(-(x**2)),
    "sigmoid times x": lambda x: torch.sigmoid(x) * x,
    "log of 1 + x²": lambda x: torch.log(1 + x * x),
    "a quotient": lambda x: x / (1 + x**2),
    "softmax": lambda x: torch.stack([x, 2 * x, x * x]).softmax(0)[1],
    "log_softmax": lambda x: torch.stack([x, 2 * x, x * x]).log_softmax(0)[2],
    "mse_loss": lambda x: torch.nn.functional.mse_loss(x**2, torch.tensor(0.5)),
    "product": lambda x: torch.stack([x, x + 1, x * x]).prod(),
}


def twice(function, at: float = 0.7) -> tuple[Backward, Backward]:
    """The records of the first and of the second derivative."""
    with Recorder() as recorder:
        x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
        recorder.name_tensor("x", x, 1)
        y = function(x)
        recorder.name_tensor("y", y, 2)
        (g,) = recorder.gradients(y, x, create_graph=True)
        recorder.gradients(g, x)
    first, second = recorder.backwards
    return first, second


def slope(function, at: float) -> float:
    x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    return torch.autograd.grad(function(x), x)[0].item()


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_the_second_derivative_is_the_change_of_the_slope(function):
    _, second = twice(function)
    (leaf,) = [leaf for leaf in second.leaves if leaf.name == "x"]
    step = 1e-5
    change = (slope(function, 0.7 + step) - slope(function, 0.7 - step)) / (2 * step)
    assert leaf.after.values[0] == pytest.approx(change, rel=1e-6)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_the_graph_is_the_one_that_pytorch_makes_unwatched(function):
    _, second = twice(function)
    x = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    (g,) = torch.autograd.grad(function(x), x, create_graph=True)
    waiting, names, seen = [g.grad_fn], [], set()
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            names.append(node.name().rpartition("::")[2])
            waiting += [below for below, _ in node.next_functions if below is not None]
    assert sorted(names) == sorted(node.name for node in second.nodes if node.name)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name != "product"])
def test_every_step_of_both_is_explained_and_agrees(name):
    for backward in twice(FUNCTIONS[name]):
        for index in range(len(backward.steps)):
            card = explain_step(backward, index)
            assert {line.engine for line in card.lines} <= {"agrees", "unchecked"}
            if card.source == "textbook":
                assert {line.engine for line in card.lines} <= {"agrees"}, card


def test_the_operations_of_the_engine_have_their_forward_values_and_statements():
    _, second = twice(torch.tanh)
    (made,) = [node for node in second.nodes if node.name == "TanhBackwardBackward0"]
    assert made.value.values[0] == pytest.approx(1 - math.tanh(0.7) ** 2)
    assert made.function == "aten.tanh_backward.default"
    step = next(i for i, step in enumerate(second.steps) if step.node == made.id)
    card = explain_step(second, step)
    assert card.statement == "∂y/∂x = ∂y/∂y·(1 − y²)"


def test_the_operations_of_the_engine_belong_to_the_line_that_called_it():
    trace = trace_of("""
        x = torch.tensor(2.0, requires_grad=True)
        y = x**3
        g, = torch.autograd.grad(y, x, create_graph=True)
        h, = torch.autograd.grad(g, x)
    """)
    assert {node.line for node in trace.backwards[1].nodes if node.kind == "operation"} == {3}


def names_in_last(source: str) -> list[tuple[str, str | None]]:
    """Of the last recorded call the nodes' kinds and names."""
    return [
        (node.name or node.kind, node.variable) for node in trace_of(source).backwards[-1].nodes
    ]


def test_gradients_without_a_name_are_called_by_their_symbols():
    found = names_in_last("""
        x = torch.tensor(2.0, requires_grad=True)
        s = x.sin()
        y = s.exp()
        z = torch.autograd.grad(y, x, create_graph=True)[0] * 1
        z.backward()
    """)
    symbols = {name for _, name in found if name and "∂" in name}
    assert symbols == {"∂y/∂x", "∂y/∂s", "∂y/∂y"}


def test_the_programs_own_name_for_a_gradient_comes_first():
    found = names_in_last("""
        x = torch.tensor(2.0, requires_grad=True)
        y = x**3
        g, = torch.autograd.grad(y, x, create_graph=True)
        g.backward()
    """)
    assert found[:2] == [("output", "g"), ("MulBackward0", "g")]


@pytest.mark.filterwarnings("ignore:Using backward")
def test_the_gradient_that_backward_left_in_a_leaf_is_called_so():
    found = names_in_last("""
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        loss = (w**3).sum()
        loss.backward(create_graph=True)
        penalty = (w.grad**2).sum()
        w.grad = None
        penalty.backward()
    """)
    assert "w.grad" in {name for _, name in found}


HESSIAN = """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = (x**3).sum() + x[0] * x[1] ** 2
g, = torch.autograd.grad(y, x, create_graph=True)
rows = [torch.autograd.grad(g[i], x, retain_graph=True)[0] for i in range(2)]
"""


def test_a_hessian_by_rows_is_recorded_row_by_row():
    trace = trace_of(HESSIAN)
    rows = [
        leaf.after.values
        for backward in trace.backwards[1:]
        for leaf in backward.leaves
        if leaf.name == "x"
    ]
    expected = torch.autograd.functional.hessian(
        lambda x: (x**3).sum() + x[0] * x[1] ** 2, torch.tensor([1.0, 2.0])
    )
    assert [list(row) for row in rows] == expected.tolist()


PENALTY = """
torch.manual_seed(3)
x = torch.randn(4, 3, requires_grad=True)
W = torch.randn(3, 5, requires_grad=True)
v = torch.randn(5, 1, requires_grad=True)
score = (torch.tanh(x @ W) @ v).sum()
g, = torch.autograd.grad(score, x, create_graph=True)
penalty = ((g.norm(dim=1) - 1) ** 2).mean()
penalty.backward()
"""


def test_a_gradient_penalty_gives_the_gradients_of_plain_pytorch():
    backward = trace_of(PENALTY).backwards[-1]
    scope = {"torch": torch}
    exec(textwrap.dedent(PENALTY), scope)
    after = {leaf.name: leaf.after for leaf in backward.leaves}
    for name in ("x", "W", "v"):
        assert list(after[name].values) == scope[name].grad.flatten().tolist()


@pytest.mark.parametrize(
    "expression",
    [
        "x.prod()",
        "x.prod(1).sum()",
        "x.cumprod(0).sum()",
        "torch.det(x)",
        "torch.matrix_exp(x).sum()",
    ],
)
def test_what_pytorch_differentiates_otherwise_under_a_mode_is_not_watched(expression):
    """Bit for bit what plain PyTorch gives, and the operation is in the list that says so."""
    source = f"""
        torch.manual_seed(1)
        x = torch.randn(3, 3, requires_grad=True)
        y = {expression}
        g, = torch.autograd.grad(y, x, create_graph=True)
        h, = torch.autograd.grad(g.sum(), x)
    """
    first, second = trace_of(source).backwards
    assert {node.name for node in first.nodes} & OTHERWISE
    scope = {"torch": torch}
    exec(textwrap.dedent(source), scope)
    for backward, gradient in ((first, scope["g"]), (second, scope["h"])):
        (leaf,) = [leaf for leaf in backward.leaves if leaf.name == "x"]
        assert list(leaf.after.values) == gradient.flatten().tolist()
