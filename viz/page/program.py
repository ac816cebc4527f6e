"""One program on the page: its run, its editor, what is wrong with it, its inputs and results."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from viz.draw.beside import line_notes, printed_text
from viz.errors import InputError, UserError
from viz.page import components, engine, state
from viz.page.markdown import markdown_safe
from viz.page.state import Place
from viz.sandbox import Answer
from viz.trace import Backward, History, Trace

BUTTON_CHARACTERS = 50
"""More backward passes than have room for their names side by side are chosen from a list."""


@dataclass(frozen=True)
class Ran:
    """A program after its run.

    answer   what it did, also where the engine stopped in the middle; where it has another mistake,
             what the last one there did that had none; None where there was no such program
    error    the mistake
    chosen   which of the recorded backward passes is shown
    """

    place: Place
    source: str
    answer: Answer | None
    error: UserError | None
    chosen: int

    @property
    def stale(self) -> bool:
        """Whether the answer is that of an earlier text."""
        return self.error is not None and self.error.answer is None

    @property
    def backward(self) -> Backward | None:
        """The pass that is shown; None where there is none."""
        backwards = self.answer.trace.backwards if self.answer is not None else ()
        return backwards[self.chosen] if backwards else None

    @property
    def history(self) -> History:
        return self.answer.trace.history if self.answer is not None else History()


def run(place: Place, waiting: st.delta_generator.DeltaGenerator) -> Ran:
    """Run the program that stands there, or say what is wrong with it."""
    source = state.source(place)

    def on_wait(number: int) -> None:
        waiting.info(f"The server is busy: you are number {number} in the queue.")

    answer, mistake = None, None
    try:
        answer = engine.answer(source, state.inputs(place), state.wanted_call(place), on_wait)
    except UserError as error:
        mistake = error
    finally:
        waiting.empty()
    if mistake is not None:
        answer = mistake.answer or state.last_good(place)
    elif answer is not None:
        state.remember(place, answer.trace.inputs)
        if answer.trace.backwards:
            state.keep(place, answer)
    backwards = answer.trace.backwards if answer is not None else ()
    stale = mistake is not None and mistake.answer is None
    return Ran(place, source, answer, mistake, _chosen(place, backwards, stale))


def _chosen(place: Place, backwards: tuple[Backward, ...], stale: bool) -> int:
    """The index of the pass that the person chose, else of the link's, else of the one that
    stopped in the middle, else of the first."""
    wanted = state.wanted_call(place)
    numbers = [backward.number for backward in backwards]
    stopped = (index for index, backward in enumerate(backwards) if backward.stop is not None)
    chosen = numbers.index(wanted) if wanted in numbers else next(stopped, 0)
    if len(numbers) > 1 and not stale:
        state.want_call(place, numbers[chosen])
    return chosen


def show(ran: Ran, label: str, lines: int) -> None:
    """Editor, what is wrong, inputs, and the choice of the backward pass."""
    backward = None if ran.stale or ran.place == "Expression" else ran.backward
    notes = line_notes(backward) if backward is not None else {}
    side = ran.place if ran.place in state.SIDES else ""
    components.editor(state.editor_key(ran.place), ran.source, label, lines, notes, ran.error, side)
    if ran.error is not None:
        st.error(markdown_safe(str(ran.error)), icon=":material/error:")
    _inputs(ran)
    several = ran.answer is not None and ran.answer.trace.history.calls > 1
    if several and ran.answer is not None and not ran.stale:
        _choice_of_backward(ran.place, ran.answer.trace)
    state.note_shown(ran.place, ran.backward.number if several and ran.backward else None)


def _choice_of_backward(place: Place, trace: Trace) -> None:
    """Which call of backward is shown, from 1; any call of a training loop may be asked for."""
    key, calls = state.call_key(place), trace.history.calls
    places = {
        backward.number + 1: ("grad, " if backward.way == "grad" else "", backward.line or "–")
        for backward in trace.backwards
    }

    def title(call: int) -> str:
        way, line = places[call]
        return f"{call}: {way}line {line}"

    if len(places) < calls:
        st.number_input(f"Backward call, of {calls:,}", 1, calls, key=key)
    elif sum(len(title(call)) for call in places) <= BUTTON_CHARACTERS:
        st.segmented_control(
            "Backward pass", list(places), format_func=title, key=key, required=True
        )
    else:
        st.selectbox("Backward pass", list(places), format_func=title, key=key)


def _inputs(ran: Ran) -> None:
    """One row for each input: its name, its value as text, and whether it requires grad."""
    place, error = ran.place, ran.error
    for given in state.shown_inputs(place):
        name, value, grad = st.columns([0.17, 0.47, 0.36], vertical_alignment="center", gap="small")
        wrong = isinstance(error, InputError) and error.name == given.name
        shown = markdown_safe(given.name)
        name.markdown(f":red[**{shown}**] =" if wrong else f"**{shown}** =")
        st.session_state.setdefault(state.value_key(place, given.name), given.text)
        st.session_state.setdefault(state.grad_key(place, given.name), given.requires_grad)
        value.text_input(
            f"Value of {given.name}",
            key=state.value_key(place, given.name),
            label_visibility="collapsed",
            placeholder="2  or  [[1, 2], [3, 4]]  or  randn(2, 3, seed=1)",
        )
        grad.toggle("requires grad", key=state.grad_key(place, given.name))


def show_results(ran: Ran) -> None:
    """What is to be said of the run, and what it printed."""
    if ran.answer is None or ran.stale:
        return
    for notice in ran.answer.trace.notices:
        place = f"Line {notice.line}: " if notice.line else ""
        st.info(markdown_safe(place + notice.text), icon=":material/info:")
    if ran.answer.trace.printed:
        st.html(printed_text(ran.answer.trace.printed))
