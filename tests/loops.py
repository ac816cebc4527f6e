"""Programs that call backward in loops, and what plain PyTorch says of each call."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

import torch

LINEAR_REGRESSION = """
    x = torch.randn(20)
    y = 3 * x + 1
    w = torch.tensor(0.0, requires_grad=True)
    b = torch.tensor(0.0, requires_grad=True)
    for step in range({steps}):
        loss = ((x * w + b - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            w -= 0.1 * w.grad
            b -= 0.1 * b.grad
        w.grad.zero_()
        b.grad.zero_()
"""

LOOPS = {
    "linear regression": LINEAR_REGRESSION,
    "hidden layer, batches, momentum": """
        torch.manual_seed(1)
        data = torch.randn(40, 3)
        w1 = torch.randn(3, 5, requires_grad=True)
        w2 = torch.randn(5, 1, requires_grad=True)
        optimizer = torch.optim.SGD([w1, w2], lr=0.05, momentum=0.9)
        for step in range({steps}):
            batch = data[torch.randint(0, 40, (8,))]
            target = batch.sum(1, keepdim=True)
            hidden = torch.tanh(batch @ w1)
            loss = F.mse_loss(hidden @ w2, target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    """,
    "two calls in a step, each with its graph": """
        generator = torch.tensor(0.5, requires_grad=True)
        critic = torch.tensor(-0.5, requires_grad=True)
        for step in range({steps}):
            made = torch.randn(4) * generator
            critic_loss = (critic * made.detach() - 1).pow(2).mean()
            critic_loss.backward()
            critic.data -= 0.1 * critic.grad
            critic.grad = None
            generator_loss = (critic.detach() * made).mean()
            generator_loss.backward()
            generator.data -= 0.1 * generator.grad
            generator.grad = None
    """,
    "two losses of one graph": """
        w = torch.tensor([0.5, -1.0], requires_grad=True)
        for step in range({steps}):
            shared = torch.tanh(w * torch.randn(2))
            first = shared.sum()
            second = (shared ** 2).sum()
            first.backward(retain_graph=True)
            second.backward()
            with torch.no_grad():
                w -= 0.01 * w.grad
    """,
    "more than one number, with a gradient": """
        w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
        for step in range({steps}):
            y = w * torch.rand(3)
            y.backward(torch.rand(3))
            w.data.sub_(w.grad, alpha=0.1)
    """,
    "a new leaf in every step": """
        w = torch.tensor(1.0, requires_grad=True)
        for step in range({steps}):
            loss = (w * 2 - 3) ** 2
            loss.backward()
            w = (w - 0.05 * w.grad).detach().requires_grad_()
    """,
    "gradients that are never zeroed": """
        w = torch.tensor(1.0, requires_grad=True)
        for step in range({steps}):
            (w * 1.5).backward()
    """,
    "first infinite, then not a number": """
        w = torch.tensor(1.0, requires_grad=True)
        for step in range({steps}):
            loss = (w ** 2) ** 2
            loss.backward()
            w.data -= 10 * w.grad
            w.grad.zero_()
    """,
    "double precision and complex numbers": """
        w = torch.tensor(1.0 + 2.0j, requires_grad=True)
        v = torch.tensor([0.5], dtype=torch.float64, requires_grad=True)
        for step in range({steps}):
            loss = (w * v).abs().sum()
            loss.backward()
            w.data -= 0.1 * w.grad
    """,
}


def loop(name: str, steps: int) -> str:
    return textwrap.dedent(LOOPS[name]).strip().format(steps=steps)


@dataclass(frozen=True)
class Call:
    """What plain PyTorch holds right after a call of backward.

    leaves   by name, the norm of `.grad` (None where there is none) and the value
    """

    output: torch.Tensor
    leaves: dict[str, tuple[float | None, torch.Tensor]]


def calls_in_python(source: str) -> list[Call]:
    """CPython runs the program. Its calls of backward are real, and looked at afterwards."""
    variables: dict[str, Any] = {"torch": torch, "F": torch.nn.functional}
    calls: list[Call] = []
    real = torch.Tensor.backward

    def backward(tensor: torch.Tensor, *values: Any, **named: Any) -> None:
        real(tensor, *values, **named)
        leaves = {
            name: (_norm(value), value.detach().clone())
            for name, value in variables.items()
            if isinstance(value, torch.Tensor) and value.requires_grad and value.is_leaf
        }
        calls.append(Call(tensor.detach().clone(), leaves))

    torch.Tensor.backward = backward  # type: ignore[method-assign]
    try:
        exec(source, variables)
    finally:
        torch.Tensor.backward = real  # type: ignore[method-assign]
    return calls


def _norm(leaf: torch.Tensor) -> float | None:
    return None if leaf.grad is None else leaf.grad.norm().item()
