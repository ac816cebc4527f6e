"""Remember the curves that a program plots with matplotlib: plain numbers, drawn later by the page.

`plot` and `scatter`, titles, labels and legends are kept. Everything else of matplotlib does
nothing here, and a notice says so.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch

from viz.language.values import Ignored, Value
from viz.trace import Picture, Series, to_number

if TYPE_CHECKING:
    from viz.language.machine import Machine

MOST_PICTURES = 12
MOST_SERIES = 20
MOST_POINTS = 2000
"""Of a longer curve evenly chosen points are kept."""
MOST_CHARACTERS = 200

PICTURE = Ignored("picture")


@dataclass
class Draft:
    """The picture that the program is working on."""

    title: str = ""
    x_label: str = ""
    y_label: str = ""
    series: list[Series] = field(default_factory=list)

    def finished(self) -> Picture:
        return Picture(self.title, self.x_label, self.y_label, tuple(self.series))


class Pictures:
    """All pictures of one run."""

    def __init__(self) -> None:
        self._drafts = [Draft()]

    @property
    def present(self) -> Draft:
        return self._drafts[-1]

    def begin(self) -> None:
        """`plt.figure()` and `plt.show()`: what follows belongs to another picture."""
        if self.present.series and len(self._drafts) < MOST_PICTURES:
            self._drafts.append(Draft())

    def finished(self) -> tuple[Picture, ...]:
        return tuple(draft.finished() for draft in self._drafts if draft.series)


def plot(machine: Machine, node: ast.AST, *values: Value, **named: Value) -> Value:
    """`plot(y)`, `plot(x, y)`, `plot(x1, y1, "r--", x2, y2)`: lines, or points for "o" and "."."""
    curves: list[list[Value]] = []
    formats: list[str] = []
    open_curve = False
    for value in values:
        if isinstance(value, str):
            formats[-1:] = [value]
            open_curve = False
        elif open_curve and len(curves[-1]) == 1:
            curves[-1].append(value)
            open_curve = False
        else:
            curves.append([value])
            formats.append("")
            open_curve = True
    for curve, style in zip(curves, formats, strict=True):
        points = any(mark in style for mark in "o.x*+^sv") and "-" not in style
        heights = numbers_of(machine, curve[-1])
        places = (
            numbers_of(machine, curve[0])
            if len(curve) > 1
            else [float(n) for n in range(len(heights))]
        )
        add(machine, "points" if points else "line", places, heights, named.get("label"))
    return PICTURE


def scatter(
    machine: Machine, node: ast.AST, x: Value, y: Value, *rest: Value, **named: Value
) -> Value:
    """`scatter(x, y)`"""
    add(machine, "points", numbers_of(machine, x), numbers_of(machine, y), named.get("label"))
    return PICTURE


def add(
    machine: Machine,
    kind: Literal["line", "points"],
    x: list[float],
    y: list[float],
    label: Value,
) -> None:
    if len(x) != len(y):
        raise ValueError(
            f"x and y must have same first dimension, but have shapes ({len(x)},) and ({len(y)},)"
        )
    series = machine.pictures.present.series
    if len(series) == MOST_SERIES:
        machine.notice_of_run(f"Of one picture only the first {MOST_SERIES} curves are drawn.")
    if len(series) >= MOST_SERIES:
        return
    every = max(1, -(-len(x) // MOST_POINTS))
    series.append(
        Series(
            kind,
            text(label),
            tuple(to_number(float(value)) for value in x[::every]),
            tuple(to_number(float(value)) for value in y[::every]),
        )
    )


def title(
    machine: Machine, node: ast.AST, words: Value = "", *rest: Value, **named: Value
) -> Value:
    machine.pictures.present.title = text(words)
    return PICTURE


def x_label(
    machine: Machine, node: ast.AST, words: Value = "", *rest: Value, **named: Value
) -> Value:
    machine.pictures.present.x_label = text(words)
    return PICTURE


def y_label(
    machine: Machine, node: ast.AST, words: Value = "", *rest: Value, **named: Value
) -> Value:
    machine.pictures.present.y_label = text(words)
    return PICTURE


def legend(machine: Machine, node: ast.AST, *values: Value, **named: Value) -> Value:
    """`legend(["train", "test"])` names the curves that have no name yet."""
    names = values[0] if values and isinstance(values[0], (list, tuple)) else ()
    series = machine.pictures.present.series
    for index, name in enumerate(names[: len(series)]):
        old = series[index]
        series[index] = Series(old.kind, text(name), old.x, old.y)
    return PICTURE


def begin(machine: Machine, node: ast.AST, *values: Value, **named: Value) -> Value:
    machine.pictures.begin()
    return PICTURE


def numbers_of(machine: Machine, value: Value) -> list[float]:
    """The numbers along one axis. Raises what matplotlib would for what it can't draw."""
    if isinstance(value, torch.Tensor):
        if value.requires_grad:
            raise RuntimeError(
                "Can't call numpy() on Tensor that requires grad. "
                "Use tensor.detach().numpy() instead."
            )
        value = value.numpy()
    if isinstance(value, Iterable) and not isinstance(value, np.ndarray):
        value = [
            item.item() if isinstance(item, torch.Tensor) else item for item in machine.items(value)
        ]
    found = np.asarray(value, dtype=np.float64).reshape(-1)
    return [float(number) for number in found]


def text(value: Value) -> str:
    return "" if value is None else str(value)[:MOST_CHARACTERS]


FUNCTIONS = {
    "plot": plot,
    "semilogy": plot,
    "semilogx": plot,
    "loglog": plot,
    "scatter": scatter,
    "title": title,
    "set_title": title,
    "suptitle": title,
    "xlabel": x_label,
    "set_xlabel": x_label,
    "ylabel": y_label,
    "set_ylabel": y_label,
    "legend": legend,
    "figure": begin,
    "show": begin,
}
