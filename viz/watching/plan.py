"""Decide which calls of backward are recorded: all that are asked for, and of others many."""

from __future__ import annotations

from viz.capture import Plan
from viz.limits import Limits
from viz.trace import Backward

CALLS = 100
"""Calls of backward that somebody else made, such as a trainer, and that are recorded."""

OPERATIONS = 1_000_000
"""Operations in the recorded graphs together, up to which those calls are recorded."""


class OwnPlan(Plan):
    """What `watch.backward` asks for is recorded in any case; nothing recorded is thrown away.

    asked     whether the present call was asked for
    left_out  how many were not recorded
    """

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.asked = False
        self.left_out = 0
        self._done = 0
        self._sum = 0

    def wants(self, number: int) -> bool:
        return self.asked or self._has_room()

    def watches(self, number: int) -> bool:
        return self._has_room()

    def recorded(self, operations: int) -> None:
        self._done += 1
        self._sum += operations

    def passed_over(self, backwards: list[Backward]) -> list[Backward]:
        self.left_out += 1
        return backwards

    def _has_room(self) -> bool:
        return self._done < CALLS and self._sum <= OPERATIONS
