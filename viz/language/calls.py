"""Call a value: a function of the program, a row of the tables, a method of a value."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from viz.errors import LimitError, ProgramError, UserError
from viz.language.call_checks import (
    Named,
    check_keywords,
    check_signature,
    check_size,
    check_values,
    parts_of_call,
)
from viz.language.capacity import within_memory
from viz.language.displays import build_several
from viz.language.expressions import Run, build, builds
from viz.language.functions import (
    RUNNING_THE_ENGINE,
    SIZED_FUNCTIONS,
)
from viz.language.functions_made import frame_that_has
from viz.language.parameters import bind_arguments
from viz.language.storing import PLAIN
from viz.language.taken import NUMBERS
from viz.language.values import (
    BoundFunction,
    Class,
    Frame,
    Function,
    Ignored,
    Method,
    ProgramClass,
    ProgramObject,
    UserFunction,
    Value,
    kind_of,
)

if TYPE_CHECKING:
    from viz.language.machine import Machine


FUNCTION_OBJECTS = (torch.distributions.Transform,)
"""Objects of torch, other than layers, that are called like functions."""


@builds(ast.Call)
def call(node: ast.Call) -> Run:
    callee_node = node.func
    callee = build_callee(callee_node)
    arguments = build_several(node.args)
    keywords = build_keywords(node.keywords)

    def run_plainly(machine: Machine) -> Value:
        function = callee(machine)
        values = arguments(machine)
        try:
            return apply(machine, node, function, values, {})
        except UserError as error:
            machine.placed(error, node)
            raise

    if keywords is None:
        return run_plainly

    def run(machine: Machine) -> Value:
        function = callee(machine)
        values = arguments(machine)
        named = keywords(machine)
        try:
            return apply(machine, node, function, values, named)
        except UserError as error:
            machine.placed(error, node)
            raise

    return run


def build_callee(node: ast.expr) -> Run:
    """What stands before the brackets; a name that is unknown there is an unknown function."""
    if not isinstance(node, ast.Name):
        return build(node)
    word = node.id

    def run(machine: Machine) -> Value:
        variables = machine.frame.variables
        return variables[word] if word in variables else machine.lookup(node, called=True)

    return run


def build_keywords(nodes: list[ast.keyword]) -> Callable[[Machine], Named] | None:
    """The values of `a=1, **more`."""
    if not nodes:
        return None
    parts = [(keyword.arg, build(keyword.value)) for keyword in nodes]

    def run(machine: Machine) -> Named:
        named: Named = {}
        for name, compute in parts:
            value = compute(machine)
            if name is not None:
                named[name] = value
                continue
            if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
                raise ProgramError("after '**' stands a dict whose keys are texts.")
            named.update(value)
        return named

    return run


def apply(
    machine: Machine, node: ast.AST, function: Value, values: list[Value], named: Named
) -> Value:
    """Call whatever can be called."""
    kind = type(function)
    if kind is UserFunction:
        return call_user_function(machine, node, function, values, named)
    if kind is BoundFunction:
        receiver = function.receiver
        return call_user_function(machine, node, function.function, [receiver, *values], named)
    if kind is Method:
        return call_row(machine, node, function.function, [function.receiver, *values], named)
    if kind is Function:
        return call_row(machine, node, function, values, named)
    if kind is Class and function.make is not None:
        return call_row(machine, node, function.make, values, named)
    if kind is ProgramClass:
        return perform_call(machine, node, function.kind, values, named)
    if isinstance(function, torch.nn.Module) or (
        isinstance(function, ProgramObject) and hasattr(type(function), "__call__")  # noqa: B004
    ):
        return perform_call(machine, node, function, values, named)
    if isinstance(function, FUNCTION_OBJECTS):
        return perform_call(machine, node, function, values, named)
    if kind is Ignored:
        return function
    raise not_a_function(machine, node, function)


def not_a_function(machine: Machine, node: ast.AST, value: Value) -> ProgramError:
    written = machine.text_of(getattr(node, "func", node))
    wrong = f"'{written}' is not a function but a value of type {kind_of(value)}."
    number = isinstance(value, (int, float, torch.Tensor))
    error = ProgramError(wrong, hint=f"Did you mean '{written} * (...)'?" if number else None)
    error.__cause__ = TypeError(f"'{type(value).__name__}' object is not callable")
    return error


def call_row(
    machine: Machine, node: ast.AST, function: Function, values: list[Value], named: Named
) -> Value:
    """A function of torch, of math or of Python, or a method."""
    if function.inner:
        return call_inner(machine, node, function, values, named)
    if named:
        check_keywords(machine, function, named)
    if has_plain_class(values) or (named and has_plain_class(named.values())):
        values = [plain_class(value) for value in values]
        named = {name: plain_class(value) for name, value in named.items()}
    if function.callbacks:
        if function.name in RUNNING_THE_ENGINE:
            machine.unseen(function.name)
        values = [as_callable(machine, node, value) for value in values]
        named = {name: as_callable(machine, node, value) for name, value in named.items()}
    check_values(function, values, machine.limits)
    if named:
        check_values(function, named.values(), machine.limits)
    if function.name in SIZED_FUNCTIONS:
        check_size(machine, function.name, values, named)
    return perform_call(machine, node, function.call, values, named)


def perform_call(
    machine: Machine, node: ast.AST, function: Any, values: list[Value], named: Named
) -> Value:
    """Call torch or Python; only where that is refused it matters what stood where."""
    try:
        if machine.taken:
            result = machine.taken.call(function, values, named)
        else:
            result = function(*values, **named)
        if type(result) in NUMBERS:
            machine.taken.look(result, values, word_of(node))
        return within_memory(result, machine.limits)
    except UserError as error:
        machine.placed(error, node)
        raise
    except Exception as error:
        raise machine.explained(error, node, parts_of_call(node, len(values)), values) from error


def word_of(node: ast.AST) -> str:
    """What a call is called in the picture: "item()"."""
    function = getattr(node, "func", None)
    return f"{getattr(function, 'attr', None) or getattr(function, 'id', 'item')}()"


def call_inner(
    machine: Machine, node: ast.AST, function: Function, values: list[Value], named: Named
) -> Value:
    """A function of the language itself says by its own name which arguments it takes."""
    try:
        result = function.call(machine, node, *values, **named)
        if type(result) in NUMBERS:
            machine.taken.look(result, values, word_of(node))
        return within_memory(result, machine.limits)
    except UserError as error:
        machine.placed(error, node)
        raise
    except Exception as error:
        if isinstance(error, TypeError):
            check_signature(machine, node, function, values, named)
        raise machine.explained(error, node, parts_of_call(node, len(values)), values) from error


def has_plain_class(values: Iterable[Value]) -> bool:
    for value in values:  # noqa: SIM110 - a plain loop is quicker, and it runs at every call
        if type(value) is Class:
            return True
    return False


def plain_class(value: Value) -> Value:
    """`dtype=float`, `astype(np.float32)`: the class itself, where it means a kind of number."""
    plain = type(value) is Class and issubclass(value.kind, (int, float, np.generic))
    return value.kind if plain else value


def as_callable(machine: Machine, node: ast.AST, value: Value) -> Value:
    """A function of the program as one that torch or Python can call; any other value itself."""
    if isinstance(value, (UserFunction, BoundFunction, Method, Function)):
        return lambda *values, **named: apply(machine, node, value, list(values), named)
    if isinstance(value, Class):
        return value.kind
    return value.kind if isinstance(value, ProgramClass) else value


def call_user_function(
    machine: Machine, node: ast.AST, function: UserFunction, values: list[Value], named: Named
) -> Value:
    """Bind the arguments, run the body, and come back to the line of the call."""
    if machine.depth >= machine.limits.call_depth:
        raise LimitError(
            f"functions call one another more than {machine.limits.call_depth} deep.",
            hint=f"Does '{function.name}' ever stop calling itself?",
        )
    machine.tick()
    arguments = bind_arguments(function, values, named)
    caller, line = machine.frame, machine.line
    frame = machine.frame = Frame(arguments, function.names, function.parent, function)
    machine.depth += 1
    try:
        for parameter, value in arguments.items():
            if type(value) not in PLAIN and isinstance(value, torch.Tensor):
                machine.observer.name_tensor(parameter, value, function.node.lineno)
        if function.elsewhere is not None:
            frame.elsewhere = frames_elsewhere(machine, *function.elsewhere, function.parent)
        result = run_body(machine, function)
    finally:
        machine.frame = caller
        machine.depth -= 1
    if line and line != machine.line:
        machine.enter_line(line)
    if machine.depth == 0:
        machine.returned(function.name, result, line or function.node.lineno)
    return result


def run_body(machine: Machine, function: UserFunction) -> Value:
    if not function.modes:
        return function.body(machine)
    with ExitStack() as modes:
        for mode in function.modes:
            modes.enter_context(mode.enter())
        return function.body(machine)


def frames_elsewhere(
    machine: Machine, globals_: tuple[str, ...], nonlocals: tuple[str, ...], parent: Frame | None
) -> dict[str, Frame]:
    """Where the variables live that `global` and `nonlocal` mention."""
    found = dict.fromkeys(globals_, machine.module)
    for name in nonlocals:
        found[name] = frame_that_has(name, parent)
    return found
