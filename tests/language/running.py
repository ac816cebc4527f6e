"""Run one text twice: by the language, and by Python itself; say what each printed and computed."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass, field
from typing import Any

import torch

from viz.language import Result, check, run
from viz.limits import Limits
from viz.trace import Input

SMALL = Limits(steps=200_000, memory_bytes=1 << 28)


@dataclass
class PlainObserver:
    """Does the real backward, and remembers what it was told."""

    names: dict[str, torch.Tensor] = field(default_factory=dict)
    named_at: list[tuple[str, int]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    backward_lines: list[int | None] = field(default_factory=list)

    def enter_line(self, line: int) -> None:
        self.lines.append(line)

    def name_tensor(self, name: str, tensor: torch.Tensor, line: int) -> None:
        self.names[name] = tensor
        self.named_at.append((name, line))

    def backward(
        self,
        tensor: torch.Tensor,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
        line: int | None = None,
    ) -> None:
        self.backward_lines.append(line)
        torch.autograd.backward(tensor, gradient, retain_graph, create_graph, inputs=inputs)


def run_source(
    source: str, limits: Limits = SMALL, **texts: str | Input
) -> tuple[Result, PlainObserver]:
    """Check and run; `texts` are the values of inputs."""
    observer = PlainObserver()
    inputs = {
        name: given if isinstance(given, Input) else Input(name, given)
        for name, given in texts.items()
    }
    return run(check(source, limits), inputs, observer, limits), observer


def printed_by(source: str) -> str:
    """What the program prints; a backward at its end makes it complete."""
    whole = f"{source}\ntorch.ones(1, requires_grad=True).sum().backward()\n"
    return run_source(whole)[0].printed


HEADER = "import math\nimport torch\nimport torch.nn.functional as F\n"


def by_python(source: str, names: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
    """What Python prints for the same text, and the variables that it leaves."""
    variables: dict[str, Any] = dict(names or {})
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(HEADER + source, variables)
    return printed.getvalue(), variables


def same(ours: torch.Tensor | None, theirs: torch.Tensor | None) -> bool:
    """Bit for bit, NaN equal to NaN, None equal to None."""
    if ours is None or theirs is None:
        return ours is theirs
    return (
        ours.dtype == theirs.dtype
        and ours.shape == theirs.shape
        and torch.equal(ours.isnan(), theirs.isnan())
        and torch.equal(ours.nan_to_num(), theirs.nan_to_num())
    )
