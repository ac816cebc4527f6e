"""The examples of second derivatives, and of gradients that are returned."""

from __future__ import annotations

from viz.page.example import Example

SECOND = (
    Example(
        "autograd-grad",
        "torch.autograd.grad: gradients are returned",
        """\
x = torch.tensor(2.)
w = torch.tensor(3., requires_grad=True)
b = torch.tensor(1., requires_grad=True)
y = x * w
loss = (y + b - 5)**2
gy, gw = torch.autograd.grad(loss, [y, w])
print(gy, gw)
print(w.grad)""",
    ),
    Example(
        "second-derivative",
        "Second derivative: x³ twice",
        """\
x = torch.tensor(2., requires_grad=True)
y = x**3
g, = torch.autograd.grad(y, x, create_graph=True)
h, = torch.autograd.grad(g, x)
print(g, h)""",
    ),
    Example(
        "newton-step",
        "Newton's method: slope and curvature",
        """\
x = torch.tensor(2., requires_grad=True)
for step in range(2):
    f = x**4 - 3*x**2
    slope, = torch.autograd.grad(f, x, create_graph=True)
    curvature, = torch.autograd.grad(slope, x)
    with torch.no_grad():
        x -= slope / curvature
    print(x)""",
    ),
    Example(
        "gradient-penalty",
        "Gradient penalty: the gradient in the loss",
        """\
x = torch.tensor(0.5, requires_grad=True)
w = torch.tensor(2., requires_grad=True)
z = w * x
score = torch.tanh(z)
g, = torch.autograd.grad(score, x, create_graph=True)
penalty = (g - 1)**2
penalty.backward()
print(w.grad)""",
    ),
)
