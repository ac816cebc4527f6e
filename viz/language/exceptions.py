"""Build `try` and `raise`: a program may catch what Python or torch refused, but no limit."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from viz.errors import ProgramError, UserError
from viz.language.expressions import Run, build
from viz.language.statements import Do, Signal, build_block, executes
from viz.language.values import Class, ProgramClass, Value, kind_of

if TYPE_CHECKING:
    from viz.language.machine import Machine


def exception_behind(error: UserError) -> Exception | None:
    """Python's own exception, where one was refused; None for a limit and for what the language
    itself leaves out: those end every program.
    """
    cause: BaseException | None = error if isinstance(error, ProgramError) else None
    while isinstance(cause, UserError):
        cause = cause.__cause__
    return cause if isinstance(cause, Exception) else None


def kinds_of_exception(value: Value) -> tuple[type[BaseException], ...]:
    values = value if isinstance(value, tuple) else (value,)
    kinds = [each.kind for each in values if isinstance(each, (Class, ProgramClass))]
    if len(kinds) != len(values) or not all(issubclass(kind, Exception) for kind in kinds):
        raise ProgramError("after 'except' stands an exception such as ValueError.")
    return tuple(kinds)


@executes(ast.Try)
def attempt(node: ast.Try) -> Do:
    body, otherwise = build_block(node.body), build_block(node.orelse)
    handlers = [
        (build(each.type) if each.type else None, each.name, build_block(each.body))
        for each in node.handlers
    ]
    final = build_block(node.finalbody)

    def handle(machine: Machine, error: UserError) -> Signal | None:
        raised = exception_behind(error)
        if raised is None:
            raise error
        for kinds, name, block in handlers:
            if kinds is None or isinstance(raised, kinds_of_exception(kinds(machine))):
                if name:
                    machine.bind(name, raised, machine.line)
                machine.handled.append(error)
                try:
                    return block(machine)
                finally:
                    machine.handled.pop()
        raise error

    def run(machine: Machine) -> Signal | None:
        try:
            try:
                signal = body(machine)
            except UserError as error:
                signal = handle(machine, error)
            else:
                signal = otherwise(machine) if signal is None else signal
        except UserError as error:
            if exception_behind(error) is not None:  # after a limit, nothing more runs
                last = final(machine)
                if last is not None:
                    return last
            raise
        last = final(machine)
        return signal if last is None else last

    return run


@executes(ast.Raise)
def throw(node: ast.Raise) -> Do:
    compute: Run | None = build(node.exc) if node.exc else None

    def run(machine: Machine) -> None:
        if compute is None:
            if not machine.handled:
                raise ProgramError("'raise' alone stands in an 'except' block.")
            raise machine.handled[-1]
        value = compute(machine)
        if isinstance(value, (Class, ProgramClass)) and issubclass(value.kind, Exception):
            value = value.kind()
        if not isinstance(value, Exception):
            raise ProgramError(
                f"'raise' takes an exception, not a value of type {kind_of(value)}.",
                hint="Write raise ValueError('what is wrong').",
            )
        name, said = type(value).__name__, str(value)[:200]
        told = f"{name}: {said.rstrip('.')}" if said else name
        raise ProgramError(f"the program raises {told}.") from value

    return run
