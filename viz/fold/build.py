"""Make the tree: modules first; in each, what repeats; and rows that are still long in parts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from viz.fold.columns import Columns, columns_of
from viz.fold.modules import all_groups, by_module, name_modules
from viz.fold.naming import name_rows
from viz.fold.order import Line, line_up
from viz.fold.repeats import FEWEST, Run, runs
from viz.fold.shapes import Shapes
from viz.fold.tree import Child, Group, Tree, start_of, stop_of
from viz.trace import Backward

COMFORT = 24
"""So many things in one group are shown as they are; of more, repeats are folded."""

MOST = 100
"""An opening that would show more than so many things shows parts of them."""

ROUNDS = 4
"""Repeats of repeats of repeats: a loop in a loop in a loop in a loop."""


def tree_of(backward: Backward) -> Tree:
    """The groups of one backward pass, in time nearly linear in its nodes.

    Raises InputError for a graph that runs in a circle, as no real one does.
    """
    return tree_from(columns_of(backward))


def tree_from(columns: Columns) -> Tree:
    line = line_up(columns)
    root = by_module(columns, line)
    _Folding(columns, line).fold(root)
    groups = list(all_groups(root))
    name_modules(groups)
    name_rows(groups, columns, line)
    return Tree(columns, line, root, {group.id: group for group in groups})


class _Folding:
    """Brings fewer children into each group, level by level from the outside."""

    def __init__(self, columns: Columns, line: Line) -> None:
        self._line = line
        self._shapes = Shapes(columns, line)
        # Blocks of one structure fold alike, and are looked at once.
        self._found: dict[tuple[int, int], list[Run]] = {}

    def fold(self, root: Group) -> None:
        for group in (root, *all_groups(root)):
            group.shape = self._shapes.of(group.start, group.stop)
        waiting = [root]
        while waiting:
            group = waiting.pop()
            if group.kind not in ("repeat", "part"):
                self._fold_repeats(group)
            if len(group.children) > MOST:
                group.children = list(self._parts(group))
            waiting.extend(child for child in group.children if isinstance(child, Group))

    def _fold_repeats(self, group: Group) -> None:
        for number in range(ROUNDS):
            if len(group.children) <= COMFORT:
                break
            key = (group.shape, number)
            if key not in self._found:
                self._found[key] = list(self._runs(group.children))
            if not self._found[key]:
                break
            group.children = list(self._replaced(group, self._found[key]))
        only = group.children[0] if len(group.children) == 1 else None
        if isinstance(only, Group) and only.kind == "repeat":
            group.children, group.times = only.children, only.times
        elif len(group.children) >= FEWEST and all(
            isinstance(child, Group) and child.shape == _shape(group.children[0])
            for child in group.children
        ):
            group.times = len(group.children)

    def _runs(self, children: list[Child]) -> Iterator[Run]:
        """What repeats with the same connections inside."""
        starts = np.array([start_of(child) for child in children], dtype=np.int64)
        for found in runs(self._shapes.tokens(children)):
            run = self._in_phase(found, starts)
            if run.period == 1:
                yield run
                continue
            shapes = [
                self._shapes.of(start_of(children[at]), stop_of(children[at + run.period - 1]))
                for at in range(run.start, run.stop, run.period)
            ]
            yield from _stretches(run, shapes)

    def _in_phase(self, run: Run, starts: np.ndarray) -> Run:
        """Begins each round where the fewest results are under way: between two rounds of a loop
        there are fewer than in the middle of one."""
        shift = np.arange(run.period)
        times = (run.period * run.times + run.rest - shift) // run.period
        fits = times >= max(FEWEST, run.times - 1)
        shift, times = shift[fits], times[fits]
        middle = run.start + shift + run.period * (times // 2)
        best = np.lexsort((shift, -times, self._line.crossing[starts[middle]]))[0]
        return Run(run.start + int(shift[best]), run.period, int(times[best]), 0)

    def _replaced(self, group: Group, found: list[Run]) -> Iterator[Child]:
        """The children, with a group for each run."""
        children = group.children
        at = 0
        for run in found:
            yield from children[at : run.start]
            at = run.stop
            rounds = children[run.start : run.stop]
            if run.period > 1:
                rounds = [
                    self._group("step", group, rounds[begin : begin + run.period], number + 1)
                    for number, begin in enumerate(range(0, len(rounds), run.period))
                ]
            repeat = self._group("repeat", group, rounds)
            repeat.times = run.times
            yield repeat
        yield from children[at:]

    def _parts(self, group: Group) -> Iterator[Child]:
        """Ten at most, of 100, 1,000, 10,000 ... things."""
        children = group.children
        size = MOST
        while size * 10 < len(children):
            size *= 10
        for begin in range(0, len(children), size):
            inner = children[begin : begin + size]
            if len(inner) == 1:
                yield inner[0]
                continue
            part = self._group("part", group, inner, max(group.number, 1) + begin)
            part.times = len(inner) if group.times else 0
            yield part

    def _group(self, kind: str, around: Group, children: list[Child], number: int = 0) -> Group:
        start, stop = start_of(children[0]), stop_of(children[-1])
        return Group(
            kind,  # type: ignore[arg-type]
            start,
            stop,
            around.module,
            children=children,
            shape=self._shapes.of(start, stop),
            number=number,
        )


def _shape(child: Child) -> int:
    return -1 if isinstance(child, int) else child.shape


def _stretches(run: Run, shapes: list[int]) -> Iterator[Run]:
    """The parts of a run whose rounds are alike."""
    begin = 0
    for at in range(1, len(shapes) + 1):
        if at == len(shapes) or shapes[at] != shapes[begin]:
            if at - begin >= FEWEST:
                yield Run(run.start + begin * run.period, run.period, at - begin, 0)
            begin = at
