"""Turn a function into a row: how long it takes, how often it was asked, what it should take."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """Times in milliseconds; `aim` is the median that is to be reached.

    instead   of a time, where something can't do it: "RecursionError", "ended after 60 s"
    """

    name: str
    times: tuple[float, ...]
    aim: float | None = None
    instead: str = ""

    def __post_init__(self) -> None:
        if not self.times and not self.instead:
            raise ValueError(f"{self.name!r} was never measured")

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def reached(self) -> bool:
        return self.aim is None or (not self.instead and self.median <= self.aim)

    def cells(self) -> tuple[str, ...]:
        if self.instead:
            return (self.name, self.instead, "", "", "")
        aim = "" if self.aim is None else f"{'✓' if self.reached else '✗'} {self.aim:,.0f}"
        slowest = f"{max(self.times):,.0f}"
        return (self.name, f"{self.median:,.0f}", slowest, str(len(self.times)), aim)


HEAD = ("", "median ms", "slowest ms", "runs", "aim ms")


def milliseconds(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return (time.perf_counter() - before) * 1000


def side_by_side(works: Sequence[Callable[[], object]], runs: int) -> list[tuple[float, ...]]:
    """The times of each work. They take turns, so that a busy moment of the machine hits all."""
    rounds = [[milliseconds(work) for work in works] for _ in range(runs)]
    return [tuple(times) for times in zip(*rounds, strict=True)]


def table(title: str, rows: Sequence[Row]) -> str:
    """The rows as a Markdown table.

    >>> print(table("Waiting", [Row("a step", (10.0, 30.0, 20.0), aim=50)]))
    ### Waiting
    <BLANKLINE>
    |        | median ms | slowest ms | runs | aim ms |
    | ------ | --------- | ---------- | ---- | ------ |
    | a step |        20 |         30 |    3 |   ✓ 50 |
    """
    return f"### {title}\n\n{markdown(HEAD, [row.cells() for row in rows])}"


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table: the first column to the left, numbers to the right."""
    cells = [heads, *rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        [
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        for line in cells
    ]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
