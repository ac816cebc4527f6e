"""Two programs side by side: their editors on the left, their stages on the right, stepping in
time; below them, over the whole width, their gradients in a table and a chart."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from viz.draw.compare import depth_chart, loops_chart
from viz.draw.stage import Stage
from viz.draw.theme import ThemeName
from viz.draw.together import Together
from viz.page import assets, components, engine, program, state
from viz.page.gradients import gradients_table, markdown_verdict
from viz.page.program import Ran
from viz.page.stage_view import theme
from viz.page.tabs.training import SHORTEST_TRAINING
from viz.rules.compare import pairs, verdict
from viz.trace import Backward

SIDE_LINES = 5
CHARTS = ("Over the calls of backward", "From the loss to the leaves")
LOOPS_IN_WORDS = "A: solid line, circles. B: dashed line, squares."
DEPTH_IN_WORDS = (
    f"{LOOPS_IN_WORDS} Hollow marks are leaves. The line joins what every way from the loss "
    "passes; marks beside it are side branches."
)


def show() -> st.delta_generator.DeltaGenerator:
    """Run both programs; a mistake in one leaves the other one as it is.

    Returns the column of the programs.
    """
    left, right = st.columns([0.34, 0.66], gap="medium")
    with left:
        first, second = (_program(place) for place in state.SIDES)
    with right:
        _stages(first, second, theme(), assets.plotly_address())
    _comparison(first, second)
    return left


def _program(place: state.Place) -> Ran:
    waiting = st.empty()
    ran = program.run(place, waiting)
    with st.container(key=f"side-{place}", gap="small"):
        st.html(f'<b class="sg-badge" data-side="{place}">{place}</b>')
        program.show(ran, f"Program {place}", SIDE_LINES)
        program.show_results(ran)
    return ran


@dataclass(frozen=True)
class Side:
    """A program that has a backward pass to show.

    content   a short name for the pass with its numbers: a key for caches
    run       a short name for what is stepped through
    """

    ran: Ran
    backward: Backward
    stage: Stage
    content: str
    run: str


@st.fragment
def _stages(first: Ran, second: Ran, colours: ThemeName, plotly: str) -> None:
    """Both stages. A fragment: stepping reruns only this."""
    if theme() != colours:
        # The chart below has to change its colours too.
        st.rerun(scope="app")
    forward_first = bool(st.session_state.get("forward_first"))
    sides = [side for ran in (first, second) if (side := _side(ran, forward_first)) is not None]
    run = "/".join(side.run for side in sides)
    st.session_state.shown_run = run
    shared = _together(sides, forward_first)
    for ran in (first, second):
        shown = next((side for side in sides if side.ran is ran), None)
        if shown is None or shared is None:
            st.info(f"The graph of {ran.place} appears here, once it has a backward pass.")
            continue
        place = sides.index(shown)
        pair = components.Pair(
            ran.place, place == 0, shared.times[place], shared.width, shared.height
        )
        look = f"{shown.content}/{theme()}/{ran.stale}"
        components.stepper(run, look, shown.stage, state.start_step(run), plotly, ran.stale, pair)
    st.toggle("Show the forward pass first", key="forward_first")
    state.publish()


def _side(ran: Ran, forward_first: bool) -> Side | None:
    """None where there is no backward pass, and never was one."""
    answer, backward = ran.answer, ran.backward
    if answer is None or backward is None:
        return None
    content = state.content_name(answer.trace, ran.chosen)
    stage = engine.drawn_stage(content, ran.chosen, theme(), forward_first, answer)
    run = state.run_name(backward, ran.chosen, forward_first)
    return Side(ran, backward, stage, content, run)


def _together(sides: list[Side], forward_first: bool) -> Together | None:
    if not sides:
        return None
    # Alone, a side steps in time with itself.
    one, other = sides[0], sides[-1]
    return engine.stages_together(
        (one.content, other.content),
        forward_first,
        (one.stage, other.stage),
        (one.backward, other.backward),
    )


def _comparison(first: Ran, second: Ran) -> None:
    """The difference in words, in a table and in a chart."""
    one, other = first.backward, second.backward
    if one is None or other is None:
        return
    found = pairs(one, other)
    st.html('<h2 class="sg-heading">The gradients compared</h2>')
    for ran in (first, second):
        if ran.stale:
            st.caption(f"{ran.place} has a mistake: this is its last version that ran.")
        elif ran.error is not None:
            st.caption(f"{ran.place} stopped in the middle of its backward pass.")
    st.markdown(markdown_verdict(verdict(found)))
    st.html(gradients_table(found))
    one_history, other_history = (ran.history for ran in (first, second))
    if min(one_history.calls, other_history.calls) < SHORTEST_TRAINING or _wants_depth():
        figure, words = depth_chart(one, other, theme()), DEPTH_IN_WORDS
    else:
        figure, words = loops_chart(one_history, other_history, theme()), LOOPS_IN_WORDS
    st.plotly_chart(figure, theme=None, key="compared", config={"displayModeBar": False})
    st.caption(words)


def _wants_depth() -> bool:
    """Of two training loops there are two charts: let the person choose."""
    chosen = st.segmented_control(
        "Chart", CHARTS, default=CHARTS[0], required=True, label_visibility="collapsed"
    )
    return chosen != CHARTS[0]
