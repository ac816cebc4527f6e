"""Turn the left side of `=` into a closure that gives it its value."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from viz.errors import ProgramError
from viz.language.attributes_set import delete_attribute, store_attribute
from viz.language.expressions import build, build_index
from viz.language.iterables import CHANGEABLE
from viz.language.values import Ignored, ProgramObject, Value, kind_of

if TYPE_CHECKING:
    from viz.language.machine import Machine

PLAIN = frozenset({int, float, bool, str, list, tuple, dict})
"""Values of which nobody is told."""

Store = Callable[["Machine", Value], None]


def build_store(target: ast.expr) -> Store:
    if isinstance(target, ast.Name):
        return store_name(target)
    if isinstance(target, (ast.Tuple, ast.List)):
        return store_several(target)
    if isinstance(target, ast.Subscript):
        return store_item(target)
    assert isinstance(target, ast.Attribute)
    return store_member(target)


def store_name(target: ast.Name) -> Store:
    name = target.id

    def run(machine: Machine, value: Value) -> None:
        frame = machine.frame
        if type(value) in PLAIN and not frame.elsewhere:
            frame.variables[name] = value
        else:
            machine.bind(name, value, machine.line)

    return run


def store_several(target: ast.Tuple | ast.List) -> Store:
    """`a, b = ...`, `first, *rest = ...`"""
    stars = [at for at, part in enumerate(target.elts) if isinstance(part, ast.Starred)]
    stores = [
        build_store(part.value if isinstance(part, ast.Starred) else part) for part in target.elts
    ]

    def run(machine: Machine, value: Value) -> None:
        if type(value) is tuple and len(value) == len(stores) and not stars:
            for store, item in zip(stores, value):  # noqa: B905 - of one length
                store(machine, item)
            return
        if isinstance(value, Ignored):
            items: list[Value] = [value] * len(stores)
        else:
            items = machine.items(value)
        if stars and len(items) >= len(stores) - 1:
            at, after = stars[0], len(stores) - stars[0] - 1
            end = len(items) - after
            items = [*items[:at], items[at:end], *items[end:]]
        if len(items) != len(stores):
            wrong = (
                f"{len(stores)} names stand on the left of '=', but there are {len(items)} values."
            )
            few = len(items) < len(stores)
            said = (
                f"not enough values to unpack (expected {len(stores)}, got {len(items)})"
                if few
                else f"too many values to unpack (expected {len(stores)})"
            )
            raise ProgramError(wrong) from ValueError(said)
        for store, item in zip(stores, items, strict=True):
            store(machine, item)

    return run


def store_item(target: ast.Subscript) -> Store:
    container, index = build(target.value), build_index(target.slice)

    def run(machine: Machine, value: Value) -> None:
        store_at(machine, target, container(machine), index(machine), value)

    return run


def store_at(
    machine: Machine, target: ast.Subscript, container: Value, index: Value, value: Value
) -> None:
    of_program = isinstance(container, ProgramObject) and hasattr(container, "__setitem__")
    if not of_program and not isinstance(container, CHANGEABLE):
        if isinstance(container, Ignored):
            return
        raise ProgramError(
            f"a value of type {kind_of(container)} can't be changed."
        ) from TypeError(f"'{kind_of(container)}' object does not support item assignment")
    parts = (target.value, target.slice, target)
    machine.perform(target, parts, put, (container, index, value))


def put(container: Value, index: Value, value: Value) -> None:
    container[index] = value


def store_member(target: ast.Attribute) -> Store:
    owner = build(target.value)

    def run(machine: Machine, value: Value) -> None:
        store_attribute(machine, target, owner(machine), value)

    return run


def build_delete(target: ast.expr) -> Callable[[Machine], None]:
    """`del x`, `del items[0]`, `del self.x`"""
    if isinstance(target, ast.Name):
        return delete_name(target)
    if isinstance(target, ast.Subscript):
        return delete_item(target)
    if isinstance(target, ast.Attribute):
        return delete_member(target)
    assert isinstance(target, (ast.Tuple, ast.List))
    deletes = [build_delete(part) for part in target.elts]

    def run(machine: Machine) -> None:
        for delete in deletes:
            delete(machine)

    return run


def delete_name(target: ast.Name) -> Callable[[Machine], None]:
    name = target.id

    def run(machine: Machine) -> None:
        frame = machine.frame.elsewhere.get(name, machine.frame)
        if name not in frame.variables:
            machine.lookup(target)  # says so where there is no such name at all
            raise ProgramError(f"'{name}' can't be deleted: it is not a variable of this place.")
        del frame.variables[name]

    return run


def delete_item(target: ast.Subscript) -> Callable[[Machine], None]:
    container, index = build(target.value), build_index(target.slice)

    def run(machine: Machine) -> None:
        owner, at = container(machine), index(machine)
        if not isinstance(owner, CHANGEABLE):
            raise ProgramError(f"a value of type {kind_of(owner)} can't be changed.")
        machine.perform(target, (target.value, target.slice), remove, (owner, at))

    return run


def remove(container: Value, index: Value) -> None:
    del container[index]


def delete_member(target: ast.Attribute) -> Callable[[Machine], None]:
    owner = build(target.value)
    return lambda machine: delete_attribute(machine, target, owner(machine))
