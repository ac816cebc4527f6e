"""Turn `def` and `lambda` into closures that make the function's value."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from viz.errors import ProgramError
from viz.language.expressions import build
from viz.language.parameters import build_parameters
from viz.language.values import Decorated, Frame, GradMode, UserFunction, Value

if TYPE_CHECKING:
    from viz.language.machine import Machine


def function_builder(
    named: str, node: ast.FunctionDef | ast.Lambda
) -> Callable[[Machine], UserFunction]:
    """The value of a `def` or `lambda`; its defaults are evaluated when it is made."""
    from viz.language.generators import build_generator, is_generator
    from viz.language.statements import build_block

    parameters = build_parameters(node.args)
    globals_, nonlocals = declared_elsewhere(node)
    elsewhere = (globals_, nonlocals) if globals_ or nonlocals else None
    if isinstance(node, ast.Lambda):
        body: Callable[[Any], Value] = build(node.body)
    elif is_generator(node):
        body = build_generator(node)
    else:
        block = build_block(node.body)

        def body(machine: Machine) -> Value:
            signal = block(machine)
            return None if signal is None else signal.value

    def run(machine: Machine) -> UserFunction:
        return UserFunction(
            named,
            node,
            parameters(machine),
            body,
            machine.program.locals[node],
            machine.frame.closure,
            elsewhere,
        )

    return run


def declared_elsewhere(node: ast.AST) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names that `global` and `nonlocal` mention in a function."""
    from viz.language.scopes import walk_scope

    globals_, nonlocals = [], []
    for found in walk_scope(node):
        if isinstance(found, ast.Global):
            globals_ += found.names
        elif isinstance(found, ast.Nonlocal):
            nonlocals += found.names
    return tuple(globals_), tuple(nonlocals)


def frame_that_has(name: str, frame: Frame | None) -> Frame:
    """The function around whose variable `nonlocal name` means."""
    while frame is not None and frame.parent is not None:
        if name in frame.names:
            return frame
        frame = frame.parent
    raise ProgramError(
        f"no function around this one has a variable '{name}'.",
        hint="For a variable of the program itself, write 'global'.",
    )


def decorate(machine: Machine, node: ast.AST, decorator: Value, value: Value) -> Value:
    """`@torch.no_grad()`, `@staticmethod`, or a function of the program."""
    from viz.language.calls import apply

    if isinstance(decorator, GradMode) and isinstance(value, UserFunction):
        value.modes = (*value.modes, decorator)
        return value
    word = getattr(decorator, "name", None)
    if word in ("staticmethod", "classmethod", "property") and isinstance(value, UserFunction):
        return Decorated(word, value)
    if isinstance(decorator, UserFunction):
        return apply(machine, node, decorator, [value], {})
    raise ProgramError(
        "this decorator is not part of the language.",
        hint="@torch.no_grad(), @staticmethod, @classmethod, @property and your own functions are.",
    )
