"""The graphs on which SeeGrad and its alternatives are measured, from a hundred operations on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn


class Chain(nn.Module):
    """One tiny operation after another."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self.length = length
        self.w = nn.Parameter(torch.tensor(0.5))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = x * self.w
        for _ in range(self.length):
            h = torch.sin(h)
        return h


class DenseOfScalars(nn.Module):
    """A dense layer written out in scalars, as lessons do: 4n² + 2n boxes in torchviz's picture."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.side = side
        self.w = nn.ParameterList([nn.Parameter(torch.tensor(0.01)) for _ in range(side * side)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        total = torch.tensor(0.0)
        weights = list(self.w)
        for row in range(self.side):
            out = x[0] * weights[row * self.side]
            for column in range(1, self.side):
                out = out + x[column] * weights[row * self.side + column]
            total = total + out
        return total


class Perceptron(nn.Module):
    def __init__(self, layers: int, width: int = 16) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(width, width) for _ in range(layers)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return x.sum()


class Recurrent(nn.Module):
    """One cell, its weights shared by all steps."""

    def __init__(self, steps: int, width: int = 16) -> None:
        super().__init__()
        self.steps = steps
        self.cell = nn.RNNCell(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = torch.zeros_like(x)
        for _ in range(self.steps):
            h = self.cell(x, h)
        return h.sum()


class Transformer(nn.Module):
    def __init__(self, layers: int, width: int = 32) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            [
                nn.TransformerEncoderLayer(width, 4, 2 * width, dropout=0.0, batch_first=True)
                for _ in range(layers)
            ]
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.layers:
            x = layer(x)
        return x.sum()


class Gpt2(nn.Module):
    """12 layers, 124 million random weights; the loss of guessing each next word."""

    def __init__(self) -> None:
        super().__init__()
        from transformers import GPT2Config, GPT2LMHeadModel

        self.model = GPT2LMHeadModel(GPT2Config())
        self.model.eval()  # Without dropout each run computes the same.

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        loss: torch.Tensor = self.model(words, labels=words).loss
        return loss


Case = tuple[nn.Module, torch.Tensor]
"""A model, whose result is a scalar loss, and its input."""


def chain(length: int) -> Callable[[], Case]:
    return lambda: (Chain(length), torch.tensor(1.0))


def dense(side: int) -> Callable[[], Case]:
    return lambda: (DenseOfScalars(side), torch.ones(side))


CASES: dict[str, Callable[[], Case]] = {
    "chain-100": chain(100),
    "chain-1000": chain(1_000),
    "chain-10000": chain(10_000),
    "chain-100000": chain(100_000),
    "dense-13": dense(13),
    "dense-23": dense(23),
    "dense-42": dense(42),
    "dense-60": dense(60),
    "mlp-1000": lambda: (Perceptron(1_000), torch.randn(4, 16)),
    "rnn-1000": lambda: (Recurrent(1_000), torch.randn(4, 16)),
    "transformer-96": lambda: (Transformer(96), torch.randn(1, 8, 32)),
    "gpt2": lambda: (Gpt2(), torch.randint(0, 50_257, (1, 64))),
}


def made(name: str) -> Case:
    torch.manual_seed(0)
    return CASES[name]()


def small() -> Case:
    """To warm up with."""
    return Perceptron(2), torch.randn(4, 16)


def operations(loss: Any) -> int:
    """Nodes of the engine's graph, leaves included."""
    seen = {loss.grad_fn}
    waiting = [loss.grad_fn]
    while waiting:
        for node, _ in waiting.pop().next_functions:
            if node is not None and node not in seen:
                seen.add(node)
                waiting.append(node)
    return len(seen)
