"""Gradient descent on the loss of the program: curve or map, path, a learning rate to move."""

from __future__ import annotations

from html import escape

import streamlit as st

from viz.draw.descent import descent_player, verdict
from viz.errors import UserError
from viz.limits import DEFAULT
from viz.page import assets, components, studies
from viz.page.address import RATES
from viz.page.markdown import markdown_safe
from viz.page.tabs.tab import Shown, Tab
from viz.rules.numbers import format_number
from viz.rules.proofs import leaves_in_order
from viz.study import Descent, Landscape
from viz.trace import Node, Number

FIRST_RATE = 0.1
STEPS = 30
ZOOMS = {"near": 1.0, "wider": 3.0, "far": 10.0}
MOST_SEEN = 200
"""Values of a training loop that are drawn; of more, evenly chosen ones."""

PATIENCE = 3 * DEFAULT.seconds

MARKS = {
    "converging": ("✓", "agrees"),
    "oscillating": ("↔", "differs"),
    "diverging": ("✗", "differs"),
    "moving": ("→", "unknown"),
    "resting": ("–", "unknown"),
}


def show(shown: Shown) -> None:
    found = scalars(shown)
    axes = _chosen(found)
    if not axes:
        st.info("Choose one or two leaves.", icon=":material/help:")
        return
    rate, zoom = _controls()
    trace, number = shown.answer.trace, shown.backward.number
    seen = tuple(_recorded(shown, found[axis]) for axis in axes)
    with st.spinner("The program is run over a grid …", show_time=True):
        land = studies.wait(
            lambda: studies.landscape(trace.source, trace.inputs, number, axes, seen, zoom),
            PATIENCE,
        )
        path = studies.wait(
            lambda: studies.descent(trace.source, trace.inputs, number, axes, rate, STEPS),
            PATIENCE,
        )
    if not isinstance(land, Landscape) or not isinstance(path, Descent):
        wrong = next((each for each in (land, path) if isinstance(each, UserError)), None)
        said = "The server is too busy just now." if wrong is None else str(wrong)
        st.warning(markdown_safe(said), icon=":material/timer_off:")
        return
    sign, style = MARKS[path.course]
    st.html(
        f"<p class='sg-said'><span class='sg-is-{style}'>{sign}</span> {escape(verdict(path))}</p>"
    )
    player = descent_player(land, path, seen if all(seen) else (), shown.colours)
    look = f"{shown.content}/{axes}/{rate}/{zoom}/{shown.colours}"
    components.player(look, player, assets.plotly_address())
    st.caption(
        f"This picture took {land.runs:,} runs of the program. Each step is "
        "leaf − learning rate × gradient, with the engine’s gradient at that place."
    )


def scalars(shown: Shown) -> dict[int, Node]:
    """The leaves of one element, by their position among the leaves of the graph."""
    leaves = enumerate(leaves_in_order(shown.backward))
    return {index: node for index, node in leaves if _size(node) == 1}


def _size(node: Node) -> int:
    return -1 if node.value is None else node.value.size


def _chosen(found: dict[int, Node]) -> tuple[int, ...]:
    """One or two leaves: those there are, or those that the person chooses."""
    if len(found) == 1:
        return tuple(found)
    chosen = st.multiselect(
        "Leaves that move",
        list(found),
        default=list(found)[:2],
        format_func=lambda index: found[index].variable or f"unnamed leaf {index + 1}",
        max_selections=2,
        key=f"descent-leaves-{'-'.join(map(str, found))}",
    )
    return tuple(sorted(chosen))


def _controls() -> tuple[float, float]:
    left, right = st.columns([0.62, 0.38], vertical_alignment="bottom")
    st.session_state.setdefault("rate", st.session_state.get("wanted_rate") or FIRST_RATE)
    rate = left.select_slider("Learning rate", RATES, format_func=format_number, key="rate")
    st.session_state.wanted_rate = None if rate == FIRST_RATE else float(rate)
    zoom = right.segmented_control("Range", list(ZOOMS), default="near", key="zoom", required=True)
    return float(rate), ZOOMS[str(zoom)]


def _recorded(shown: Shown, leaf: Node) -> tuple[Number, ...]:
    """The values of this leaf at the calls of backward, where it was trained."""
    history = shown.answer.trace.history
    for curve in history.curves:
        if leaf.variable and curve.name == leaf.variable and curve.values is not None:
            values = tuple(value for value in curve.values if value is not None)
            if len(set(values)) > 1:
                return values[:: max(1, len(values) // MOST_SEEN)]
    return ()


TAB = Tab("descent", "Descent", show, lambda shown: bool(scalars(shown)), again=True)
