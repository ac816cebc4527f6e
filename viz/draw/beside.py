"""What stands beside the lines of a program: what it printed, and the values that lines gave."""

from __future__ import annotations

import unicodedata
from html import escape

from viz.draw.text import numbers, shape_text
from viz.trace import Backward


def printed_text(printed: str) -> str:
    """What the program printed, character by character."""
    # What turns the writing direction could show another text than was printed.
    plain = "".join("\ufffd" if unicodedata.category(c) == "Cf" else c for c in printed)
    shown = escape(plain.rstrip("\n"))
    return f'<div class="sg-label">Output</div><pre class="sg-output">{shown}</pre>'


def line_notes(backward: Backward) -> dict[int, str]:
    """For each line of the program the value that it gave to a name, for the editor's margin."""
    notes: dict[int, str] = {}
    nodes = {node.id: node for node in backward.nodes}
    for node_id in backward.forward:
        node = nodes[node_id]
        name = node.variable or ""
        named = name and not name.startswith("∂") and not name.endswith(".grad")  # the engine's own
        if named and node.line and node.value is not None and len(node.values) == 1:
            text = numbers(node.value)
            again = "last " if node.line in notes else ""
            notes[node.line] = again + (
                text if "<br>" not in text else shape_text(node.value.shape)
            )
    return notes
