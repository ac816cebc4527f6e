"""An axis in decades, with places of their own for what has no logarithm: 0, infinity and NaN."""

from __future__ import annotations

import math
from collections.abc import Iterable

from viz.rules import format_number
from viz.rules.wording import superscript

MOST_TICKS = 8
BAND = 0.9
"""Height of the bands for what has no logarithm; a decade is 1, and bands grow with many."""


class Decades:
    """From norms to heights, in decades; 0 stands below all of them, what is no number above."""

    def __init__(self, sizes: Iterable[float]) -> None:
        norms = list(sizes)
        logs = [math.log10(norm) for norm in norms if norm > 0 and math.isfinite(norm)]
        self.low = math.floor(min(logs, default=0.0))
        self.high = max(math.ceil(max(logs, default=0.0)), self.low + 1)
        self.band = max(BAND, BAND * (self.high - self.low) / 5)
        self.has_zero = any(norm == 0 for norm in norms)
        self.has_odd = any(not math.isfinite(norm) for norm in norms)

    def height(self, norm: float) -> float:
        if not math.isfinite(norm):
            return self.high + self.band
        return math.log10(norm) if norm > 0 else self.low - self.band

    def text(self, norm: float) -> str:
        return "exactly 0" if norm == 0 else format_number(norm, 3)

    def range(self) -> tuple[float, float]:
        room = self.band * 0.55
        below = self.low - (self.band if self.has_zero else 0) - room
        return below, self.high + (self.band if self.has_odd else 0) + room

    def ticks(self) -> tuple[list[float], list[str]]:
        step = math.ceil((self.high - self.low + 1) / MOST_TICKS)
        decades = list(range(self.high, self.low - 1, -step))
        heights, texts = [float(decade) for decade in decades], [_power(d) for d in decades]
        if self.has_zero:
            heights, texts = [*heights, self.low - self.band], [*texts, "exactly 0"]
        if self.has_odd:
            heights, texts = [*heights, self.high + self.band], [*texts, "NaN or ∞"]
        return heights, texts


def _power(exponent: int) -> str:
    """
    >>> _power(0), _power(-2), _power(-7)
    ('1', '0.01', '10⁻⁷')
    """
    if -3 <= exponent <= 4:
        return format_number(10.0**exponent)
    return f"10{superscript(exponent)}"
