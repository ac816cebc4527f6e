"""What a run leaves beside its backward passes: the curves of a training loop, and plots."""

from __future__ import annotations

from typing import Literal

from viz.record import Number, Record


class Curve(Record, frozen=True):
    """One leaf over the calls of backward; each column as long as `History.numbers`.

    name        "" for a leaf that was reached, but never named; several leaves may share a name
    gradients   the Euclidean norm of `.grad` after the call, NaN and infinity kept; None where
                there was no `.grad`, or no such leaf
    values      the value at the call; None for a leaf of more than one element
    """

    name: str
    shape: tuple[int, ...]
    gradients: tuple[Number | None, ...]
    values: tuple[Number | None, ...] | None = None


class History(Record, frozen=True):
    """Every call of backward in a few numbers, in columns, recorded step by step or not.

    calls     how often the program called backward
    numbers   which calls the columns hold, from 0: all of them, or evenly thinned; always the last
    lines     the lines that called
    losses    what backward was called on; None where that had more than one element
    norms     its Euclidean norm where it had more than one element, else None;
              empty where it never had
    curves    the leaves, in the order in which they were met
    leaves_left_out   how many leaves have no curve, for there are too many
    """

    calls: int = 0
    numbers: tuple[int, ...] = ()
    lines: tuple[int | None, ...] = ()
    losses: tuple[Number | None, ...] = ()
    norms: tuple[Number | None, ...] = ()
    curves: tuple[Curve, ...] = ()
    leaves_left_out: int = 0

    def __post_init__(self) -> None:
        columns = [self.lines, self.losses, self.norms or self.losses]
        for curve in self.curves:
            columns += [curve.gradients, curve.gradients if curve.values is None else curve.values]
        if {len(column) for column in columns} != {len(self.numbers)}:
            raise ValueError("the columns of a history differ in length")

    @property
    def is_thinned(self) -> bool:
        return len(self.numbers) < self.calls


class Series(Record, frozen=True):
    """One curve or cloud of points that the program plotted; x and y are equally long."""

    kind: Literal["line", "points"]
    label: str
    x: tuple[Number, ...]
    y: tuple[Number, ...]

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y):
            raise ValueError(f"{len(self.x)} places for {len(self.y)} heights")


class Picture(Record, frozen=True):
    """What the program plotted with matplotlib into one figure."""

    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
