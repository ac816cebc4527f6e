"""The right side: the stepper, and below it the tabs. A fragment: stepping reruns only this."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from viz.draw.curves import training_curves
from viz.draw.plots import plotted
from viz.draw.scene import Scene
from viz.draw.stage import Stage
from viz.draw.theme import ThemeName
from viz.page import components, engine, state
from viz.page.results import markdown_safe, steps_table
from viz.sandbox import Answer

VIEWS = {"": "torchviz", "steps": "All steps", "training": "Training", "plots": "Plots"}
SHORTEST_TRAINING = 3
"""Calls of backward from which on there is a curve to show."""


def theme() -> ThemeName:
    return "dark" if st.context.theme.type == "dark" else "light"


@st.fragment
def stage_view(answer: Answer, chosen: int, stale: bool, plotly: str) -> None:
    """Show one backward pass, its steps and torchviz's picture of it."""
    colours = theme()
    forward_first = bool(st.session_state.get("forward_first"))
    content = state.content_name(answer.trace, chosen)
    stage = engine.drawn_stage(content, chosen, colours, forward_first, answer)
    run = state.run_name(answer.trace.backwards[chosen], chosen, forward_first)
    st.session_state.shown_run = run
    look = f"{content}/{colours}/{stale}"
    components.stepper(run, look, stage, state.start_step(run), plotly, stale)
    st.toggle("Show the forward pass first", key="forward_first")
    there = {"training": _trains(answer), "plots": bool(answer.trace.pictures)}
    titles = [title for name, title in VIEWS.items() if there.get(name, True)]
    shown = _shown_view() if _shown_view() in titles else VIEWS[""]
    tabs = st.tabs(titles, key=_tab_key(), on_change=_remember_view, default=shown)
    # Only the open one is filled: a hidden picture would cost as much as a shown one.
    with tabs[titles.index(shown)]:
        if shown == VIEWS["steps"]:
            _steps(answer, chosen, colours, stage, run)
        elif shown == VIEWS["training"]:
            _training(answer, colours)
        elif shown == VIEWS["plots"]:
            for index, picture in enumerate(answer.trace.pictures):
                st.plotly_chart(plotted(picture, colours), key=f"plot-{index}")
        else:
            _torchviz(answer, content, chosen, colours)
    state.publish()


def _trains(answer: Answer) -> bool:
    return answer.trace.history.calls >= SHORTEST_TRAINING


def _training(answer: Answer, colours: ThemeName) -> None:
    """The curves of a training loop; a click on one goes to that call of backward."""
    history = answer.trace.history
    figure = training_curves(history, answer.trace.backwards, colours)
    picked = st.plotly_chart(figure, key="training", on_select="rerun", selection_mode="points")
    st.caption("Click on a curve to see that call of backward step by step.")
    points = picked["selection"]["points"]
    if points and points[0]["x"] - 1 != state.wanted_call():
        state.ask_for_call(int(points[0]["x"]) - 1)
        st.rerun(scope="app")


def _tab_key() -> str:
    return f"tab-{st.session_state.generation}"


def _shown_view() -> str:
    return VIEWS.get(str(st.session_state.get("view") or ""), VIEWS[""])


def _remember_view() -> None:
    names = {title: name for name, title in VIEWS.items()}
    st.session_state.view = names.get(str(st.session_state.get(_tab_key())), "")


def _torchviz(answer: Answer, content: str, chosen: int, theme: ThemeName) -> None:
    """torchviz's own picture with our names and numbers, and its downloads."""
    with st.container(horizontal=True, vertical_alignment="center"):
        attributes = st.toggle("Attributes", key="attributes")
        saved = st.toggle("Saved tensors", key="saved")
        dot = engine.picture_text(content, chosen, attributes, saved, theme, answer)
        # What is taken home is for paper.
        plain = engine.picture_text(content, chosen, attributes, saved, "light", answer)
        picture = engine.rendered(dot, "svg")
        if isinstance(picture, bytes):
            _download("SVG", lambda: engine.rendered(plain, "svg"), "image/svg+xml")
            _download("PNG", lambda: engine.rendered(plain, "png"), "image/png")
        _download("DOT", lambda: plain, "text/vnd.graphviz")
    if isinstance(picture, str):
        st.warning(markdown_safe(picture), icon=":material/timer_off:")
    else:
        st.image(picture.decode(), width="content")


def _download(form: str, data: Callable[[], bytes | str], mime: str) -> None:
    st.download_button(
        form,
        data,
        f"seegrad.{form.lower()}",
        mime,
        on_click="ignore",
        icon=":material/download:",
    )


def _steps(answer: Answer, chosen: int, theme: ThemeName, stage: Stage, run: str) -> None:
    scene = Scene.of(answer.trace.backwards[chosen], answer.layouts[chosen], theme)
    st.html(steps_table(scene, stage.moments, state.step(run)))
