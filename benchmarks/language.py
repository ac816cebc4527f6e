"""What the interpreter costs beside Python itself: the same text, run by both, in turns.

`python -m benchmarks.language` prints one line for each program: both times, the factor, the aim.
The observer does nothing but the backward pass: what recording costs is measured elsewhere.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import torch

from benchmarks.machine import described
from benchmarks.measure import side_by_side
from viz.language import check, run
from viz.limits import Limits

LIMITS = Limits(steps=10**9, seconds=3600)
RUNS = 7

TRAINING = """
import torch
from torch import nn
torch.manual_seed(0)
X, y = torch.randn(640, 10), torch.randn(640, 1)
MODEL
loss_fn = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(50):
    for i in range(0, 640, 64):
        xb = X[i:i + 64]
        yb = y[i:i + 64]
        loss = loss_fn(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

SEQUENTIAL = """
model = nn.Sequential(nn.Linear(10, 100), nn.ReLU(), nn.Linear(100, 100), nn.ReLU(),
                      nn.Linear(100, 1))
"""

CLASS = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden1 = nn.Linear(10, 100)
        self.hidden2 = nn.Linear(100, 100)
        self.out = nn.Linear(100, 1)
    def forward(self, x):
        x = torch.relu(self.hidden1(x))
        x = torch.relu(self.hidden2(x))
        return self.out(x)
model = Net()
"""

SUMS = """
total = 0.0
for i in range(100000):
    total += i * 0.5
    if i % 2 == 0:
        total -= 1
"""

DESCENT = """
xs = [0.1 * i for i in range(100)]
ys = [3 * x + 1 for x in xs]
w, b = 0.0, 0.0
for epoch in range(200):
    dw, db = 0.0, 0.0
    for x, y in zip(xs, ys):
        e = w * x + b - y
        dw += 2 * e * x
        db += 2 * e
    w -= 0.001 * dw / len(xs)
    b -= 0.001 * db / len(xs)
"""

ENDING = "\nimport torch\ntorch.ones(1, requires_grad=True).sum().backward()\n"
"""A program of numbers alone has no backward pass to show; here it gets a small one."""


class Comparison(NamedTuple):
    """A program, and how many times Python's own time it may take."""

    name: str
    source: str
    aim: float


COMPARISONS = (
    Comparison("training, layers in nn.Sequential", TRAINING.replace("MODEL", SEQUENTIAL), 1.3),
    Comparison("training, layers in a class", TRAINING.replace("MODEL", CLASS), 1.3),
    Comparison("sums of plain numbers", SUMS + ENDING, 20),
    Comparison("gradient descent on plain numbers", DESCENT + ENDING, 20),
)


class Silent:
    """Watches nothing."""

    def enter_line(self, line: int) -> None:
        pass

    def name_tensor(self, name: str, tensor: torch.Tensor, line: int) -> None:
        pass

    def takes(self, tensor: torch.Tensor, how: str, word: str) -> Any:
        return ()

    def brings(self, numbers: Any) -> None:
        pass

    def brought(self, tensor: torch.Tensor, origins: Any) -> None:
        pass

    def backward(self, tensor: torch.Tensor, *values: Any, line: int | None = None) -> None:
        tensor.backward(*values)


def by_the_language(source: str) -> Callable[[], object]:
    program = check(source, LIMITS)
    return lambda: run(program, {}, Silent(), LIMITS)


def by_python(source: str) -> Callable[[], object]:
    code = compile(source, "program", "exec")
    return lambda: exec(code, {"__name__": "__main__"})


def main() -> int:
    torch.set_num_threads(1)
    print(described(), end="\n\n")
    missed = 0
    for each in COMPARISONS:
        works = (by_the_language(each.source), by_python(each.source))
        for work in works:
            work()  # what torch imports at first use belongs to neither
        ours, theirs = (min(times) for times in side_by_side(works, RUNS))
        factor = ours / theirs
        missed += factor > each.aim
        print(
            f"{'✓' if factor <= each.aim else '✗'} {each.name}: {ours:,.0f} ms beside "
            f"{theirs:,.0f} ms by Python, {factor:.2f} times (aim: {each.aim:g})",
            flush=True,
        )
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
