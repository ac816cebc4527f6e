"""Run one text twice: by the language, and by Python itself; say what each printed and computed."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy
import torch

from viz.capture.asked import Asked
from viz.capture.observer import Observer
from viz.language import Result, check, run
from viz.language.machine import Machine
from viz.language.run import room_for_recursion, run_program, settings_kept, warnings_as_notices
from viz.limits import Limits
from viz.trace import Input

SMALL = Limits(steps=200_000, memory_bytes=1 << 28)
LARGE = Limits()


@dataclass
class PlainObserver(Observer):
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

    def run_engine(self, asked: Asked, engine: Callable[[], Any], line: int | None) -> Any:
        self.backward_lines.append(line)
        return engine()


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


def variables_after(source: str) -> tuple[str, dict[str, Any]]:
    """What a program prints, and the variables that it leaves."""
    machine = Machine(check(source, LARGE), PlainObserver(), LARGE)
    with room_for_recursion(LARGE), settings_kept(), warnings_as_notices(machine):
        run_program(machine, ())
    return "".join(machine.printed), machine.module.variables


ADDRESS = re.compile(r" object at 0x[0-9a-f]+")


def without_addresses(text: str) -> str:
    return ADDRESS.sub("", text)


HEADER = "import math\nimport torch\nimport torch.nn.functional as F\n"


def by_python(source: str, names: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
    """What Python prints for the same text, and the variables that it leaves."""
    variables: dict[str, Any] = {"__name__": "__main__", **(names or {})}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), settings_kept():
        exec(HEADER, variables)
        exec(source, variables)
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


def differences(ours: Any, theirs: Any, path: str) -> list[str]:
    """Where two values of one program differ: numbers, tensors with gradients, layers, containers.

    Values of other kinds, such as functions and optimizers, are seen through what they did.
    """
    if isinstance(theirs, torch.Tensor):
        alike = isinstance(ours, torch.Tensor) and same(ours.detach(), theirs.detach())
        if not alike or ours.requires_grad != theirs.requires_grad:
            return [path]
        graded = theirs.is_leaf or theirs.retains_grad
        if graded and not same(ours.grad, theirs.grad):
            return [f"{path}.grad"]
        return []
    if isinstance(theirs, torch.nn.Module):
        mine, others = dict(ours.named_parameters()), dict(theirs.named_parameters())
        buffers = differences(dict(ours.named_buffers()), dict(theirs.named_buffers()), path)
        return differences(mine, others, path) + buffers
    if isinstance(theirs, (list, tuple)):
        if len(ours) != len(theirs):
            return [path]
        pairs = enumerate(zip(ours, theirs, strict=True))
        return [found for at, (a, b) in pairs for found in differences(a, b, f"{path}[{at}]")]
    if isinstance(theirs, dict):
        if list(ours) != list(theirs):
            return [path]
        return [
            found
            for key in theirs
            for found in differences(ours[key], theirs[key], f"{path}[{key!r}]")
        ]
    if isinstance(theirs, numpy.ndarray) and not theirs.dtype.hasobject:
        alike = (
            isinstance(ours, numpy.ndarray)
            and ours.dtype == theirs.dtype
            and numpy.array_equal(ours, theirs, equal_nan=True)
        )
        return [] if alike else [path]
    if isinstance(theirs, (bool, int, float, str, type(None))):
        return [] if ours == theirs or ours != ours else [path]
    return []
