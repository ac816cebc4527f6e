"""The page: program and results on the left, the stage on the right, everything else in tabs."""

from __future__ import annotations

import streamlit as st

from viz.errors import InputError, UserError
from viz.page import assets, components, engine, housekeeping, state
from viz.page.address import LINK_CHARACTERS, link_length
from viz.page.examples import BY_SLUG
from viz.page.results import leaves_table, line_notes, markdown_safe, printed_text
from viz.page.stage_view import stage_view
from viz.sandbox import Answer
from viz.trace import Backward, Input, Trace

EXPRESSION_LINES, PROGRAM_LINES = 1, 8
MOST_BUTTONS = 5
"""More backward passes than this are chosen from a list."""


def main() -> None:
    """Run the page once, from top to bottom."""
    st.set_page_config(
        "SeeGrad: watch backpropagation", str(components.HERE / "icon.svg"), layout="wide"
    )
    housekeeping.begin()
    state.begin()
    _header()
    source, inputs = state.source(), state.inputs()
    left, right = st.columns([0.34, 0.66], gap="medium")
    with left:
        waiting = st.empty()
        answer, error = _run(source, inputs, waiting)
        stale = answer is None
        answer = answer or st.session_state.get("last_good")
        chosen = _program(source, answer, error, stale)
        if answer is not None and not stale:
            _results(answer, chosen)
    with right:
        if answer is None or not answer.trace.backwards:
            st.info("The graph of the backward pass appears here, once there is one.")
        else:
            stage_view(answer, chosen, stale, assets.plotly_address())
    _footer(left)
    _publish(left)


def _header() -> None:
    st.html((components.HERE / "page.css").read_text("utf-8").join(("<style>", "</style>")))
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
            "Kind of text", state.MODES, key="mode", required=True, label_visibility="collapsed"
        )
        st.html('<span class="sg-tag">PyTorch’s own autograd, one step at a time</span>')


def _choose_example() -> None:
    slug = st.session_state.example
    if slug in BY_SLUG:
        state.choose(BY_SLUG[slug])
    # The menu is a shelf, not a state: the same example can be taken down again.
    st.session_state.example = None


def _run(
    source: str, inputs: tuple[Input, ...], waiting: st.delta_generator.DeltaGenerator
) -> tuple[Answer | None, UserError | None]:
    """Run the program, or say what is wrong with it."""

    def on_wait(place: int) -> None:
        waiting.info(f"The server is busy: you are number {place} in the queue.")

    try:
        answer = engine.answer(source, inputs, state.wanted_call(), on_wait)
    except UserError as error:
        return None, error
    finally:
        waiting.empty()
    state.remember(state.mode(), answer.trace.inputs)
    if answer.trace.backwards:
        st.session_state.last_good = answer
    return answer, None


# --- the left column ------------------------------------------------------------------------------


def _program(source: str, answer: Answer | None, error: UserError | None, stale: bool) -> int:
    """Editor, what is wrong, inputs, and the choice of the backward pass, which it returns."""
    mode = state.mode()
    backwards = answer.trace.backwards if answer is not None else ()
    chosen = _chosen_backward(backwards, stale)
    notes = {} if stale or not backwards else line_notes(backwards[chosen])
    if mode == "Expression":
        notes = {}
    components.editor(
        state.editor_key(mode),
        source,
        mode,
        EXPRESSION_LINES if mode == "Expression" else PROGRAM_LINES,
        notes,
        error,
    )
    if error is not None:
        st.error(markdown_safe(str(error)), icon=":material/error:")
    _inputs(error)
    several = answer is not None and bool(backwards) and answer.trace.history.calls > 1
    if answer is not None and several and not stale:
        _choice_of_backward(answer.trace)
    st.session_state.shown_backward = backwards[chosen].number if several else None
    return chosen


def _choice_of_backward(trace: Trace) -> None:
    """Which call of backward is shown, from 1; any call of a training loop may be asked for."""
    key, calls = state.call_key(), trace.history.calls
    lines = {
        backward.number
        + 1: f"{'grad, ' if backward.way == 'grad' else ''}line {backward.line or '–'}"
        for backward in trace.backwards
    }

    def title(call: int) -> str:
        return f"{call}: {lines[call]}"

    if len(lines) < calls:
        st.number_input(f"Backward call, of {calls:,}", 1, calls, key=key)
    elif calls <= MOST_BUTTONS:
        st.segmented_control(
            "Backward pass", list(lines), format_func=title, key=key, required=True
        )
    else:
        st.selectbox("Backward pass", list(lines), format_func=title, key=key)


def _chosen_backward(backwards: tuple[Backward, ...], stale: bool) -> int:
    """The index of the pass that the person chose, else of the link's, else of the first."""
    wanted = state.wanted_call()
    numbers = [backward.number for backward in backwards]
    chosen = numbers.index(wanted) if wanted in numbers else 0
    if len(numbers) > 1 and not stale:
        # Kept beside the widget too, which is not there while the program has a mistake.
        st.session_state.wanted_backward = numbers[chosen]
        st.session_state[state.call_key()] = numbers[chosen] + 1
    return chosen


def _inputs(error: UserError | None) -> None:
    """One row for each input: its name, its value as text, and whether it requires grad."""
    for given in state.shown_inputs():
        name, value, grad = st.columns([0.17, 0.47, 0.36], vertical_alignment="center", gap="small")
        wrong = isinstance(error, InputError) and error.name == given.name
        shown = markdown_safe(given.name)
        name.markdown(f":red[**{shown}**] =" if wrong else f"**{shown}** =")
        st.session_state.setdefault(state.value_key(state.mode(), given.name), given.text)
        st.session_state.setdefault(state.grad_key(state.mode(), given.name), given.requires_grad)
        value.text_input(
            f"Value of {given.name}",
            key=state.value_key(state.mode(), given.name),
            label_visibility="collapsed",
            placeholder="2  or  [[1, 2], [3, 4]]  or  randn(2, 3, seed=1)",
        )
        grad.toggle("requires grad", key=state.grad_key(state.mode(), given.name))


def _results(answer: Answer, chosen: int) -> None:
    for notice in answer.trace.notices:
        place = f"Line {notice.line}: " if notice.line else ""
        st.info(markdown_safe(place + notice.text), icon=":material/info:")
    if answer.trace.printed:
        st.html(printed_text(answer.trace.printed))
    if not answer.trace.backwards:
        return
    backward = answer.trace.backwards[chosen]
    st.html(f'<div class="sg-label">Leaves</div>{leaves_table(backward)}')


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
