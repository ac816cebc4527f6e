"""The page's side: a request waits for its turn, goes to a child, and comes back as plain data."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar, get_args

import msgspec

from viz.errors import InputError, LimitError, ProgramError
from viz.fold.overview import Overview
from viz.limits import DEFAULT, Limits
from viz.sandbox.loops import chosen_numbers, with_the_last
from viz.sandbox.turns import Turns
from viz.sandbox.wire import LOGGER, Answer, Arrange, Explain, Fold, Form, Render, Repeat
from viz.trace import Input, Record, Trace

AT_ONCE = max(2, os.cpu_count() or 1)

QUEUE = 50

R = TypeVar("R", bound=Record)


class Workers(Protocol):
    """What runs a request: `Forked` where there is fork, else `Spare`."""

    @property
    def ready(self) -> bool: ...
    @property
    def protections(self) -> tuple[str, ...]: ...
    @property
    def pid(self) -> int | None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def ask(self, request: bytes, limits: Limits) -> bytes: ...


class Status(Record, frozen=True):
    """What the page says about the sandbox.

    ready         warmed up; until then the protections are not known
    protections   those that are active, of "rlimits" and "seccomp"
    missing       those that this machine lacks
    """

    ready: bool
    protections: tuple[str, ...]
    missing: tuple[str, ...]
    running: int
    waiting: int


class Sandbox:
    """Thread-safe: any number of page sessions ask at once."""

    def __init__(self, workers: Workers, at_once: int = AT_ONCE, queue: int = QUEUE) -> None:
        self.workers = workers
        self._turns = Turns(at_once, queue)

    def explain(
        self,
        source: str,
        inputs: Iterable[Input] = (),
        limits: Limits = DEFAULT,
        on_wait: Callable[[int], None] | None = None,
        record: Iterable[int] = (),
        exact: bool = False,
    ) -> Answer:
        given = tuple(inputs)
        _hold_to_text(source, given, limits)
        request = Explain(
            source=source,
            inputs=given,
            limits=limits,
            record=chosen_numbers(record, limits),
            exact=exact,
        )
        with self._turns.turn(on_wait):
            return with_the_last(request, self._answer)

    def study(
        self, request: Repeat, kind: type[R], on_wait: Callable[[int], None] | None = None
    ) -> R:
        """What running the program again and again has shown: a record of that kind."""
        _hold_to_text(request.source, request.inputs, request.limits)
        with self._turns.turn(on_wait):
            body = self.workers.ask(msgspec.json.encode(request), request.limits)
        return _decoded(body, kind)

    def _answer(self, request: Explain) -> Answer:
        body = self.workers.ask(msgspec.json.encode(request), request.limits)
        return _decoded(body, Answer)

    def render(
        self,
        dot: str,
        form: Form,
        limits: Limits = DEFAULT,
        on_wait: Callable[[int], None] | None = None,
    ) -> bytes:
        if form not in get_args(Form):
            raise InputError(
                f"unknown form {str(form)!r}.", hint='There are "svg", "png" and "pdf".'
            )
        if len(dot) > limits.answer_bytes:
            raise LimitError(
                f"the drawing has {len(dot):,} characters of DOT text; "
                f"{limits.answer_bytes:,} are allowed.",
                hint="A program with fewer operations can be drawn.",
            )
        body = msgspec.json.encode(Render(dot=dot, form=form, limits=limits))
        with self._turns.turn(on_wait):
            return self.workers.ask(body, limits)

    def fold(self, request: Fold, on_wait: Callable[[int], None] | None = None) -> Overview:
        """A graph with some of its groups open."""
        with self._turns.turn(on_wait):
            body = self.workers.ask(msgspec.json.encode(request), request.limits)
        return _decoded(body, Overview)

    def arrange(
        self,
        trace: Trace,
        limits: Limits = DEFAULT,
        on_wait: Callable[[int], None] | None = None,
    ) -> Answer:
        body = msgspec.json.encode(Arrange(trace=trace, limits=limits))
        with self._turns.turn(on_wait):
            return _decoded(self.workers.ask(body, limits), Answer)

    def status(self) -> Status:
        active = self.workers.protections
        known = ("rlimits", "seccomp") if self.workers.ready else ()
        return Status(
            ready=self.workers.ready,
            protections=active,
            missing=tuple(name for name in known if name not in active),
            running=self._turns.running,
            waiting=self._turns.waiting,
        )


def _decoded(body: bytes, kind: type[R]) -> R:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        LOGGER.error("An answer could not be read: %s", error)
        raise ProgramError(
            "the record of this program could not be read.",
            hint="Please report it, with the program.",
        ) from error


def _hold_to_text(source: str, inputs: tuple[Input, ...], limits: Limits) -> None:
    """A lone surrogate is no character, and JSON can't carry it."""
    try:
        source.encode()
    except UnicodeEncodeError as error:
        raise ProgramError(
            "the program has a character that is no text (half of a surrogate pair).",
            line=source.count("\n", 0, error.start) + 1,
            hint="Type it again.",
        ) from error
    for given in inputs:
        try:
            f"{given.name}{given.text}".encode()
        except UnicodeEncodeError as error:
            name = given.name.encode("ascii", "backslashreplace").decode()
            raise InputError("this is no text.", name=name, hint="Type it again.") from error
    if len(source.encode()) > limits.source_bytes:
        raise LimitError(
            f"the program has {len(source.encode()):,} bytes; {limits.source_bytes:,} are allowed.",
            hint="A shorter program can be run.",
        )
