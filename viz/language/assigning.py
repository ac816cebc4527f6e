"""Statements that assign: plain, annotated, and in place."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from viz.errors import UserError
from viz.language.arithmetic import BINARY, operate_in_place
from viz.language.attributes import read_attribute
from viz.language.attributes_set import store_attribute
from viz.language.expressions import NUMBERS, QUICK, Run, build, build_index, is_small, take
from viz.language.statements import Do, executes
from viz.language.storing import PLAIN, build_store, store_at
from viz.language.values import Value

if TYPE_CHECKING:
    from viz.language.machine import Machine


@executes(ast.Assign)
def assign(node: ast.Assign) -> Do:
    compute = build(node.value)
    if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return assign_name(node.targets[0].id, compute)
    stores = [build_store(target) for target in node.targets]

    def run(machine: Machine) -> None:
        value = compute(machine)
        for store in stores:
            store(machine, value)

    return run


def assign_name(name: str, compute: Run) -> Do:
    def run(machine: Machine) -> None:
        value = compute(machine)
        frame = machine.frame
        if type(value) in PLAIN and not frame.elsewhere:
            frame.variables[name] = value
        else:
            machine.bind(name, value, machine.line)

    return run


@executes(ast.AnnAssign)
def assign_annotated(node: ast.AnnAssign) -> Do:
    if node.value is None:
        return lambda machine: None
    compute, store = build(node.value), build_store(node.target)
    return lambda machine: store(machine, compute(machine))


@executes(ast.AugAssign)
def assign_augmented(node: ast.AugAssign) -> Do:
    """`x += 1`: the target is looked up once, changed in place where it can be, and stored."""
    target = node.target
    if isinstance(target, ast.Subscript):
        return augment_item(node, target)
    if isinstance(target, ast.Attribute):
        return augment_attribute(node, target)
    return augment_name(node, target)


def augment_name(node: ast.AugAssign, target: ast.Name) -> Do:
    name = target.id
    read = ast.copy_location(ast.Name(name, ast.Load()), target)
    old, by, change, store = build(read), build(node.value), build_change(node), build_store(target)
    plain = BINARY[type(node.op)][1] if type(node.op) in QUICK else None

    def run(machine: Machine) -> None:
        before = old(machine)
        if plain is not None and type(before) is float:
            variables = machine.frame.variables
            change_by = by(machine)
            if name in variables and type(change_by) is float and change_by:
                variables[name] = plain(before, change_by)
                return
            store(machine, change(machine, before, change_by))
            return
        store(machine, change(machine, before, by(machine)))

    return run


def augment_item(node: ast.AugAssign, target: ast.Subscript) -> Do:
    container, index = build(target.value), build_index(target.slice)
    by, change = build(node.value), build_change(node)

    def run(machine: Machine) -> None:
        owner, at = container(machine), index(machine)
        parts = (target.value, target.slice)
        old = machine.perform(target, parts, take, (owner, at))
        store_at(machine, target, owner, at, change(machine, old, by(machine)))

    return run


def augment_attribute(node: ast.AugAssign, target: ast.Attribute) -> Do:
    owner = build(target.value)
    by, change = build(node.value), build_change(node)

    def run(machine: Machine) -> None:
        value = owner(machine)
        old = read_attribute(machine, target, value)
        store_attribute(machine, target, value, change(machine, old, by(machine)))

    return run


def build_change(node: ast.AugAssign) -> Callable[[Machine, Value, Value], Value]:
    """What gives the new value from the old one and the operand."""
    sign = type(node.op)
    plain = BINARY[sign][1] if sign in QUICK else None

    def run(machine: Machine, old: Value, by: Value) -> Value:
        try:
            if plain is not None:
                kind = type(old)
                if kind is float:
                    if type(by) in NUMBERS:
                        return plain(old, by)
                elif kind is int and is_small(old) and is_small(by):
                    return plain(old, by)
            return operate_in_place(sign, old, by, machine.limits)
        except UserError as error:
            machine.placed(error, node)
            raise
        except Exception as error:
            raise machine.explained(error, node, (node.target, node.value), (old, by)) from error

    return run
