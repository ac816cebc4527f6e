"""Tensors that share their numbers with another, and what was changed through them.

`y.data` and `y.detach()` hold the numbers of `y` itself. Changed in place, they change what the
engine has saved, and of `y.data` PyTorch does not even count it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import torch

from viz.capture.arrays import Reader
from viz.capture.sources import Alias, Made, Result, Sighting, Subject
from viz.trace import Notice

if TYPE_CHECKING:
    from viz.capture.calls import Calls
    from viz.capture.graph import Graph

KEPT = 1000
"""Changes; a training loop may change each weight through `.data` at every step."""


class Behind(NamedTuple):
    """A change behind PyTorch's back: how, on which line, and what the program calls the tensor."""

    how: str
    line: int | None
    name: str


class Aliases:
    """What was changed through an alias after it had been made or used."""

    def __init__(self) -> None:
        self._changed: dict[Result | Sighting, Behind] = {}
        self._unread: list[tuple[Alias, Sighting | None, torch.Tensor]] = []

    def note(self, calls: Calls, tensor: torch.Tensor) -> None:
        """An operation in place is about to change this tensor."""
        subject = calls.subject(tensor) if tensor.grad_fn is None else None
        alias = None if subject is None else subject.alias
        if alias is None:
            return
        of = alias.of
        if isinstance(of, Subject):
            used, of.sighting = of.sighting, None
            name = of.name
        else:
            used, name = None, calls.name(of)
        self._unread.append((alias, used, tensor))
        key = of if isinstance(of, Result) else used
        if key is not None:
            called = name.text if name is not None else ""
            self._changed.setdefault(key, Behind(alias.how, calls.line, called))
        if len(self._changed) > KEPT:
            del self._changed[next(iter(self._changed))]

    def read(self, made: Mapping[int, Made], reader: Reader) -> None:
        """The change is made: what the engine has saved holds these numbers now."""
        while self._unread:
            alias, used, tensor = self._unread.pop()
            if isinstance(alias.of, Result):
                known = made.get(alias.of.number)
                if known is not None and known.result(alias.of.output) is not None:
                    known.keep(alias.of.output, reader.snapshot(tensor))
            elif used is not None and alias.how == "data":
                used.snapshot = reader.snapshot(tensor)

    def __bool__(self) -> bool:
        return bool(self._unread)

    def notices(self, graph: Graph) -> Iterator[Notice]:
        """Of the tensors that this graph has used, those that were changed since."""
        if not self._changed:
            return
        numbers = {grad_fn._sequence_nr() for grad_fn in graph.calls}
        used = {id(source) for call in graph.calls.values() for source in call.sources()}
        for key, behind in self._changed.items():
            if key.number in numbers if isinstance(key, Result) else id(key) in used:
                yield Notice(_said(behind, is_leaf=isinstance(key, Sighting)), behind.line)


def _said(behind: Behind, is_leaf: bool) -> str:
    name = f"'{behind.name}'" if behind.name else "a tensor"
    if behind.how == "data":
        return (
            f"{name} is changed through .data after it was used: PyTorch does not notice, and "
            "backward computes with the new numbers. The graph shows these."
        )
    shown = "old ones, which the graph shows." if is_leaf else "old ones; the graph shows the new."
    return (
        f"{name} is changed through detach(), which shares its numbers. What was computed from it "
        f"before had the {shown}"
    )
