"""Who may run now: some at a time, a bounded queue behind them, first come first served."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from viz.errors import LimitError


class Turns:
    """A semaphore that is fair, bounded, and can say how many stand before you."""

    def __init__(self, at_once: int, queue: int) -> None:
        self._at_once = at_once
        self._queue = queue
        self._running = 0
        self._waiting: deque[object] = deque()
        self._changed = threading.Condition()

    @property
    def running(self) -> int:
        return self._running

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @contextmanager
    def turn(self, on_wait: Callable[[int], None] | None = None) -> Iterator[None]:
        """Waits for a free place and holds it.

        `on_wait(number)` is called in the waiting thread, at first and whenever the number gets
        smaller; 1 is next. Raises LimitError where the queue is full.
        """
        self._take(on_wait)
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def _take(self, on_wait: Callable[[int], None] | None) -> None:
        ticket = object()
        with self._changed:
            if len(self._waiting) >= self._queue:
                raise LimitError(
                    f"the server is busy: {len(self._waiting)} programs are waiting.",
                    hint="Try again in a moment.",
                )
            self._waiting.append(ticket)
        try:
            told = None
            while (number := self._step_forward(ticket, told)) > 0:
                # Called without the lock: the callback draws on a page and may be slow, or raise.
                if on_wait is not None:
                    on_wait(number)
                told = number
        except BaseException:
            # A page that is closed while it waits must not block those behind it.
            with self._changed:
                if ticket in self._waiting:
                    self._waiting.remove(ticket)
                else:
                    self._running -= 1
                self._changed.notify_all()
            raise

    def _step_forward(self, ticket: object, told: int | None) -> int:
        """0 once the ticket holds a place; else its number, as soon as that differs from `told`."""
        with self._changed:
            while True:
                number = self._waiting.index(ticket) + 1
                if number == 1 and self._running < self._at_once:
                    self._waiting.popleft()
                    self._running += 1
                    self._changed.notify_all()
                    return 0
                if number != told:
                    return number
                self._changed.wait()
