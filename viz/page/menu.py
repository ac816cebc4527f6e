"""The menu "File": open a trace file, save what the program did as one, or as an offline page."""

from __future__ import annotations

import streamlit as st

from viz.files import to_bytes
from viz.html.document import Pass, document, is_large
from viz.page import opened
from viz.sandbox import Answer

MOST_NODES = 10_000
"""In all: what is larger would keep the server busy for others too; viz.save_html has no limit."""


def place() -> st.delta_generator.DeltaGenerator:
    """The closed menu, still empty: another one, once a file has been opened in it."""
    return st.popover("File", icon=":material/folder_open:", key=f"files-{opened.count()}")


def show(place: st.delta_generator.DeltaGenerator, answer: Answer | None) -> None:
    """Fill the menu. `answer`: what can be saved, if anything; it is made into a file on demand."""
    with place:
        if answer is not None and answer.trace.backwards:
            st.download_button(
                "Save the trace file",
                lambda: to_bytes(answer.trace, packed=True),
                "seegrad.json.gz",
                "application/gzip",
                on_click="ignore",
                icon=":material/download:",
                width="stretch",
            )
            nodes = sum(len(backward.nodes) for backward in answer.trace.backwards)
            st.download_button(
                "Save as an offline page",
                lambda: offline(answer),
                "seegrad.html",
                "text/html",
                help=f"For up to {MOST_NODES:,} nodes." if nodes > MOST_NODES else None,
                disabled=nodes > MOST_NODES,
                on_click="ignore",
                icon=":material/download:",
                width="stretch",
            )
        opened.upload()


def offline(answer: Answer) -> str:
    """The offline page of what is shown."""
    passes = tuple(
        Pass(index, None if is_large(backward) else layout)
        for index, (backward, layout) in enumerate(
            zip(answer.trace.backwards, answer.layouts, strict=True)
        )
    )
    return document(answer.trace, passes)
