"""Turn the gradients of two programs into the table that compares them, as HTML, all escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from viz.page.results import cell, markdown_safe
from viz.rules.compare import Pair
from viz.rules.numbers import format_number
from viz.trace import Array, Leaf, to_float

WORDS = {
    "equal": "equal",
    "equal summary": "equal in range and norm",
    "opposite": "opposite",
    "zero": "both 0",
    "zero in A": "0 in A",
    "zero in B": "0 in B",
    "none": "both None",
    "None in A": "None in A",
    "None in B": "None in B",
    "only in A": "only in A",
    "only in B": "only in B",
    "not finite": "not finite",
}
"""What stands in the column of ratios where the ratio is not what matters."""


def markdown_verdict(sentences: Sequence[str]) -> str:
    first, *others = map(markdown_safe, sentences)
    return " ".join([f"**{first}**", *others])


def gradients_table(found: Sequence[Pair]) -> str:
    """Leaf by leaf: value, gradient and its norm in both programs, and B's norm over A's."""
    heads = (
        ("", "leaf"),
        ("", "value"),
        ("A", ".grad in A"),
        ("B", ".grad in B"),
        ("A", "norm in A"),
        ("B", "norm in B"),
        ("", "B : A"),
    )
    head = "".join(f'<th data-side="{side}">{text}</th>' for side, text in heads)
    rows = "".join(map(_row, found))
    return (
        f'<div class="sg-scroll"><table class="sg-table sg-leaves sg-compared"><thead><tr>{head}'
        f"</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(pair: Pair) -> str:
    name = escape(pair.name) or "<i>no name</i>"
    one, other = pair.gradients
    return (
        f"<tr><th scope='row'>{name}</th><td class='sg-forward'>{_values(pair)}</td>"
        f"{_gradient(pair.first)}{_gradient(pair.second)}"
        f"<td>{_norm(one)}</td><td>{_norm(other)}</td><td><b>{_ratio(pair)}</b></td></tr>"
    )


def _values(pair: Pair) -> str:
    """One value where both programs have the same, else both."""
    leaves = [leaf for leaf in (pair.first, pair.second) if leaf is not None]
    cells = [cell(leaf.value) for leaf in leaves]
    if len(cells) == 1 or leaves[0].value == leaves[1].value:
        return cells[0]
    return f"A {cells[0]}<br>B {cells[1]}"


def _gradient(leaf: Leaf | None) -> str:
    if leaf is None:
        return "<td class='sg-quiet'>no such leaf</td>"
    if not leaf.requires_grad:
        return "<td class='sg-quiet'>does not require grad</td>"
    if leaf.after is None:
        return "<td class='sg-quiet'>None</td>"
    return f"<td class='sg-gradient'><b>{cell(leaf.after)}</b></td>"


def _norm(array: Array | None) -> str:
    if array is None:
        return "–"
    if array.nonfinite or array.norm is None:
        return "not finite" if array.nonfinite else "–"
    return format_number(to_float(array.norm))


def _ratio(pair: Pair) -> str:
    words = WORDS.get(pair.relation)
    if words is not None or pair.ratio is None:
        return words or "–"
    return f"× {format_number(pair.ratio, 3)}"
