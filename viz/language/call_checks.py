"""What a call is held to before it runs: its keywords, its values, the size of its result."""

from __future__ import annotations

import ast
import inspect
import math
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

import torch

from viz.errors import ProgramError
from viz.language.capacity import need_elements, need_items
from viz.language.functions import (
    IGNORED_ARGUMENTS,
    KEYWORDS,
)
from viz.language.members_of_python import flat
from viz.language.names import did_you_mean
from viz.language.values import (
    BoundFunction,
    Class,
    Function,
    GradMode,
    Ignored,
    Method,
    Namespace,
    ProgramClass,
    UserFunction,
    Value,
    kind_of,
)
from viz.limits import Limits

if TYPE_CHECKING:
    from viz.language.machine import Machine


Named = dict[str, Any]


NOT_FOR_TORCH = frozenset(
    {BoundFunction, Class, Function, GradMode, Ignored, Method, Namespace, ProgramClass}
    | {UserFunction}
)


NOT_CALLED = {
    "function": "Call the function: f(x).",
    "method": "Did you forget the () of its call?",
}


ELEMENT_BYTES = 4  # torch.float32, the default dtype


@cache
def signature_of(function: Callable[..., Value]) -> inspect.Signature:
    return inspect.signature(function)


def check_signature(
    machine: Machine, node: ast.AST, function: Function, values: list[Value], named: Named
) -> None:
    try:
        signature_of(function.call).bind(machine, node, *values, **named)
    except TypeError as error:
        raise ProgramError(f"'{function.name}' can't be called like this: {error}.") from error


def check_keywords(machine: Machine, function: Function, named: Named) -> None:
    for keyword in named:
        if keyword not in KEYWORDS:
            raise ProgramError(
                f"the argument '{keyword}' of '{function.name}' is not part of the language.",
                hint=did_you_mean(keyword, KEYWORDS),
            )
    if "device" in named and not is_cpu(named.pop("device")):
        raise ProgramError("the only device here is 'cpu'.", hint="Leave out 'device='.")
    for keyword in IGNORED_ARGUMENTS & named.keys():
        if named.pop(keyword):
            machine.notice(f"'{keyword}=' changes nothing here and is left out.")


def is_cpu(device: Value) -> bool:
    return device is None or device == "cpu" or device == torch.device("cpu")


def check_values(function: Function, values: Iterable[Value], limits: Limits) -> None:
    for value in values:
        kind = type(value)
        if kind is range:
            need_items(len(value), limits)
        if kind in NOT_FOR_TORCH:
            raise ProgramError(
                f"'{function.name}' can't work with a {kind_of(value)}.",
                hint=NOT_CALLED.get(kind_of(value)),
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


def parts_of_call(node: ast.AST, count: int) -> list[ast.AST]:
    """What stood where in the call: for the sentence about a call that is refused."""
    if not isinstance(node, ast.Call):
        return []
    written: list[ast.AST] = list(node.args)
    if count > len(written) and isinstance(node.func, ast.Attribute):
        written.insert(0, node.func.value)
    return written
