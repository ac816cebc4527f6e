"""A product of two matrices -> its picture: both factors and the result, named, with shapes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from viz.rules.card import MATRIX_SIDE, Box, Matrix, Part, Parts, Role
from viz.rules.elements import of_product, recorded
from viz.rules.numbers import format_value, from_numpy
from viz.rules.shapes import transpose
from viz.rules.template import LOCAL_BEGINS, LOCAL_ENDS
from viz.trace import Array

_FACTOR = rf"{LOCAL_BEGINS}?\{{([\w.]+)\}}{LOCAL_ENDS}?"
_MATRIX_PRODUCT = re.compile(rf"{_FACTOR} @ {_FACTOR}")
_OUTER_PRODUCT = re.compile(rf"outer\({_FACTOR}, {_FACTOR}\)")

LONGEST_SIDE = 96
SHORTEST_SIDE = 20
"""Of an empty box, in pixels."""


class Factor(NamedTuple):
    role: Role
    label: str
    array: Array


class Numbers(NamedTuple):
    """An equation in numbers; `elements` has one for each element of the result."""

    parts: Parts
    elements: tuple[str, ...] = ()
    is_product: bool = False


def factors_in(before: Parts) -> tuple[int, int, int]:
    """Where left @ right = result stand in the line, behind the symbols and an equals sign."""
    first = len(before) + 1
    return first, first + 2, first + 4


def picture(
    template: str, factor: Callable[[str], Factor | None], result: Factor, most: int
) -> Numbers | None:
    """None where the formula is no product of two matrices, or one of them is unknown.

    factor   what a field of the template stands for
    most     no more elements than these get their sum of products
    """
    is_outer = _OUTER_PRODUCT.fullmatch(template)
    found = is_outer or _MATRIX_PRODUCT.fullmatch(template)
    left, right = map(factor, found.groups()) if found else (None, None)
    if left is None or right is None:
        return None
    # A vector on the right of the product is a column, and so is the result then; in an outer
    # product it is the one on the left.
    upright = (bool(is_outer), not is_outer, not is_outer and len(left.array.shape) == 2)
    drawn = [_drawn(*pair) for pair in zip((left, right, result), upright, strict=True)]
    signs = (Part("plain", " @ "), Part("plain", " = "))
    parts = (drawn[0], signs[0], drawn[1], signs[1], drawn[2])
    elements = _elements(left, right, result, upright) if result.array.size <= most else ()
    return Numbers(parts, elements, is_product=True)


def transposed(array: Array) -> Array:
    """Also of a tensor of which only a summary was kept."""
    if array.values is not None and "complex" not in array.dtype:
        numbers = np.array(array.floats()).reshape(array.shape)
        return from_numpy(transpose(numbers), array.dtype)
    *batch, rows, columns = array.shape if len(array.shape) > 1 else (1, *array.shape)
    shape = (*batch, columns, rows) if len(array.shape) > 1 else array.shape
    return Array(shape=shape, dtype=array.dtype)


def _elements(
    left: Factor, right: Factor, result: Factor, upright: tuple[bool, bool, bool]
) -> tuple[str, ...]:
    """Nothing where the product alone is not the result: it may be scaled."""
    factors = [recorded(factor.array) for factor in (left, right, result)]
    one, other, sent = (
        None if numbers is None else _as_matrix(numbers, is_column)
        for numbers, is_column in zip(factors, upright, strict=True)
    )
    if one is None or other is None or sent is None or not one.size:
        return ()
    with np.errstate(all="ignore"):
        is_whole = one.shape[1] == other.shape[0] and np.allclose(
            one @ other, sent, rtol=1e-2, atol=1e-6, equal_nan=True
        )
    return of_product(one, other, result.array) if is_whole else ()


def _as_matrix(numbers: np.ndarray, is_column: bool) -> np.ndarray | None:
    if numbers.ndim == 1:
        return numbers[:, None] if is_column else numbers[None, :]
    return numbers if numbers.ndim == 2 else None


def _drawn(factor: Factor, is_column: bool) -> Matrix | Box:
    role, label, array = factor
    note = f"{label} [{'×'.join(map(str, array.shape))}]"
    rows, columns = _sides(array.shape, is_column)
    is_written_out = len(array.shape) in (1, 2) and array.values is not None
    if is_written_out and 0 < rows <= MATRIX_SIDE and 0 < columns <= MATRIX_SIDE:
        cells = tuple(map(format_value, array.values or ()))
        lines = tuple(cells[start : start + columns] for start in range(0, len(cells), columns))
        return Matrix(role, label, lines, note)
    scale = LONGEST_SIDE / max(rows, columns, 1)
    height, width = (max(SHORTEST_SIDE, round(side * scale)) for side in (rows, columns))
    return Box(role, label, (height, width), len(array.shape) > 2, note)


def _sides(shape: tuple[int, ...], is_column: bool) -> tuple[int, int]:
    """Rows and columns; of a batch those of one of its matrices."""
    if len(shape) == 1:
        return (shape[0], 1) if is_column else (1, shape[0])
    return (shape[-2], shape[-1]) if shape else (1, 1)
