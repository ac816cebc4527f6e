"""Compare the gradients of one call of backward with central differences of the same program."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence

import msgspec
import torch

from viz.again.ground import (
    Ground,
    explore,
    in_the_order_of,
    move_element,
    number_from_start,
    unravel,
)
from viz.again.places import Changing, Counting, Holding, Noting, Place
from viz.again.quotient import MOST_EVALUATIONS, Slope, measure
from viz.again.rerun import Again, Lost, Program
from viz.capture.asked import Asked
from viz.limits import Limits
from viz.study import Element, LeafProof, Proof
from viz.trace import Number, to_float, to_number

ELEMENTS = 64
"""So many elements are checked, of all leaves together."""

SECONDS = 2.0
"""How long measuring may take, beside the runs that prepare it."""

EXACT = 1e-6
"""Relative difference of an engine and a quotient that are both computed in float64."""

COARSE = 2e-2
"""The same where the program can't be carried as float64."""

SHOWN = 1e-3
"""Relative difference of the engine in float32 and in float64 that rounding can explain."""

NOISE = 1e-6
"""So little may be left in float32 where gradients cancel."""

SAME_LOSS = 1e-3

USABLE = 0.75
"""How much of a run's time all of it may take: a run that is cut off tells nothing."""


def prove(
    program: Program,
    number: int,
    limits: Limits,
    shown: Number | None = None,
    elements: int = ELEMENTS,
    seconds: float = SECONDS,
) -> Proof:
    """Measure the slopes for this call of backward; a number below 0 counts from the last.

    shown   the number that backward started from in the run that the answer will stand beside:
            another one here means that the program is random, and nothing is measured
    """
    deadline = time.monotonic() + USABLE * limits.seconds
    again = Again(program, number_from_start(program, number))
    try:
        own = explore(again, limits)
        if not math.isfinite(own.loss):
            return _nothing(again, "The loss is not finite: a slope needs finite numbers.")
        if shown is not None and own.output is not None and own.output != to_float(shown):
            return _nothing(again, RANDOM)
        ground, precision = _carried(again, own, limits)
        begin = time.monotonic()
        if not _equal(again.loss(Counting()), ground.loss):
            return _nothing(again, RANDOM)
    except Lost as lost:
        return _nothing(again, f"The program could not be run again: {lost}")
    took, left = time.monotonic() - begin, deadline - time.monotonic()
    if MOST_EVALUATIONS * took > left:
        return _nothing(again, _too_slow(took, limits))
    # The last element begins in time, and may take its evaluations yet.
    until = time.monotonic() + min(seconds, left - MOST_EVALUATIONS * took)
    leaves = tuple(_Prover(again, own, ground, elements, until).leaves())
    return Proof(again.number, leaves, precision, again.runs)


def _too_slow(took: float, limits: Limits) -> str:
    return (
        f"One run takes {took:.1f} seconds, so there is no time to run the program often enough "
        f"within the {limits.seconds:g} seconds of a run."
    )


RANDOM = (
    "The program computes another loss each time it runs, even from the same random state: "
    "a difference of two runs says nothing."
)

UNUSED = "No operation was seen that uses this leaf, so it could not be changed."
STEEP = "The loss jumps here, or rises infinitely steeply: there is no slope."
EMPTY = "This leaf has no elements, so there is nothing to compare."
NO_TIME = "There was no time left to measure this leaf."


def _nothing(again: Again, reason: str) -> Proof:
    return Proof(again.number, precision="", runs=again.runs, reason=reason)


def _carried(again: Again, own: Ground, limits: Limits) -> tuple[Ground, str]:
    """The program in float64 where that computes the same, else as it is."""
    try:
        again.wide = True
        ground = in_the_order_of(own, explore(again, limits))
        is_same = math.isclose(ground.loss, own.loss, rel_tol=SAME_LOSS, abs_tol=SAME_LOSS)
        if is_same and ground.digits < 1e-12:
            return ground, "float64"
    except Exception:
        # An operation that wants float32, whatever it is: then the program stays as it is.
        pass
    again.wide = False
    kinds = {str(value.dtype).removeprefix("torch.") for value in own.values}
    return own, " and ".join(sorted(kinds))


def _equal(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


class _Prover:
    def __init__(
        self, again: Again, own: Ground, ground: Ground, elements: int, until: float
    ) -> None:
        self._again = again
        self._own = own
        self._ground = ground
        self._elements = elements
        self._until = until

    def leaves(self) -> Iterator[LeafProof]:
        ground = self._ground
        found: list[list[Element]] = [[] for _ in ground.values]
        for index, place, flat in self._in_turn():
            if time.monotonic() > self._until:
                break
            found[index].append(self._element(index, place, flat))
        for index, value in enumerate(ground.values):
            elements = tuple(sorted(found[index], key=lambda element: element.index))
            reason = "" if elements else self._why_none(index)
            yield LeafProof(
                ground.names[index], tuple(value.shape), elements, ground.custom[index], reason
            )

    def _why_none(self, index: int) -> str:
        if self._ground.values[index].numel() == 0:
            return EMPTY
        return UNUSED if self._ground.places[index] is None else NO_TIME

    def _in_turn(self) -> Iterator[tuple[int, Place, int]]:
        """One element of each leaf after another: where time runs out, each has had some."""
        sizes = [value.numel() for value in self._ground.values]
        chosen = [
            spread(size, share)
            for size, share in zip(sizes, shared(sizes, self._elements), strict=True)
        ]
        for turn in range(max(map(len, chosen), default=0)):
            for index, place in enumerate(self._ground.places):
                if place is not None and turn < len(chosen[index]):
                    yield index, place, chosen[index][turn]

    def _element(self, index: int, place: Place, flat: int) -> Element:
        value = self._ground.values[index]
        at = float(value.reshape(-1)[flat])
        engine = float(self._own.gradients[index].reshape(-1)[flat])
        exact = float(self._ground.gradients[index].reshape(-1)[flat])
        largest = float(self._ground.gradients[index].abs().max())
        element = Element(
            index=unravel(flat, tuple(value.shape)),
            value=to_number(at),
            engine=to_number(engine),
            verdict="unknown",
        )
        try:
            slope = self._slope(lambda change: Changing({place: change}), flat, at)
        except Lost as lost:
            why = f"With the leaf changed it ends otherwise: {lost}"
            return msgspec.structs.replace(element, reason=why)
        if slope is None:
            reason = "Close by, the loss is not finite, so there is no slope to measure."
            return msgspec.structs.replace(element, reason=reason)
        element = msgspec.structs.replace(
            element,
            quotient=to_number(slope.value),
            error=to_number(slope.error),
            left=to_number(slope.left),
            right=to_number(slope.right),
        )
        if slope.is_kink:
            reason = STEEP if slope.is_jump else ""
            return msgspec.structs.replace(element, verdict="kink", reason=reason)
        if self._agrees(exact, slope, largest):
            return self._beside_the_shown(element, engine, exact, largest)
        return self._why(element, index, place, flat, at, exact, largest)

    def _beside_the_shown(
        self, element: Element, engine: float, exact: float, largest: float
    ) -> Element:
        if abs(engine - exact) <= SHOWN * max(abs(exact), 1e-2 * largest) + NOISE:
            return msgspec.structs.replace(element, verdict="agrees")
        reason = (
            "In float64 the engine agrees; the program's own precision rounds too coarsely here."
        )
        return msgspec.structs.replace(element, reason=reason)

    def _why(
        self,
        element: Element,
        index: int,
        place: Place,
        flat: int,
        at: float,
        exact: float,
        largest: float,
    ) -> Element:
        """Engine and quotient differ: does the program change what autograd takes for constant?"""
        element = msgspec.structs.replace(element, verdict="differs")
        try:
            noting = Noting(self._ground.calls, self._ground.inside, place)
            self._again.until_backward(noting, _nothing_at_backward)
            slope = self._slope(lambda change: Holding(noting, place, change), flat, at)
        except Lost:
            return element
        if slope is None or slope.is_kink or not self._agrees(exact, slope, largest):
            return element
        return msgspec.structs.replace(element, verdict="cut", held=to_number(slope.value))

    def _agrees(self, exact: float, slope: Slope, largest: float) -> bool:
        relative = EXACT if self._ground.digits < 1e-12 else COARSE
        room = relative * max(abs(exact), abs(slope.value), 1e-2 * largest)
        return abs(exact - slope.value) <= room + min(4 * slope.error, COARSE * abs(exact) + 1e-6)

    def _slope(
        self, mode: Callable[[Callable[[torch.Tensor], None]], Counting], flat: int, at: float
    ) -> Slope | None:
        def moved(step: float) -> float:
            return self._again.loss(mode(lambda leaf: move_element(leaf, flat, step)))

        return measure(moved, self._ground.loss, abs(at), self._ground.digits)


def _nothing_at_backward(asked: Asked) -> None:
    """The run was made for what it does on the way."""


def spread(size: int, count: int) -> list[int]:
    """`count` of `size` elements, evenly: the first and the last among them.

    >>> spread(3, 5), spread(100, 3)
    ([0, 1, 2], [0, 50, 99])
    """
    if count >= size:
        return list(range(size))
    if count <= 1:
        return [0][:count]
    return sorted({round(index * (size - 1) / (count - 1)) for index in range(count)})


def shared(sizes: Sequence[int], total: int) -> list[int]:
    """How many elements of each leaf are checked: small leaves wholly, large ones share the rest.

    >>> shared([1, 2, 1000, 1000], 13)
    [1, 2, 5, 5]
    """
    shares = [0] * len(sizes)
    left = total
    for done, index in enumerate(sorted(range(len(sizes)), key=lambda i: sizes[i])):
        shares[index] = min(sizes[index], max(1, left // (len(sizes) - done)))
        left -= shares[index]
    return shares
