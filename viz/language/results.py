"""Remember the tensors of a program that may be its result, in case it never calls backward."""

from __future__ import annotations

from typing import NamedTuple

import torch


class Candidate(NamedTuple):
    """A tensor, what to call it in a sentence, and the line that made it."""

    tensor: torch.Tensor
    name: str
    line: int


class Results:
    """The latest candidate of each rank; earlier ones are let go, with the graphs behind them."""

    def __init__(self) -> None:
        self.by_rank: dict[int, Candidate] = {}

    def add(self, candidate: Candidate) -> None:
        self.by_rank[rank(candidate.tensor)] = candidate

    def best(self) -> Candidate | None:
        """The last scalar that requires grad, or else tensor that does, or else tensor."""
        return self.by_rank[min(self.by_rank)] if self.by_rank else None


def rank(tensor: torch.Tensor) -> int:
    if not tensor.requires_grad:
        return 2
    return 0 if tensor.numel() == 1 else 1
