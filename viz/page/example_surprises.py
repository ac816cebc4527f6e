"""The examples of the menu that surprise: one short program for each thing that autograd does."""

from __future__ import annotations

from viz.page.example import Example


def _surprise(
    slug: str, title: str, source: str, backward: int | None = None, stops: bool = False
) -> Example:
    return Example(f"surprise-{slug}", f"Surprise: {title}", source, backward=backward, stops=stops)


SURPRISES = (
    _surprise(
        "adds-up",
        "gradients add up over two backwards",
        """\
w = torch.tensor(2., requires_grad=True)
loss = (w - 1)**2
loss.backward()
print(w.grad)
loss = (w - 1)**2
loss.backward()
print(w.grad)""",
        backward=1,
    ),
    _surprise(
        "detach",
        "detach() cuts the graph",
        """\
x = torch.tensor(2.)
w = torch.tensor(3., requires_grad=True)
y = x * w
target = y.detach()
loss = y * target
loss.backward()
print(w.grad)""",
    ),
    _surprise(
        "data",
        ".data and no_grad cut it as well",
        """\
w = torch.tensor(3., requires_grad=True)
v = torch.tensor(2., requires_grad=True)
with torch.no_grad():
    scale = v * 2
loss = w * scale * w.data
loss.backward()
print(w.grad, v.grad)""",
    ),
    _surprise(
        "item",
        "item() takes a number out of the graph",
        """\
w = torch.tensor(3., requires_grad=True)
y = w**2
mean = y.item() / 2
loss = (y - mean)**2
loss.backward()
print(w.grad)""",
    ),
    _surprise(
        "none-or-zero",
        "None is not 0",
        """\
w = torch.tensor(-2., requires_grad=True)
v = torch.tensor(1., requires_grad=True)
loss = torch.relu(w) + 1
loss.backward()
print(w.grad, v.grad)""",
    ),
    _surprise(
        "saturated",
        "a saturated sigmoid lets nothing through",
        """\
x = torch.tensor(30.)
w = torch.tensor(4., requires_grad=True)
z = w * x
p = torch.sigmoid(z)
loss = (p - 0)**2
loss.backward()
print(w.grad)""",
    ),
    _surprise(
        "in-place",
        "a saved tensor is changed in place",
        """\
w = torch.tensor(1., requires_grad=True)
y = torch.exp(w)
y += 1
loss = y**2
loss.backward()""",
        stops=True,
    ),
    _surprise(
        "twice",
        "backward twice through one graph",
        """\
w = torch.tensor(3., requires_grad=True)
y = w + 1
loss = y**2
loss.backward()
loss.backward()""",
        stops=True,
    ),
    _surprise(
        "no-leaf",
        "a result keeps no .grad",
        """\
w = torch.tensor(3., requires_grad=True)
y = w**2
loss = y * 5
loss.backward()
print(y.grad)""",
    ),
    _surprise(
        "nan",
        "NaN appears in the forward pass",
        """\
p = torch.tensor([0.5, 0.5, 0.], requires_grad=True)
logs = torch.log(p)
terms = p * logs
entropy = -terms.sum()
entropy.backward()
print(p.grad)""",
    ),
    _surprise(
        "infinite-slope",
        "a finite result, an infinite gradient",
        """\
x = torch.tensor([3., 3.])
w = torch.tensor([3., 3.], requires_grad=True)
squares = ((w - x)**2).sum()
distance = torch.sqrt(squares)
distance.backward()
print(w.grad)""",
    ),
    _surprise(
        "where",
        "where lets NaN through",
        """\
x = torch.tensor([-1., 4.], requires_grad=True)
root = torch.sqrt(x)
y = torch.where(x > 0, root, torch.zeros(2))
loss = y.sum()
loss.backward()
print(y, x.grad)""",
    ),
    _surprise(
        "explodes",
        "the gradient explodes in the depth",
        """\
x = torch.tensor(0.1, requires_grad=True)
w = torch.tensor(3.)
h = x
for layer in range(9):
    h = h * w
loss = h
loss.backward()
print(x.grad)""",
    ),
)
