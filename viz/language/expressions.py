"""Evaluate expressions: one handler for each node type of the language."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import torch

from viz.errors import ProgramError
from viz.language import calls
from viz.language.arithmetic import COMPARE, UNARY, operate
from viz.language.capacity import need_items
from viz.language.functions import NAMES
from viz.language.members import MEMBER_NAMES, members_of
from viz.language.names import unknown_attribute, unknown_row
from viz.language.text import format_value, to_literal, to_text
from viz.language.values import Namespace, UserFunction, Value, kind_of

if TYPE_CHECKING:
    from viz.language.machine import Machine

Handler = Callable[["Machine", Any], Value]

INDEXABLE = (list, tuple, str, range, torch.Tensor)


def constant(machine: Machine, node: ast.Constant) -> Value:
    return node.value


def name(machine: Machine, node: ast.Name) -> Value:
    return machine.lookup(node)


def binary(machine: Machine, node: ast.BinOp) -> Value:
    left = machine.evaluate(node.left)
    right = machine.evaluate(node.right)
    operands = ((node.left, left), (node.right, right))
    return machine.perform(node, operands, operate, type(node.op), left, right, machine.limits)


def unary(machine: Machine, node: ast.UnaryOp) -> Value:
    value = machine.evaluate(node.operand)
    if isinstance(node.op, ast.Not):
        return not machine.truth(node.operand, value)
    return machine.perform(node, ((node.operand, value),), UNARY[type(node.op)], value)


def boolean(machine: Machine, node: ast.BoolOp) -> Value:
    """`and`, `or`: the last value that had to be looked at."""
    stop_at = isinstance(node.op, ast.Or)
    for operand in node.values[:-1]:
        value = machine.evaluate(operand)
        if machine.truth(operand, value) is stop_at:
            return value
    return machine.evaluate(node.values[-1])


def compare(machine: Machine, node: ast.Compare) -> Value:
    """`a < b < c`: each pair in turn, until one is false."""
    left_node, left = node.left, machine.evaluate(node.left)
    result: Value = True
    for position, (sign, right_node) in enumerate(zip(node.ops, node.comparators, strict=True)):
        right = machine.evaluate(right_node)
        operands = ((left_node, left), (right_node, right))
        result = machine.perform(node, operands, COMPARE[type(sign)], left, right)
        last = position == len(node.ops) - 1
        if not last and not machine.truth(node, result):
            return result
        left_node, left = right_node, right
    return result


def conditional(machine: Machine, node: ast.IfExp) -> Value:
    chosen = machine.truth(node.test, machine.evaluate(node.test))
    return machine.evaluate(node.body if chosen else node.orelse)


def attribute(machine: Machine, node: ast.Attribute) -> Value:
    value = machine.evaluate(node.value)
    return read_attribute(machine, node, value)


def read_attribute(machine: Machine, node: ast.Attribute, value: Value) -> Value:
    """The row of the closed tables that `value.attr` means."""
    if isinstance(value, Namespace):
        full = f"{value.name}.{node.attr}"
        if full not in NAMES:
            raise unknown_row(full)
        return NAMES[full]
    rows = members_of(value)
    if node.attr in rows:
        return rows[node.attr](machine, node, value)
    if value is None:
        raise none_has_nothing(machine, node)
    raise unknown_attribute(node.attr, kind_of(value), rows)


def none_has_nothing(machine: Machine, node: ast.Attribute) -> ProgramError:
    written = machine.text_of(node.value)
    if isinstance(node.value, ast.Attribute) and node.value.attr == "grad":
        return ProgramError(
            f"'{written}' is None: backward has not run yet, so there is no gradient.",
            hint="Call backward() on the result first.",
        )
    tensor_only = node.attr in MEMBER_NAMES
    return ProgramError(
        f"'{written}' is None, so it has no '.{node.attr}'.",
        hint="Does the function return its result?" if tensor_only else None,
    )


def subscript(machine: Machine, node: ast.Subscript) -> Value:
    value = machine.evaluate(node.value)
    index = read_index(machine, node.slice)
    operands = ((node.value, value), (node.slice, index))
    return machine.perform(node, operands, take, value, index)


def take(value: Value, index: Value) -> Value:
    if not isinstance(value, INDEXABLE):
        raise TypeError(f"'{kind_of(value)}' object is not subscriptable")
    return value[index]


def read_index(machine: Machine, node: ast.expr) -> Value:
    """The index between the brackets: `1`, `1:3`, `:, 0`, a tensor, a tuple of these."""
    if isinstance(node, ast.Slice):
        bounds = (node.lower, node.upper, node.step)
        return slice(*[None if bound is None else machine.evaluate(bound) for bound in bounds])
    if isinstance(node, ast.Tuple):
        return tuple([read_index(machine, item) for item in node.elts])
    return machine.evaluate(node)


def list_display(machine: Machine, node: ast.List) -> Value:
    return [machine.evaluate(item) for item in node.elts]


def tuple_display(machine: Machine, node: ast.Tuple) -> Value:
    return tuple([machine.evaluate(item) for item in node.elts])


def formatted(machine: Machine, node: ast.JoinedStr) -> Value:
    text = ""
    for part in node.values:
        text += formatted_part(machine, part)
        need_items(len(text), machine.limits)
    return text


def formatted_part(machine: Machine, part: ast.expr) -> str:
    """A text between the braces' texts, or what stands in the braces."""
    if not isinstance(part, ast.FormattedValue):
        return str(machine.evaluate(part))
    value = machine.evaluate(part.value)
    if part.conversion == ord("s"):
        value = to_text(value, machine.limits)
    elif part.conversion != -1:
        value = to_literal(value, machine.limits)
    specification = machine.evaluate(part.format_spec) if part.format_spec else ""
    operands = ((part.value, value),)
    return str(
        machine.perform(part.value, operands, format_value, value, specification, machine.limits)
    )


def function(machine: Machine, node: ast.Lambda) -> Value:
    return make_function(machine, "<lambda>", node)


def make_function(machine: Machine, named: str, node: ast.FunctionDef | ast.Lambda) -> UserFunction:
    """The value of a `def` or `lambda`; its defaults are evaluated now."""
    parameters = tuple(parameter.arg for parameter in node.args.args)
    with_default = parameters[len(parameters) - len(node.args.defaults) :]
    values = [machine.evaluate(default) for default in node.args.defaults]
    return UserFunction(
        named,
        node,
        parameters,
        dict(zip(with_default, values, strict=True)),
        machine.program.locals[node],
        machine.frame,
    )


EXPRESSIONS: Mapping[type[ast.expr], Handler] = {
    ast.Constant: constant,
    ast.Name: name,
    ast.BinOp: binary,
    ast.UnaryOp: unary,
    ast.BoolOp: boolean,
    ast.Compare: compare,
    ast.IfExp: conditional,
    ast.Attribute: attribute,
    ast.Subscript: subscript,
    ast.Call: calls.call,
    ast.List: list_display,
    ast.Tuple: tuple_display,
    ast.JoinedStr: formatted,
    ast.Lambda: function,
}
