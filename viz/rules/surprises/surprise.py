"""What a surprise is, and the index of a Backward that finding one needs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Literal

from viz.rules.explain import describe, name
from viz.rules.graph import call_name
from viz.trace import Array, Backward, Edge, Node, Record, Step, to_float

Kind = Literal[
    "stop",
    "nan_forward",
    "nan_backward",
    "where",
    "cut",
    "unreached",
    "zero",
    "saturated",
    "vanishes",
    "explodes",
    "accumulate",
]

MOST_NAMES = 4
"""Names in one sentence."""


class Surprise(Record, frozen=True):
    """Something to notice in one backward pass, with what would cure it.

    title   a few words
    text    what happens, in one or two sentences
    cure    what to write instead, in one line
    line    of the program; None where no line is to blame
    nodes   that it is about; the first is where it happens
    mark    what the drawing says beside the first node: a sign and a word
    step    the firing at which it is seen, from 1; 0 for the start; None where none shows it
    """

    kind: Kind
    title: str
    text: str
    cure: str
    line: int | None = None
    nodes: tuple[str, ...] = ()
    mark: str = ""
    step: int | None = None


class Pass:
    """A Backward, indexed: what went where."""

    def __init__(self, backward: Backward) -> None:
        self.backward = backward
        self.nodes = {node.id: node for node in backward.nodes}
        self.steps = {step.node: step for step in backward.steps}
        self.numbers = {step.node: number for number, step in enumerate(backward.steps, 1)}

    @cached_property
    def edges_from(self) -> dict[str, list[Edge]]:
        """By node, the edges on which it sent something."""
        return self._by("upstream")

    @cached_property
    def edges_into(self) -> dict[str, list[Edge]]:
        """By node, the edges on which it was sent something."""
        return self._by("downstream")

    def _by(self, end: Literal["upstream", "downstream"]) -> dict[str, list[Edge]]:
        found: dict[str, list[Edge]] = {}
        for edge in self.backward.edges:
            if edge.contribution is not None:
                found.setdefault(getattr(edge, end), []).append(edge)
        return found

    def fired(self) -> Iterator[tuple[Node, Step]]:
        """The operations that fired, in their order."""
        for step in self.backward.steps:
            node = self.nodes[step.node]
            if node.kind == "operation":
                yield node, step

    def inputs(self, node: Node) -> list[Array]:
        """The forward values that the operation got."""
        found = []
        for argument in node.arguments:
            source = self.nodes.get(argument.node or "")
            if source is not None and argument.output < len(source.values):
                found.append(source.values[argument.output])
        return [array for array in found if array is not None]

    def name(self, node_id: str) -> str:
        return name(self.backward, node_id)

    def statement(self, node_id: str) -> str:
        return describe(self.backward, node_id)

    @cached_property
    def loss(self) -> str:
        node = self.nodes[self.backward.output]
        return node.variable or "the result"


def called(node: Node) -> str:
    """An operation as one speaks of it: "relu"."""
    return call_name(node)


def on_line(line: int | None) -> str:
    """
    >>> on_line(3), on_line(None)
    (' on line 3', '')
    """
    return f" on line {line}" if line else ""


def listed(names: Iterable[str]) -> str:
    """
    >>> listed(["w"]), listed(["w", "b"]), listed("abcdef")
    ('w', 'w and b', 'a, b, c, d and 2 more')
    """
    names = list(names)
    if len(names) > MOST_NAMES:
        return f"{', '.join(names[:MOST_NAMES])} and {len(names) - MOST_NAMES} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def is_zero(array: Array | None) -> bool:
    """Whether every element is exactly 0, and there is one.

    >>> is_zero(Array((2,), "float32", low=0.0, high=0.0)), is_zero(Array((0,), "float32"))
    (True, False)
    """
    return array is not None and array.low == array.high == 0 and not array.nonfinite


def all_zero(arrays: Iterable[Array | None]) -> bool:
    found = [array for array in arrays if array is not None]
    return bool(found) and all(map(is_zero, found))


def is_finite(arrays: Iterable[Array | None]) -> bool:
    return not any(array.nonfinite for array in arrays if array is not None)


def has_nan(array: Array | None) -> bool:
    """Whether an element is NaN; of a large tensor only that one is not finite is known."""
    if array is None or not array.nonfinite:
        return False
    return array.values is None or any(math.isnan(to_float(value)) for value in array.values)
