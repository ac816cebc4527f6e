"""The page: program and results on the left, the stage on the right, everything else in tabs."""

from __future__ import annotations

import streamlit as st

from viz.assets import joined
from viz.draw.noticed import noticed_box
from viz.page import (
    assets,
    checks,
    compare,
    components,
    engine,
    housekeeping,
    menu,
    opened,
    program,
    state,
)
from viz.page.address import LINK_CHARACTERS, link_length
from viz.page.examples import BY_SLUG
from viz.page.stage_view import stage_view
from viz.sandbox import Answer

EXPRESSION_LINES, PROGRAM_LINES = 1, 8


def main() -> None:
    """Run the page once, from top to bottom."""
    st.set_page_config(
        "SeeGrad: watch backpropagation", str(components.HERE / "icon.svg"), layout="wide"
    )
    housekeeping.begin()
    state.begin()
    menu_place = _header()
    file = opened.present()
    if file is not None:
        menu.show(menu_place, file.answer)
        _footer(opened.show(file))
        return
    left, answer, leaves = (
        _one_program() if state.mode() != "Compare" else (compare.show(), None, None)
    )
    menu.show(menu_place, answer)
    _footer(left)
    _publish(left)
    if leaves is not None:
        # Last of all: everything else is there while slopes are being measured.
        leaves.complete()


def _one_program() -> tuple[st.delta_generator.DeltaGenerator, Answer | None, checks.Leaves | None]:
    """Program and results on the left, the stage on the right.

    Returns the left column, what the program did unless it has a mistake, and the table of leaves.
    """
    left, right = st.columns([0.34, 0.66], gap="medium")
    place = state.present()
    leaves = None
    with left:
        ran = program.run(place, st.empty())
        program.show(ran, place, EXPRESSION_LINES if place == "Expression" else PROGRAM_LINES)
        if ran.answer is not None and ran.backward is not None and not ran.stale:
            content = state.content_name(ran.answer.trace, ran.chosen)
            found = engine.surprises(content, ran.chosen, ran.answer)
            # Why the engine stopped is said already, in red.
            box = noticed_box(found, told=("stop",) if ran.error is not None else ())
            if box:
                st.html(box)
        program.show_results(ran)
        if ran.answer is not None and ran.backward is not None and not ran.stale:
            leaves = checks.Leaves(st.empty(), ran.answer.trace, ran.backward)
            leaves.show()
    with right:
        if ran.answer is None or ran.backward is None:
            st.info("The graph of the backward pass appears here, once there is one.")
        else:
            stage_view(ran.answer, ran.chosen, ran.stale, assets.plotly_address())
    return left, None if ran.stale else ran.answer, leaves


def _header() -> st.delta_generator.DeltaGenerator:
    """Returns the menu of files, still empty."""
    styles = joined("tables.css") + (components.HERE / "page.css").read_text("utf-8")
    st.html(f"<style>{styles}</style>")
    with st.container(horizontal=True, vertical_alignment="center", key="header"):
        st.html('<h1 class="sg-brand">SeeGrad</h1>', width="content")
        st.selectbox(
            "Examples",
            list(BY_SLUG),
            index=None,
            format_func=lambda slug: BY_SLUG[slug].title,
            key="example",
            placeholder="Choose an example",
            on_change=_choose_example,
            label_visibility="collapsed",
            width=360,
        )
        st.segmented_control(
            "Kind of text",
            state.MODES,
            key="mode",
            required=True,
            on_change=_change_mode,
            label_visibility="collapsed",
        )
        files = menu.place()
        st.html('<span class="sg-tag">PyTorch’s own autograd, one step at a time</span>')
    return files


def _change_mode() -> None:
    opened.close()
    state.begin_comparison()


def _choose_example() -> None:
    slug = st.session_state.example
    if slug in BY_SLUG:
        opened.close()
        state.choose(BY_SLUG[slug])
    # The menu is a shelf, not a state: the same example can be taken down again.
    st.session_state.example = None


def _footer(place: st.delta_generator.DeltaGenerator) -> None:
    warning = housekeeping.missing_protection()
    if warning:
        place.caption(f":material/shield: {warning}")


def _publish(place: st.delta_generator.DeltaGenerator) -> None:
    length = link_length(state.publish())
    if length > LINK_CHARACTERS:
        place.warning(
            f"The link in the address bar has {length:,} characters. Some browsers and chat "
            f"programs cut links above {LINK_CHARACTERS:,}: better share the program itself.",
            icon=":material/link_off:",
        )
