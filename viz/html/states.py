"""The states of folding that an offline file holds of a large graph: it opens them without Python.

There are the first view, the graph with nothing open, the first view with one of its frames closed,
and for each group the view that shows it, with the group open. The deepest are left out where all
would be too large.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from viz.draw.folded import overview_text
from viz.draw.item import ItemCards
from viz.fold.build import tree_of
from viz.fold.drawing import overview
from viz.fold.opening import first_view
from viz.fold.overview import Overview
from viz.fold.tree import Group, Tree
from viz.trace import Backward

MOST_CHARACTERS = 5_000_000
"""Of all states and cards of a file, before they are packed."""
MOST_WORK = 6_000_000
"""Nodes that are looked at for all states of a pass: each state takes all nodes of the graph."""


def folded(backward: Backward, most: int = MOST_CHARACTERS) -> dict[str, Any]:
    """What offline_overview.js shows of one pass.

    states   each the text of an Overview, and the line of the program at each of its beats
    opens    by id of a group, the state that shows it open
    folds    by id of an open group, the state that shows it folded
    nothing  the state in which all is folded
    cards    by id of an item; a leaf that is drawn at each use has one
    left     groups that can't be opened
    most     characters of it all; the first view is there in any case
    """
    return _Folded(backward, most).made()


class _Folded:
    def __init__(self, backward: Backward, most: int) -> None:
        self._backward = backward
        self._tree: Tree = tree_of(backward)
        self._first = first_view(self._tree)
        self._most = most
        self._size = 0
        self._states: list[dict[str, Any]] = []
        self._drawn: list[Overview] = []
        nodes = {node.id: node.line for node in backward.nodes}
        self._lines = [nodes[step.node] for step in backward.steps]

    def made(self) -> dict[str, Any]:
        first = set(self._first)
        rest: list[str] = []
        self._add(self._first)
        opens = dict.fromkeys(self._first, 0)
        nothing = self._add(()) if first else 0
        folds = {id: at for id in self._first if (at := self._closed(id)) is not None}
        groups = sorted(
            (group for id, group in self._tree.groups.items() if id not in first), key=_depth
        )
        for group in groups:
            around = [each.id for each in _around(group)]
            # Inside of what can't be opened nothing can.
            shown = all(each in opens for each in around)
            at = self._add((*self._first, *around, group.id)) if shown else None
            if at is None:
                rest.append(group.id)
                continue
            opens[group.id] = at
            folds[group.id] = opens[around[-1]] if around else 0
        return {
            "states": self._states,
            "opens": opens,
            "folds": folds,
            "nothing": nothing,
            "cards": self._cards(),
            "left": len(rest),
        }

    def _closed(self, id: str) -> int | None:
        return self._add([each for each in self._first if each != id])

    def _add(self, opened: Any) -> int | None:
        """The number of this state; None where there is no room for it."""
        work = len(self._backward.nodes) * len(self._states)
        if self._states and (self._size > self._most or work > MOST_WORK):
            return None
        drawn = overview(self._tree, opened)
        text = overview_text(drawn)
        if self._states and self._size + len(text) > self._most:
            self._size = self._most + 1
            return None
        self._size += len(text)
        self._drawn.append(drawn)
        lines = [self._lines[beat.stop - 1] for beat in drawn.beats]
        self._states.append({"overview": text, "lines": lines})
        return len(self._states) - 1

    def _cards(self) -> dict[str, dict[str, Any]]:
        """Numbers for every item, and rules from the first view on while there is room."""
        made = ItemCards(self._backward)
        found: dict[str, dict[str, Any]] = {}
        for drawn, place, id in self._items():
            if id not in found:
                card = made.of(drawn, place, rule=self._size <= self._most)
                self._size += len(msgspec.json.encode(card))
                found[id] = card
        return found

    def _items(self) -> Iterator[tuple[Overview, int, str]]:
        for drawn in self._drawn:
            for place, (id, kind) in enumerate(zip(drawn.items.id, drawn.items.kind, strict=True)):
                yield drawn, place, id.partition("@")[0] if kind == "leaf" else id


def _around(group: Group) -> list[Group]:
    """The groups around it, outer ones first, without the root."""
    found: list[Group] = []
    parent = group.parent
    while parent is not None and parent.kind != "root":
        found.insert(0, parent)
        parent = parent.parent
    return found


def _depth(group: Group) -> int:
    return len(_around(group))
