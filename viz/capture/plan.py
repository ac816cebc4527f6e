"""Decide which calls of backward are recorded step by step, not knowing how many there will be."""

from __future__ import annotations

from collections.abc import Iterable

from viz.limits import Limits
from viz.trace import Backward

AHEAD = 3
"""How many calls earlier the forward pass is watched: several losses may have one graph."""


class Plan:
    """At first all calls, as in a short program; once there are too many, a few of them.

    chosen     numbers of calls that are recorded in any case
    beginning  whether the first calls are recorded as well
    """

    def __init__(
        self, limits: Limits, chosen: Iterable[int] = (), *, beginning: bool = True
    ) -> None:
        self._limits = limits
        self._chosen = frozenset(chosen)
        self._near = frozenset(
            number - early for number in self._chosen for early in range(AHEAD + 1)
        )
        self._all = beginning
        self._operations = 0

    def wants(self, number: int) -> bool:
        return self._all_of(number) or number in self._chosen

    def watches(self, number: int) -> bool:
        """Whether to watch the forward pass before this call; before the first one always, for
        what a program prepares there is used to the end."""
        return number == 0 or self._all_of(number) or number in self._near

    def _all_of(self, number: int) -> bool:
        return (
            self._all
            and number < self._limits.backwards
            and self._operations <= self._limits.recorded_operations
        )

    def recorded(self, operations: int) -> None:
        """One more call was recorded, with so many operations."""
        self._operations += operations

    def passed_over(self, backwards: list[Backward]) -> list[Backward]:
        """What is kept of the recorded calls, now that one was not recorded."""
        if not self._all:
            return backwards
        self._all = False
        first = self._limits.first_backwards
        return [each for each in backwards if each.number < first or each.number in self._chosen]
