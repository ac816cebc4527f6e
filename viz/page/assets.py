"""plotly.js for the stepper, copied from the installed plotly package into the folder static/."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import streamlit as st

STATIC = Path(__file__).parents[2] / "static"


@st.cache_resource(show_spinner=False)
def plotly_address() -> str:
    """The address of plotly.js on this server; with its version, so that browsers may keep it."""
    from plotly.offline import get_plotlyjs

    name = f"plotly-{version('plotly')}.min.js"
    target = STATIC / name
    if not target.exists():
        STATIC.mkdir(exist_ok=True)
        part = target.with_suffix(".part")
        part.write_text(get_plotlyjs(), "utf-8")
        part.replace(target)  # Nobody ever loads half a file.
    return f"app/static/{name}"
