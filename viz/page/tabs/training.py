"""The curves of a training loop; a click on one goes to that call of backward."""

from __future__ import annotations

import streamlit as st

from viz.draw.curves import training_curves
from viz.page import state
from viz.page.tabs.tab import Shown, Tab

SHORTEST_TRAINING = 3
"""Calls of backward from which on there is a curve to show."""


def show(shown: Shown) -> None:
    trace = shown.answer.trace
    figure = training_curves(trace.history, trace.backwards, shown.colours)
    if shown.is_file:
        st.plotly_chart(figure, key="training")
        return
    picked = st.plotly_chart(figure, key="training", on_select="rerun", selection_mode="points")
    st.caption("Click on a curve to see that call of backward step by step.")
    points = picked["selection"]["points"]
    if points and points[0]["x"] - 1 != state.wanted_call():
        state.ask_for_call(int(points[0]["x"]) - 1)
        st.rerun(scope="app")


def there(shown: Shown) -> bool:
    return shown.answer.trace.history.calls >= SHORTEST_TRAINING


TAB = Tab("training", "Training", show, there)
