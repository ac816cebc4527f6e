"""Choose which names stand beside their points, and where: over no other name and no point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

LETTER, LINE = 7.6, 17.0
"""Pixels that a letter is wide, and a line high."""
POINT = 6.0
"""Half the width of a point."""

Side = Literal[
    "top right", "top left", "top center", "bottom right", "bottom left", "bottom center"
]
Box = tuple[float, float, float, float]


def with_room(
    middles: Mapping[str, tuple[float, float]], names: Mapping[str, int], width: float
) -> dict[str, Side]:
    """The keys of the names that have room, and on which side of their points.

    middles   of all points, in pixels from the left, y upward
    names     lengths of the names in letters, the most important name first

    >>> with_room({"a": (0, 0), "b": (0, 0), "c": (90, 0)}, {"a": 4, "b": 4, "c": 4}, 100)
    {'a': 'top right', 'b': 'bottom right', 'c': 'top left'}
    """
    taken = _Taken()
    for x, y in middles.values():
        taken.add((x - POINT, y - POINT, x + POINT, y + POINT))
    found: dict[str, Side] = {}
    for key, letters in names.items():
        x, y = middles[key]
        length = letters * LETTER
        right, left, middle = x + POINT, x - POINT - length, x - length / 2
        above, below = y + POINT, y - POINT - LINE
        sides: dict[Side, tuple[float, float]] = {
            "top right": (right, y + 1),
            "top left": (left, y + 1),
            "top center": (middle, above),
            "bottom right": (right, y - 1 - LINE),
            "bottom left": (left, y - 1 - LINE),
            "bottom center": (middle, below),
        }
        for side, (start, lower) in sides.items():
            box = (start, lower, start + length, lower + LINE)
            if start >= 0 and start + length <= width and not taken.meets(box):
                taken.add(box)
                found[key] = side
                break
    return found


class _Taken:
    """Boxes by cells of a grid, so that a thousand names are no work."""

    CELL = 60.0

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[Box]] = {}

    def add(self, box: Box) -> None:
        for cell in self._around(box):
            self._cells.setdefault(cell, []).append(box)

    def meets(self, box: Box) -> bool:
        left, lower, right, upper = box
        return any(
            left < other[2] and other[0] < right and lower < other[3] and other[1] < upper
            for cell in self._around(box)
            for other in self._cells.get(cell, ())
        )

    def _around(self, box: Box) -> Iterator[tuple[int, int]]:
        left, lower, right, upper = (int(side // self.CELL) for side in box)
        for column in range(left, right + 1):
            for row in range(lower, upper + 1):
                yield column, row
