"""The form of a rule: one row of the table, for one kind of grad_fn.

A row is written to be read beside a textbook. Its templates name the forward call's arguments as
ATen's schema does ({self}, {other}, {exponent}); {result} is the forward result, {upstream} the
upstream gradient, {x.T} a transpose, and a name in `derived` a number that the row computes.

A list of tensors is {tensors}, its items {tensors[0]}, {tensors[1]}. Further results of the same
operation are {result1}, ..., their upstream gradients {upstream1}, ..., and {upstreams} are all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Plain = Mapping[str, Any]
"""The arguments of a call that are plain Python values: {"exponent": 2}."""

Template = str | Callable[[Plain], str]
"""A formula, or a function that chooses it by the plain arguments (the exponent of a power)."""

PRODUCT = "{upstream} · {local}"


class MissingValueError(Exception):
    """The numbers need a forward value that was not recorded, or of which only a summary was."""


class Arguments(dict[str, Any]):
    """The plain arguments of a call. Asking for one that was not recorded is no bug of the rule."""

    def __missing__(self, name: str) -> Any:
        raise MissingValueError(name)


class RuleFailedWarning(RuntimeWarning):
    """A rule of the table has a bug. The card falls back on the engine's numbers; tests fail."""


class Values:
    """The numbers that a rule computes with, by name: `values.upstream * values.other`.

    arrays   float arrays of the recorded values, and the plain arguments as they are
    shapes   shapes of the tensors, also of those whose values were not kept
    """

    def __init__(
        self,
        arrays: Mapping[str, Any],
        shapes: Mapping[str, tuple[int, ...]],
        recorded: Values | None = None,
    ) -> None:
        self._arrays = dict(arrays)
        self._shapes = dict(shapes)
        self._recorded = recorded or self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self.__dict__.get("_arrays", ()):
            raise MissingValueError(name)
        return self._arrays[name]

    def shape(self, name: str) -> tuple[int, ...]:
        if name not in self._shapes:
            raise MissingValueError(f"the shape of {name}")
        return self._shapes[name]

    def size(self, name: str) -> int:
        return int(np.prod(self.shape(name), dtype=int))

    def has(self, name: str) -> bool:
        """Whether there is such an argument: an optional one may be None."""
        return name in self._shapes or self._arrays.get(name) is not None

    def has_numbers(self, name: str) -> bool:
        """Whether there is such a tensor, with all its numbers."""
        return isinstance(self._arrays.get(name), np.ndarray)

    def whole(self, name: str) -> np.ndarray:
        """A recorded tensor of indices or of booleans, as whole numbers."""
        return np.asarray(getattr(self._recorded, name)).astype(np.int64)

    def places(self, name: str) -> np.ndarray:
        """A recorded tensor that selects elements: indices as whole numbers, or a mask."""
        found: np.ndarray = getattr(self._recorded, name)
        return found

    def items(self, name: str) -> tuple[str, ...]:
        """The names of a list's items, also of those that are no tensors."""
        count = 0
        while self.knows(f"{name}[{count}]"):
            count += 1
        return tuple(f"{name}[{index}]" for index in range(count))

    def knows(self, name: str) -> bool:
        return name in self._arrays or name in self._shapes

    @property
    def upstreams(self) -> tuple[np.ndarray, ...]:
        """The gradient of each result, in their order."""
        count = 1
        while f"upstream{count}" in self._shapes:
            count += 1
        return tuple(getattr(self, output_name("upstream", output)) for output in range(count))

    def given(self, **arrays: np.ndarray) -> Values:
        """The same with other numbers for some names."""
        return Values({**self._arrays, **arrays}, self._shapes, self._recorded)

    def each(self, change: Callable[[np.ndarray], np.ndarray]) -> Values:
        """The same with every array changed; plain arguments stay, and so do whole numbers."""
        changed = {
            name: change(value) if isinstance(value, np.ndarray) else value
            for name, value in self._arrays.items()
        }
        return Values(changed, self._shapes, self._recorded)


def is_item(name: str, of: str) -> bool:
    """Whether "tensors[0]" is an item of "tensors"."""
    return name.startswith(f"{of}[")


def output_name(name: str, output: int) -> str:
    """ "result" for the first result of an operation, "result1" for the second."""
    return f"{name}{output}" if output else name


Gradient = Callable[[Values], Any]


@dataclass(frozen=True)
class Slot:
    """What flows to one input of the operation.

    of         the argument's name in ATen's schema
    local      the local derivative in symbols
    gradient   the contribution in numbers, before it is summed over broadcast axes
    note       one sentence on this input, in names
    rule       how the upstream gradient and the local derivative combine
    rounding   size of the terms that `gradient` subtracts from each other, where rounding them
               may cost more digits than the contribution has: sets the tolerance of the check
    elementwise   whether a smaller input was broadcast, so that its contribution is a sum
    in_numbers whether the formula is repeated with numbers in place of names
    modest     tensors whose numbers must be of modest size for a comparison: an operation that does
               many steps at once overflows on the way where its formula need not
    """

    of: str
    local: Template
    gradient: Gradient
    note: str = ""
    rule: Template = PRODUCT
    rounding: Gradient | None = None
    elementwise: bool = True
    in_numbers: bool = True
    modest: tuple[str, ...] = ()


@dataclass(frozen=True)
class Each:
    """A slot for every tensor of a list, as in cat and stack.

    of     the list's name in ATen's schema
    slot   the slot of the item with this index, of the name "tensors[0]"
    """

    of: str
    slot: Callable[[int], Slot]


@dataclass(frozen=True)
class Row:
    """One kind of operation.

    kinds      the engine's names of it
    sign       what a person writes inside its circle
    statement  the forward operation
    words      what it does to the gradient, for a student
    slots      one for each entry of `next_functions`, in that order; an Each for a list of them
    defaults   arguments that a call may leave out
    twice      what to say in place of the slots' notes where one tensor fills all the slots
    empty      what to say in place of `words` where the first input has no elements
    derived    numbers or tensors in the local derivative that are no arguments: {n} of a mean
    extras     names of the results that have no gradient: {indices} of a maximum
    """

    kinds: tuple[str, ...]
    sign: Template
    statement: Template
    words: Template
    slots: tuple[Slot | Each, ...]
    twice: Template = ""
    empty: str = ""
    defaults: Plain = field(default_factory=dict)
    derived: Mapping[str, Callable[[Values], float | np.ndarray]] = field(default_factory=dict)
    extras: tuple[str, ...] = ()


def choose(template: Template, plain: Plain) -> str:
    """The text of a template."""
    return template if isinstance(template, str) else template(plain)


def slots_of(row: Row, arguments: Iterable[str]) -> tuple[Slot, ...]:
    """The slots of a call with arguments of these names, a list's items one by one."""
    names = tuple(arguments)
    slots: list[Slot] = []
    for slot in row.slots:
        if isinstance(slot, Slot):
            slots.append(slot)
        else:
            count = sum(is_item(name, slot.of) for name in names)
            slots += map(slot.slot, range(count))
    return tuple(slots)
