"""The closed table of Python's own functions: `print`, `range`, `len`, ... with their limits."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import torch

from viz.errors import ProgramError
from viz.language.capacity import need_bits
from viz.language.text import to_text
from viz.language.values import Function, Value

if TYPE_CHECKING:
    from viz.language.machine import Machine


def print_values(
    machine: Machine,
    node: ast.Call,
    *values: Value,
    sep: str | None = " ",
    end: str | None = "\n",
    flush: Value = False,
) -> None:
    texts = [to_text(value, machine.limits) for value in values]
    machine.print((" " if sep is None else sep).join(texts) + ("\n" if end is None else end))


def whole_number(machine: Machine, node: ast.Call, *values: Value) -> int:
    number = int(*values)
    need_bits(number.bit_length(), machine.limits)
    return number


def text(machine: Machine, node: ast.Call, *values: Value) -> str:
    return to_text(values[0], machine.limits) if len(values) == 1 else str(*values)


def make_list(machine: Machine, node: ast.Call, *values: Value) -> list[Value]:
    return machine.items(*values) if values else []


def make_tuple(machine: Machine, node: ast.Call, *values: Value) -> tuple[Value, ...]:
    return tuple(machine.items(*values)) if values else ()


def over_items(function: Callable[..., Value]) -> Callable[..., Value]:
    """`max`, `min`: of several arguments, or of the items of one."""

    def call(machine: Machine, node: ast.Call, *values: Value, **named: Value) -> Value:
        if "key" in named:
            raise ProgramError("'key=' is not part of the language.")
        if len(values) == 1:
            return function(machine.iterate(values[0]), **named)
        return function(*values, **named)

    return call


def add_up(machine: Machine, node: ast.Call, values: Value, start: Value = 0) -> Value:
    return sum(machine.iterate(values), start)


def count_along(machine: Machine, node: ast.Call, values: Value, start: int = 0) -> Value:
    return enumerate(machine.iterable(values), start)


def side_by_side(machine: Machine, node: ast.Call, *values: Value, strict: bool = False) -> Value:
    return zip(*(machine.iterable(value) for value in values), strict=strict)


def backwards(machine: Machine, node: ast.Call, values: Value) -> Value:
    if not isinstance(values, (list, tuple, range, str, torch.Tensor)):
        raise TypeError(f"'{type(values).__name__}' object is not reversible")
    return reversed(values)


def in_order(machine: Machine, node: ast.Call, values: Value, *, reverse: bool = False) -> Value:
    return sorted(machine.items(values), reverse=reverse)


def length(value: Value) -> int:
    if not isinstance(value, (list, tuple, str, range, torch.Tensor)):
        raise TypeError(f"object of type '{type(value).__name__}' has no len()")
    return len(value)


INNER: Mapping[str, Callable[..., Value]] = {
    "print": print_values,
    "int": whole_number,
    "str": text,
    "list": make_list,
    "tuple": make_tuple,
    "max": over_items(max),
    "min": over_items(min),
    "sum": add_up,
    "enumerate": count_along,
    "zip": side_by_side,
    "reversed": backwards,
    "sorted": in_order,
}

PLAIN: Mapping[str, Callable[..., Value]] = {
    "len": length,
    "abs": abs,
    "range": range,
    "float": float,
    "bool": bool,
    "round": round,
}

BUILTINS: MappingProxyType[str, Function] = MappingProxyType(
    {
        **{name: Function(name, call, inner=True) for name, call in INNER.items()},
        **{name: Function(name, call) for name, call in PLAIN.items()},
    }
)
