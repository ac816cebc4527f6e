"""Turn statements into closures that execute them: one builder for each node type."""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from viz.errors import ProgramError, UserError
from viz.language.expressions import build
from viz.language.functions_made import decorate, function_builder
from viz.language.imports import import_modules, import_names
from viz.language.storing import build_delete, build_store
from viz.language.text import to_text
from viz.language.values import BoundFunction, GradMode, Method, Value

if TYPE_CHECKING:
    from viz.language.machine import Machine


class Signal:
    """What stops a row of statements: `return` with its value, `break` or `continue`."""

    __slots__ = ("value",)

    def __init__(self, value: Value = None) -> None:
        self.value = value


BREAK = Signal()
CONTINUE = Signal()

Do = Callable[["Machine"], Signal | None]
"""Executes a statement, or a row of them."""

STATEMENTS: dict[type[ast.stmt], Callable[[Any], Do]] = {}
"""The builders. Other modules of this room add theirs."""


def executes(kind: type[ast.stmt]) -> Callable[[Callable[[Any], Do]], Callable[[Any], Do]]:
    """Makes a function the builder of a node type."""

    def register(builder: Callable[[Any], Do]) -> Callable[[Any], Do]:
        STATEMENTS[kind] = builder
        return builder

    return register


def build_block(statements: list[ast.stmt]) -> Do:
    rows = [
        (statement.lineno, statement, STATEMENTS[type(statement)](statement))
        for statement in statements
    ]

    # Each costs a step; a block costs one even where it is empty, so that no loop is free.
    steps = max(len(rows), 1)

    def run(machine: Machine) -> Signal | None:
        machine.steps += steps
        if machine.steps > machine.most_steps:
            raise machine.too_many_steps()
        tell_line = machine.tell_line
        for line, statement, execute in rows:
            machine.line = line
            tell_line(line)
            try:
                signal = execute(machine)
            except UserError as error:
                machine.placed(error, statement)
                raise
            except Exception as error:
                raise machine.explained(error, statement) from error
            if signal is not None:
                return signal
        return None

    return run


@executes(ast.Expr)
def expression(node: ast.Expr) -> Do:
    compute = build(node.value)
    may_lack_brackets = isinstance(node.value, ast.Attribute)

    def run(machine: Machine) -> None:
        value = compute(machine)
        if may_lack_brackets and isinstance(value, (Method, BoundFunction)):
            raise without_brackets(machine, node)
        if machine.frame is machine.module:
            machine.last_value = (value, node.lineno)
        if isinstance(value, GradMode) and value.lasting:
            value.enter()

    return run


def without_brackets(machine: Machine, node: ast.Expr) -> ProgramError:
    """`loss.backward` alone on its line, where Python does nothing."""
    written = machine.text_of(node.value)
    return ProgramError(
        f"'{written}' names a method and doesn't call it.",
        hint=f"Did you forget the ()? Write {written}().",
    )


@executes(ast.FunctionDef)
def define(node: ast.FunctionDef) -> Do:
    make = function_builder(node.name, node)
    decorators = [(part, build(part)) for part in reversed(node.decorator_list)]

    def run(machine: Machine) -> None:
        value: Value = make(machine)
        for part, compute in decorators:
            value = decorate(machine, part, compute(machine), value)
        machine.bind(node.name, value, node.lineno)

    return run


@executes(ast.Return)
def give_back(node: ast.Return) -> Do:
    if node.value is None:
        nothing = Signal()
        return lambda machine: nothing
    compute = build(node.value)
    return lambda machine: Signal(compute(machine))


@executes(ast.If)
def choose(node: ast.If) -> Do:
    test_node, test = node.test, build(node.test)
    body, otherwise = build_block(node.body), build_block(node.orelse)

    has_else = bool(node.orelse)

    def run(machine: Machine) -> Signal | None:
        value = test(machine)
        if value is True or (value is not False and machine.truth(test_node, value)):
            return body(machine)
        return otherwise(machine) if has_else else None

    return run


@executes(ast.For)
def loop(node: ast.For) -> Do:
    items, store = build(node.iter), build_store(node.target)
    body, otherwise = build_block(node.body), build_block(node.orelse)
    line = node.lineno

    def run(machine: Machine) -> Signal | None:
        for item in machine.iterable(items(machine)):
            if machine.line != line:
                machine.enter_line(line)
            store(machine, item)
            signal = body(machine)
            if signal is not None:
                if signal is BREAK:
                    return None
                if signal is not CONTINUE:
                    return signal
        return otherwise(machine)

    return run


@executes(ast.While)
def loop_while(node: ast.While) -> Do:
    test_node, test = node.test, build(node.test)
    body, otherwise = build_block(node.body), build_block(node.orelse)
    line = node.lineno

    def run(machine: Machine) -> Signal | None:
        while True:
            value = test(machine)
            if value is not True and not machine.truth(test_node, value):
                return otherwise(machine)
            signal = body(machine)
            if signal is not None:
                if signal is BREAK:
                    return None
                if signal is not CONTINUE:
                    return signal
            machine.line = line
            machine.tell_line(line)

    return run


@executes(ast.With)
def within(node: ast.With) -> Do:
    """`with torch.no_grad():` and its kin: the only contexts there are."""
    items = [
        (build(item.context_expr), item.optional_vars and build_store(item.optional_vars))
        for item in node.items
    ]
    body = build_block(node.body)

    def run(machine: Machine) -> Signal | None:
        with ExitStack() as modes:
            for compute, store in items:
                mode = compute(machine)
                if not isinstance(mode, GradMode):
                    raise ProgramError(
                        "'with' takes torch.no_grad() or torch.enable_grad() here.",
                        hint="Write 'with torch.no_grad():', with the brackets.",
                    )
                modes.enter_context(mode.enter())
                if store:
                    store(machine, None)
            return body(machine)

    return run


@executes(ast.Assert)
def assert_true(node: ast.Assert) -> Do:
    test = build(node.test)
    said = None if node.msg is None else build(node.msg)

    def run(machine: Machine) -> None:
        if machine.truth(node.test, test(machine)):
            return
        wrong = f"the assertion '{machine.text_of(node.test)}' is false."
        if said is None:
            raise ProgramError(wrong) from AssertionError()
        message = said(machine)
        text = to_text(message, machine.limits)[:200]
        raise ProgramError(f"{wrong[:-1]}: {text.rstrip('.')}.") from AssertionError(message)

    return run


@executes(ast.Delete)
def delete(node: ast.Delete) -> Do:
    deletes = [build_delete(target) for target in node.targets]

    def run(machine: Machine) -> None:
        for each in deletes:
            each(machine)

    return run


@executes(ast.Import)
def import_statement(node: ast.Import) -> Do:
    return lambda machine: import_modules(machine, node)


@executes(ast.ImportFrom)
def import_from(node: ast.ImportFrom) -> Do:
    return lambda machine: import_names(machine, node)


@executes(ast.Pass)
@executes(ast.Global)
@executes(ast.Nonlocal)
def do_nothing(node: ast.stmt) -> Do:
    return lambda machine: None


@executes(ast.Break)
def leave_loop(node: ast.Break) -> Do:
    return lambda machine: BREAK


@executes(ast.Continue)
def next_round(node: ast.Continue) -> Do:
    return lambda machine: CONTINUE
