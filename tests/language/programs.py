"""Programs of everyday teaching, each of which Python with torch runs as well."""

PROGRAMS = {
    "a squared error, three backwards with and without zeroing": """
def forward(x, y, w):
    s = y - x * w
    return s**2

x = torch.tensor(1.0)
y = torch.tensor(2.0)
w = torch.tensor(1.0, requires_grad=True)
print(forward(x, y, w))
loss = forward(x, y, w)
loss.backward()
print(w.grad)
forward(x, y, w).backward()
print(w.grad)
w.grad.zero_()
print(w.grad)
""",
    "gradient descent under no_grad": """
torch.manual_seed(0)
xs = torch.linspace(-1, 1, 8)
ys = 3 * xs - 1
a = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for step in range(5):
    loss = ((a * xs + b - ys) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        a -= 0.1 * a.grad
        b -= 0.1 * b.grad
    print(f"step {step}: loss {loss.item():.4f}, a {a.item():8.3f}")
    if step < 4:
        a.grad.zero_()
        b.grad = None
""",
    "gradient descent through data": """
w = torch.tensor([1.0, -2.0], requires_grad=True)
for _ in range(3):
    (w**2).sum().backward()
    w.data -= 0.1 * w.grad
    w.grad.zero_()
print(w, w.grad)
""",
    "a small network with matmul and a loss of torch.nn.functional": """
torch.manual_seed(1)
x = torch.randn(4, 3)
target = torch.tensor([0, 1, 1, 0])
w1 = torch.randn(3, 5, requires_grad=True)
b1 = torch.zeros(5, requires_grad=True)
w2 = torch.randn(5, 2, requires_grad=True)
h = torch.relu(x @ w1 + b1)
loss = F.cross_entropy(h @ w2, target)
loss.backward()
print(loss, w1.grad.shape, b1.grad, w2.grad.norm())
""",
    "closures, defaults and keyword arguments": """
def power(exponent=2):
    def raise_it(base, scale=1.0):
        return scale * base**exponent
    return raise_it
cube = power(exponent=3)
x = torch.tensor(2.0, requires_grad=True)
y = cube(scale=0.5, base=x) + power()(x)
y.backward()
print(x.grad, y)
square = lambda v, k=2: v**k
print(square(3), square(3, k=3))
""",
    "recursion": """
def product(values, at):
    if at == len(values):
        return 1.0
    return values[at] * product(values, at + 1)
values = []
for k in range(1, 5):
    values.append(torch.tensor(float(k), requires_grad=True))
result = product(values, 0)
result.backward()
for v in values:
    print(v.grad)
first = values[0]
""",
    "while, break, continue and else": """
n, total = 10, 0
while n > 0:
    n -= 1
    if n % 2:
        continue
    if n == 4:
        break
    total += n
else:
    print("never")
for i in range(3):
    pass
else:
    print("done", i)
print(n, total)
x = torch.tensor(float(total), requires_grad=True)
(x / 3).backward()
""",
    "conditions": """
x = torch.tensor(-1.5, requires_grad=True)
if x > 0:
    y = x
elif x > -1:
    y = 2 * x
else:
    y = x**2
z = y if not y < 0 else -y
z.backward()
print(5 < 2 < 9, 1 < 5 > 3, 1 == 1 != 2 in [2])
print(z, 0 < 1 < 2, 3 > 2 > 5, 1 and 0 or "last", None is None, 2 in [1, 2], 3 not in (1, 2))
print(x.grad)
""",
    "tuples, lists, slices": """
a, (b, c) = 1, [2, 3]
items = [a, b, c] * 2 + [7]
items[0] = -1
items[1:3] = [8]
print(items, items[-1], items[1:4:2], items[::-1], len(items), (1,) + (2,))
a, b = b, a
print(a, b, "text"[1:3], (1, 2, 3)[0])
x = torch.arange(6.0).reshape(2, 3).requires_grad_()
y = x[0, 1:] * x[:, 0] + x[..., -1] + x[None][0, :, 1]
print(y, x[1].tolist(), x.shape, x.size(0), list(x.shape))
y.sum().backward()
print(x.grad)
""",
    "loops over lists, tuples, enumerate, zip, tensors": """
w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
total = 0
for i, (a, b) in enumerate(zip(w, [4, 5, 6])):
    total = total + i * a * b
for part in w.detach():
    print(part)
for pair in ((1, 2), (3, 4)):
    print(pair[0], end=" | ")
print(sum([1, 2, 3]), max(3, 7), min([4, 2]), abs(-3), round(2.567, 2), list(range(3)))
print(sorted([3, 1, 2], reverse=True), list(reversed([1, 2])), tuple("ab"))
total.backward()
print(w.grad)
""",
    "f-strings and print": """
x = torch.tensor(2.5, requires_grad=True)
y = x**2
y.backward()
name = "x"
print(f"{name!r} = {x.item():.3f}; {y:>10.2f}|{3:04d}|{0.25:.1%}|{name:^5}|{1e6:,.0f}|{x.grad}")
print(f"{x=}", "a", 1, 2.0, None, True, sep=", ", end=".\\n")
print()
print("%s has %d items, %.2f %%" % (name, 3, 0.5), str(2) + "!", "-" * 5)
print([x, 1], (y.detach(),), "-".join(["p", "q"]), "Ab".upper())
""",
    "dtypes": """
i = torch.tensor([1, 2, 3])
d = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
print(i, i.dtype, i.float(), (i / 2).dtype, i // 2, i % 2 == 1, d.to(torch.float32).dtype)
print(torch.zeros(2, dtype=torch.int64), torch.ones(2, 2, dtype=torch.double), torch.eye(2))
(d.float() * 2).sum().backward()
print(d.grad, float(d[0]), int(d[1]), bool(i[0]))
""",
    "reductions": """
x = torch.tensor([[1.0, 4.0, 2.0], [0.5, -1.0, 3.0]], requires_grad=True)
print(x.sum(), x.mean(dim=1), x.max(), x.max(dim=0).values, x.argmax(), x.std(), x.norm())
values, indices = x.min(dim=1, keepdim=True)
print(values, indices, x.amax(1), x.prod(), torch.logsumexp(x, dim=0))
loss = x.var() + x.softmax(dim=1).log().mean() + values.sum()
loss.backward()
print(x.grad)
""",
    "shapes": """
x = torch.arange(24.0, requires_grad=True)
y = x.view(2, 3, 4).transpose(0, 2).permute(1, 0, 2).flatten(1)
z = torch.cat([y, y[:1]], dim=0).unsqueeze(0).squeeze()
s = torch.stack((z, z)).sum(0).repeat(1, 2).expand(4, 16)
(s * torch.arange(16.0)).mean().backward()
print(y.shape, z.shape, s.shape, s.T.shape, s.ndim, s.numel(), s.is_contiguous())
print(x.grad)
""",
    "activations and losses": """
x = torch.linspace(-2, 2, 5, requires_grad=True)
t = torch.tensor([0.0, 1.0, 0.0, 1.0, 1.0])
a = torch.sigmoid(x) + torch.tanh(x) + F.gelu(x) + F.softplus(x) + F.leaky_relu(x, 0.2) + F.silu(x)
loss = F.mse_loss(a, t) + F.l1_loss(a, t, reduction="sum") + F.smooth_l1_loss(a, t)
loss = loss + F.binary_cross_entropy_with_logits(x, t) + F.huber_loss(x, t, delta=0.5)
loss.backward()
print(loss, x.grad)
""",
    "grad_fn, leaves and flags": """
x = torch.tensor(3.0, requires_grad=True)
y = x * 2
z = y + 1
y.retain_grad()
print(x.is_leaf, y.is_leaf, y.requires_grad, y.grad_fn.name(), len(z.grad_fn.next_functions))
print(z.grad_fn.next_functions[0][0].name(), x.grad_fn, x.grad)
z.backward(retain_graph=True)
z.backward()
print(y.grad, x.grad)
d = y.detach()
d.requires_grad = True
(d * x).backward()
print(d.grad, x.grad, torch.is_tensor(d))
""",
    "a gradient that is passed in": """
v = torch.tensor([1.0, 2.0], requires_grad=True)
y = v * 3
y.backward(torch.tensor([1.0, 10.0]))
print(v.grad)
w = torch.tensor([1.0, 2.0], requires_grad=True)
(w * v).backward(gradient=torch.ones(2), inputs=[w])
print(w.grad, v.grad)
""",
    "changes in place": """
x = torch.ones(3, requires_grad=True)
y = x * 2
y += 1
y[0] = 0
y.mul_(3)
y.sum().backward()
buffer = torch.zeros(2)
buffer.fill_(2).add_(1)
buffer[1] -= 5
print(x.grad, y, buffer)
""",
    "imports by other names": """
import torch as t
import torch.nn as nn
from torch import tensor, nn as layers
from torch.nn import functional
from math import pi, sqrt
x = tensor(pi, requires_grad=True)
y = t.sin(x / 2) + functional.relu(x) * sqrt(4) + nn.functional.elu(x) + layers.functional.relu(-x)
y.backward()
print(y, x.grad, math.floor(2.7), t.float32)
""",
    "annotations and docstrings": '''
"""A text that stands alone."""
def forward(x: torch.Tensor, k: int = 2) -> torch.Tensor:
    """What it does."""
    scaled: torch.Tensor = k * x
    assert scaled.ndim == 0, "one number"
    return scaled
x: torch.Tensor = torch.tensor(1.0, requires_grad=True)
forward(x, 3).backward()
print(x.grad)
''',
    "not a number and infinity": """
x = torch.tensor([0.0, -1.0, 1.0], requires_grad=True)
y = torch.log(x) + x / 0
y.sum().backward()
print(y, x.grad, float("nan"), float("-inf"), torch.isnan(y))
""",
    "names that hide others": """
sum = torch.tensor(1.0, requires_grad=True)
def f(torch):
    max = torch * 2
    return max
y = f(sum)
y.backward()
print(sum.grad, max(1, 2))
""",
    "whole numbers and floats of Python": """
print(7 // 2, -7 // 2, 7 % 3, -7 % 3, 2**10, 2**-1, 7 / 2, 1e3)
print(10**20, 5 & 3, 5 | 3, 6 ^ 3, 1 << 4, ~5)
print(0.1 + 0.2, round(0.5), round(1.5), int("12"), float("2.5"), int(-2.7))
print(abs(-1.5), -True, 3 == 3.0)
x = torch.tensor(1.0, requires_grad=True)
(x * 2**3).backward()
""",
}
