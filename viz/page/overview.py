"""The page's view of a large graph: a component that draws an Overview, and what it tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from viz.assets import COMMON_SCRIPTS, OVERVIEW_MARKUP, OVERVIEW_SCRIPTS, OVERVIEW_STYLES, joined
from viz.draw.folded import overview_text
from viz.fold.overview import Overview

HERE = Path(__file__).parent
KEY = "overview"


def texts() -> dict[str, str]:
    """The three texts of the component; the controls and the rule card are those of the stage."""

    return {
        "html": joined(*OVERVIEW_MARKUP),
        "css": joined(*OVERVIEW_STYLES),
        "js": joined(*COMMON_SCRIPTS, *OVERVIEW_SCRIPTS)
        + (HERE / "overview.js").read_text("utf-8"),
    }


# Styles are not isolated: the controls are dressed as those of the stage.
_overview = st.components.v2.component("seegrad_overview", **texts(), isolate_styles=False)


def data_of(
    overview: Overview,
    run: str,
    look: str,
    lines: Sequence[int | None],
    start: int,
    *,
    stale: bool = False,
    card: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What the component is sent; see overview.js.

    run    names what is stepped through: while it stays, so does the step
    look   names everything that is drawn
    lines  the line of the program at each beat
    start  the firing to start at, from 1; 0 for the start
    card   what is known of one item: see viz.draw.item
    """
    return {
        "run": run,
        "look": look,
        "overview": overview_text(overview),
        "lines": list(lines),
        "start": start,
        "stale": stale,
        "card": card,
    }


def show(data: Mapping[str, Any]) -> None:
    """Show what `data_of` made."""
    _overview(
        key=KEY,
        data=dict(data),
        on_position_change=_nothing,
        on_folding_change=_nothing,
        on_surface_change=_nothing,
    )


def told(name: str, run: str) -> Mapping[str, Any] | None:
    """What the component last said under this name of this run; None where it said nothing."""
    state = st.session_state.get(KEY)
    said = state.get(name) if isinstance(state, Mapping) else None
    return said if isinstance(said, Mapping) and said.get("run") == run else None


def _nothing() -> None:
    """A callback is what makes Streamlit keep the state."""
