"""What operations and results are called."""

from __future__ import annotations

import pytest
import torch

from tests.traces import backward_of
from viz.rules import describe, explain_step, name, sign
from viz.trace import Backward, Node

SETUP = """
x = torch.tensor(0.5, requires_grad=True)
w = torch.tensor(2.0, requires_grad=True)
A = torch.ones(2, 3, requires_grad=True)
"""


def result_of(expression: str) -> tuple[Backward, Node]:
    backward = backward_of(f"{SETUP}z = {expression}\nz.sum().backward()")
    return backward, next(node for node in backward.nodes if node.variable == "z")


@pytest.mark.parametrize(
    ("expression", "statement", "drawn"),
    [
        ("w - x*w", "w − x·w", "−"),
        ("(w - x)*w", "(w − x)·w", "×"),
        ("w - (x - w)", "w − (x − w)", "−"),
        ("x/(x*w)", "x/(x·w)", "÷"),
        ("x*2", "2·x", "×"),
        ("-(x + w)", "−(x + w)", "−( )"),
        ("(x + w)**2", "(x + w)²", "( )²"),
        ("(x**2)**3", "(x²)³", "( )³"),
        ("x**-0.5", "x^(−0.5)", "( )ⁿ"),
        ("x**w", "x^w", "( )ⁿ"),
        ("x**0.5", "x^0.5", "( )^0.5"),
        ("(x*w).exp()", "exp(x·w)", "eˣ"),
        ("A.sum(0)", "sum(A, dim=0)", "Σ"),
        ("A @ A.T", "A @ Aᵀ", "@"),
        ("A.softmax(1)", "softmax(A, dim=1)", "softmax"),
        ("A.view(6)", "view(A)", "view"),
        ("torch.relu(x)", "relu(x)", "relu"),
    ],
)
def test_an_operation_is_written_as_a_person_would(expression: str, statement: str, drawn: str):
    backward, node = result_of(expression)
    assert describe(backward, node.id) == f"z = {statement}"
    assert sign(node) == drawn


def test_parentheses_keep_the_meaning():
    names = {"x": 3.0, "w": -5.0, "v": 7.0}
    for expression in ("x - (w - v)", "x/(w*v)", "(x - w)*v", "x - w*v", "-(x - w)", "(x*w)/v"):
        lines = [f"{n} = torch.tensor({v}, requires_grad=True)" for n, v in names.items()]
        backward = backward_of("\n".join([*lines, f"z = {expression}"]))
        written = describe(backward, backward.steps[0].node).removeprefix("z = ")
        python = written.replace("−", "-").replace("·", "*")
        assert eval(python, dict(names)) == eval(expression, dict(names))


def test_a_result_without_a_name_has_no_equals_sign():
    backward = backward_of(f"{SETUP}torch.exp(x)")
    assert describe(backward, backward.steps[0].node) == "exp(x)"
    assert explain_step(backward, 0).statement == "output = exp(x)"
    assert name(backward, backward.output) == "output"


def test_a_long_expression_is_numbered_instead():
    backward = backward_of(f"{SETUP}z = torch.tanh(torch.sigmoid(x*w) + torch.sigmoid(x/w)) * x")
    names = {node.name: name(backward, node.id) for node in backward.nodes}
    assert names["AddBackward0"] == "add₁"
    assert names["TanhBackward0"] == "tanh(add₁)"


def test_a_name_that_a_loop_reuses_is_numbered():
    backward = backward_of(
        "h = torch.tensor(0.5, requires_grad=True)\nfor i in range(3):\n    h = torch.tanh(h)\nh"
    )
    names = [name(backward, step.node) for step in backward.steps]
    assert names == ["h₃", "h₂", "h₁", "h₀"]
    assert describe(backward, backward.steps[1].node) == "h₂ = tanh(h₁)"


def test_only_a_plain_name_stands_without_parentheses_in_a_gradient():
    backward = backward_of(f"{SETUP}z = x*w + x**2 + A.view(6)[0]")
    symbols = {
        line.parts[0].text for step in range(2) for line in explain_step(backward, step).lines
    }
    assert symbols == {"∂z/∂(x·w + x²)", "∂z/∂(view(A)[0])", "∂z/∂(view(A))"}


def test_a_deep_graph_is_named_without_recursion():
    backward = backward_of(
        "x = torch.tensor(0.5, requires_grad=True)\n(lambda: 0)()\n"
        "z = __import__('functools').reduce(lambda a, _: a.sin(), range(2500), x)"
    )
    assert len(name(backward, backward.steps[1000].node)) <= 24
    assert explain_step(backward, 1000).lines[0].engine == "agrees"


def test_every_operation_of_torch_functional_gets_a_short_sign():
    for function in (torch.nn.functional.gelu, torch.logsumexp, torch.cumsum):
        leaf = torch.ones(3, requires_grad=True)
        result = function(leaf) if function is torch.nn.functional.gelu else function(leaf, 0)
        node = Node(id="n1", kind="operation", name=result.grad_fn.name())
        assert 0 < len(sign(node)) <= 7


def test_leaves_and_constants_have_no_sign():
    assert sign(Node(id="n1", kind="leaf", name="AccumulateGrad", variable="x")) == ""
    assert sign(Node(id="n1", kind="constant", name="")) == ""
