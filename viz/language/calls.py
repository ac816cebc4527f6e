"""Call a value: a function of the program, a row of the tables, a method of a value."""

from __future__ import annotations

import ast
import inspect
import math
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import torch

from viz.errors import LimitError, ProgramError
from viz.language.capacity import need_elements, need_items
from viz.language.functions import KEYWORDS, SIZED_FUNCTIONS
from viz.language.members import flat
from viz.language.names import did_you_mean
from viz.language.values import (
    Frame,
    Function,
    GradMode,
    Method,
    Namespace,
    UserFunction,
    Value,
    kind_of,
)
from viz.limits import Limits

if TYPE_CHECKING:
    from viz.language.machine import Machine

Named = dict[str, Any]

NOT_FOR_TORCH = (Function, GradMode, Method, Namespace, UserFunction)
ELEMENT_BYTES = 4  # torch.float32, the default dtype


def call(machine: Machine, node: ast.Call) -> Value:
    if isinstance(node.func, ast.Name):
        function = machine.lookup(node.func, called=True)
    else:
        function = machine.evaluate(node.func)
    values = [machine.evaluate(argument) for argument in node.args]
    named = {str(keyword.arg): machine.evaluate(keyword.value) for keyword in node.keywords}
    if isinstance(function, UserFunction):
        return call_user_function(machine, node, function, values, named)
    if isinstance(function, Method):
        return call_row(machine, node, function.function, [function.receiver, *values], named)
    if isinstance(function, Function):
        return call_row(machine, node, function, values, named)
    raise not_a_function(machine, node, function)


def not_a_function(machine: Machine, node: ast.Call, value: Value) -> ProgramError:
    written = machine.text_of(node.func)
    wrong = f"'{written}' is not a function but a value of type {kind_of(value)}."
    number = isinstance(value, (int, float, torch.Tensor))
    return ProgramError(wrong, hint=f"Did you mean '{written} * (...)'?" if number else None)


def call_row(
    machine: Machine, node: ast.Call, function: Function, values: list[Value], named: Named
) -> Value:
    """A function of torch, of math or of Python, or a method."""
    if function.inner:
        check_signature(machine, node, function, values, named)
        return machine.perform(
            node, operands_of(node, values), function.call, machine, node, *values, **named
        )
    check_keywords(function, named)
    check_values(function, [*values, *named.values()], machine.limits)
    if function.name in SIZED_FUNCTIONS:
        check_size(machine, function.name, values, named)
    return machine.perform(node, operands_of(node, values), function.call, *values, **named)


@cache
def signature_of(function: Callable[..., Value]) -> inspect.Signature:
    return inspect.signature(function)


def check_signature(
    machine: Machine, node: ast.Call, function: Function, values: list[Value], named: Named
) -> None:
    """A function of the language itself says by its own name which arguments it takes."""
    try:
        signature_of(function.call).bind(machine, node, *values, **named)
    except TypeError as error:
        raise ProgramError(f"'{function.name}' can't be called like this: {error}.") from error


def operands_of(node: ast.Call, values: list[Value]) -> tuple[tuple[ast.AST, Value], ...]:
    """What stood where in the call: for the sentence about a call that is refused."""
    written: list[ast.AST] = list(node.args)
    if len(values) > len(written) and isinstance(node.func, ast.Attribute):
        written.insert(0, node.func.value)
    return tuple(zip(written, values, strict=False))


def check_keywords(function: Function, named: Named) -> None:
    for keyword in named:
        if keyword not in KEYWORDS:
            raise ProgramError(
                f"the argument '{keyword}' of '{function.name}' is not part of the language.",
                hint=did_you_mean(keyword, KEYWORDS),
            )
    if named.get("device", "cpu") not in ("cpu", None):
        raise ProgramError("the only device here is 'cpu'.", hint="Leave out 'device='.")
    named.pop("device", None)


def check_values(function: Function, values: list[Value], limits: Limits) -> None:
    for value in values:
        if isinstance(value, range):
            need_items(len(value), limits)
        if isinstance(value, NOT_FOR_TORCH):
            raise ProgramError(
                f"'{function.name}' can't work with a {kind_of(value)}.",
                hint="Call the function: f(x)." if kind_of(value) == "function" else None,
            )


def check_size(machine: Machine, name: str, values: list[Value], named: Named) -> None:
    """Look at how many elements `zeros(2, 3)` or `arange(0, 1, 0.1)` will make."""
    short = name.rpartition(".")[2]
    if short in ("arange", "linspace"):
        sizes: list[Value] = [length_of_range(short, values, named)]
    elif short == "full" or "size" in named:
        size = named.get("size", values[0] if values else ())
        sizes = list(size) if isinstance(size, (list, tuple)) else [size]
    elif short == "randint":
        sizes = [
            size for value in values for size in (value if isinstance(value, (list, tuple)) else ())
        ]
    else:
        sizes = flat(values)
        if short == "eye" and len(sizes) == 1:
            sizes = sizes * 2
    counts = [size for size in sizes if isinstance(size, int)]
    if all(count >= 0 for count in counts):
        need_elements(counts, ELEMENT_BYTES, machine.limits)


def length_of_range(short: str, values: list[Value], named: Named) -> int:
    """How many numbers `arange` or `linspace` gives; 0 where an argument is no number."""
    numbers = [value for value in (*values, *named.values()) if type(value) in (int, float)]
    if short == "linspace":
        return max((int(n) for n in numbers[2:3] if math.isfinite(n)), default=0)
    if not numbers or not all(math.isfinite(number) for number in numbers):
        return 0
    start, end, step = {1: (0, *numbers, 1), 2: (*numbers, 1)}.get(len(numbers), numbers[:3])
    return int(abs((end - start) / step)) if step else 0


def call_user_function(
    machine: Machine, node: ast.AST, function: UserFunction, values: list[Value], named: Named
) -> Value:
    """Bind the arguments, run the body, and come back to the line of the call."""
    if machine.depth >= machine.limits.call_depth:
        raise LimitError(
            f"functions call one another more than {machine.limits.call_depth} deep.",
            hint=f"Does '{function.name}' ever stop calling itself?",
        )
    arguments = bind_arguments(function, values, named)
    caller, line = machine.frame, machine.line
    machine.frame = Frame({}, function.names, function.parent)
    machine.depth += 1
    try:
        for parameter, value in arguments.items():
            machine.bind(parameter, value, function.node.lineno)
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
    if isinstance(function.node, ast.Lambda):
        return machine.evaluate(function.node.body)
    signal = machine.execute(function.node.body)
    return signal.value if signal is not None else None


def bind_arguments(function: UserFunction, values: list[Value], named: Named) -> dict[str, Value]:
    """Which parameter has which value, as Python decides it."""
    parameters = function.parameters
    if len(values) > len(parameters):
        raise ProgramError(
            f"{function.name}() takes {len(parameters)} arguments but was given {len(values)}.",
            hint=f"Its parameters are {', '.join(parameters)}." if parameters else None,
        )
    given = dict(zip(parameters, values, strict=False))
    for keyword, value in named.items():
        if keyword not in parameters:
            raise ProgramError(
                f"{function.name}() has no parameter '{keyword}'.",
                hint=did_you_mean(keyword, parameters),
            )
        if keyword in given:
            raise ProgramError(f"{function.name}() was given '{keyword}' twice.")
        given[keyword] = value
    missing = [name for name in parameters if name not in given and name not in function.defaults]
    if missing:
        raise ProgramError(
            f"{function.name}() needs a value for {' and '.join(map(repr, missing))}.",
            hint=f"Write {function.name}({', '.join(parameters)}).",
        )
    return {name: given[name] if name in given else function.defaults[name] for name in parameters}
