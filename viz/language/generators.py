"""Build functions that `yield`: their statements run piece by piece, as values are asked for."""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from viz.errors import ProgramError, UserError
from viz.language.expressions import Run, build, builds
from viz.language.scopes import walk_scope
from viz.language.statements import BREAK, CONTINUE, STATEMENTS, Signal, build_block
from viz.language.storing import build_store
from viz.language.values import Frame, Value

if TYPE_CHECKING:
    from viz.language.machine import Machine

Stream = Generator[Value, None, Signal | None]
Piecewise = Callable[["Machine"], Stream]

YIELDS = (ast.Yield, ast.YieldFrom)


def is_generator(node: ast.FunctionDef) -> bool:
    return any(isinstance(found, YIELDS) for found in walk_scope(node))


def yields_inside(node: ast.stmt) -> bool:
    return any(isinstance(found, YIELDS) for found in walk_scope(ast.Module([node], [])))


@builds(ast.Yield)
@builds(ast.YieldFrom)
def stray_yield(node: ast.expr) -> Run:
    def run(machine: Machine) -> Value:
        raise ProgramError(
            "'yield' inside an expression is not part of the language.",
            hint="Write 'yield value' on a line of its own.",
        )

    return run


def build_generator(node: ast.FunctionDef) -> Run:
    stream = build_stream(node.body)
    return lambda machine: drive(machine, stream(machine), machine.frame)


def drive(machine: Machine, stream: Stream, frame: Frame) -> Generator[Value, None, None]:
    """The generator that the program holds. Its variables are in place only while it runs."""
    while True:
        caller, line = machine.frame, machine.line
        machine.frame = frame
        machine.depth += 1
        try:
            machine.tick()
            value = next(stream)
        except StopIteration:
            return
        finally:
            machine.frame = caller
            machine.depth -= 1
            if line and line != machine.line:
                machine.enter_line(line)
        yield value


def build_stream(statements: list[ast.stmt]) -> Piecewise:
    rows = [(statement, build_piece(statement)) for statement in statements]

    def run(machine: Machine) -> Stream:
        for statement, piece in rows:
            machine.tick()
            machine.enter_line(statement.lineno)
            try:
                signal = yield from piece(machine)
            except UserError as error:
                machine.placed(error, statement)
                raise
            if signal is not None:
                return signal
        return None

    return run


def build_piece(node: ast.stmt) -> Piecewise:
    if not yields_inside(node):
        return whole(build_block([node]))
    value = getattr(node, "value", None)
    if isinstance(node, (ast.Expr, ast.Assign)) and isinstance(value, YIELDS):
        return give(node, value)
    if isinstance(node, ast.If):
        return choose(node)
    if isinstance(node, ast.For):
        return loop(node)
    if isinstance(node, ast.While):
        return loop_while(node)
    return whole(STATEMENTS[type(node)](node))


def whole(execute: Callable[[Any], Signal | None]) -> Piecewise:
    """A statement without `yield`."""

    def run(machine: Machine) -> Stream:
        return execute(machine)
        yield

    return run


def give(node: ast.Expr | ast.Assign, value: ast.Yield | ast.YieldFrom) -> Piecewise:
    compute = build(value.value) if value.value else None
    stores = (
        [build_store(target) for target in node.targets] if isinstance(node, ast.Assign) else []
    )

    def run(machine: Machine) -> Stream:
        found = compute(machine) if compute else None
        if isinstance(value, ast.YieldFrom):
            yield from machine.iterate(found)
        else:
            yield found
        for store in stores:
            store(machine, None)
        return None

    return run


def choose(node: ast.If) -> Piecewise:
    test = build(node.test)
    body, otherwise = build_stream(node.body), build_stream(node.orelse)

    def run(machine: Machine) -> Stream:
        chosen = body if machine.truth(node.test, test(machine)) else otherwise
        return (yield from chosen(machine))

    return run


def loop(node: ast.For) -> Piecewise:
    items, store = build(node.iter), build_store(node.target)
    body, otherwise = build_stream(node.body), build_stream(node.orelse)

    def run(machine: Machine) -> Stream:
        for item in machine.iterate(items(machine)):
            store(machine, item)
            signal = yield from body(machine)
            if signal is BREAK:
                return None
            if signal is not None and signal is not CONTINUE:
                return signal
        return (yield from otherwise(machine))

    return run


def loop_while(node: ast.While) -> Piecewise:
    test = build(node.test)
    body, otherwise = build_stream(node.body), build_stream(node.orelse)

    def run(machine: Machine) -> Stream:
        while machine.truth(node.test, test(machine)):
            machine.tick()
            signal = yield from body(machine)
            if signal is BREAK:
                return None
            if signal is not None and signal is not CONTINUE:
                return signal
        return (yield from otherwise(machine))

    return run
