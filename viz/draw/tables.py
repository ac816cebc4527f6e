"""Turn a Backward into the quiet tables beside the stage: leaves and steps, as escaped HTML."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from viz.draw.moments import Moment
from viz.draw.scene import Scene
from viz.draw.text import numbers
from viz.rules.numbers import format_value
from viz.trace import Array, Backward, Leaf

CELL_NUMBERS = 12
"""A tensor with more elements stands in a table as shape and range, and opens on a click."""


LONG_ROW = 3
"""Numbers from which on a row may be broken: the columns after it have to stay in sight."""

MOST_ROWS = 4
"""A taller matrix opens on a click."""

MANY_LEAVES = 6
"""More leaves scroll in a window of their own, and of columns that say the same, one is shown."""

BRIEF = "Every .grad was None before: what arrived is what stands there after."

WAITING = "<span class='sg-quiet' title='The slope is being measured.'>…</span>"


def leaves_table(
    backward: Backward, checks: Mapping[str, str] | None = None, checked: bool = True
) -> str:
    """Each leaf with value and gradient before, arriving, after; or with what was returned.

    checks   what the measured slopes say, as HTML for the node of each leaf; None while they are
             still being measured
    checked  whether there is a column for them: not where nothing can be run again

    Of many leaves that all had no gradient before, what arrives is what each has after, and stands
    there once.
    """
    arriving = _arriving(backward)
    brief = _is_brief(backward, arriving)
    rows = "".join(
        _leaf_row(backward, leaf, arriving.get(leaf.node or ""), checks, checked, brief)
        for leaf in backward.leaves
    )
    gradients: tuple[str, ...] = (".grad before", "arriving", ".grad after")
    if backward.way == "grad":
        gradients = ("returned",)
    elif brief:
        gradients = (".grad after",)
    last = ("check",) if checked else ()
    heads = "".join(f"<th>{head}</th>" for head in ("leaf", "value", *gradients, *last))
    head = f"<thead><tr>{heads}</tr></thead>"
    many = len(backward.leaves) > MANY_LEAVES
    window = ' sg-many" tabindex="0" role="region" aria-label="Leaves' if many else ""
    note = f"<p class='sg-quiet sg-brief'>{BRIEF}</p>" if brief else ""
    return (
        f'<div class="sg-scroll{window}"><table class="sg-table sg-leaves">{head}<tbody>{rows}'
        f"</tbody></table></div>{note}"
    )


def _is_brief(backward: Backward, arriving: Mapping[str, Array | None]) -> bool:
    """Whether BRIEF is true of all of them: not where a hook changed what arrived, say."""
    return (
        backward.way == "backward"
        and len(backward.leaves) > MANY_LEAVES
        and not any(leaf.retained for leaf in backward.leaves)
        and all(
            leaf.before is None and leaf.after == arriving.get(leaf.node or "")
            for leaf in backward.leaves
        )
    )


def _leaf_row(
    backward: Backward,
    leaf: Leaf,
    arriving: Array | None,
    checks: Mapping[str, str] | None,
    checked: bool,
    brief: bool,
) -> str:
    # A long path may go on in the next line, where a name in it ends.
    what = f"{escape(leaf.name).replace('.', '.<wbr>')}{_apart(backward, leaf)}"
    name = f"<th scope='row'>{what}</th><td class='sg-forward'>{cell(leaf.value)}</td>"
    if not leaf.requires_grad:
        columns = (1 if backward.way == "grad" or brief else 3) + checked
        return f"<tr>{name}<td colspan='{columns}' class='sg-quiet'>does not require grad</td></tr>"
    check = f"<td class='sg-check'>{_check(leaf, checks)}</td>" if checked else ""
    if backward.way == "grad":
        return f"<tr>{name}{_returned(leaf)}{check}</tr>"
    arrived = cell(arriving) if arriving is not None else "nothing"
    before = cell(leaf.before) if leaf.before is not None else "None"
    after = cell(leaf.after) if leaf.after is not None else "None"
    if brief:
        return f"<tr>{name}<td class='sg-gradient'><b>{after}</b></td>{check}</tr>"
    return (
        f"<tr>{name}<td>{before}</td><td class='sg-gradient'>{arrived}</td>"
        f"<td class='sg-gradient'><b>{after}</b></td>{check}</tr>"
    )


def _check(leaf: Leaf, checks: Mapping[str, str] | None) -> str:
    """Only a leaf that the graph reaches has a gradient to compare."""
    if leaf.node is None or leaf.retained:
        return ""
    return WAITING if checks is None else checks.get(leaf.node, "")


def _apart(backward: Backward, leaf: Leaf) -> str:
    """What is said of a result among the leaves."""
    if not leaf.retained:
        return ""
    kept = "" if backward.way == "grad" else ", retain_grad"
    return f" <span class='sg-quiet'>(not a leaf{kept})</span>"


def _returned(leaf: Leaf) -> str:
    if leaf.after is not None:
        return f"<td class='sg-gradient'><b>{cell(leaf.after)}</b></td>"
    why = "not reached" if leaf.node is None else "not asked for"
    return f"<td class='sg-quiet'>{why}</td>"


def _arriving(backward: Backward) -> dict[str, Array | None]:
    """The sum that arrived at each node; of several results of one operation at the first one."""
    return {
        step.node: next((array for array in step.incoming if array is not None), None)
        for step in backward.steps
    }


def cell(array: Array | None, most: int = CELL_NUMBERS) -> str:
    """A tensor in a table cell: all its numbers where they are few, else shape and range, which
    open to the numbers that were recorded."""
    if array is None:
        return "–"
    if array.values is None or len(array.shape) > 2 or array.size == 0:
        return numbers(array)
    is_large = len(array.shape) == 2 and (array.shape[1] >= LONG_ROW or array.shape[0] > MOST_ROWS)
    if array.size <= most and not is_large:
        return rows_of(array)
    return f"<details><summary>{numbers(array)}</summary>{rows_of(array)}</details>"


def rows_of(array: Array) -> str:
    """One line for each row of a matrix; a long row may go on in the next line."""
    shown = [format_value(value) for value in array.values or ()]
    if array.is_scalar:
        return shown[0]
    columns = array.shape[-1]
    rows = [shown[start : start + columns] for start in range(0, len(shown), columns)]
    return "<br>".join(_row(row) for row in rows)


def _row(cells: list[str]) -> str:
    text = f"[{', '.join(cells)}]"
    return f"<span class='sg-row'>{text}</span>" if len(cells) >= LONG_ROW else text


def steps_table(scene: Scene, moments: tuple[Moment, ...], current: int) -> str:
    """All steps of the backward pass, the present one marked."""
    rows = []
    for index, moment in enumerate(moments):
        number = int(moment.name[1:])
        if moment.phase != "backward" or not 0 < number <= len(scene.backward.steps):
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
    if scene.returns(step):
        sends = ["returned by torch.autograd.grad"]
    elif node.kind == "leaf":
        sends = [f"adds to {escape(node.variable or 'leaf')}.grad"]
    statement = moment.card.statement if moment.card else ""
    incoming = "<br>".join(cell(array) for array in step.incoming)
    return (
        f"<td>{number}</td><td>{node.line or '–'}</td><th scope='row'>{escape(node.name)}</th>"
        f"<td>{escape(statement)}</td><td class='sg-gradient'>{incoming}</td>"
        f"<td class='sg-gradient'>{'<br>'.join(sends) or 'nothing'}</td>"
    )
