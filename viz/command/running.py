"""Get the Trace: from a run in the child process, or from a file."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click

import viz
from viz.command.reading import Program
from viz.errors import UserError
from viz.limits import Limits
from viz.trace import Input, Trace

QUIET = 1.0
"""Seconds for which nothing is shown: most runs are over by then."""
TICK = 0.2


def run(
    program: Program, inputs: Iterable[Input], limits: Limits
) -> tuple[Trace, UserError | None]:
    """The trace, and the error after it where the program failed in the middle of a backward pass.

    Raises UserError where there is nothing to show.
    """
    given: dict[str, Input] = {}
    for each in inputs:
        if each.name in given:
            raise click.UsageError(f"--input: {each.name} is given twice.")
        given[each.name] = each
    if program.path is not None and program.is_trace:
        if given:
            raise click.UsageError("a trace file has run already: it takes no --input.")
        return viz.load(program.path), None
    try:
        with waiting(f"Running {program.name}", limits.seconds):
            return viz.explain(program.text, given, limits=limits), None
    except UserError as error:
        if error.trace is None:
            raise
        return error.trace, error


@contextmanager
def waiting(label: str, seconds: float) -> Iterator[None]:
    """Shows how much of its time a run has used, on a terminal."""
    if not terminal():
        yield
        return
    over = threading.Event()
    ticking = threading.Thread(target=_tick, args=(label, seconds, over), daemon=True)
    ticking.start()
    try:
        yield
    finally:
        over.set()
        ticking.join()


def _tick(label: str, seconds: float, over: threading.Event) -> None:
    if over.wait(QUIET):
        return
    ticks = max(1, round(seconds / TICK))
    bar: Any = click.progressbar(
        length=ticks,
        label=label,
        show_eta=False,
        show_percent=False,
        item_show_func=lambda done: f"{(done or 0) * TICK:.0f} s of at most {seconds:g} s",
        file=sys.stderr,
    )
    with bar:
        done = round(QUIET / TICK)
        bar.update(done, done)
        while not over.wait(TICK):
            done += 1
            bar.update(1, done)


@contextmanager
def counting(label: str) -> Iterator[Counter]:
    counter = Counter(label)
    try:
        yield counter
    finally:
        counter.close()


class Counter:
    """A bar for work whose parts are counted; called with how many are done, and of how many."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._bar: Any = None

    def __call__(self, done: int, count: int) -> None:
        if not terminal():
            return
        if self._bar is None:
            self._bar = click.progressbar(length=count, label=self._label, file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(1)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)


def terminal() -> bool:
    return sys.stderr.isatty()
