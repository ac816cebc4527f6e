"""Turn expressions into closures that compute them: one builder for each node type.

A program is built once and run often: what can be known from the syntax is settled before it runs.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch

from viz.errors import UserError
from viz.language.arithmetic import BINARY, COMPARE, UNARY, Operation, operate
from viz.language.iterables import INDEXABLE
from viz.language.values import Ignored, ProgramObject, Value, kind_of

if TYPE_CHECKING:
    from viz.language.machine import Machine

Run = Callable[["Machine"], Value]
"""Computes an expression."""

EXPRESSIONS: dict[type[ast.expr], Callable[[Any], Run]] = {}
"""The builders. Other modules of this room add theirs."""

SMALL = 1 << 60
"""Sums and products of whole numbers below it need no further look at their size."""

NUMBERS = frozenset({int, float})
QUICK = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)

PROGRAM = (ProgramObject, torch.nn.Module)
"""What may have the method `__getitem__` from a class of the program."""


def build(node: ast.expr) -> Run:
    return EXPRESSIONS[type(node)](node)


def builds(kind: type[ast.expr]) -> Callable[[Callable[[Any], Run]], Callable[[Any], Run]]:
    """Makes a function the builder of a node type."""

    def register(builder: Callable[[Any], Run]) -> Callable[[Any], Run]:
        EXPRESSIONS[kind] = builder
        return builder

    return register


@builds(ast.Constant)
def constant(node: ast.Constant) -> Run:
    value = node.value
    return lambda machine: value


@builds(ast.Name)
def name(node: ast.Name) -> Run:
    word = node.id

    def run(machine: Machine) -> Value:
        variables = machine.frame.variables
        if word in variables:
            return variables[word]
        return machine.lookup(node)

    return run


@builds(ast.BinOp)
def binary(node: ast.BinOp) -> Run:
    left_node, right_node = node.left, node.right
    left, right = build(left_node), build(right_node)
    sign = type(node.op)
    plain = BINARY[sign][1] if sign in QUICK else None
    number = right_node.value if isinstance(right_node, ast.Constant) else None
    if plain is not None and (type(number) is float or is_small(number)):
        return binary_by_number(node, plain, number)

    def run(machine: Machine) -> Value:
        a = left(machine)
        b = right(machine)
        try:
            if plain is not None:
                kind = type(a)
                if kind is float:
                    if type(b) in NUMBERS:
                        result = plain(a, b)
                        return machine.taken.plain(result, a, b) if machine.taken else result
                elif kind is int:
                    other = type(b)
                    if other is float or (
                        other is int and -SMALL < a < SMALL and -SMALL < b < SMALL
                    ):
                        return plain(a, b)
            if machine.taken:
                return machine.taken.call(operate, (sign, a, b, machine.limits))
            return operate(sign, a, b, machine.limits)
        except UserError as error:
            machine.placed(error, node)
            raise
        except Exception as error:
            raise machine.explained(error, node, (left_node, right_node), (a, b)) from error

    return run


def is_small(value: Value) -> bool:
    return type(value) is int and -SMALL < value < SMALL


def binary_by_number(node: ast.BinOp, plain: Operation, number: Any) -> Run:
    """`x + 1`, `2 * x % 3`: the right side is a number that is written out."""
    left_node, right_node = node.left, node.right
    left = build(left_node)
    sign = type(node.op)

    def run(machine: Machine) -> Value:
        a = left(machine)
        try:
            kind = type(a)
            if kind is float or (kind is int and -SMALL < a < SMALL):
                result = plain(a, number)
                return machine.taken.plain(result, a) if machine.taken else result
            if machine.taken:
                return machine.taken.call(operate, (sign, a, number, machine.limits))
            return operate(sign, a, number, machine.limits)
        except UserError as error:
            machine.placed(error, node)
            raise
        except Exception as error:
            raise machine.explained(error, node, (left_node, right_node), (a, number)) from error

    return run


@builds(ast.UnaryOp)
def unary(node: ast.UnaryOp) -> Run:
    operand_node = node.operand
    operand = build(operand_node)
    if isinstance(node.op, ast.Not):
        return lambda machine: not machine.truth(operand_node, operand(machine))
    if isinstance(node.op, ast.USub) and isinstance(operand_node, ast.Constant):
        number = operand_node.value
        if type(number) in NUMBERS:
            negative = -number  # type: ignore[operator]
            return lambda machine: negative
    function = UNARY[type(node.op)]

    def run(machine: Machine) -> Value:
        return machine.perform(node, (operand_node,), function, (operand(machine),))

    return run


@builds(ast.BoolOp)
def boolean(node: ast.BoolOp) -> Run:
    """`and`, `or`: the last value that had to be looked at."""
    stop_at = isinstance(node.op, ast.Or)
    pairs = [(operand, build(operand)) for operand in node.values[:-1]]
    last = build(node.values[-1])

    def run(machine: Machine) -> Value:
        for operand, compute in pairs:
            value = compute(machine)
            if machine.truth(operand, value) is stop_at:
                return value
        return last(machine)

    return run


@builds(ast.Compare)
def compare(node: ast.Compare) -> Run:
    if len(node.ops) > 1:
        return compare_chain(node)
    left_node, right_node = node.left, node.comparators[0]
    left, right = build(left_node), build(right_node)
    function = COMPARE[type(node.ops[0])]
    if isinstance(right_node, ast.Constant):
        return compare_with(node, function, left, right_node.value)

    def run(machine: Machine) -> Value:
        a = left(machine)
        b = right(machine)
        try:
            return function(a, b)
        except UserError as error:
            machine.placed(error, node)
            raise
        except Exception as error:
            raise machine.explained(error, node, (left_node, right_node), (a, b)) from error

    return run


def compare_with(node: ast.Compare, function: Operation, left: Run, b: Value) -> Run:
    """`x > 0`, `name == "w"`, `x is None`: the right side is written out."""
    parts = (node.left, node.comparators[0])

    def run(machine: Machine) -> Value:
        a = left(machine)
        try:
            return function(a, b)
        except UserError as error:
            machine.placed(error, node)
            raise
        except Exception as error:
            raise machine.explained(error, node, parts, (a, b)) from error

    return run


def compare_chain(node: ast.Compare) -> Run:
    """`a < b < c`: each pair in turn, until one is false."""
    first_node, first = node.left, build(node.left)
    links = [
        (COMPARE[type(sign)], right_node, build(right_node))
        for sign, right_node in zip(node.ops, node.comparators, strict=True)
    ]

    def run(machine: Machine) -> Value:
        left_node, left = first_node, first(machine)
        result: Value = True
        for position, (function, right_node, compute) in enumerate(links):
            right = compute(machine)
            result = machine.perform(node, (left_node, right_node), function, (left, right))
            last = position == len(links) - 1
            if not last and not machine.truth(node, result):
                return result
            left_node, left = right_node, right
        return result

    return run


@builds(ast.IfExp)
def conditional(node: ast.IfExp) -> Run:
    test_node = node.test
    test, body, otherwise = build(test_node), build(node.body), build(node.orelse)

    def run(machine: Machine) -> Value:
        chosen = body if machine.truth(test_node, test(machine)) else otherwise
        return chosen(machine)

    return run


@builds(ast.NamedExpr)
def named(node: ast.NamedExpr) -> Run:
    """`(name := value)`"""
    word, compute = node.target.id, build(node.value)

    def run(machine: Machine) -> Value:
        value = compute(machine)
        machine.bind(word, value, node.lineno)
        return value

    return run


@builds(ast.Subscript)
def subscript(node: ast.Subscript) -> Run:
    value_node, index_node = node.value, node.slice
    container, index = build(value_node), build_index(index_node)

    def run(machine: Machine) -> Value:
        from_value = container(machine)
        at = index(machine)
        return machine.perform(node, (value_node, index_node), take, (from_value, at))

    return run


def take(value: Value, index: Value) -> Value:
    if isinstance(value, Ignored):
        return value
    of_program = isinstance(value, PROGRAM) and hasattr(value, "__getitem__")
    if not of_program and not isinstance(value, INDEXABLE):
        raise TypeError(f"'{kind_of(value)}' object is not subscriptable")
    return value[index]


def build_index(node: ast.expr) -> Run:
    """The index between the brackets: `1`, `1:3`, `:, 0`, a tensor, a tuple of these."""
    if isinstance(node, ast.Slice):
        bounds = [
            None if bound is None else build(bound) for bound in (node.lower, node.upper, node.step)
        ]
        return lambda machine: slice(*[bound and bound(machine) for bound in bounds])
    if isinstance(node, ast.Tuple) and not any(isinstance(x, ast.Starred) for x in node.elts):
        parts = [build_index(item) for item in node.elts]
        return lambda machine: tuple([part(machine) for part in parts])
    return build(node)
