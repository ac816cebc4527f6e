"""What the card below an overview says of one item: its numbers, and for an operation its rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from viz.draw.text import numbers, shape_text
from viz.fold.overview import Overview
from viz.rules import explain_step
from viz.trace import Array, Backward, Node

MOST_NAMES = 6
"""Kinds of operation that are named of a folded block."""
MOST_STEPS_WITH_RULES = 20_000
"""A rule is found by way of an index of the whole graph."""


def item_card(backward: Backward, overview: Overview, item: str) -> dict[str, Any] | None:
    """The card of the item with this id, as overview_card.js reads it; None for no such item.

    facts   pairs of what it is and what it is here
    moment  the rule card of an operation or leaf that fired, as that of a step of the stage
    words   what is inside a folded block
    """
    if item not in overview.items.id:
        return None
    return ItemCards(backward).of(overview, overview.items.id.index(item))


class ItemCards:
    """The cards of many items of one backward pass: what they look up is made once."""

    def __init__(self, backward: Backward) -> None:
        self._backward = backward
        self._nodes = {node.id: node for node in backward.nodes}
        self._steps: dict[str, int] = {}
        for number, step in enumerate(backward.steps):
            self._steps.setdefault(step.node, number)

    def of(self, overview: Overview, place: int, rule: bool = True) -> dict[str, Any]:
        """The card of the item at this place; without `rule` its numbers alone."""
        items = overview.items
        item = items.id[place]
        card: dict[str, Any] = {"id": item, "facts": [], "moment": None, "words": ""}
        if items.kind[place] == "group":
            return card | {"words": self._inside(overview, place)}
        node = self._nodes.get(item.partition("@")[0])
        if node is None:
            return card
        step = self._steps.get(node.id)
        moment = _moment(self._backward, step) if rule else None
        return card | {"facts": list(_facts(self._backward, node, step)), "moment": moment}

    def _inside(self, overview: Overview, place: int) -> str:
        """What fires in a folded block, the most frequent first."""
        steps = self._backward.steps
        counts = Counter(
            self._nodes[step.node].name
            for beat in overview.beats
            if beat.item == place
            for step in steps[beat.start : beat.stop]
        ).most_common()
        if not counts:
            return ""
        shown = [f"{count:,} × {name}" for name, count in counts[:MOST_NAMES]]
        more = len(counts) - MOST_NAMES
        ending = f", and {more} other kinds" if more > 0 else ""
        return f"Fires inside: {', '.join(shown)}{ending}."


def _facts(backward: Backward, node: Node, step: int | None) -> Iterator[tuple[str, str]]:
    if node.variable:
        yield "variable", node.variable
    if node.module:
        yield "module", node.module
    if node.place or node.line:
        yield "where", node.place or f"line {node.line}"
    if node.shape:
        yield "shape", shape_text(node.shape).strip("[]")
    if node.value is not None:
        yield "value", _one_line(node.value)
    if step is not None:
        arrived = next((array for array in backward.steps[step].incoming if array), None)
        if arrived is not None:
            yield "gradient", _one_line(arrived)


def _one_line(array: Array) -> str:
    return numbers(array).replace("<br>", ", ")


def _moment(backward: Backward, step: int | None) -> dict[str, Any] | None:
    if step is None or len(backward.steps) > MOST_STEPS_WITH_RULES:
        return None
    card: dict[str, Any] = msgspec.to_builtins(explain_step(backward, step))
    return {"heading": "", "say": "", "card": card}
