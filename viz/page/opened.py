"""A trace file on the page: it shows what a run shows, and nothing of it is ever run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import streamlit as st

from viz import sandbox
from viz.draw.beside import line_notes, printed_text
from viz.draw.noticed import noticed_box
from viz.draw.tables import leaves_table
from viz.errors import UserError
from viz.files import from_bytes
from viz.limits import DEFAULT
from viz.page import assets, components, engine
from viz.page.fence import fenced
from viz.page.markdown import markdown_safe
from viz.page.stage_view import stage_view
from viz.sandbox import Answer
from viz.trace import Backward, Trace

LINES = 8
NAME_CHARACTERS = 60


@dataclass(frozen=True)
class Opened:
    """A file that a person has opened, or why it can't be.

    name     what the file is called
    content  a short name for its content: a key for caches
    answer   what is in it, and where the nodes stand; None where there is an error
    error    the sentence that says why not
    """

    name: str
    content: str
    answer: Answer | None = None
    error: str = ""


def upload() -> None:
    """The place where a file is taken; it is empty again once the file is there."""
    key = f"upload-{count()}"
    st.file_uploader("Open a trace file", ["json", "gz"], key=key, on_change=_take, args=(key,))


def count() -> int:
    """How many files were opened so far: what took one is made anew."""
    return int(st.session_state.setdefault("uploads", 0))


def present() -> Opened | None:
    """The file that the page shows; None where it shows a program."""
    found: Opened | None = st.session_state.get("opened")
    return found


def close() -> None:
    """Show the program again."""
    st.session_state.opened = None


def _take(key: str) -> None:
    file = st.session_state.get(key)
    if file is None:
        return
    st.session_state.uploads += 1
    data = file.getvalue()
    name, content = file.name[:NAME_CHARACTERS], hashlib.sha256(data).hexdigest()[:16]
    try:
        answer = _read(data)
    except UserError as error:
        st.session_state.opened = Opened(name, content, error=str(error))
    else:
        st.session_state.opened = Opened(name, content, answer)


def _read(data: bytes) -> Answer:
    return sandbox.arrange(from_bytes(data, DEFAULT.answer_bytes))


def show(opened: Opened) -> st.delta_generator.DeltaGenerator:
    """The file's program, results and leaves on the left, its stage on the right.

    Returns the left column.
    """
    left, right = st.columns([0.34, 0.66], gap="medium")
    with left:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/draft: **{markdown_safe(opened.name)}**", width="stretch")
            st.button("Close the file", on_click=close)
        if opened.answer is None:
            st.error(markdown_safe(opened.error), icon=":material/error:")
        elif not opened.answer.trace.backwards:
            st.info("This trace has no backward pass to show.")
        else:
            chosen = 0
            with fenced():
                chosen = _beside(opened.content, opened.answer)
    with right:
        if opened.answer is None or not opened.answer.trace.backwards:
            st.info("The graph of the backward pass appears here, once there is one.")
        else:
            plotly = assets.plotly_address()
            stage_view(opened.answer, chosen, False, plotly, file=opened.content)
    return left


def _beside(content: str, answer: Answer) -> int:
    """All that stands beside the stage. Returns which backward pass is chosen."""
    trace = answer.trace
    chosen = _chosen(content, trace)
    backward = trace.backwards[chosen]
    if trace.source:
        components.editor(
            f"file-{content}", trace.source, "Program of the file", LINES, line_notes(backward),
            None, fixed=True,
        )  # fmt: skip
    else:
        st.caption("This file keeps no program text.")
    for notice in trace.notices:
        place = f"Line {notice.line}: " if notice.line else ""
        st.info(markdown_safe(place + notice.text), icon=":material/info:")
    box = noticed_box(engine.surprises(f"{content}/{chosen}", chosen, answer))
    if box:
        st.html(box)
    if trace.printed:
        st.html(printed_text(trace.printed))
    st.html(f'<div class="sg-label">Leaves</div>{leaves_table(backward, checked=False)}')
    st.caption("A file is not run again, so nothing is measured here. It has no link: pass it on.")
    return chosen


def _chosen(content: str, trace: Trace) -> int:
    if len(trace.backwards) < 2:
        return 0

    def title(index: int) -> str:
        backward: Backward = trace.backwards[index]
        way = "grad, " if backward.way == "grad" else ""
        return f"{backward.number + 1}: {way}line {backward.line or '–'}"

    return st.selectbox(
        "Backward pass", range(len(trace.backwards)), format_func=title, key=f"pass-{content}"
    )
