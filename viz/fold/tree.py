"""The tree of groups: data that is made once of a backward pass, and opened in any way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from viz.fold.columns import Columns
from viz.fold.order import Line

GroupKind = Literal["root", "module", "repeat", "step", "part"]


@dataclass(slots=True, eq=False)
class Group:
    """A stretch of the line of operations, from `start` to `stop` (without it).

    kind      module: one call of a module. repeat: alike things in a row. step: one of several
              repeats that is more than one thing. part: a stretch of a long row
    module    path of the module that it is, or is in
    children  groups, and places of single operations, in the order of the line
    shape     a number that it shares with all groups of the same operations and connections
    times     how many alike things it is made of, through all parts; 0 where they are not alike
    number    of a step or part: which of the row it is or begins with, from 1
    """

    kind: GroupKind
    start: int
    stop: int
    module: str = ""
    title: str = ""
    children: list[Child] = field(default_factory=list)
    parent: Group | None = None
    shape: int = -1
    times: int = 0
    number: int = 0

    @property
    def id(self) -> str:
        """The same for every run of the same program."""
        return f"g{self.start}-{self.stop}"

    @property
    def count(self) -> int:
        """Operations inside."""
        return self.stop - self.start

    @property
    def detail(self) -> str:
        operations = "1 operation" if self.count == 1 else f"{self.count:,} operations"
        return f"×{self.times:,} · {operations}" if self.times else operations


Child = Group | int


def start_of(child: Child) -> int:
    return child if isinstance(child, int) else child.start


def stop_of(child: Child) -> int:
    return child + 1 if isinstance(child, int) else child.stop


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """All groups of one backward pass.

    root     holds everything and is never drawn
    groups   by id, without the root, outer ones first
    """

    columns: Columns
    line: Line
    root: Group
    groups: dict[str, Group]
