"""The right side: the stepper, and below it the tabs. A fragment: stepping reruns only this."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from viz.draw.scene import Scene
from viz.draw.stage import Stage
from viz.draw.theme import ThemeName
from viz.page import components, engine, state
from viz.page.results import markdown_safe, steps_table
from viz.sandbox import Answer

VIEWS = {"": "torchviz", "steps": "All steps"}


@st.fragment
def stage_view(
    answer: Answer, run: str, chosen: int, theme: ThemeName, stale: bool, plotly: str
) -> None:
    """Show one backward pass, its steps and torchviz's picture of it."""
    forward_first = bool(st.session_state.get("forward_first"))
    stage = engine.drawn_stage(run, chosen, theme, forward_first, answer)
    look = f"{theme}/{forward_first}/{stale}"
    components.stepper(run, look, stage, state.start_step(run), plotly, stale)
    st.toggle("Show the forward pass first", key="forward_first", on_change=_forget_step)
    torchviz, steps = st.tabs(
        list(VIEWS.values()), key=_tab_key(), on_change=_remember_view, default=_shown_view()
    )
    # Only the open one is filled: a hidden picture would cost as much as a shown one.
    if _shown_view() == VIEWS["steps"]:
        with steps:
            _steps(answer, chosen, theme, stage, run)
    else:
        with torchviz:
            _torchviz(answer, run, chosen, theme)
    state.publish()


def _forget_step() -> None:
    """Forward steps move all numbers: start again."""
    st.session_state.wanted_step = 0


def _tab_key() -> str:
    return f"tab-{st.session_state.generation}"


def _shown_view() -> str:
    return VIEWS.get(str(st.session_state.get("view") or ""), VIEWS[""])


def _remember_view() -> None:
    names = {title: name for name, title in VIEWS.items()}
    st.session_state.view = names.get(str(st.session_state.get(_tab_key())), "")


def _torchviz(answer: Answer, run: str, chosen: int, theme: ThemeName) -> None:
    """torchviz's own picture with our names and numbers, and its downloads."""
    with st.container(horizontal=True, vertical_alignment="center"):
        attributes = st.toggle("Attributes", key="attributes")
        saved = st.toggle("Saved tensors", key="saved")
        dot = engine.picture_text(run, chosen, attributes, saved, theme, answer)
        # What is taken home is for paper.
        plain = engine.picture_text(run, chosen, attributes, saved, "light", answer)
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
