"""Execute statements: one handler for each node type of the language."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import torch

from viz.errors import ProgramError
from viz.language.arithmetic import operate_in_place
from viz.language.expressions import make_function, read_attribute, read_index, take
from viz.language.functions import NAMES
from viz.language.members import SETTABLE
from viz.language.text import to_text
from viz.language.values import GradMode, Namespace, Value, kind_of

if TYPE_CHECKING:
    from viz.language.machine import Machine


@dataclass(frozen=True, slots=True)
class Signal:
    """What stops a row of statements: `return`, `break` or `continue`."""

    kind: Literal["return", "break", "continue"]
    value: Value = None


BREAK = Signal("break")
CONTINUE = Signal("continue")

Handler = Callable[["Machine", Any], Signal | None]


def expression(machine: Machine, node: ast.Expr) -> None:
    value = machine.evaluate(node.value)
    if machine.frame is machine.module:
        machine.last_value = (value, node.lineno)


def assign(machine: Machine, node: ast.Assign) -> None:
    value = machine.evaluate(node.value)
    for target in node.targets:
        store(machine, target, value)


def assign_annotated(machine: Machine, node: ast.AnnAssign) -> None:
    if node.value is not None:
        store(machine, node.target, machine.evaluate(node.value))


def store(machine: Machine, target: ast.expr, value: Value) -> None:
    """Give the target its value. The attributes that can be assigned stand in SETTABLE."""
    machine.tick()
    if isinstance(target, ast.Name):
        machine.bind(target.id, value, machine.line)
    elif isinstance(target, (ast.Tuple, ast.List)):
        items = unpack(machine, target, value)
        for item_target, item in zip(target.elts, items, strict=True):
            store(machine, item_target, item)
    elif isinstance(target, ast.Subscript):
        store_item(machine, target, machine.evaluate(target.value), value)
    elif isinstance(target, ast.Attribute):
        store_attribute(machine, target, machine.evaluate(target.value), value)


def unpack(machine: Machine, target: ast.Tuple | ast.List, value: Value) -> list[Value]:
    items = machine.items(value)
    if len(items) != len(target.elts):
        raise ProgramError(
            f"{len(target.elts)} names stand on the left of '=', but there are {len(items)} values."
        )
    return items


def store_item(machine: Machine, target: ast.Subscript, container: Value, value: Value) -> None:
    index = read_index(machine, target.slice)
    store_at(machine, target, container, index, value)


def store_at(
    machine: Machine, target: ast.Subscript, container: Value, index: Value, value: Value
) -> None:
    if not isinstance(container, (list, torch.Tensor)):
        raise ProgramError(f"a value of type {kind_of(container)} can't be changed.")
    operands = ((target.value, container), (target.slice, index), (target, value))
    machine.perform(target, operands, put, container, index, value)


def put(container: Value, index: Value, value: Value) -> None:
    container[index] = value


def store_attribute(machine: Machine, target: ast.Attribute, owner: Value, value: Value) -> None:
    if isinstance(owner, Namespace):
        raise ProgramError(f"the module '{owner.name}' can't be changed.")
    if not isinstance(owner, torch.Tensor) or target.attr not in SETTABLE:
        raise ProgramError(
            f"'.{target.attr}' of a value of type {kind_of(owner)} can't be assigned.",
            hint="Of a tensor, .grad, .requires_grad and .data can.",
        )
    operands = ((target.value, owner), (target, value))
    machine.perform(target, operands, SETTABLE[target.attr], owner, value)


def assign_augmented(machine: Machine, node: ast.AugAssign) -> None:
    """`x += 1`: the target is looked up once, changed in place where it can be, and stored."""
    target = node.target
    if isinstance(target, ast.Name):
        old = machine.evaluate(ast.copy_location(ast.Name(target.id, ast.Load()), target))
        machine.bind(target.id, changed(machine, node, old), machine.line)
    elif isinstance(target, ast.Attribute):
        owner = machine.evaluate(target.value)
        old = read_attribute(machine, target, owner)
        store_attribute(machine, target, owner, changed(machine, node, old))
    else:
        container = machine.evaluate(target.value)
        index = read_index(machine, target.slice)
        old = machine.perform(target, ((target.value, container),), take, container, index)
        store_at(machine, target, container, index, changed(machine, node, old))


def changed(machine: Machine, node: ast.AugAssign, old: Value) -> Value:
    right = machine.evaluate(node.value)
    operands = ((node.target, old), (node.value, right))
    sign = type(node.op)
    return machine.perform(node, operands, operate_in_place, sign, old, right, machine.limits)


def define(machine: Machine, node: ast.FunctionDef) -> None:
    machine.bind(node.name, make_function(machine, node.name, node), node.lineno)


def give_back(machine: Machine, node: ast.Return) -> Signal:
    return Signal("return", None if node.value is None else machine.evaluate(node.value))


def choose(machine: Machine, node: ast.If) -> Signal | None:
    chosen = machine.truth(node.test, machine.evaluate(node.test))
    return machine.execute(node.body if chosen else node.orelse)


def loop(machine: Machine, node: ast.For) -> Signal | None:
    for item in machine.iterate(machine.evaluate(node.iter)):
        if machine.line != node.lineno:
            machine.enter_line(node.lineno)
        store(machine, node.target, item)
        signal = machine.execute(node.body)
        if signal is BREAK:
            return None
        if signal is not None and signal is not CONTINUE:
            return signal
    return machine.execute(node.orelse)


def loop_while(machine: Machine, node: ast.While) -> Signal | None:
    while machine.truth(node.test, machine.evaluate(node.test)):
        signal = machine.execute(node.body)
        if signal is BREAK:
            return None
        if signal is not None and signal is not CONTINUE:
            return signal
        machine.enter_line(node.lineno)
    return machine.execute(node.orelse)


def within(machine: Machine, node: ast.With) -> Signal | None:
    """`with torch.no_grad():` — the only context there is, and its opposite."""
    modes = [machine.evaluate(item.context_expr) for item in node.items]
    if not all(isinstance(mode, GradMode) for mode in modes):
        raise ProgramError(
            "'with' takes torch.no_grad() or torch.enable_grad() here.",
            hint="Write 'with torch.no_grad():', with the brackets.",
        )
    with torch.set_grad_enabled(modes[-1].enabled):
        return machine.execute(node.body)


def assert_true(machine: Machine, node: ast.Assert) -> None:
    if machine.truth(node.test, machine.evaluate(node.test)):
        return
    wrong = f"the assertion '{machine.text_of(node.test)}' is false."
    if node.msg is not None:
        said = to_text(machine.evaluate(node.msg), machine.limits)[:200]
        wrong = f"{wrong[:-1]}: {said.rstrip('.')}."
    raise ProgramError(wrong)


def import_modules(machine: Machine, node: ast.Import) -> None:
    for alias in node.names:
        name = alias.asname or alias.name.split(".")[0]
        machine.bind(name, NAMES[alias.name if alias.asname else name], node.lineno)


def import_names(machine: Machine, node: ast.ImportFrom) -> None:
    for alias in node.names:
        machine.bind(alias.asname or alias.name, NAMES[f"{node.module}.{alias.name}"], node.lineno)


def do_nothing(machine: Machine, node: ast.Pass) -> None:
    return None


def leave_loop(machine: Machine, node: ast.Break) -> Signal:
    return BREAK


def next_round(machine: Machine, node: ast.Continue) -> Signal:
    return CONTINUE


STATEMENTS: Mapping[type[ast.stmt], Handler] = {
    ast.Expr: expression,
    ast.Assign: assign,
    ast.AnnAssign: assign_annotated,
    ast.AugAssign: assign_augmented,
    ast.FunctionDef: define,
    ast.Return: give_back,
    ast.If: choose,
    ast.For: loop,
    ast.While: loop_while,
    ast.With: within,
    ast.Assert: assert_true,
    ast.Import: import_modules,
    ast.ImportFrom: import_names,
    ast.Pass: do_nothing,
    ast.Break: leave_loop,
    ast.Continue: next_round,
}
