"""Programs that use what everyday Python and numpy offer around the tensors."""
# ruff: noqa: E501 - lines as courses write them

PROGRAMS = {
    "an engine of scalars, written in a course": """
import math
class Value:
    def __init__(self, data, _children=(), _op='', label=''):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = set(_children)
        self._op = _op
        self.label = label
    def __repr__(self):
        return f"Value(data={self.data})"
    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), '+')
        def _backward():
            self.grad += 1.0 * out.grad
            other.grad += 1.0 * out.grad
        out._backward = _backward
        return out
    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), '*')
        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._backward = _backward
        return out
    def __pow__(self, other):
        assert isinstance(other, (int, float)), "only supporting int/float powers for now"
        out = Value(self.data ** other, (self,), f'**{other}')
        def _backward():
            self.grad += other * (self.data ** (other - 1)) * out.grad
        out._backward = _backward
        return out
    def __rmul__(self, other):
        return self * other
    def __neg__(self):
        return self * -1
    def __sub__(self, other):
        return self + (-other)
    def __truediv__(self, other):
        return self * other ** -1
    def __radd__(self, other):
        return self + other
    def tanh(self):
        t = (math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)
        out = Value(t, (self,), 'tanh')
        def _backward():
            self.grad += (1 - t ** 2) * out.grad
        out._backward = _backward
        return out
    def backward(self):
        topo = []
        visited = set()
        def build_topo(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build_topo(child)
                topo.append(v)
        build_topo(self)
        self.grad = 1.0
        for node in reversed(topo):
            node._backward()
x1, x2 = Value(2.0, label='x1'), Value(0.0, label='x2')
w1, w2 = Value(-3.0), Value(1.0)
b = Value(6.8813735870195432)
n = x1 * w1 + x2 * w2 + b
o = n.tanh()
o.backward()
print(o, x1.grad, w1.grad, x2.grad, w2.grad, b.grad)
print(2 * x1, x1 / 4, x1 - 1, sum([x1, x2]))
import torch
t1 = torch.Tensor([2.0]).double(); t1.requires_grad = True
u1 = torch.Tensor([-3.0]).double(); u1.requires_grad = True
m = torch.tanh(t1 * u1 + 6.8813735870195432)
m.backward()
print(m.data.item(), t1.grad.item(), u1.grad.item())
""",
    "star-arguments": """
import torch
def total(*values, scale=1.0, **options):
    result = scale * sum(values)
    for key in sorted(options):
        print(key, "=", options[key])
    return result
x, y = torch.tensor([1.0, 2.0], requires_grad=True)
print(total(1, 2, 3), total(*[1, 2], scale=2, **{"b": 1, "a": 2}))
w = torch.ones(2, requires_grad=True)
total(*w, *w ** 2, scale=3.0).backward()
print(w.grad)
first, *middle, last = range(5)
print(first, middle, last, [*middle, *"ab"], {**{"k": 1}, "j": 2}, (*middle,))
def kw(a, *, b=2, c):
    return a, b, c
print(kw(1, c=3), max(*[3, 1, 2]))
""",
    "comprehensions": """
import torch
squares = [i ** 2 for i in range(5) if i % 2 == 0]
table = {k: v for k, v in zip("abc", squares)}
letters = {c for c in "hello"}
grid = [[i * j for j in range(3)] for i in range(2)]
pairs = [(i, j) for i in range(3) for j in range(i)]
print(squares, table, sorted(letters), grid, pairs, sum(i for i in range(4)))
xs = [torch.tensor(float(i), requires_grad=True) for i in range(3)]
torch.stack([x * i for i, x in enumerate(xs)]).sum().backward()
print([x.grad.item() for x in xs], all(x.requires_grad for x in xs), any(i > 5 for i in squares))
i = "kept"
[i for i in range(3)]
print(i)
""",
    "dicts, sets and strings": """
import torch
params = dict(lr=0.1, momentum=0.9)
params["epochs"] = 3
params.update({"lr": 0.01})
for key, value in params.items():
    print(f"{key:>10}: {value}")
print(list(params), params.get("nothing", 0), "lr" in params, len(params), params.pop("lr"))
del params["epochs"]
print(params, params.setdefault("x", []), list(params.values()))
s = {1, 2} | {2, 3}
s.add(5)
print(s & {1, 5, 7}, s - {1}, 2 in s, sorted(s))
text = "  The quick brown fox  "
print(text.strip().lower().split(), text.replace("quick", "slow").strip(), text.count("o"))
print("a,b".split(","), "-".join(map(str, [1, 2])), "abc".find("c"), "x".ljust(4) + "|", "7".zfill(3))
print("abc"[::-1], "ab" * 2, "Hello".startswith("He"), "%5.2f|%-6s|%03d|%e" % (3.14159, "ab", 7, 12345.678))
print("{:>8.3f}|{:<6}|{:^7}|{:,}|{:.1%}".format(2.71828, "ab", "mid", 1234567, 0.256))
print("{0} {1} {0}".format("a", "b"), "{name}: {value:.2f}".format(name="w", value=1 / 3), "{{}}".format())
w = torch.tensor(1.0, requires_grad=True)
(w * len(s)).backward()
""",
    "closures, nonlocal and global": """
import torch
counter = 0
def count():
    global counter
    counter += 1
    return counter
def make_accumulator():
    total = 0
    def add(x):
        nonlocal total
        total += x
        return total
    return add
acc = make_accumulator()
print(acc(1), acc(2), count(), count(), counter)
compose = lambda f, g: lambda x: f(g(x))
w = torch.tensor(0.5, requires_grad=True)
compose(torch.sin, lambda v: v ** 2)(w).backward()
print(w.grad)
def outer(a, b=[]):
    b.append(a)
    return b
print(outer(1), outer(2), (lambda *a, k=1: (a, k))(1, 2))
""",
    "generators": """
import torch
def batches(data, size):
    for i in range(0, len(data), size):
        yield data[i:i + size]
def count_up():
    n = 0
    while True:
        yield n
        n += 1
        if n > 3:
            return
def both():
    yield from count_up()
    yield 99
data = torch.arange(7.0)
w = torch.tensor(1.0, requires_grad=True)
for batch in batches(data, 3):
    (w * batch).sum().backward()
    print(batch, w.grad)
print(list(count_up()), list(both()))
g = count_up()
print(next(g), next(g), sum(g))
""",
    "sorting, mapping and friends": """
import torch
words = ["pear", "fig", "banana"]
print(sorted(words), sorted(words, key=len, reverse=True), max(words, key=len), min(3, 1, 2))
print(list(map(lambda a, b: a + b, [1, 2], [3, 4])), list(filter(None, [0, 1, 2])))
print(list(zip(words, range(3))), dict(enumerate(words)), list(reversed(words)))
print(any([0, 1]), all([]), sum([0.5, 1]), round(2.675, 2), abs(-2), divmod(7, 3), pow(2, 5))
print(isinstance(1, int), isinstance(1.0, (int, str)), isinstance(torch.ones(1), torch.Tensor))
words.sort(key=lambda w: w[-1])
words.insert(1, "kiwi")
words.remove("fig")
print(words, words.index("kiwi"), words[-2:], "fig" not in words)
print(int("7") + float("0.5"), str(3) + "x", bool([]), list("ab"), tuple([1]), type(3).__name__)
w = torch.ones(2, requires_grad=True)
sum(map(torch.sum, [w, w * 2])).backward()
print(w.grad)
""",
    "classes with inheritance, properties and static methods": """
import torch
class Shape:
    count = 0
    def __init__(self, name):
        self.name = name
        Shape.count += 1
    def area(self):
        raise NotImplementedError
    def __str__(self):
        return f"{self.name} with area {self.area():.2f}"
class Square(Shape):
    def __init__(self, side):
        super().__init__("square")
        self.side = side
    def area(self):
        return self.side ** 2
    @property
    def perimeter(self):
        return 4 * self.side
    @staticmethod
    def unit():
        return Square(1)
    @classmethod
    def of_area(cls, area):
        return cls(area ** 0.5)
class Stack:
    def __init__(self):
        self.items = []
    def __len__(self):
        return len(self.items)
    def __getitem__(self, i):
        return self.items[i]
    def __call__(self, x):
        self.items.append(x)
        return self
    def __eq__(self, other):
        return self.items == other.items
    def __iter__(self):
        return iter(self.items)
print(Square(2), Square(3).perimeter, Square.unit(), Square.of_area(16).side, Shape.count)
s = Stack()
s(1)(2)
print(len(s), s[0], s == Stack(), [x for x in s], isinstance(Square(1), Shape))
try:
    Shape("none").area()
except NotImplementedError:
    print("not implemented")
w = torch.tensor(2.0, requires_grad=True)
Square(w).area().backward()
print(w.grad)
""",
    "numpy for the data": """
import numpy as np
import torch
np.random.seed(0)
X = np.random.rand(20, 1)
y = 1 + 2 * X + 0.1 * np.random.randn(20, 1)
idx = np.arange(20)
np.random.shuffle(idx)
train_idx = idx[:16]
x_train, y_train = X[train_idx], y[train_idx]
x_t = torch.from_numpy(x_train).float()
y_t = torch.tensor(y_train, dtype=torch.float)
a = torch.randn(1, requires_grad=True, dtype=torch.float, generator=torch.Generator().manual_seed(42))
b = torch.zeros(1, requires_grad=True)
for epoch in range(20):
    yhat = a + b * x_t
    error = y_t - yhat
    loss = (error ** 2).mean()
    loss.backward()
    with torch.no_grad():
        a -= 0.1 * a.grad
        b -= 0.1 * b.grad
    a.grad.zero_()
    b.grad.zero_()
print(a.detach().numpy(), b.item(), X.shape, y.mean(), np.linspace(0, 1, 3), X.T.shape)
m = np.array([[1., 2.], [3., 4.]])
print(m.dot(m), m @ m, np.linalg.inv(m), m.sum(axis=0), np.exp(m).astype(np.float32), m[m > 2])
print(np.sqrt(m).tolist(), np.zeros((2, 2)), np.concatenate([m, m], axis=1), np.pi, m.reshape(-1))
t = torch.ones(3)
n = t.numpy()
t.add_(1)
print(n, type(n), n.dtype, torch.from_numpy(n), np.float32(2.5) * 2)
""",
    "a network in numpy, beside torch": """
import numpy as np
import torch
rng = np.random.default_rng(0)
N, D_in, H, D_out = 8, 10, 5, 2
x = rng.standard_normal((N, D_in))
y = rng.standard_normal((N, D_out))
w1 = rng.standard_normal((D_in, H))
w2 = rng.standard_normal((H, D_out))
t1 = torch.tensor(w1, requires_grad=True)
t2 = torch.tensor(w2, requires_grad=True)
h = x.dot(w1)
h_relu = np.maximum(h, 0)
y_pred = h_relu.dot(w2)
loss = np.square(y_pred - y).sum()
grad_y_pred = 2.0 * (y_pred - y)
grad_w2 = h_relu.T.dot(grad_y_pred)
grad_h = grad_y_pred.dot(w2.T)
grad_h[h < 0] = 0
grad_w1 = x.T.dot(grad_h)
tl = (torch.tensor(x).mm(t1).clamp(min=0).mm(t2) - torch.tensor(y)).pow(2).sum()
tl.backward()
print(np.allclose(grad_w1, t1.grad.numpy()), np.allclose(grad_w2, t2.grad), abs(loss - tl.item()) < 1e-9)
""",
    "collections, random and copies": """
import copy
import random
from collections import defaultdict, deque, Counter, OrderedDict
import torch
from torch import nn
random.seed(1)
print(random.random(), random.randint(1, 6), random.choice("abc"), random.uniform(0, 1), random.gauss(0, 1))
items = list(range(5))
random.shuffle(items)
print(items, random.sample(items, 2))
groups = defaultdict(list)
for word in ["apple", "avocado", "bean"]:
    groups[word[0]].append(word)
print(dict(groups), Counter("banana").most_common(2))
memory = deque(maxlen=3)
for i in range(5):
    memory.append(i)
print(list(memory), memory[0], len(memory))
torch.manual_seed(0)
model = nn.Linear(2, 1)
best = copy.deepcopy(model.state_dict())
twin = copy.deepcopy(model)
model(torch.ones(1, 2)).sum().backward()
with torch.no_grad():
    model.weight.fill_(0)
print(best["weight"], twin.weight, twin.weight.grad, model.weight)
model.load_state_dict(best)
print(torch.equal(model.weight, twin.weight))
""",
    "printing tensors": """
import torch
torch.set_printoptions(precision=2, sci_mode=False)
x = torch.tensor([1.23456, 1000.5, 1e-5])
print(x, x.tolist()[0], torch.eye(2), torch.zeros(0), torch.tensor(True))
torch.set_printoptions(precision=6)
print(x, torch.arange(3), torch.tensor([[1, 2], [3, 4]]), torch.ones(2, dtype=torch.float64))
print("loss:", torch.tensor(0.5), "shape:", x.shape, "size:", x.size(), x.dtype, x.device)
w = torch.tensor([1.0], requires_grad=True)
print(w, (w * 2), w.sum(), [w], {"w": w}, str(w), repr(w.detach()))
w.sum().backward()
print(f"{w.grad.item():+.3e}", f"{3:5d}|{'a':>4}|{2.5!r}|{1e10:g}", f"{w.item():{8}.{2}f}")
""",
    "k-means and nearest neighbours, without a loop": """
import torch
torch.manual_seed(0)
points = torch.cat([torch.randn(10, 2), torch.randn(10, 2) + 4])
centers = points[torch.randperm(20)[:2]].clone().requires_grad_()
for step in range(5):
    d = torch.cdist(points, centers)
    nearest, which = d.min(dim=1)
    loss = nearest.pow(2).mean()
    loss.backward()
    with torch.no_grad():
        centers -= 0.5 * centers.grad
        centers.grad.zero_()
    print(step, loss.item(), which.bincount(minlength=2).tolist())
""",
    "bigrams of names": """
import torch
import torch.nn.functional as F
words = ["emma", "olivia", "ava", "isabella"]
chars = sorted(list(set(''.join(words))))
stoi = {s: i + 1 for i, s in enumerate(chars)}
stoi['.'] = 0
itos = {i: s for s, i in stoi.items()}
xs, ys = [], []
for w in words:
    chs = ['.'] + list(w) + ['.']
    for ch1, ch2 in zip(chs, chs[1:]):
        xs.append(stoi[ch1])
        ys.append(stoi[ch2])
xs = torch.tensor(xs)
ys = torch.tensor(ys)
num = xs.nelement()
n = len(stoi)
g = torch.Generator().manual_seed(2147483647)
W = torch.randn((n, n), generator=g, requires_grad=True)
for k in range(10):
    xenc = F.one_hot(xs, num_classes=n).float()
    logits = xenc @ W
    counts = logits.exp()
    probs = counts / counts.sum(1, keepdims=True)
    loss = -probs[torch.arange(num), ys].log().mean() + 0.01 * (W ** 2).mean()
    W.grad = None
    loss.backward()
    W.data += -5 * W.grad
print('number of examples:', num, loss.item())
out = []
ix = 0
while True:
    p = F.one_hot(torch.tensor([ix]), num_classes=n).float() @ W
    p = p.exp() / p.exp().sum(1, keepdims=True)
    ix = torch.multinomial(p, num_samples=1, replacement=True, generator=g).item()
    out.append(itos[ix])
    if ix == 0 or len(out) > 20:
        break
print(''.join(out))
""",
    "pictures are accepted": """
import torch
w = torch.tensor(3.0, requires_grad=True)
losses = []
for _ in range(3):
    loss = w ** 2
    loss.backward()
    losses.append(loss.item())
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad.zero_()
print(losses)
""",
}

PROGRAMS["under if __name__, with typing and assertions"] = '''
from __future__ import annotations
from typing import List, Optional, Tuple
import torch

def scale(x: torch.Tensor, by: Optional[float] = None) -> Tuple[torch.Tensor, int]:
    """Multiply.

    With a docstring of its own.
    """
    assert x.dim() == 1, f"expected a vector, got {x.dim()}"
    factor: float = 2.0 if by is None else by
    return x * factor, len(x)

def main() -> None:
    w = torch.ones(3, requires_grad=True)
    y, n = scale(w)
    z, _ = scale(y, by=0.5)
    (y + z).sum().backward()
    print(n, w.grad)
    i, total = 0, 0.0
    while i < 10:
        i += 1
        if i == 3: continue
        if i > 6:
            break
        total += i
    print(total, i); print("two on a line")

if __name__ == "__main__":
    main()
out = torch.zeros(1, requires_grad=True)
out.sum().backward()
'''
