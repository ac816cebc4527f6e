"""torchviz's own picture with our names and numbers, and its downloads."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from viz.page import engine
from viz.page.markdown import markdown_safe
from viz.page.tabs.tab import Shown, Tab


def show(shown: Shown) -> None:
    content, chosen, answer = shown.content, shown.chosen, shown.answer
    with st.container(horizontal=True, vertical_alignment="center"):
        attributes = st.toggle("Attributes", key="attributes")
        saved = st.toggle("Saved tensors", key="saved")
        dot = engine.picture_text(content, chosen, attributes, saved, shown.colours, answer)
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


TAB = Tab("", "torchviz", show)
