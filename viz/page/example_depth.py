"""The examples of the menu about paths and depth: they open with the tab that shows them."""

from __future__ import annotations

from viz.page.example import Example

DEPTH = (
    Example(
        "two-paths",
        "A residual connection: two paths, and one has no brake",
        """\
x = torch.tensor(2., requires_grad=True)
f = torch.tanh(x)
y = f + x
loss = y**2
loss.backward()
print(x.grad)""",
        view="chain",
    ),
    Example(
        "sigmoid-layers",
        "Six layers with sigmoid: the gradient vanishes",
        """\
from torch import nn

torch.manual_seed(0)
x = torch.randn(8, 4)
target = torch.rand(8, 1)
net = nn.Sequential(
    nn.Linear(4, 4), nn.Sigmoid(),
    nn.Linear(4, 4), nn.Sigmoid(),
    nn.Linear(4, 4), nn.Sigmoid(),
    nn.Linear(4, 4), nn.Sigmoid(),
    nn.Linear(4, 4), nn.Sigmoid(),
    nn.Linear(4, 1), nn.Sigmoid(),
)
loss = nn.functional.mse_loss(net(x), target)
loss.backward()""",
        view="flow",
    ),
    Example(
        "recurrent-product",
        "One weight, fifteen steps: the gradient explodes",
        """\
w = torch.tensor(1.5, requires_grad=True)
h = torch.tensor(1.)
for step in range(15):
    h = w * h
loss = h
loss.backward()
print(w.grad)""",
        view="flow",
    ),
)
