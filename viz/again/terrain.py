"""A program whose scalar leaves can be put anywhere: the loss and the slope at any point."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

import torch

from viz.again.ground import Ground, explore, gradients_of, number_from_start, set_element
from viz.again.places import Changing, Place
from viz.again.rerun import Again, Lost, Program, total
from viz.capture.asked import Asked
from viz.errors import InputError, ProgramError
from viz.limits import Limits

Point = tuple[float, ...]


class Terrain:
    """One program whose chosen leaves can be put anywhere: loss and slope at a point."""

    def __init__(
        self, program: Program, number: int, leaves: Sequence[int], limits: Limits
    ) -> None:
        start = time.monotonic()
        number = number_from_start(program, number)
        self._again = Again(program, number)
        self.ground: Ground = _explored(self._again, limits)
        self.seconds = time.monotonic() - start
        self.leaves = tuple(leaves) or tuple(scalars(self.ground)[:2])
        if len(self.leaves) not in (1, 2):
            raise InputError("a landscape needs one or two leaves of one element.")
        self._places = [self._place(leaf) for leaf in self.leaves]
        self.start: Point = tuple(
            float(self.ground.values[leaf].reshape(-1)[0]) for leaf in self.leaves
        )

    def _place(self, leaf: int) -> Place:
        if leaf not in scalars(self.ground):
            raise InputError("a landscape needs leaves of one element that the graph uses.")
        place = self.ground.places[leaf]
        assert place is not None
        return place

    @property
    def number(self) -> int:
        return self._again.number

    @property
    def runs(self) -> int:
        return self._again.runs

    def name(self, index: int) -> str:
        return self.ground.names[self.leaves[index]]

    def loss(self, point: Point) -> float:
        """NaN where the program fails, or takes another way that does not come here."""
        try:
            return self._again.loss(self._moved(point))
        except Lost:
            return math.nan

    def loss_and_slope(self, point: Point) -> tuple[float, Point]:
        losses: list[float] = []
        slopes: list[Point] = []
        mode = self._moved(point)

        def arrive(asked: Asked) -> None:
            losses.append(total(asked))
            slopes.append(self._slope(asked, mode))

        try:
            self._again.until_backward(mode, arrive)
        except Lost:
            return math.nan, (math.nan,) * len(self.leaves)
        return losses[0], slopes[0]

    def _slope(self, asked: Asked, mode: _Moving) -> Point:
        if len(mode.leaves) < len(self.leaves):
            return (math.nan,) * len(self.leaves)
        return tuple(float(each.reshape(-1)[0]) for each in gradients_of(asked, mode.leaves))

    def stepped(self, point: Point, slope: Point, rate: float) -> Point:
        """One step as torch.optim.SGD makes it, in the leaf's own precision."""
        return tuple(
            float(torch.tensor(at, dtype=self._kind(i)).add_(
                torch.tensor(down, dtype=self._kind(i)), alpha=-rate
            ))
            for i, (at, down) in enumerate(zip(point, slope, strict=True))
        )  # fmt: skip

    def _kind(self, index: int) -> torch.dtype:
        return self.ground.values[self.leaves[index]].dtype

    def _moved(self, point: Point) -> _Moving:
        return _Moving(self._places, point)


class _Moving(Changing):
    """Puts leaves at a point, and remembers which tensors they are in this run."""

    def __init__(self, places: Sequence[Place], point: Point) -> None:
        self._found: dict[int, torch.Tensor] = {}

        def put(index: int) -> Any:
            def change(leaf: torch.Tensor) -> None:
                self._found[index] = leaf
                set_element(leaf, 0, point[index])

            return change

        super().__init__({place: put(index) for index, place in enumerate(places)})

    @property
    def leaves(self) -> list[torch.Tensor]:
        return [self._found[index] for index in sorted(self._found)]


def _explored(again: Again, limits: Limits) -> Ground:
    try:
        return explore(again, limits)
    except Lost as lost:
        raise ProgramError(f"the program could not be run again: {lost}") from lost


def scalars(ground: Ground) -> list[int]:
    """The leaves of one element whose use was seen."""
    return [
        index
        for index, value in enumerate(ground.values)
        if value.numel() == 1 and ground.places[index] is not None
    ]
