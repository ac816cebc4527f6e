"""Turn a Trace into the quiet parts of the page: output, leaves, steps, as HTML, all escaped."""

from __future__ import annotations

from html import escape

from viz.draw.moments import Moment
from viz.draw.scene import Scene
from viz.draw.text import numbers, shape_text
from viz.trace import Array, Backward, Leaf


def markdown_safe(text: str) -> str:
    """The text as Markdown that shows just these characters: no link, image, colour or formula.

    >>> markdown_safe("**a** ![x](http://b)")
    '\\\\*\\\\*a\\\\*\\\\* \\\\!\\\\[x\\\\]\\\\(http\\\\://b\\\\)'
    """
    marks = set("\\`*_{}[]()#+-.!|<>~$:^&=\"'")
    shown = "".join("\\" + c if c in marks else c for c in text)
    return shown.replace("\n", "  \n")


def printed_text(printed: str) -> str:
    """What the program printed, character by character."""
    shown = escape(printed.rstrip("\n"))
    return f'<div class="sg-label">Output</div><pre class="sg-output">{shown}</pre>'


def leaves_table(backward: Backward) -> str:
    """Each leaf with value and gradient before, arriving, after."""
    rows = "".join(_leaf_row(backward, leaf) for leaf in backward.leaves)
    heads = "".join(
        f"<th>{head}</th>" for head in ("leaf", "value", ".grad before", "arriving", ".grad after")
    )
    return f'<table class="sg-table"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _leaf_row(backward: Backward, leaf: Leaf) -> str:
    name = f"<th scope='row'>{escape(leaf.name)}</th><td class='sg-forward'>{cell(leaf.value)}</td>"
    if not leaf.requires_grad:
        return f"<tr>{name}<td colspan='3' class='sg-quiet'>does not require grad</td></tr>"
    arriving = next((step.incoming[0] for step in backward.steps if step.node == leaf.node), None)
    arrived = cell(arriving) if arriving is not None else "nothing"
    before = cell(leaf.before) if leaf.before is not None else "None"
    after = cell(leaf.after) if leaf.after is not None else "None"
    return (
        f"<tr>{name}<td>{before}</td><td class='sg-gradient'>{arrived}</td>"
        f"<td class='sg-gradient'><b>{after}</b></td></tr>"
    )


def cell(array: Array | None) -> str:
    """A tensor in a table cell: numbers where small, else shape and range, over several lines."""
    if array is None:
        return "–"
    text = numbers(array)  # plotly's line breaks are HTML's
    shape = shape_text(array.shape)
    return text if not shape or text.startswith(shape) else f"{text}"


def steps_table(scene: Scene, moments: tuple[Moment, ...], current: int) -> str:
    """All steps of the backward pass, the present one marked."""
    rows = []
    for index, moment in enumerate(moments):
        if moment.phase != "backward" or moment.name == "b0":
            continue
        mark = " aria-current='step' class='sg-current'" if index == current else ""
        rows.append(f"<tr{mark}>{_step_cells(scene, moment)}</tr>")
    heads = "".join(
        f"<th>{head}</th>"
        for head in ("step", "line", "operation", "forward", "upstream gradient", "sends")
    )
    return (
        f'<table class="sg-table sg-steps"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _step_cells(scene: Scene, moment: Moment) -> str:
    number = int(moment.name[1:])
    step = scene.firing(number)
    node = scene.nodes[step.node]
    sends = []
    for index in scene.edges_from[node.id]:
        edge = scene.backward.edges[index]
        receiver = scene.nodes[edge.downstream]
        sends.append(f"{cell(edge.contribution)} → {escape(receiver.variable or receiver.name)}")
    if node.kind == "leaf":
        sends = [f"adds to {escape(node.variable or 'leaf')}.grad"]
    statement = moment.card.statement if moment.card else ""
    incoming = "<br>".join(cell(array) for array in step.incoming)
    return (
        f"<td>{number}</td><td>{node.line or '–'}</td><th scope='row'>{escape(node.name)}</th>"
        f"<td>{escape(statement)}</td><td class='sg-gradient'>{incoming}</td>"
        f"<td class='sg-gradient'>{'<br>'.join(sends) or 'nothing'}</td>"
    )


def line_notes(backward: Backward) -> dict[int, str]:
    """For each line of the program the value that it gave to a name, for the editor's margin."""
    notes: dict[int, str] = {}
    for node_id in backward.forward:
        node = backward.node(node_id)
        if node.variable and node.line and node.value is not None:
            text = numbers(node.value)
            notes[node.line] = text if "<br>" not in text else shape_text(node.value.shape)
    return notes
