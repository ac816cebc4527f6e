"""Read the numbers of an input as they are written: plain, computed, in nested brackets."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from viz.errors import InputError

WHAT_WORKS = "Write a number (2.5), a list ([[1, 2], [3, 4]]) or randn(2, 3), for instance."


NUMBER = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)


DEEPEST = 8
"""Operations inside one another in the arithmetic of a number."""


MOST_BITS = 1000
"""Length of a whole number; what is longer is computed as a float."""


CONSTANTS = {"pi": math.pi, "e": math.e}


ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


Nested = float | int | list["Nested"]


def read_numbers(node: ast.expr) -> Nested:
    """A number, or nested lists of numbers that are rectangular."""
    if not isinstance(node, ast.List):
        return read_number(node)
    items = [read_numbers(item) for item in node.elts]
    shapes = {shape_of(item) for item in items}
    if len(shapes) > 1:
        raise InputError(
            "the rows have different lengths.", hint="Every row needs equally many numbers."
        )
    return items


def shape_of(value: Nested) -> tuple[int, ...]:
    """The lengths of nested lists that are rectangular inside."""
    shape: list[int] = []
    while isinstance(value, list):
        shape.append(len(value))
        if not value:
            break
        value = value[0]
    return tuple(shape)


def read_number(node: ast.expr) -> float:
    return float(read_plain(node))


def read_plain(node: ast.expr, depth: int = 0) -> float | int:
    """A number as it is written: `2`, `-2.5`, `1e-3`, `nan`, `-inf`, `1/3`, `2*pi`, `2**-3`."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        inside = node.operand
        if not isinstance(inside, ast.UnaryOp):
            found = read_plain(inside, depth)
            return -found if isinstance(node.op, ast.USub) else found
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        value = node.value
        assert isinstance(value, (int, float))
        return value if isinstance(value, float) or value.bit_length() <= MOST_BITS else math.inf
    if isinstance(node, ast.Name) and NUMBER.fullmatch(node.id):
        return float(node.id)
    if (constant := constant_name(node)) in CONSTANTS:
        return CONSTANTS[constant]
    if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        if depth == DEEPEST:
            raise InputError("this takes too many operations.", hint="Write the number itself.")
        return compute(type(node.op), *(read_plain(x, depth + 1) for x in (node.left, node.right)))
    raise InputError(what_it_is(node), hint=WHAT_WORKS)


def constant_name(node: ast.expr) -> str:
    """`pi` of `pi`, `math.pi` and `torch.pi`."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.attr if node.value.id in ("math", "torch") else ""
    return node.id if isinstance(node, ast.Name) else ""


def compute(sign: type[ast.operator], left: float | int, right: float | int) -> float | int:
    """What Python computes, without whole numbers that have no end."""
    longest = (left if isinstance(left, int) else 0).bit_length() * abs(right)
    try:
        if sign is ast.Pow and longest > MOST_BITS:
            left = float(left)
        found = ARITHMETIC[sign](left, right)
    except ZeroDivisionError as error:
        raise InputError(
            "this divides by zero.", hint="Write inf or nan if you mean it."
        ) from error
    except OverflowError as error:
        raise InputError("the number is too large.", hint="Write inf if you mean it.") from error
    if isinstance(found, complex):
        raise InputError("this is a complex number.", hint=WHAT_WORKS)
    return found if isinstance(found, float) or found.bit_length() <= MOST_BITS else math.inf


def what_it_is(node: ast.expr) -> str:
    """What was written instead of a number."""
    if isinstance(node, ast.Tuple):
        return "numbers with commas need brackets around them."
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return "True and False are not numbers here."
    if isinstance(node, ast.Name):
        return f"'{node.id[:40]}' is not a number."
    return "this is not a number."


def whole(node: ast.expr) -> int:
    value = read_plain(node)
    if not isinstance(value, int):
        raise InputError(f"{value} is not a whole number.", hint="Sizes are whole: randn(2, 3).")
    return value
