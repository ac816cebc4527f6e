"""The right side: the stepper or the overview, and below it the tabs. A fragment: stepping reruns
only this."""

from __future__ import annotations

import streamlit as st

from viz.draw.item import item_card
from viz.draw.theme import ThemeName
from viz.errors import UserError
from viz.page import components, engine, overview, state
from viz.page.fence import fenced
from viz.page.markdown import markdown_safe
from viz.page.tabs import TABS, Shown
from viz.sandbox import Answer

NOT_AGAIN = "This needs to run the program again, and a file can’t be run again."
WAYS = {"steps": "Step by step", "overview": "Overview"}
FIRST_TAB = {"overview": "flow"}
"""The tab that is open at first: torchviz's picture of a large graph takes seconds."""


def theme() -> ThemeName:
    return "dark" if st.context.theme.type == "dark" else "light"


@st.fragment
def stage_view(answer: Answer, chosen: int, stale: bool, plotly: str, file: str = "") -> None:
    """Show one backward pass, its steps and torchviz's picture of it.

    file   a short name for the content of the file that it came from; "" for a program that was run
    """
    with fenced(bool(file)):
        _show(answer, chosen, stale, plotly, file)


def _show(answer: Answer, chosen: int, stale: bool, plotly: str, file: str) -> None:
    colours = theme()
    way = _way(answer, chosen, file)
    forward_first = way == "steps" and bool(st.session_state.get("forward_first"))
    # A file may claim to be of a program that others run: what is kept of it has a name of its own.
    content = f"{file}/{state.content_name(answer.trace, chosen)}"
    run = state.run_name(answer.trace.backwards[chosen], chosen, forward_first)
    if not file:
        st.session_state.shown_run = run
    shown = Shown(answer, chosen, colours, forward_first, content, run, bool(file))
    if way == "overview":
        _overview(shown, stale)
    else:
        look = f"{content}/{colours}/{stale}"
        start = 0 if file else state.start_step(run)
        components.stepper(run, look, shown.stage, start, plotly, stale, linked=not file)
        st.toggle("Show the forward pass first", key="forward_first")
    _tabs(shown, way)
    if not file:
        state.publish()


def _way(answer: Answer, chosen: int, file: str) -> str:
    """How the graph is shown: a large one as an overview; where it may be folded, as wished."""
    large = answer.overviews[chosen] is not None
    usual = "overview" if large else "steps"
    if not large and not any(node.module for node in answer.trace.backwards[chosen].nodes):
        return usual
    key = f"{state.way_key()}{file}"
    linked = "" if file else st.session_state.get("way")
    st.session_state.setdefault(key, linked or usual)
    way = st.segmented_control(
        "How the graph is shown",
        list(WAYS),
        format_func=WAYS.__getitem__,
        key=key,
        required=True,
        label_visibility="collapsed",
    )
    if not file:
        st.session_state.way = "" if way == usual else way
    return str(way)


def _overview(shown: Shown, stale: bool) -> None:
    """The graph folded, as far as the person has opened it."""
    said = overview.told("folding", shown.run) or {}
    linked = None if shown.is_file else st.session_state.get("groups")
    opened = said.get("ids", linked)
    wanted = tuple(map(str, opened)) if opened is not None else None
    find, show = str(said.get("find", "")), str(said.get("show", ""))
    try:
        drawn = engine.overview(shown.content, shown.chosen, wanted, find, show, shown.answer)
    except UserError as error:
        st.error(markdown_safe(str(error)), icon=":material/error:")
        return
    if not shown.is_file:
        st.session_state.groups = drawn.opened if opened is not None else None
    position = overview.told("position", shown.run) or {}
    nodes = {node.id: node for node in shown.backward.nodes}
    steps = shown.backward.steps
    lines = [nodes[steps[beat.stop - 1].node].line for beat in drawn.beats]
    folding = f"{hash((drawn.opened, find, show, said.get('count', 0))):x}"
    look = f"{shown.content}/{shown.colours}/{stale}/{folding}"
    card = item_card(shown.backward, drawn, str(position.get("item", "")))
    start = 0 if shown.is_file else state.start_step(shown.run)
    data = overview.data_of(drawn, shown.run, look, lines, start, stale=stale, card=card)
    overview.show(data | {"linked": not shown.is_file})


def _tabs(shown: Shown, way: str) -> None:
    there = [tab for tab in TABS if tab.there(shown)]
    wanted = st.session_state.get("view") or FIRST_TAB.get(way)
    opened = next((tab for tab in there if tab.name == wanted), there[0])
    titles = [tab.title for tab in there]
    places = st.tabs(titles, key=_tab_key(), on_change=_remember_view, default=opened.title)
    # Only the open one is filled: a hidden picture would cost as much as a shown one.
    with places[there.index(opened)]:
        if opened.again and shown.is_file:
            st.info(NOT_AGAIN, icon=":material/help:")
        else:
            opened.show(shown)


def _tab_key() -> str:
    return f"tab-{st.session_state.generation}"


def _remember_view() -> None:
    names = {tab.title: tab.name for tab in TABS}
    st.session_state.view = names.get(str(st.session_state.get(_tab_key())), "")
