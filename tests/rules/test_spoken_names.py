"""Operations are written as the student wrote them."""

from __future__ import annotations

import pytest
import torch

from tests.traces import backward_of
from viz.rules import describe, explain_step, name, text_of

SETUP = """
y = torch.arange(6.).requires_grad_()
A = torch.arange(24.).view(2, 3, 4).requires_grad_()
x = torch.ones(2, 3, requires_grad=True)
t = torch.tensor([0, 1])
"""


def written(expression: str) -> str:
    backward = backward_of(f"{SETUP}z = {expression}\nz.sum().backward()")
    node = next(node for node in backward.nodes if node.variable == "z")
    return describe(backward, node.id).removeprefix("z = ")


@pytest.mark.parametrize(
    ("expression", "statement"),
    [
        ("F.cross_entropy(x, t)", "nll_loss(log_softmax(x, dim=1), t)"),
        ("y.split([2, 4])[0]", "split(y, [2, 4])"),
        ("F.layer_norm(x, (3,))", "layer_norm(x)"),
        ("F.pad(y, (1, 1))", "pad(y)"),
        ("torch.linalg.norm(y)", "norm(y)"),
        ("torch.cdist(x, x)", "cdist(x, x)"),
        ("y[t]", "y[…]"),
        ("A[:, t]", "A[…]"),
    ],
)
def test_a_call_has_the_word_that_is_written(expression: str, statement: str):
    assert written(expression) == statement


INDEXED = ["y[1]", "y[-1]", "y[0:2]", "y[1:]", "y[:3]", "y[:-1]", "y[::2]", "y[1:5:2]", "A[1]"]
INDEXED += ["A[:, 1]", "A[:, :, 1]", "A[:, 0:2]", "A[:, :, 1:3]", "A[1][2]", "A[1, 2]", "A[..., 1]"]
INDEXED += ["(2*y)[1]", "(y*y)[0:2]", "(y + 1)[2]", "A.select(-1, 2)", "A.narrow(1, 0, 2)"]


@pytest.mark.parametrize("expression", INDEXED)
def test_an_index_that_is_written_means_in_python_what_was_computed(expression: str):
    python = written(expression).replace("−", "-").replace("·", "*")
    assert "[" in python
    values = {"y": torch.arange(6.0), "A": torch.arange(24.0).view(2, 3, 4)}
    assert torch.equal(eval(python, dict(values)), eval(expression, dict(values)))


def test_a_part_of_a_tensor_is_one_name_in_a_gradient():
    backward = backward_of(f"{SETUP}z = y[0:2].sum() * y[1]")
    symbols = {
        text_of(line.parts).split(" ")[0]
        for step in range(len(backward.steps))
        for line in explain_step(backward, step).lines
    }
    assert {"∂z/∂y[1]", "∂z/∂y[0:2]"} <= symbols


def test_an_unnamed_part_goes_by_its_index():
    backward = backward_of(f"{SETUP}z = y[1].sin()")
    assert "y[1]" in {name(backward, node.id) for node in backward.nodes}
