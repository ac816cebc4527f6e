"""Turn the gradients of two programs into the table that compares them, as HTML, all escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from viz.draw.tables import cell
from viz.page.markdown import markdown_safe
from viz.rules.compare import Pair
from viz.rules.numbers import format_number
from viz.trace import Array, Leaf, to_float

CELL_NUMBERS = 6
"""Fewer than in other tables: here two of each stand side by side."""
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
    """Leaf by leaf: value, gradient and its norm in both programs, and B's over A's.

    The norm of a single number is its size: where all are single numbers it is left out.
    """
    has_norms = any(a is not None and a.size != 1 for pair in found for a in pair.gradients)
    heads = [("", "leaf"), ("", "value"), ("A", "gradient in A"), ("B", "gradient in B")]
    heads += [("A", "norm in A"), ("B", "norm in B")] if has_norms else []
    heads += [("", "B : A")]
    head = "".join(f'<th data-side="{side}">{text}</th>' for side, text in heads)
    rows = "".join(_row(pair, has_norms) for pair in found)
    return (
        f'<div class="sg-scroll"><table class="sg-table sg-leaves sg-compared"><thead><tr>{head}'
        f"</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(pair: Pair, has_norms: bool) -> str:
    name = escape(pair.name) or "<i>no name</i>"
    if any(leaf is not None and leaf.retained for leaf in (pair.first, pair.second)):
        name += " <span class='sg-quiet'>(not a leaf)</span>"
    norms = "".join(f"<td>{_norm(gradient)}</td>" for gradient in pair.gradients)
    return (
        f"<tr><th scope='row'>{name}</th><td class='sg-forward'>{_values(pair)}</td>"
        f"{_gradient(pair.first)}{_gradient(pair.second)}{norms if has_norms else ''}"
        f"<td><b>{_ratio(pair)}</b></td></tr>"
    )


def _values(pair: Pair) -> str:
    """One value where both programs have the same, else both."""
    leaves = [leaf for leaf in (pair.first, pair.second) if leaf is not None]
    cells = [cell(leaf.value, CELL_NUMBERS) for leaf in leaves]
    if len(cells) == 1 or leaves[0].value == leaves[1].value:
        return cells[0]
    return "".join(
        f"<div class='sg-two'><span>{side}</span><span>{shown}</span></div>"
        for side, shown in zip("AB", cells, strict=True)
    )


def _gradient(leaf: Leaf | None) -> str:
    if leaf is None:
        return "<td class='sg-quiet'>no such leaf</td>"
    if not leaf.requires_grad:
        return "<td class='sg-quiet'>does not require grad</td>"
    if leaf.after is None:
        return "<td class='sg-quiet'>None</td>"
    return f"<td class='sg-gradient'><b>{cell(leaf.after, CELL_NUMBERS)}</b></td>"


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
