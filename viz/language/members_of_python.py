"""Methods of lists and texts that are held to a size, or take a function of the program."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from viz.language.capacity import need_items
from viz.language.text import format_text
from viz.language.values import Function, Value

if TYPE_CHECKING:
    from viz.language.machine import Machine


def flat(values: Any) -> list[Value]:
    """Sizes written one by one or as one sequence: `repeat(2, 3)`, `repeat((2, 3))`."""
    if len(values) == 1 and isinstance(values[0], (list, tuple)):
        return list(values[0])
    return list(values)


def list_append(machine: Machine, node: ast.Call, items: list[Value], item: Value) -> None:
    need_items(len(items) + 1, machine.limits)
    items.append(item)


def list_extend(machine: Machine, node: ast.Call, items: list[Value], more: Value) -> None:
    added = machine.items(more)
    need_items(len(items) + len(added), machine.limits)
    items.extend(added)


def list_insert(machine: Machine, node: ast.Call, items: list[Value], at: int, item: Value) -> None:
    need_items(len(items) + 1, machine.limits)
    items.insert(at, item)


def join(machine: Machine, node: ast.Call, separator: str, texts: Value) -> str:
    parts = machine.items(texts)
    between = len(separator) * len(parts)
    need_items(between + sum(len(part) for part in parts if isinstance(part, str)), machine.limits)
    return separator.join(parts)


def replace(
    machine: Machine, node: ast.Call, text: str, old: str, new: str, count: int = -1
) -> str:
    places = text.count(old) if old else len(text) + 1
    need_items(len(text) + places * len(new), machine.limits)
    return text.replace(old, new, count)


def padded(name: str) -> Function:
    bound = getattr(str, name)

    def call(machine: Machine, node: ast.Call, text: str, width: int, *fill: str) -> Value:
        need_items(width, machine.limits)
        return machine.perform(node, (node,), bound, (text, width, *fill))

    return Function(name, call, inner=True)


def text_format(
    machine: Machine, node: ast.Call, template: str, *values: Value, **named: Value
) -> str:
    return format_text(template, values, named, machine.limits)


def list_sort(
    machine: Machine,
    node: ast.Call,
    items: list[Value],
    *,
    key: Value = None,
    reverse: bool = False,
) -> None:
    from viz.language.calls import as_callable

    items.sort(key=as_callable(machine, node, key), reverse=reverse)
