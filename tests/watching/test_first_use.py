"""What people do first: loops over parameters, compiled models, a look at what came back."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

import viz

COMPILED = """
model.train()
with viz.watch() as watch:
    loss = fast(x).sum()
trace = watch.backward(loss)
"""


class Scaled(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.parts = nn.ModuleList([nn.Linear(3, 3), nn.Linear(3, 1)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for part in self.parts:
            x = part(x).relu()
        return x


def test_parameters_are_called_by_their_modules_whatever_variable_holds_them() -> None:
    model, offset = Scaled(), nn.Parameter(torch.ones(1))
    parameters = list(model.parameters())
    for p in parameters:
        p.data.add_(0.1)
    with viz.watch() as watch:
        loss = (model(torch.ones(2, 3)) + offset).sum()
    trace = watch.backward(loss)
    leaves = {leaf.name: leaf.after for leaf in trace.backwards[0].leaves if leaf.requires_grad}
    assert set(leaves) == {"offset", *(name for name, _ in model.named_parameters())}
    for name, parameter in (("offset", offset), *model.named_parameters()):
        after, gradient = leaves[name], parameter.grad
        assert after is not None, name
        assert gradient is not None, name
        assert after.floats() == tuple(gradient.flatten().tolist())


def test_the_compiler_keeps_away_from_the_watch_of_a_script() -> None:
    """It gives up on a module below a watch, and would go on to compile the watch itself."""
    torch._dynamo.reset()
    model, x = Scaled(), torch.ones(2, 3)
    held: dict[str, Any] = {"viz": viz, "model": model, "x": x}
    held["fast"] = torch.compile(model, backend="eager")
    exec(compile(COMPILED, "script.py", "exec"), held)
    plain = torch.autograd.grad(model(x).sum(), list(model.parameters()))
    for parameter, expected in zip(model.parameters(), plain, strict=True):
        assert parameter.grad is not None
        assert torch.equal(parameter.grad, expected)
    assert len(held["trace"].backwards) == 1


def test_a_trace_says_in_few_words_what_it_is() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    with viz.watch() as watch:
        loss = (x * 3).exp()
    assert repr(watch.trace) == "<Trace: 0 backward passes, 0 nodes, 0 notices>"
    trace = watch.backward(loss)
    backward = trace.backwards[0]
    nodes, steps = len(backward.nodes), len(backward.steps)
    assert repr(trace) == f"<Trace: 1 backward pass, {nodes} nodes, 0 notices>"
    assert repr(backward) == f"<Backward 0: {nodes} nodes, {steps} steps, 1 leaves>"


@pytest.mark.parametrize("ask", [viz.explain, viz.prove])
def test_who_gives_a_tensor_for_a_program_is_told_of_the_watch(ask: Any) -> None:
    with pytest.raises(viz.InputError, match=r"this is a Tensor\..*viz\.watch"):
        ask(torch.ones(1))
