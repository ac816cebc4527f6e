"""What the browser draws of a large graph: columns of numbers, one item for each visible node."""

from __future__ import annotations

from typing import Literal

from viz.record import Record

LARGE = 300
"""Nodes: a graph with more is drawn by an Overview."""

ItemKind = Literal["group", "operation", "leaf", "constant", "output"]


class Items(Record, frozen=True):
    """The visible nodes, as columns of equal length.

    id        of the node in the Backward, of the group, "n7@n12" for a leaf drawn where n12 uses
              it, or "leaves@g3-9" for several that stand beside a group as one
    kind      group: a folded block, chain or repeat, opened on click
    title     what stands on it: "h.0", "MulBackward0", "w"
    detail    a second line: "GPT2Block · 42 operations", "×12", a shape
    module    path of the module that it belongs to
    family    the kind of operation, for colouring: "matrix", "activation", ...; "" for a group
    variable  the program's own name
    shape     as text: "64×768"; "" where unknown
    count     operations inside; 1 for an operation, 0 for what is none
    x, y      centre, in units of columns and rows; x grows forward, y upward
    norm      Euclidean norm of the gradient that arrives there, over all of its entries; of a group
              the gradients of those of its results that are used outside; None where none arrived
    nonfinite how many NaN or infinite numbers are in its values and gradients
    first     the visible step at which it fires first; -1 for never
    depth     how many visible items further from the output it is, on the longest way: the norms
              along it are the chart of the gradient's flow
    """

    id: tuple[str, ...] = ()
    kind: tuple[ItemKind, ...] = ()
    title: tuple[str, ...] = ()
    detail: tuple[str, ...] = ()
    module: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    variable: tuple[str, ...] = ()
    shape: tuple[str, ...] = ()
    count: tuple[int, ...] = ()
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()
    norm: tuple[float | None, ...] = ()
    nonfinite: tuple[int, ...] = ()
    first: tuple[int, ...] = ()
    depth: tuple[int, ...] = ()


class Ways(Record, frozen=True):
    """The visible edges, as columns: positions in Items, from upstream to downstream.

    norm   of all that was sent along it; None where nothing was
    bends  corners on its way around other items, from upstream to downstream, as x, y, x, y ...;
           most ways are straight
    """

    upstream: tuple[int, ...] = ()
    downstream: tuple[int, ...] = ()
    norm: tuple[float | None, ...] = ()
    bends: tuple[tuple[float, ...], ...] = ()


class Beat(Record, frozen=True):
    """One visible step: the firings `start` to `stop` (without it) of `Backward.steps`, all inside
    one visible item."""

    item: int
    start: int
    stop: int


class Frame(Record, frozen=True):
    """An opened group: a frame around what is in it, in the units of the items."""

    id: str
    title: str
    left: float
    bottom: float
    right: float
    top: float


class Overview(Record, frozen=True):
    """One state of folding of one Backward.

    opened    ids of the groups that are open, in the order of the frames
    operations of the whole graph
    hidden    those of them that are inside closed groups
    matches   ids of the groups and nodes that were searched for, in order; of many the first
    found     the items that are one of all matches, or hold one
    """

    items: Items = Items()
    ways: Ways = Ways()
    beats: tuple[Beat, ...] = ()
    frames: tuple[Frame, ...] = ()
    opened: tuple[str, ...] = ()
    operations: int = 0
    hidden: int = 0
    matches: tuple[str, ...] = ()
    found: tuple[int, ...] = ()
