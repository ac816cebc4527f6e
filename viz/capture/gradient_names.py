"""Name the gradients that have a graph of their own: "∂y/∂x", and "w.grad" for what is kept.

With `create_graph` the gradients are results like any other, and the next backward pass goes
through the operations that made them. The program's own names come first.
"""

from __future__ import annotations

from typing import Any

import torch

from viz.capture.asked import Asked
from viz.capture.calls import Calls
from viz.capture.firing import Gradients
from viz.capture.graph import ACCUMULATE_GRAD, Graph, name_of, result_of
from viz.capture.leaves import Returned

OUTPUT = "output"
"""What a result without a name is called."""


class GradientNames:
    """Told of the gradients while the engine runs; then of those that it returned or kept."""

    def __init__(self, graph: Graph, asked: Asked, calls: Calls) -> None:
        self._calls = calls
        self._graph = graph
        self._asked = asked
        names = [calls.name_of(output) for output in asked.outputs]
        whole = " + ".join(OUTPUT if name is None else name.text for name in names)
        self._of = f"∂({whole})" if len(names) > 1 else f"∂{whole}"
        self._line = calls.here().line
        # The output without a name is called so too where its gradient arrives.
        self._roots = {} if len(names) > 1 else {graph.roots[0]: OUTPUT}

    def arrived(self, grad_fn: Any, gradients: Gradients) -> None:
        for output, gradient in enumerate(gradients):
            below = self._name_below(grad_fn, output)
            if gradient is not None and gradient.grad_fn is not None:
                self._calls.see(gradient)  # In case that the engine runs unwatched.
            if gradient is not None and below is not None:
                self._calls.suggest(f"{self._of}/∂{below}", gradient, self._line)

    def of_answer(self, returned: Returned) -> None:
        """What `grad` returned, and what backward left in `.grad`: no other name says more."""
        for tensor in self._asked.captured:
            self._name(tensor, returned.get(id(tensor)), f"{self._of}/∂{{}}")
        if not self._asked.returned:
            for leaf in self._graph.leaves:
                self._name(leaf.variable, leaf.variable.grad, "{}.grad")

    def _name(self, tensor: torch.Tensor, gradient: torch.Tensor | None, text: str) -> None:
        name = self._calls.name_of(tensor)
        if name is not None and gradient is not None and gradient.grad_fn is not None:
            self._calls.suggest(text.format(name.text), gradient, self._line, again=True)

    def _name_below(self, grad_fn: Any, output: int) -> str | None:
        if name_of(grad_fn) == ACCUMULATE_GRAD:
            name = self._calls.subject(grad_fn.variable).name
        else:
            name = self._calls.name(result_of(grad_fn, output))
        return self._roots.get(grad_fn) if name is None else name.text
