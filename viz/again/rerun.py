"""Run a program up to one call of backward, as often as is wanted, always with the same chance."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import torch

from viz.again.chance import Chance
from viz.again.places import AnotherWay, Counting, Watching
from viz.again.wide import Wide
from viz.capture.asked import Asked
from viz.capture.history import Names
from viz.capture.observer import Observer
from viz.errors import UserError

Program = Callable[[Any], object]
"""Runs the program, and tells an observer of the language what it does."""


AtBackward = Callable[[Asked], None]
"""What is done with a run that has arrived, and where the engine has not run yet."""


class Reached(BaseException):
    """The call of backward was reached. No `except` of a program catches this."""


class Lost(Exception):
    """The run did not come to that call of backward: it took another way, or failed."""


NEVER = 1 << 60

AHEAD = 2
"""How many calls of backward earlier a run is watched: a graph may be older than the last call."""


class Again:
    """Runs one program up to its call of backward `number`.

    wide    whether it is carried as float64
    ahead   how many calls of backward earlier its calls are counted; before that nobody watches
    """

    def __init__(self, program: Program, number: int) -> None:
        self.number = number
        self.runs = 0
        self.wide = False
        self.ahead = AHEAD
        self._program = program
        self._chance = Chance()

    def until_backward(self, mode: Counting, arrive: AtBackward) -> Names:
        """Run, and call `arrive` there. Returns the names that were given. Raises Lost."""
        self.runs += 1
        self._chance.restore()
        with ExitStack() as modes:
            if self.wide:
                modes.enter_context(Wide())
            observer = _UntilBackward(self.number, self.ahead, mode, modes)
            try:
                self._program(observer)
            except Reached:
                pass
            except AnotherWay as error:
                raise Lost("the program took another way.") from error
            except UserError as error:
                raise Lost(str(error)) from error
        if observer.asked is None:
            raise Lost("the program no longer calls backward so often.")
        # The program is over, and its graph still there: no mode sees what is done now.
        arrive(observer.asked)
        return observer.names

    def loss(self, mode: Counting) -> float:
        """What backward starts from: the output, each element times its gradient. Raises Lost."""
        found: list[float] = []
        self.until_backward(mode, lambda asked: found.append(total(asked)))
        return found[0]


class _UntilBackward(Observer):
    """An observer of the language that ends the run at one call of backward."""

    def __init__(self, number: int, ahead: int, mode: Counting, modes: ExitStack) -> None:
        self.asked: Asked | None = None
        self.names = Names()
        self.left = number
        self._ahead = ahead
        self._mode = mode
        self._modes = modes
        if self.left <= ahead:
            modes.enter_context(mode)

    def name_tensor(self, name: str, tensor: torch.Tensor, line: int) -> None:
        self.names.add(name, tensor, line)

    def run_engine(self, asked: Asked, engine: Callable[[], Any], line: int | None) -> Any:
        if not asked.can_be_recorded:
            return engine()
        if self.left:
            answer = engine()
            self.left -= 1
            if self.left == self._ahead:
                self._modes.enter_context(self._mode)
            if isinstance(self._mode, Watching):
                self._mode.passed_backward()
            return answer
        # A `finally:` of the program may come here once more, on the way out.
        self.asked = self.asked or asked
        raise Reached


def total(asked: Asked) -> float:
    """The one number whose derivative the engine computes: each output times its gradient."""
    found = 0.0
    for output, gradient in zip(asked.outputs, asked.seeds, strict=True):
        numbers = output.detach().double()
        if gradient is not None:
            numbers = numbers * gradient.detach().double()
        found += float(numbers.sum().item())
    return found


def calls_of_backward(program: Program) -> int:
    """How often the program calls backward."""
    observer = _UntilBackward(NEVER, 0, Counting(), ExitStack())
    chance = Chance()
    program(observer)
    chance.restore()
    return NEVER - observer.left
