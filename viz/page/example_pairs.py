"""The examples of the menu that compare two programs: the pair differs in one thing."""

from __future__ import annotations

from viz.page.example import Example

RESIDUAL = """\
x = torch.tensor(0.5)
w1 = torch.tensor(1., requires_grad=True)
w2 = torch.tensor(1., requires_grad=True)
w3 = torch.tensor(1., requires_grad=True)
w4 = torch.tensor(1., requires_grad=True)

h1 = torch.sigmoid(w1 * x)
h2 = torch.sigmoid(w2 * h1)
h3 = torch.sigmoid(w3 * h2)
h4 = torch.sigmoid(w4 * h3)
loss = (h4 - 4)**2
loss.backward()"""

RELU = """\
import torch.nn.functional as F

x = torch.tensor([[1., 2.]])
W1 = torch.tensor([[3., -1.], [2., 1.]], requires_grad=True)
W2 = torch.tensor([[1.], [2.]], requires_grad=True)
target = torch.tensor([[0.]])

h = torch.sigmoid(x @ W1)
y = h @ W2
loss = F.mse_loss(y, target)
loss.backward()"""

ZERO_GRAD = """\
x, y = torch.tensor(2.), torch.tensor(6.)
w = torch.tensor(0., requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.05)

for step in range(20):
    optimizer.zero_grad()
    loss = (w * x - y)**2
    loss.backward()
    optimizer.step()

print(w)"""

MEAN = """\
x = torch.tensor([1., 2., 3.])
y = torch.tensor([2., 4., 5.])
w = torch.tensor(1., requires_grad=True)
b = torch.tensor(0., requires_grad=True)

error = w * x + b - y
loss = (error**2).mean()
loss.backward()"""

INITIAL = """\
torch.manual_seed(0)
x = torch.randn(2, 2)
W1 = (0.1 * torch.randn(2, 3)).requires_grad_()
W2 = (0.1 * torch.randn(3, 2)).requires_grad_()
W3 = (0.1 * torch.randn(2, 1)).requires_grad_()

h1 = torch.tanh(x @ W1)
h2 = torch.tanh(h1 @ W2)
y = h2 @ W3
loss = ((y - 1)**2).mean()
loss.backward()"""

PAIRS = (
    Example(
        "pair-residual",
        "Two programs: without and with a residual connection",
        RESIDUAL,
        second=(
            RESIDUAL.replace("h2 = torch", "h2 = h1 + torch")
            .replace("h3 = torch", "h3 = h2 + torch")
            .replace("h4 = torch", "h4 = h3 + torch")
        ),
    ),
    Example(
        "pair-relu",
        "Two programs: sigmoid against relu",
        RELU,
        second=RELU.replace("torch.sigmoid", "torch.relu"),
    ),
    Example(
        "pair-zero-grad",
        "Two programs: with and without zero_grad",
        ZERO_GRAD,
        second=ZERO_GRAD.replace("    optimizer.zero_grad()\n", ""),
        backward=1,
    ),
    Example(
        "pair-mean-sum",
        "Two programs: mean against sum",
        MEAN,
        second=MEAN.replace(".mean()", ".sum()"),
    ),
    Example(
        "pair-initial-weights",
        "Two programs: small and large initial weights",
        INITIAL,
        second=INITIAL.replace("0.1 *", "3 *"),
    ),
)
