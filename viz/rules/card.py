"""What a rule card says, as plain frozen data; the page colours it and lays out the matrices."""

from __future__ import annotations

from typing import Literal

from viz.trace import Record

Role = Literal["plain", "upstream", "local", "result", "value", "check", "code"]
"""upstream gradient · local derivative = result; value: a number of the forward pass or a `.grad`;
check: what the engine sent, where that differs from the formula; code: text of PyTorch's own."""

Source = Literal["textbook", "pytorch", "none"]
"""Whose formula a card shows: a rule of the table, PyTorch's own from derivatives.yaml, or none."""

Engine = Literal["agrees", "differs", "unchecked"]
"""Whether the formula, computed from the recorded values, gives what the engine sent.
unchecked: no formula, or too few recorded values to compute it."""

MATRIX_SIDE = 8


class Part(Record, frozen=True, omit_defaults=True):
    """A run of text. `note` stands below it in small letters: "from x²"."""

    role: Role
    text: str
    note: str = ""


class Matrix(Record, frozen=True, omit_defaults=True):
    """A small matrix of formatted numbers, at most 8 by 8; a vector is one row.

    In a picture of a product a vector may stand as a column, and `note` is "Wᵀ [2×4]".
    """

    role: Role
    label: str
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def __post_init__(self) -> None:
        if not self.rows or max(len(self.rows), len(self.rows[0])) > MATRIX_SIDE:
            raise ValueError(f"a matrix on a card has 1 to {MATRIX_SIDE} rows and columns")
        if len({len(row) for row in self.rows}) != 1:
            raise ValueError("the rows of a matrix are of one length")


class Box(Record, frozen=True, omit_defaults=True):
    """A tensor that is too large to be written out, drawn empty in the proportions of its shape.

    sides   height and width of the drawn box; further axes make it a pile of boxes
    """

    role: Role
    label: str
    sides: tuple[int, int]
    pile: bool = False
    note: str = ""


Parts = tuple[Part | Matrix | Box, ...]


class Line(Record, frozen=True, omit_defaults=True):
    """One contribution: symbols = numbers = result.

    target   name of the tensor that receives it ("y_pred"); None where the line is about no tensor
    edge     index in `Backward.edges` of the way it takes; None for a line about `.grad`
    local    whether the formula's local derivative is the engine's
    own      whether the line has no formula, but the local derivative that the engine was asked for
    elements one equation for each element of the result: "element [0, 1]: −2 · (−1) = 2"
    product  where a matrix product is drawn: which parts are the left factor, the right one, and
             the result
    """

    target: str | None
    parts: Parts
    engine: Engine
    edge: int | None = None
    local: Engine = "unchecked"
    own: bool = False
    elements: tuple[str, ...] = ()
    product: tuple[int, int, int] | None = None


class Card(Record, frozen=True):
    """The card of one step.

    title      the engine's name: "SubBackward0"
    statement  the forward operation with the student's names: "s = y − y_pred"
    lines      one for each contribution that the engine sent
    words      what the operation does to the gradient; who gets nothing, and why
    source     whose formula it is
    """

    title: str
    statement: str
    lines: tuple[Line, ...]
    words: str
    source: Source


def text_of(parts: Parts) -> str:
    """The parts as one line of text, without the notes below them.

    >>> text_of((Part("upstream", "1"), Part("plain", " · "), Matrix("local", "W", (("1", "2"),))))
    '1 · [1, 2]'
    """
    return "".join(part.text if isinstance(part, Part) else _flat(part) for part in parts)


def _flat(matrix: Matrix | Box) -> str:
    if isinstance(matrix, Box):
        return matrix.note
    rows = [f"[{', '.join(row)}]" for row in matrix.rows]
    return rows[0] if len(rows) == 1 else f"[{', '.join(rows)}]"
