"""The table of all steps, the present one marked."""

from __future__ import annotations

import streamlit as st

from viz.draw.scene import Scene
from viz.draw.tables import steps_table
from viz.page import state
from viz.page.tabs.tab import Shown, Tab


def show(shown: Shown) -> None:
    layout = shown.answer.layouts[shown.chosen]
    scene = Scene.of(shown.backward, layout, shown.colours)
    st.html(steps_table(scene, shown.stage.moments, state.step(shown.run)))


TAB = Tab("steps", "All steps", show)
