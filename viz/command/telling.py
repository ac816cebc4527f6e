"""Tell a backward pass as text: every step with its formula, the leaves, what to notice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from viz.draw.markup import ems, printable
from viz.errors import InputError
from viz.rules import Card, explain_seed, explain_step, format_array, text_of
from viz.rules.surprises import explain_stop, surprises_of_trace
from viz.trace import Array, Backward, Leaf, Trace

NOTHING = "nothing"
INDENT = "    "


def told(trace: Trace, index: int, name: str) -> str:
    """The text about one backward pass of the trace.

    index   in `trace.backwards`; below 0 from the last
    name    of the program

    Raises InputError where the trace has no such backward pass.
    """
    count = len(trace.backwards)
    if not -count <= index < count:
        known = f"They go from 0 to {count - 1}." if count else "The trace has none."
        raise InputError(f"there is no backward pass {index}.", hint=known)
    backward = trace.backwards[index]
    paragraphs = [
        *_printed(trace),
        _headline(backward, index % count, count, name),
        *_steps(backward),
        "Leaves\n" + _table(_leaf_rows(backward)),
        *_noticed(trace, index),
    ]
    lines = "\n\n".join(paragraphs).splitlines()
    return "".join(f"{printable(line).rstrip()}\n" for line in lines)


def _printed(trace: Trace) -> list[str]:
    text = trace.printed.rstrip("\n")
    return [f"Printed\n{_indented(text)}"] if text else []


def _headline(backward: Backward, number: int, count: int, name: str) -> str:
    called = "torch.autograd.grad" if backward.way == "grad" else "backward"
    where = f", line {backward.line}" if backward.line else ""
    which = f" ({number} of 0 to {count - 1})" if count > 1 else ""
    operations = len(backward.forward)
    plural = "operation" if operations == 1 else "operations"
    return f"{name}{where}: {called}{which}, {operations} {plural}, {len(backward.steps)} steps"


def _steps(backward: Backward) -> Iterator[str]:
    nodes = {node.id: node for node in backward.nodes}
    seed = explain_seed(backward)
    yield f"Start: {seed.statement}\n{_formulas(seed)}"
    for index, step in enumerate(backward.steps):
        card = explain_step(backward, index)
        line = nodes[step.node].line
        where = f"   (line {line})" if line else ""
        ways = [f"{INDENT}incoming {_arrays(step.incoming)}"]
        if nodes[step.node].kind == "operation":
            ways.append(f"{INDENT}outgoing {_arrays(step.outgoing)}")
        head = f"{index + 1}. {card.title}: {card.statement}{where}"
        yield "\n".join(filter(None, [head, _formulas(card), *ways]))
    if backward.stop is not None:
        card = explain_stop(backward)
        head = f"{len(backward.steps) + 1}. {card.title} stopped: {card.statement}"
        yield f"{head}\n{_indented(card.words)}"


def _formulas(card: Card) -> str:
    lines = [
        f"{INDENT}{text_of(line.parts)}"
        + ("   ✗ the engine sent something else" if line.engine == "differs" else "")
        for line in card.lines
    ]
    return "\n".join(lines) or _indented(card.words)


def _arrays(arrays: Sequence[Array | None]) -> str:
    shown = [format_array(array) if array is not None else NOTHING for array in arrays]
    return ", ".join(shown) or NOTHING


def _leaf_rows(backward: Backward) -> list[tuple[str, ...]]:
    gradients = ("returned",) if backward.way == "grad" else (".grad before", ".grad after")
    heads = ("leaf", "value", *gradients)
    return [heads, *(_leaf_row(leaf, len(heads)) for leaf in backward.leaves)]


def _leaf_row(leaf: Leaf, columns: int) -> tuple[str, ...]:
    name, value = leaf.name or "(no name)", format_array(leaf.value)
    if not leaf.requires_grad:
        return name, value, "does not require grad", *[""] * (columns - 3)
    before, after = (
        format_array(a) if a is not None else "None" for a in (leaf.before, leaf.after)
    )
    return (name, value, after) if columns == 3 else (name, value, before, after)


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        INDENT
        + "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        for row in rows
    )


def _width(text: str) -> int:
    """In columns of a terminal, of which a Chinese sign takes two."""
    return int(2 * ems(text))


def _noticed(trace: Trace, index: int) -> Iterator[str]:
    notices = [
        (f"line {notice.line}: " if notice.line else "") + notice.text for notice in trace.notices
    ]
    if notices:
        yield "Said by the run\n" + "\n".join(map(_indented, notices))
    found = [
        "\n".join(filter(None, [f"{found.title}: {found.text}", found.cure]))
        for found in surprises_of_trace(trace, index)
    ]
    if found:
        yield "To notice\n" + "\n".join(map(_indented, found))


def _indented(text: str) -> str:
    return "\n".join(f"{INDENT}{line}" for line in text.splitlines())
