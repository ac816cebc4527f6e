"""The base of whoever is told what a program does: the three ways to the engine, as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from viz.capture.asked import Asked, Gradients, Tensors, asked_of, held


class Observer:
    """Hears of lines, names and numbers, and lets the engine run. The base itself only lets it.

    An heir says in `run_engine` what happens around the engine. `line` is the line that called it;
    None where the program left the call out.
    """

    def enter_line(self, line: int) -> None:
        """A statement begins."""

    def name_tensor(self, name: str, tensor: torch.Tensor, line: int) -> None:
        """The program gave a tensor a name."""

    def name_module(self, name: str, module: torch.nn.Module) -> None:
        """The program gave a module a name."""

    def takes(self, tensor: torch.Tensor, how: Any, word: str) -> Any:
        """The program takes numbers out of the graph; what is returned names where they come from.

        how, word   as in `viz.trace.Cut`
        """
        return ()

    def brings(self, numbers: Any) -> None:
        """The next operations get these numbers, which came out of tensors, as operands."""

    def brought(self, tensor: torch.Tensor, origins: Any) -> None:
        """A tensor was made of numbers that came out of tensors."""

    def backward(
        self,
        tensor: torch.Tensor,
        gradient: torch.Tensor | None = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Tensors | None = None,
        line: int | None = None,
    ) -> None:
        """Run `tensor.backward(...)`."""
        inputs = held(inputs)
        self.run_engine(
            asked_of(tensor, gradient, inputs, creates=create_graph),
            lambda: tensor.backward(gradient, retain_graph, create_graph, inputs),
            line,
        )

    def backward_of_several(
        self,
        tensors: Tensors,
        gradients: Gradients = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Tensors | None = None,
        line: int | None = None,
    ) -> None:
        """Run `torch.autograd.backward(...)`."""
        inputs = held(inputs)
        self.run_engine(
            asked_of(tensors, gradients, inputs, creates=create_graph),
            lambda: torch.autograd.backward(
                tensors, gradients, retain_graph, create_graph, inputs=inputs
            ),
            line,
        )

    def gradients(
        self,
        outputs: Tensors,
        inputs: Tensors,
        gradients: Gradients = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        line: int | None = None,
        **more: Any,
    ) -> Any:
        """Run `torch.autograd.grad(...)` and return what it returns.

        `more` are those of its arguments that change nothing in the engine's way.
        """
        inputs = held(inputs)
        return self.run_engine(
            asked_of(outputs, gradients, inputs, returned=True, creates=create_graph),
            lambda: torch.autograd.grad(
                outputs, inputs, gradients, retain_graph, create_graph, **more
            ),
            line,
        )

    def run_engine(self, asked: Asked, engine: Callable[[], Any], line: int | None) -> Any:
        """Call `engine`, which runs the engine as `asked`, and give what it returns."""
        return engine()
