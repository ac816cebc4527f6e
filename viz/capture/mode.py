"""Stand in PyTorch's stack of modes, and step out of it for a while, whoever else stands there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch.utils._python_dispatch import (
    TorchDispatchMode,
    _get_current_dispatch_mode_stack,
    _pop_mode,
    _push_mode,
)


class Mode(TorchDispatchMode):
    """Told of each call while it is active as a context manager, and awake."""

    supports_higher_order_operators = True

    def __init__(self) -> None:
        super().__init__()
        self.awake = True
        self._below = 0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # Else PyTorch imports its whole compiler (a second) at the first call that is watched.
        return False

    def settle(self) -> None:
        """The last call is over. Said before the next one, and before a sleep."""

    def woken(self) -> None:
        """Calls may have been missed."""

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """Out of PyTorch's stack of modes, which other modes may share.

        Not looking would not be enough: where any mode is active, PyTorch takes other formulas for
        some derivatives (`prod`), which round differently.
        """
        self.settle()
        if self not in _get_current_dispatch_mode_stack():
            yield
            return
        above = self._pop_with_those_above()
        _push_all(above[:-1])
        try:
            yield
        finally:
            for _ in above[:-1]:
                _pop_mode()
            _push_all(above)

    def sleep(self) -> None:
        """Out of the stack of modes until `wake`: PyTorch runs as if nobody watched."""
        stack = _get_current_dispatch_mode_stack()
        if self in stack:
            self.settle()
            self._below = stack.index(self)
            above = self._pop_with_those_above()
            _push_all(above[:-1])
            self.awake = False

    def wake(self) -> None:
        """Back to the same place. What was called meanwhile is unknown, constants may be others."""
        if not self.awake:
            above = [_pop_mode() for _ in _get_current_dispatch_mode_stack()[self._below :]]
            _push_all([*above, self])
            self.awake = True
            self.woken()

    def __exit__(self, *error: Any) -> None:
        self.wake()
        super().__exit__(*error)

    def _pop_with_those_above(self) -> list[TorchDispatchMode]:
        popped = [_pop_mode()]
        while popped[-1] is not self:
            popped.append(_pop_mode())
        return popped


def _push_all(popped: list[TorchDispatchMode]) -> None:
    for mode in reversed(popped):
        _push_mode(mode)
