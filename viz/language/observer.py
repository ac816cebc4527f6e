"""Who is told what a program does, as the language sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import torch


class Observer(Protocol):
    """Who is told what a program does. `line` counts from 1; 0 and None stand for no line."""

    def enter_line(self, line: int) -> None:
        """A statement begins, or goes on after a function that it called has returned."""

    def name_tensor(self, name: str, tensor: torch.Tensor, line: int) -> None:
        """A variable, a parameter, an attribute or an input now names this tensor."""

    def name_module(self, name: str, module: torch.nn.Module) -> None:
        """A variable now names this module."""

    def takes(self, tensor: torch.Tensor, how: Any, word: str) -> Any:
        """Numbers leave the graph. Returns where they come from; what is empty needs no following.

        how    "data" or "item" or "detach"; word: what the program calls for it: ".item()"
        """

    def brings(self, numbers: Mapping[Any, Any]) -> None:
        """From now on, these plain numbers among operands come from there."""

    def brought(self, tensor: torch.Tensor, origins: Any) -> None:
        """This tensor, which needs no gradient, was made of numbers that come from there."""

    def backward(
        self,
        tensor: torch.Tensor,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
        line: int | None = None,
    ) -> None:
        """Does the real backward. `line` is None where it was called for the student."""

    def backward_of_several(
        self,
        tensors: Any,
        gradients: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
        line: int | None = None,
    ) -> None:
        """Does the real `torch.autograd.backward`."""

    def gradients(
        self,
        outputs: Any,
        inputs: Any,
        gradients: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        line: int | None = None,
        **more: Any,
    ) -> Any:
        """Does the real `torch.autograd.grad` and gives what it returns."""
