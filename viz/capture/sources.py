"""What is remembered of a call and of its tensors, without keeping a tensor alive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
import torch

from viz.capture.arrays import Scalar, Snapshot
from viz.capture.schemas import Signature
from viz.trace import CutKind


class Result(NamedTuple):
    """Output number `output` of the grad_fn with this sequence number."""

    number: int
    output: int


class Here(NamedTuple):
    """Where in the program a call is made; `module` and `place` as in `viz.trace.Node`."""

    line: int | None
    module: str = ""
    place: str = ""


class Name(NamedTuple):
    """The student's name for a result, and the line that gave it."""

    text: str
    line: int


class Subject:
    """What is known about one tensor, while it lives and after.

    name       that the program gave it
    suggested  what to call it where it was given none
    origins    where its numbers come from, if from something that requires grad
    alias      of which tensor it holds the very numbers, outside of the graph
    module     path of the module that owns it, if it is a parameter
    """

    __slots__ = ("alias", "module", "name", "order", "origins", "sighting", "suggested")

    def __init__(self) -> None:
        self.name: Name | None = None
        self.suggested: Name | None = None
        self.order = 0
        self.origins: Origins = ()
        self.sighting: Sighting | None = None
        self.alias: Alias | None = None
        self.module = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """That numbers left the graph, and of which tensor they were; see `viz.trace.Cut`."""

    how: CutKind
    line: int | None
    source: Result | Subject
    word: str


class Alias(NamedTuple):
    """What `of.data` or `of.detach()` is."""

    how: CutKind
    of: Result | Subject


Origins = tuple[Origin, ...]
"""Where a tensor without a gradient comes from, if from something that requires grad."""


class Sighting(msgspec.Struct, eq=False):
    """A leaf or a constant as an argument, with the value it had; in-place changes make a new one.

    Compared by identity: one sighting is one node of the drawing. A change that PyTorch does not
    count gives it another snapshot: the engine has saved no other numbers.
    """

    subject: Subject
    version: int
    requires_grad: bool
    snapshot: Snapshot
    shape: tuple[int, ...]
    origins: Origins = ()


class Operand(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A plain number that is an operand of elementwise arithmetic; each use is its own node."""

    value: Scalar
    origins: Origins = ()


SOURCES = (Result, Sighting, Operand)
Source = Result | Sighting | Operand
"""Where a tensor argument came from. Every other argument is kept as the plain value that it is."""


UNREAD = object()
"""Stands for a tensor that the call overwrites without reading it."""


class Call(msgspec.Struct, eq=False, gc=False):
    """One forward call. There may be a million of them.

    args, kwargs   as they were passed, with Sources in place of tensors
    here        where it was made
    target      the tensor that an in-place operation changed
    extras      the results that got no grad_fn: the indices of a maximum, the mask of a dropout
    has_hooks   whether code of others stands between us and what it saves: hooks that pack it
                (`saved_tensors_hooks`), or tensors of a class with operations of its own
    """

    signature: Signature
    args: tuple[Any, ...]
    kwargs: dict[str, Any] | None
    here: Here
    target: Subject | None = None
    extras: tuple[Snapshot, ...] = ()
    has_hooks: bool = False

    @property
    def line(self) -> int | None:
        return self.here.line

    @property
    def arguments(self) -> dict[str, Any]:
        """What was passed, by the operation's own names."""
        named = dict(zip(self.signature.names, self.args, strict=False))
        return named if self.kwargs is None else named | self.kwargs

    def sources(self) -> Iterator[Source]:
        """The tensors and number operands, in the order of the arguments."""
        values = self.args if self.kwargs is None else (*self.args, *self.kwargs.values())
        for value in values:
            if isinstance(value, SOURCES):
                yield value
            elif type(value) is tuple:
                yield from (item for item in value if isinstance(item, SOURCES))


class Made(msgspec.Struct, eq=False, gc=False):
    """What is remembered of one grad_fn, by its sequence number.

    call    that made it; None where it was out of sight
    depth   how many operations are below it
    value   of its first result, as it was made
    others  of its other results, by their numbers
    """

    call: Call | None = None
    depth: int | None = None
    value: Snapshot | None = None
    others: dict[int, Snapshot] | None = None

    def result(self, output: int) -> Snapshot | None:
        if output == 0:
            return self.value
        return None if self.others is None else self.others.get(output)

    def keep(self, output: int, value: Snapshot) -> None:
        if output == 0:
            self.value = value
        elif self.others is None:
            self.others = {output: value}
        else:
            self.others[output] = value


def version_of(tensor: torch.Tensor) -> int:
    """How often the tensor was changed in place. Inference tensors don't count."""
    return 0 if tensor.is_inference() else tensor._version


def result_made_by(tensor: torch.Tensor) -> Result:
    grad_fn: Any = tensor.grad_fn
    return Result(grad_fn._sequence_nr(), tensor.output_nr)


def tensors_in(value: Any) -> list[torch.Tensor]:
    """The tensors in nested lists, tuples and dictionaries, in order."""
    if isinstance(value, torch.Tensor):
        return [value]
    found = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, torch.Tensor):
            found.append(item)
        elif isinstance(item, list | tuple):
            waiting.extend(reversed(item))
        elif isinstance(item, dict):
            waiting.extend(reversed(item.values()))
    return found
