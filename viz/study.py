"""What running a program again and again has shown: proofs of gradients, landscapes of a loss."""

from __future__ import annotations

import math
from typing import Literal

from viz.record import Number, Record, to_float

Verdict = Literal["agrees", "differs", "kink", "cut", "unknown"]

WORST_FIRST: tuple[Verdict, ...] = ("differs", "unknown", "kink", "cut", "agrees")


class Element(Record, frozen=True):
    """One element of a leaf: the engine's gradient, and the slope that was measured.

    index      its place in the tensor; () for a scalar
    value      where the slope was measured
    engine     what this call of backward sends to it, in the program's own precision
    quotient   the slope of the loss by central differences; None where it could not be measured
    error      how far the quotient itself may be off
    left, right   the slopes of the two sides
    held       the slope while everything stood still that autograd takes for a constant; only where
               the quotient and the engine differ
    verdict    agrees; differs; kink: the two sides have different slopes; cut: the engine agrees
               with `held` alone; unknown: see `reason`
    """

    index: tuple[int, ...]
    value: Number
    engine: Number
    verdict: Verdict
    quotient: Number | None = None
    error: Number | None = None
    left: Number | None = None
    right: Number | None = None
    held: Number | None = None
    reason: str = ""

    @property
    def difference(self) -> float | None:
        """How far engine and quotient lie apart."""
        if self.quotient is None:
            return None
        return abs(to_float(self.engine) - to_float(self.quotient))


class LeafProof(Record, frozen=True):
    """One leaf that the graph reaches, in the order in which the graph reaches them.

    elements   those that were checked: all, or evenly spread ones
    custom     the torch.autograd.Functions on the way, which define a derivative of their own
    reason     why there is no element
    """

    name: str
    shape: tuple[int, ...]
    elements: tuple[Element, ...] = ()
    custom: tuple[str, ...] = ()
    reason: str = ""

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def verdict(self) -> Verdict:
        """The worst of its elements."""
        found = {element.verdict for element in self.elements}
        return next((verdict for verdict in WORST_FIRST if verdict in found), "unknown")


class Proof(Record, frozen=True):
    """The gradients of one call of backward beside the slopes of the loss.

    number      which call of backward, from 0
    precision   what the slopes were measured in: "float64", or the program's own
    runs        how often the program was run for it
    reason      why nothing was measured; "" where something was
    """

    number: int
    leaves: tuple[LeafProof, ...] = ()
    precision: str = "float64"
    runs: int = 0
    reason: str = ""


class Axis(Record, frozen=True):
    """One scalar leaf, and the values that it was given.

    position   which leaf of the graph, in the order in which the graph reaches them
    present    the value that the program itself gives it
    """

    name: str
    position: int
    present: Number
    values: tuple[Number, ...]


class Landscape(Record, frozen=True):
    """The loss over one or two scalar leaves, everything else as in the program.

    axes     one or two
    losses   one row for each value of the first axis; a row holds one loss for each value of the
             second, or a single one
    loss     where the program itself stands
    slope    the engine's gradient there, one number for each axis
    """

    number: int
    axes: tuple[Axis, ...]
    losses: tuple[tuple[Number, ...], ...]
    loss: Number
    slope: tuple[Number, ...]
    runs: int = 0

    def __post_init__(self) -> None:
        wide = len(self.axes[1].values) if len(self.axes) > 1 else 1
        if len(self.losses) != len(self.axes[0].values) or {len(r) for r in self.losses} != {wide}:
            raise ValueError("the losses of a landscape do not fit its axes")


Course = Literal["converging", "oscillating", "diverging", "moving", "resting"]


class Descent(Record, frozen=True):
    """Steps of gradient descent, each with the engine's gradient at the place it starts from.

    points      values of the leaves, the first where the program stands
    losses, slopes   at these points
    course      converging; oscillating: it jumps to and fro and comes no closer; diverging;
                moving: still under way; resting: the gradient is 0 from the start
    swinging    whether the last steps jumped from side to side
    """

    rate: float
    points: tuple[tuple[Number, ...], ...]
    losses: tuple[Number, ...]
    slopes: tuple[tuple[Number, ...], ...]
    course: Course
    swinging: bool = False


Study = Proof | Landscape | Descent
"""What a program that was run again and again is answered with."""
