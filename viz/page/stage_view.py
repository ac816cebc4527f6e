"""The right side: the stepper, and below it the tabs. A fragment: stepping reruns only this."""

from __future__ import annotations

import streamlit as st

from viz.draw.theme import ThemeName
from viz.page import components, engine, state
from viz.page.fence import fenced
from viz.page.tabs import TABS, Shown
from viz.sandbox import Answer

NOT_AGAIN = "This needs to run the program again, and a file can’t be run again."


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
    forward_first = bool(st.session_state.get("forward_first"))
    # A file may claim to be of a program that others run: what is kept of it has a name of its own.
    content = f"{file}/{state.content_name(answer.trace, chosen)}"
    stage = engine.drawn_stage(content, chosen, colours, forward_first, answer)
    run = state.run_name(answer.trace.backwards[chosen], chosen, forward_first)
    if not file:
        st.session_state.shown_run = run
    look = f"{content}/{colours}/{stale}"
    start = 0 if file else state.start_step(run)
    components.stepper(run, look, stage, start, plotly, stale, linked=not file)
    st.toggle("Show the forward pass first", key="forward_first")
    _tabs(Shown(answer, chosen, colours, stage, content, run, bool(file)))
    if not file:
        state.publish()


def _tabs(shown: Shown) -> None:
    there = [tab for tab in TABS if tab.there(shown)]
    opened = next((tab for tab in there if tab.name == st.session_state.get("view")), there[0])
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
