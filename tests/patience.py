"""How long tests wait: long enough for a machine that does much else, and never part of a fact."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

R = TypeVar("R")

PATIENCE = 60.0
"""Seconds after which what has not happened is taken to happen never."""


def wait_until(holds: Callable[[], object]) -> None:
    """Raises AssertionError where it does not become true."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it did not become true in time"
        time.sleep(0.005)


class Clock:
    """Stands in for the module `time` where a test decides how late it is."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def slowed(self, function: Callable[..., R], seconds: float) -> Callable[..., R]:
        """The same function, which now takes that long."""

        def slow(*values: Any) -> R:
            self.pass_by(seconds)
            return function(*values)

        return slow

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
