"""The operators of the language, by syntax node: Python's own, once the result has a size."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from viz.language.capacity import need_bits, need_items, within_memory
from viz.language.text import percent_format
from viz.language.values import Ignored, Value
from viz.limits import Limits

SEQUENCES = (list, tuple, str)

Operation = Callable[[Any, Any], Any]

BINARY: Mapping[type[ast.operator], tuple[str, Operation, Operation]] = {
    ast.Add: ("+", operator.add, operator.iadd),
    ast.Sub: ("-", operator.sub, operator.isub),
    ast.Mult: ("*", operator.mul, operator.imul),
    ast.Div: ("/", operator.truediv, operator.itruediv),
    ast.FloorDiv: ("//", operator.floordiv, operator.ifloordiv),
    ast.Mod: ("%", operator.mod, operator.imod),
    ast.Pow: ("**", operator.pow, operator.ipow),
    ast.MatMult: ("@", operator.matmul, operator.imatmul),
    ast.BitAnd: ("&", operator.and_, operator.iand),
    ast.BitOr: ("|", operator.or_, operator.ior),
    ast.BitXor: ("^", operator.xor, operator.ixor),
    ast.LShift: ("<<", operator.lshift, operator.ilshift),
    ast.RShift: (">>", operator.rshift, operator.irshift),
}
"""The sign, `a + b`, and `a += b`."""

UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Invert: operator.invert,
}

COMPARE: Mapping[type[ast.cmpop], Operation] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda item, container: item in container,
    ast.NotIn: lambda item, container: item not in container,
}


def check_result(sign: type[ast.operator], left: Value, right: Value, limits: Limits) -> None:
    """Raises LimitError where `left sign right` would be too long a number, text or sequence."""
    if isinstance(left, int) and isinstance(right, int):
        if sign is ast.Pow and right > 0:
            need_bits(math.log2(max(abs(left), 1)) * right, limits)
        elif sign is ast.LShift and left and right > 0:
            need_bits(left.bit_length() + right, limits)
        elif sign is ast.Mult:
            need_bits(left.bit_length() + right.bit_length(), limits)
    elif sign is ast.Mult:
        for items, times in ((left, right), (right, left)):
            if isinstance(items, SEQUENCES) and isinstance(times, int):
                need_items(len(items) * times, limits)
    elif sign is ast.Add and isinstance(left, SEQUENCES) and isinstance(right, SEQUENCES):
        need_items(len(left) + len(right), limits)


def operate(sign: type[ast.operator], left: Value, right: Value, limits: Limits) -> Value:
    """`left sign right`."""
    if sign is ast.Mod and isinstance(left, str):
        return percent_format(left, right, limits)
    if isinstance(left, Ignored) or isinstance(right, Ignored):
        return left if isinstance(left, Ignored) else right
    check_result(sign, left, right, limits)
    return whole_within(BINARY[sign][1](left, right), limits)


def operate_in_place(sign: type[ast.operator], left: Value, right: Value, limits: Limits) -> Value:
    """`left sign= right`: changes a tensor or list itself, as in Python."""
    if sign is ast.Mod and isinstance(left, str):
        return percent_format(left, right, limits)
    if sign is ast.Add and isinstance(left, list):
        # A list takes the items of anything, and of an iterator without an end as well.
        right = list(islice(right, limits.sequence_items + 1))
    check_result(sign, left, right, limits)
    return whole_within(BINARY[sign][2](left, right), limits)


def whole_within(result: Value, limits: Limits) -> Value:
    """The result itself. Sums of whole numbers grow too, one digit at a time."""
    if isinstance(result, int):
        need_bits(result.bit_length(), limits)
        return result
    return within_memory(result, limits)
