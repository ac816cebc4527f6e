"""Build lists, tuples, dicts, sets, comprehensions, f-strings and lambdas."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from viz.language.capacity import need_items
from viz.language.expressions import Run, build, builds
from viz.language.functions_made import function_builder
from viz.language.storing import build_store
from viz.language.text import format_value, to_literal, to_text
from viz.language.values import Frame, Value

if TYPE_CHECKING:
    from viz.language.machine import Machine

Several = Callable[["Machine"], list[Value]]


def build_several(nodes: list[ast.expr]) -> Several:
    """The values of `a, *b, c`, in one list."""
    if not any(isinstance(node, ast.Starred) for node in nodes):
        computes = [build(node) for node in nodes]
        if len(computes) == 1:
            only = computes[0]
            return lambda machine: [only(machine)]
        return lambda machine: [compute(machine) for compute in computes]
    parts = [
        (
            isinstance(node, ast.Starred),
            build(node.value if isinstance(node, ast.Starred) else node),
        )
        for node in nodes
    ]

    def run(machine: Machine) -> list[Value]:
        found: list[Value] = []
        for starred, compute in parts:
            value = compute(machine)
            found += machine.items(value) if starred else [value]
        need_items(len(found), machine.limits)
        return found

    return run


@builds(ast.List)
def list_display(node: ast.List) -> Run:
    return build_several(node.elts)


@builds(ast.Tuple)
def tuple_display(node: ast.Tuple) -> Run:
    several = build_several(node.elts)
    return lambda machine: tuple(several(machine))


@builds(ast.Set)
def set_display(node: ast.Set) -> Run:
    several = build_several(node.elts)
    return lambda machine: machine.perform(node, (), set, (several(machine),))


@builds(ast.Dict)
def dict_display(node: ast.Dict) -> Run:
    pairs = [
        (None if key is None else build(key), build(value))
        for key, value in zip(node.keys, node.values, strict=True)
    ]

    def run(machine: Machine) -> Value:
        found: dict[Value, Value] = {}
        for key, value in pairs:
            if key is None:
                machine.perform(node, (), found.update, (value(machine),))
            else:
                machine.perform(node, (), found.__setitem__, (key(machine), value(machine)))
        return found

    return run


# Comprehensions run in a frame of their own, so that their names end with them.

Each = Callable[["Machine"], Iterator[None]]
"""Goes through all rounds of a comprehension; at each, its names have their values."""


def build_rounds(generators: list[ast.comprehension]) -> Each:
    first, *others = generators
    rest = build_rounds(others) if others else None
    items, store = build(first.iter), build_store(first.target)
    tests = [(test, build(test)) for test in first.ifs]

    def run(machine: Machine) -> Iterator[None]:
        for item in machine.iterate(items(machine)):
            store(machine, item)
            if all(machine.truth(test, compute(machine)) for test, compute in tests):
                if rest is None:
                    yield
                else:
                    yield from rest(machine)

    return run


def in_own_frame(
    node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, collect: Any
) -> Run:
    rounds = build_rounds(node.generators)

    def run(machine: Machine) -> Value:
        outer = machine.frame
        machine.frame = Frame({}, parent=outer, elsewhere=outer.elsewhere)
        walrus = names_bound_outside(node)
        for name in walrus:
            machine.frame.elsewhere = {**machine.frame.elsewhere, name: outer}
        try:
            return collect(machine, rounds(machine))
        finally:
            machine.frame = outer

    return run


def names_bound_outside(node: ast.AST) -> list[str]:
    """`:=` in a comprehension binds its name around it."""
    return [part.target.id for part in ast.walk(node) if isinstance(part, ast.NamedExpr)]


@builds(ast.ListComp)
def list_comprehension(node: ast.ListComp) -> Run:
    element = build(node.elt)

    def collect(machine: Machine, rounds: Iterator[None]) -> Value:
        found: list[Value] = []
        for _ in rounds:
            found.append(element(machine))
            need_items(len(found), machine.limits)
        return found

    return in_own_frame(node, collect)


@builds(ast.GeneratorExp)
def generator_expression(node: ast.GeneratorExp) -> Run:
    """All items at once, where Python makes them one by one: the order of effects may differ."""
    element = build(node.elt)

    def collect(machine: Machine, rounds: Iterator[None]) -> Value:
        found: list[Value] = []
        for _ in rounds:
            found.append(element(machine))
            need_items(len(found), machine.limits)
        return iter(found)

    return in_own_frame(node, collect)


@builds(ast.SetComp)
def set_comprehension(node: ast.SetComp) -> Run:
    element = build(node.elt)

    def collect(machine: Machine, rounds: Iterator[None]) -> Value:
        found: set[Value] = set()
        for _ in rounds:
            machine.perform(node, (), found.add, (element(machine),))
            need_items(len(found), machine.limits)
        return found

    return in_own_frame(node, collect)


@builds(ast.DictComp)
def dict_comprehension(node: ast.DictComp) -> Run:
    key, element = build(node.key), build(node.value)

    def collect(machine: Machine, rounds: Iterator[None]) -> Value:
        found: dict[Value, Value] = {}
        for _ in rounds:
            machine.perform(node, (), found.__setitem__, (key(machine), element(machine)))
            need_items(len(found), machine.limits)
        return found

    return in_own_frame(node, collect)


@builds(ast.JoinedStr)
def formatted(node: ast.JoinedStr) -> Run:
    parts = [build_part(part) for part in node.values]

    def run(machine: Machine) -> Value:
        text = ""
        for part in parts:
            text += part(machine)
            need_items(len(text), machine.limits)
        return text

    return run


def build_part(part: ast.expr) -> Callable[[Machine], str]:
    """A text between the braces' texts, or what stands in the braces."""
    if not isinstance(part, ast.FormattedValue):
        text = str(part.value) if isinstance(part, ast.Constant) else ""
        return lambda machine: text
    node, compute = part.value, build(part.value)
    conversion = part.conversion
    specification = build(part.format_spec) if part.format_spec else None

    def run(machine: Machine) -> str:
        value = compute(machine)
        if conversion == ord("s"):
            value = to_text(value, machine.limits)
        elif conversion != -1:
            value = to_literal(value, machine.limits)
        wanted = "" if specification is None else specification(machine)
        return str(machine.perform(node, (node,), format_value, (value, wanted, machine.limits)))

    return run


@builds(ast.Lambda)
def lambda_expression(node: ast.Lambda) -> Run:
    return function_builder("<lambda>", node)
