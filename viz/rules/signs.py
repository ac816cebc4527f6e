"""An operation -> what a person would write inside its circle."""

from __future__ import annotations

from viz.rules.graph import call_name, plain_arguments
from viz.rules.guard import guarded
from viz.rules.row import Arguments, MissingValueError, choose
from viz.rules.table import TABLE, Table
from viz.rules.wording import LONGEST_SIGN
from viz.trace import Node


def sign(node: Node, table: Table = TABLE) -> str:
    """At most seven characters: a sign, or a short word; "" for what is no operation.

    >>> sign(Node(id="n1", kind="operation", name="MulBackward0"))
    '×'
    >>> sign(Node(id="n1", kind="operation", name="SomeFunctionBackward0"))
    'some_f…'
    """
    if node.kind != "operation":
        return ""
    row = table.get(node.name)
    found = None
    if row is not None:
        plain = Arguments({**row.defaults, **plain_arguments(node)})
        try:
            found = guarded(node.name, lambda: choose(row.sign, plain), None)
        except MissingValueError:
            found = None
    return _short(found or call_name(node))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SIGN else f"{text[: LONGEST_SIGN - 1]}…"
