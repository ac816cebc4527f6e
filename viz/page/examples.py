"""The examples of the menu: programs that show one thing each."""

from __future__ import annotations

from viz.page.example import Example
from viz.page.example_depth import DEPTH
from viz.page.example_pairs import PAIRS
from viz.page.example_second import SECOND
from viz.page.example_surprises import SURPRISES
from viz.trace import Input

__all__ = ["BY_SLUG", "EXAMPLES", "FIRST", "Example"]

EXAMPLES = (
    Example(
        "notebook-1",
        "Lab notebook 1: backward twice, then zero",
        """\
import torch

x = torch.tensor(1.)
y = torch.tensor(2.)
w = torch.tensor(1., requires_grad=True)

def forward(x, y, w):
    y_hat = w * x
    loss = (y_hat - y)**2
    return loss

print(forward(x, y, w))
forward(x, y, w).backward()
print(w.grad)
forward(x, y, w).backward()
print(w.grad)
w.grad.zero_()
print(w.grad)""",
    ),
    Example(
        "notebook-2",
        "Lab notebook 2: one weight, step by step",
        """\
x = torch.tensor(2.)
w = torch.tensor(2., requires_grad=True)
y = torch.tensor(3.)
y_pred = x * w
s = y - y_pred
loss = s**2
loss.backward()
print(w.grad)""",
    ),
    Example(
        "squared-error",
        "Squared error as an expression",
        "(y - x*w)**2",
        (Input("y", "3", False), Input("x", "2", False), Input("w", "2", True)),
    ),
    Example(
        "sum-and-product",
        "(x + y) · z: plus passes on, times swaps",
        "(x + y)*z",
        (Input("x", "-2", True), Input("y", "5", True), Input("z", "-4", True)),
    ),
    Example(
        "used-three-times",
        "A leaf used three times: contributions add up",
        "(x**2 - 2*x)*y + x",
        (Input("x", "3", True), Input("y", "2", True)),
    ),
    Example(
        "sigmoid-neuron",
        "Sigmoid neuron",
        """\
x = torch.tensor([1., -2.])
w = torch.tensor([0.5, 0.25], requires_grad=True)
b = torch.tensor(0.1, requires_grad=True)
z = (w * x).sum() + b
a = torch.sigmoid(z)
loss = (a - 1)**2
loss.backward()
print(w.grad, b.grad)""",
    ),
    Example(
        "broadcast-bias",
        "Broadcasting a bias: its gradient is summed",
        """\
x = torch.tensor([[1., 2.], [3., 4.], [5., 6.]])
b = torch.tensor([0.5, -0.5], requires_grad=True)
y = x + b
loss = (y * y).sum()
loss.backward()
print(b.grad)""",
    ),
    Example(
        "matmul-mse",
        "Matrix multiplication and mse_loss",
        """\
import torch.nn.functional as F

x = torch.tensor([[1., 2.], [3., 4.], [5., 6.]])
W = torch.tensor([[0.5], [-0.25]], requires_grad=True)
target = torch.tensor([[1.], [0.], [2.]])
y = x @ W
loss = F.mse_loss(y, target)
loss.backward()
print(W.grad)""",
    ),
    Example(
        "ten-tanh",
        "A chain of ten tanh: the gradient vanishes",
        """\
x = torch.tensor(2., requires_grad=True)
h = x
for layer in range(10):
    h = torch.tanh(h)
loss = h
loss.backward()
print(x.grad)""",
    ),
    Example(
        "relu-dead",
        "A dead relu: the gradient is exactly 0",
        "relu(w*x + b)",
        (Input("w", "-1.5", True), Input("x", "2", False), Input("b", "0.5", True)),
    ),
    *DEPTH,
    *SECOND,
    *SURPRISES,
    *PAIRS,
)

FIRST = EXAMPLES[1]
BY_SLUG = {example.slug: example for example in EXAMPLES}
