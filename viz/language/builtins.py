"""The closed table of Python's own functions: `print`, `range`, `len`, ... with their limits."""

from __future__ import annotations

import ast
import builtins
import types
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import torch
from torch.utils.data.dataloader import _BaseDataLoaderIter as LOADER_ITERATOR

from viz.language.arithmetic import operate
from viz.language.capacity import need_bits
from viz.language.functions import KINDS
from viz.language.iterables import MEASURED
from viz.language.tables import python_names
from viz.language.text import format_value, to_literal, to_text, whole_characters
from viz.language.values import (
    Class,
    Function,
    GradFn,
    ProgramClass,
    ProgramObject,
    UserFunction,
    Value,
)

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


def character(code: Value) -> str:
    return whole_characters(chr(code))


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

    def call(
        machine: Machine, node: ast.Call, *values: Value, key: Value = None, **named: Value
    ) -> Value:
        if key is not None:
            named["key"] = callback(machine, node, key)
        if len(values) == 1:
            return function(machine.iterate(values[0]), **named)
        return function(*values, **named)

    return call


def callback(machine: Machine, node: ast.Call, function: Value) -> Callable[..., Value]:
    """What a function of Python may call."""
    from viz.language.calls import apply

    return lambda *values: apply(machine, node, function, list(values), {})


def add_up(machine: Machine, node: ast.Call, values: Value, start: Value = 0) -> Value:
    return sum(machine.iterate(values), start)


def count_along(machine: Machine, node: ast.Call, values: Value, start: int = 0) -> Value:
    return enumerate(machine.iterable(values), start)


def side_by_side(machine: Machine, node: ast.Call, *values: Value, strict: bool = False) -> Value:
    return zip(*(machine.iterable(value) for value in values), strict=strict)


def backwards(machine: Machine, node: ast.Call, values: Value) -> Value:
    if not isinstance(values, (list, tuple, range, str, dict, torch.Tensor, torch.nn.ModuleList)):
        raise TypeError(f"'{type(values).__name__}' object is not reversible")
    return reversed(values)


def in_order(
    machine: Machine, node: ast.Call, values: Value, *, key: Value = None, reverse: bool = False
) -> Value:
    by = None if key is None else callback(machine, node, key)
    return sorted(machine.items(values), key=by, reverse=reverse)


def length(value: Value) -> int:
    of_program = isinstance(value, (ProgramObject, torch.nn.Module)) and hasattr(value, "__len__")
    if not of_program and not isinstance(value, MEASURED):
        raise TypeError(f"object of type '{type(value).__name__}' has no len()")
    return len(value)


def apply_to_each(machine: Machine, node: ast.Call, function: Value, *values: Value) -> Value:
    return map(callback(machine, node, function), *(machine.iterable(value) for value in values))


def keep_those(machine: Machine, node: ast.Call, function: Value, values: Value) -> Value:
    test = None if function is None else callback(machine, node, function)
    return filter(test, machine.iterable(values))


def any_of(machine: Machine, node: ast.Call, values: Value) -> bool:
    return any(machine.iterate(values))


def all_of(machine: Machine, node: ast.Call, values: Value) -> bool:
    return all(machine.iterate(values))


def make_dict(machine: Machine, node: ast.Call, *values: Value, **named: Value) -> Value:
    if values and not isinstance(values[0], dict):
        return dict(machine.items(values[0]), **named)
    return dict(*values, **named)


def make_set(machine: Machine, node: ast.Call, *values: Value) -> Value:
    return set(machine.items(*values)) if values else set()


def literal(machine: Machine, node: ast.Call, value: Value) -> str:
    return to_literal(value, machine.limits)


def format_one(machine: Machine, node: ast.Call, value: Value, specification: str = "") -> str:
    return format_value(value, specification, machine.limits)


def is_instance(machine: Machine, node: ast.Call, value: Value, kinds: Value) -> bool:
    return isinstance(value, kinds_of(kinds))


def is_subclass(machine: Machine, node: ast.Call, kind: Value, kinds: Value) -> bool:
    return issubclass(kinds_of(kind)[0], kinds_of(kinds))


def kinds_of(kinds: Value) -> tuple[type, ...]:
    found = kinds if isinstance(kinds, tuple) else (kinds,)
    if not all(isinstance(kind, (Class, ProgramClass)) for kind in found):
        raise TypeError("isinstance() arg 2 must be a type or a tuple of types")
    return tuple(object if kind.kind is ProgramObject else kind.kind for kind in found)


def class_of(machine: Machine, node: ast.Call, value: Value) -> Value:
    kind = type(value)
    found = machine.classes.get(kind) or KINDS.get(kind) or BUILTIN_KINDS.get(kind)
    if found is None:
        name = {GradFn: "the grad_fn's class", UserFunction: "function"}.get(kind, kind.__name__)
        return Class(str(name), kind)
    return found


def next_item(machine: Machine, node: ast.Call, values: Value, *otherwise: Value) -> Value:
    from viz.language.iterables import ITERATORS

    kinds = (types.GeneratorType, *map(type, ITERATORS))
    if not isinstance(values, kinds) and not isinstance(values, (ProgramObject, LOADER_ITERATOR)):
        raise TypeError(f"'{type(values).__name__}' object is not an iterator")
    iterator: Any = values
    return next(iterator, *otherwise)


def start(machine: Machine, node: ast.Call, values: Value) -> Value:
    return iter(machine.iterable(values))


def divide(machine: Machine, node: ast.Call, left: Value, right: Value) -> Value:
    return divmod(left, right)


def power(machine: Machine, node: ast.Call, base: Value, exponent: Value) -> Value:
    return operate(ast.Pow, base, exponent, machine.limits)


def superclass(machine: Machine, node: ast.Call, *given: Value) -> Value:
    from viz.language.classes import find_super

    return find_super(machine, node, *given)


def make_object(machine: Machine, node: ast.Call) -> Value:
    return ProgramObject()


def make_float(machine: Machine, node: ast.Call, *values: Value) -> float:
    return float(*values)


def make_bool(machine: Machine, node: ast.Call, *values: Value) -> bool:
    return bool(*values)


INNER: Mapping[str, Callable[..., Value]] = {
    "print": print_values,
    "max": over_items(max),
    "min": over_items(min),
    "sum": add_up,
    "enumerate": count_along,
    "zip": side_by_side,
    "reversed": backwards,
    "sorted": in_order,
    "map": apply_to_each,
    "filter": keep_those,
    "any": any_of,
    "all": all_of,
    "repr": literal,
    "format": format_one,
    "isinstance": is_instance,
    "issubclass": is_subclass,
    "type": class_of,
    "next": next_item,
    "iter": start,
    "divmod": divide,
    "pow": power,
    "super": superclass,
}

PLAIN: Mapping[str, Callable[..., Value]] = {
    "len": length,
    "abs": abs,
    "range": range,
    "round": round,
    "ord": ord,
    "chr": character,
    "bin": bin,
    "hex": hex,
    "slice": slice,
}

MADE: Mapping[str, tuple[type, Callable[..., Value]]] = {
    "int": (int, whole_number),
    "float": (float, make_float),
    "bool": (bool, make_bool),
    "str": (str, text),
    "list": (list, make_list),
    "tuple": (tuple, make_tuple),
    "dict": (dict, make_dict),
    "set": (set, make_set),
    "object": (ProgramObject, make_object),
}
"""Classes of Python, with what a call of them does."""

WORDS = ("staticmethod", "classmethod", "property")

BUILTINS: MappingProxyType[str, Value] = MappingProxyType(
    {
        **{name: Function(name, call, inner=True) for name, call in INNER.items()},
        **{name: Function(name, call) for name, call in PLAIN.items()},
        **{
            name: Class(name, kind, Function(name, call, inner=True))
            for name, (kind, call) in MADE.items()
        },
        **{
            name: Class(name, kind, Function(name, kind))
            for name in python_names.EXCEPTIONS.split()
            if (kind := getattr(builtins, name))
        },
        **{name: Function(name, property) for name in WORDS},
        "__name__": "__main__",
        "NotImplemented": NotImplemented,
    }
)

BUILTIN_KINDS = {row.kind: row for row in BUILTINS.values() if isinstance(row, Class)}
