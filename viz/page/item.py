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
    items = overview.items
    if item not in items.id:
        return None
    place = items.id.index(item)
    if items.kind[place] == "group":
        return {
            "id": item,
            "facts": [],
            "moment": None,
            "words": _inside(backward, overview, place),
        }
    node_id = item.partition("@")[0]
    node = next((node for node in backward.nodes if node.id == node_id), None)
    if node is None:
        return {"id": item, "facts": [], "moment": None, "words": ""}
    step = next((n for n, step in enumerate(backward.steps) if step.node == node_id), None)
    return {
        "id": item,
        "facts": list(_facts(backward, node, step)),
        "moment": _moment(backward, step),
        "words": "",
    }


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


def _inside(backward: Backward, overview: Overview, place: int) -> str:
    """What fires in a folded block, the most frequent first."""
    names = {node.id: node.name for node in backward.nodes}
    fired = [
        names[step.node]
        for beat in overview.beats
        if beat.item == place
        for step in backward.steps[beat.start : beat.stop]
    ]
    if not fired:
        return ""
    counts = Counter(fired).most_common()
    shown = [f"{count:,} × {name}" for name, count in counts[:MOST_NAMES]]
    more = len(counts) - MOST_NAMES
    ending = f", and {more} other kinds" if more > 0 else ""
    return f"Fires inside: {', '.join(shown)}{ending}."
