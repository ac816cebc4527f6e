"""Each gradient beside a slope that was measured without any derivative."""

from __future__ import annotations

from html import escape

import streamlit as st

from viz.errors import UserError
from viz.limits import DEFAULT
from viz.page import studies
from viz.page.markdown import markdown_safe
from viz.page.tabs.tab import Shown, Tab
from viz.rules.numbers import format_number, format_value
from viz.rules.proofs import SIGNS, WORDS, badge, how_many, place_of, proofs_by_node, sentence
from viz.study import Element, LeafProof, Proof
from viz.trace import to_float

HEADS = ("leaf", "engine", "difference quotient", "difference", "", "what this says")

PATIENCE = 3 * DEFAULT.seconds
"""The study itself is ended in time; before it others may run."""


def show(shown: Shown) -> None:
    trace, backward = shown.answer.trace, shown.backward
    with st.spinner("The program is run again and again …", show_time=True):
        found = studies.wait(lambda: studies.proof(trace, backward), PATIENCE)
    if not isinstance(found, Proof):
        said = str(found) if isinstance(found, UserError) else "The server is too busy just now."
        st.warning(markdown_safe(said), icon=":material/timer_off:")
        return
    if found.reason:
        st.info(markdown_safe(found.reason), icon=":material/help:")
        return
    st.html(explanation(found))
    by_node = proofs_by_node(backward, found)
    names = {node.id: node.variable or "unnamed leaf" for node in backward.nodes}
    st.html(proof_table({node: (names[node], leaf) for node, leaf in by_node.items()}, found))


def explanation(proof: Proof) -> str:
    """What was done, in words."""
    return (
        '<p class="sg-said">The slope of the loss is measured without any derivative. One element '
        "of one leaf is moved by <i>h</i> to either side, the whole program is run again, and the "
        "two losses are compared: (f(x + h) − f(x − h)) / 2h, refined with half the <i>h</i>. "
        f"Here this took {proof.runs:,} runs, "
        + (
            "with everything that the program computes in float32 carried as float64."
            if proof.precision == "float64"
            else f"in {escape(proof.precision)}: the program can’t be carried as float64, "
            "so agreement is held to two digits only."
        )
        + "</p>"
    )


def proof_table(leaves: dict[str, tuple[str, LeafProof]], proof: Proof) -> str:
    """All measured elements, leaf by leaf."""
    rows = "".join(_rows(name, leaf, proof) for name, leaf in leaves.values())
    heads = "".join(f"<th>{head}</th>" for head in HEADS)
    return (
        '<div class="sg-scroll"><table class="sg-table sg-proof">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _rows(name: str, leaf: LeafProof, proof: Proof) -> str:
    if not leaf.elements:
        reason = escape(badge(leaf, proof).reason)
        return f"<tr><th scope='row'>{escape(name)}</th><td colspan='5'>{reason}</td></tr>"
    rows = "".join(_row(name, leaf, element) for element in leaf.elements)
    if len(leaf.elements) < leaf.size:
        count = how_many(len(leaf.elements), leaf.size)
        rows += (
            f"<tr><th scope='row'>{escape(name)}</th><td colspan='5' class='sg-quiet'>"
            f"{count} elements were measured, evenly spread.</td></tr>"
        )
    return rows


def _row(name: str, leaf: LeafProof, element: Element) -> str:
    place = "" if leaf.size == 1 else place_of(element)
    quotient = "–" if element.quotient is None else format_number(to_float(element.quotient), 8)
    difference, verdict = element.difference, element.verdict
    return (
        f"<tr><th scope='row'>{escape(name)}{place}</th>"
        f"<td class='sg-gradient'>{format_value(element.engine)}</td>"
        f"<td>{quotient}</td>"
        f"<td>{'–' if difference is None else format_number(difference, 2)}</td>"
        f"<td class='sg-is-{verdict}'>{SIGNS[verdict]} {WORDS[verdict]}</td>"
        f"<td>{escape(sentence(element, leaf))}</td></tr>"
    )


TAB = Tab("proof", "Proof", show, again=True)
