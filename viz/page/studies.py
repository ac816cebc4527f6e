"""Ask for what takes many runs of a program; nobody waits for it who wants something else.

A study is computed in a thread of its own and kept. The page looks for it from time to time, and a
person who types on meanwhile interrupts that, not the study.
"""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, TypeVar

import streamlit as st

from viz import sandbox
from viz.errors import LimitError, UserError
from viz.study import Descent, Landscape, Proof
from viz.trace import Backward, Input, Number, Trace

KEPT = 256

AT_ONCE = max(1, (os.cpu_count() or 1) // 2)
"""Studies that run at the same time: the rest of the machine is for programs."""

FORGOTTEN_SECONDS = 2.0
"""Nobody has looked for a waiting study for so long: it is not begun."""

LOOK_SECONDS = 0.03

T = TypeVar("T")


class Studies:
    """Futures by what was asked, the least recently asked ones dropped. Thread-safe."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="study")
        self._futures: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._looked: dict[Hashable, float] = {}
        self._lock = Lock()

    def look(self, key: Hashable, work: Callable[[], T]) -> Future[T | UserError]:
        """The study with this name, begun if it is not under way."""
        with self._lock:
            self._looked[key] = time.monotonic()
            if key not in self._futures:
                self._futures[key] = self._pool.submit(self._begin, key, work)
                while len(self._futures) > KEPT:
                    dropped, _ = self._futures.popitem(last=False)
                    self._looked.pop(dropped, None)
            self._futures.move_to_end(key)
            return self._futures[key]

    def _begin(self, key: Hashable, work: Callable[[], T]) -> T | UserError:
        if time.monotonic() - self._looked.get(key, 0.0) > FORGOTTEN_SECONDS:
            self._drop(key)
            return LimitError("nobody waited for this any more.")
        try:
            return work()
        except UserError as error:
            if isinstance(error, LimitError):
                self._drop(key)  # Another time the server may be less busy.
            return error
        except BaseException:
            self._drop(key)
            raise

    def _drop(self, key: Hashable) -> None:
        with self._lock:
            self._futures.pop(key, None)


_STUDIES = Studies()


def wait(look: Callable[[], Future[T]], seconds: float) -> T | None:
    """What was found, if it is there within that time.

    Streamlit interrupts a script where it touches the session: here every few milliseconds.
    """
    until = time.monotonic() + seconds
    future = look()
    while not future.done() and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
        _ = "generation" in st.session_state
        look()
    return future.result() if future.done() else None


def proof(trace: Trace, backward: Backward) -> Future[Proof | UserError]:
    source, inputs, number = trace.source, trace.inputs, backward.number
    shown = loss_of(backward)
    return _STUDIES.look(
        ("proof", source, inputs, number, shown),
        lambda: sandbox.prove(source, inputs, number, shown=shown),
    )


def landscape(
    source: str,
    inputs: tuple[Input, ...],
    number: int,
    leaves: tuple[int, ...],
    seen: tuple[tuple[Number, ...], ...],
    zoom: float,
) -> Future[Landscape | UserError]:
    return _STUDIES.look(
        ("landscape", source, inputs, number, leaves, seen, zoom),
        lambda: sandbox.survey(source, inputs, number, leaves, seen=seen, zoom=zoom),
    )


def descent(
    source: str,
    inputs: tuple[Input, ...],
    number: int,
    leaves: tuple[int, ...],
    rate: float,
    steps: int,
) -> Future[Descent | UserError]:
    return _STUDIES.look(
        ("descent", source, inputs, number, leaves, rate, steps),
        lambda: sandbox.descend(source, inputs, number, leaves, rate, steps),
    )


def loss_of(backward: Backward) -> Number | None:
    """What backward was called on, where that is one number."""
    value = backward.node(backward.output).value
    if value is None or value.values is None or value.size != 1:
        return None
    return value.values[0]
