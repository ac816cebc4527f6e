"""What the program plotted with matplotlib."""

from __future__ import annotations

import streamlit as st

from viz.draw.plots import plotted
from viz.page.tabs.tab import Shown, Tab


def show(shown: Shown) -> None:
    for index, picture in enumerate(shown.answer.trace.pictures):
        st.plotly_chart(plotted(picture, shown.colours), key=f"plot-{index}")


TAB = Tab("plots", "Plots", show, lambda shown: bool(shown.answer.trace.pictures))
