"""The components of our own: a stepper that plays the figure, an editor that marks lines, a chart
whose points are steps, a player of figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec
import streamlit as st

from viz.assets import COMMON_SCRIPTS, STAGE_MARKUP, STAGE_SCRIPTS, STAGE_STYLES, joined
from viz.draw.descent import Player
from viz.draw.flow import Chart
from viz.draw.stage import Stage
from viz.errors import UserError

HERE = Path(__file__).parent
STEPPER = "stepper"
STEPPERS = (STEPPER, f"{STEPPER}-A", f"{STEPPER}-B", "overview")


def _text(name: str) -> str:
    return (HERE / name).read_text("utf-8")


# Styles are not isolated: plotly's own style sheet stands in the document.
_stepper = st.components.v2.component(
    "seegrad_stepper",
    html=joined(*STAGE_MARKUP),
    css=joined(*STAGE_STYLES),
    js=joined(*COMMON_SCRIPTS, *STAGE_SCRIPTS) + _text("stepper.js"),
    isolate_styles=False,
)
_player = st.components.v2.component(
    "seegrad_player",
    html=_text("player.html"),
    css=_text("player.css"),
    js=joined("library.js", "controls.js") + _text("player.js"),
    isolate_styles=False,
)
_editor = st.components.v2.component(
    "seegrad_editor",
    html=_text("editor.html"),
    css=joined("lines.css") + _text("editor.css"),
    js=joined("lines.js") + _text("editor.js"),
    isolate_styles=False,
)
_chart = st.components.v2.component(
    "seegrad_chart",
    html=_text("chart.html"),
    css=_text("chart.css"),
    js=joined("library.js") + _text("chart.js"),
    isolate_styles=False,
)


@dataclass(frozen=True)
class Pair:
    """What a stage knows of the pair that it steps in time with: see stage.js.

    side    "A" or "B"
    leads   whether it has the controls of both
    times   the index of its moment at each beat
    width, height   of the larger figure
    """

    side: str
    leads: bool
    times: tuple[int, ...]
    width: float
    height: float


def stepper(
    run: str,
    look: str,
    stage: Stage,
    start: int,
    plotly: str,
    stale: bool,
    pair: Pair | None = None,
    linked: bool = True,
) -> None:
    """Show a stage. `run` names the backward pass: while it stays, so does the step.

    `look` names what else the figure depends on (theme); `plotly` is the address of plotly.js.
    `linked`: whether the address bar follows the step.
    """
    _stepper(
        key=f"{STEPPER}-{pair.side}" if pair is not None else STEPPER,
        data={
            "run": run,
            "look": look,
            "figure": stage.figure,
            "width": stage.width,
            "height": stage.height,
            "moments": msgspec.to_builtins(stage.moments),
            "start": start,
            "summary": stage.summary,
            "plotly": plotly,
            "stale": stale,
            "pair": asdict(pair) if pair is not None else None,
            "linked": linked and (pair is None or pair.leads),
        },
        on_position_change=_nothing,
        on_surface_change=_nothing,
    )


def reported_step(run: str) -> int | None:
    """The step that the person has moved to in this run; None where it is still at its start."""
    for key in STEPPERS:
        position = _state(key).get("position")
        if isinstance(position, Mapping) and position.get("run") == run:
            index = position.get("index")
            return index if isinstance(index, int) and index >= 0 else 0
    return None


def player(look: str, shown: Player, plotly: str) -> None:
    """Show a figure that plays. `look` names it: while it stays, nothing is drawn again."""
    _player(
        key="player",
        data={
            "look": look,
            "figure": shown.figure,
            "captions": list(shown.captions),
            "summary": shown.summary,
            "glides": shown.glides,
            "plotly": plotly,
        },
    )


def editor(
    key: str,
    text: str,
    label: str,
    lines: int,
    notes: dict[int, str],
    wrong: UserError | None,
    side: str = "",
    fixed: bool = False,
) -> None:
    """Show the program. `text` is taken once for each key; what was typed is `typed(key)`.

    The line of the present step is that of the stepper of the same `side`. A `fixed` text can be
    read and copied, not changed.
    """
    mark = None
    if wrong is not None and wrong.line is not None:
        mark = {
            "line": wrong.line,
            "column": wrong.column,
            "end": wrong.end_column,
            "live": wrong.answer is not None,
            "blamed": _blamed_line(wrong),
        }
    _editor(
        key=key,
        data={
            "text": text,
            "label": label,
            "lines": lines,
            "notes": {str(line): note for line, note in notes.items()},
            "wrong": mark,
            "side": side,
            "fixed": fixed,
        },
        on_text_change=_nothing,
    )


def chart(key: str, look: str, drawn: Chart, plotly: str) -> None:
    """Show a chart of places of the graph; it follows the stage, and the stage follows a click."""
    _chart(
        key=key,
        data={
            "look": look,
            "figure": drawn.figure,
            "spots": {name: list(spot) for name, spot in drawn.spots.items()},
            "ring": drawn.ring,
            "plotly": plotly,
        },
    )


def _blamed_line(wrong: UserError) -> int | None:
    """The line that made the engine stop, if another one than where it stopped."""
    stop = wrong.trace.backwards[-1].stop if wrong.trace is not None else None
    line: int | None = stop.line if stop is not None else None
    return line


def typed(key: str) -> str | None:
    """What the person has typed into the editor; None where nothing was."""
    text = _state(key).get("text")
    return text if isinstance(text, str) else None


def _state(key: str) -> Mapping[str, Any]:
    state = st.session_state.get(key)
    return state if isinstance(state, Mapping) else {}


def _nothing() -> None:
    """A callback is what makes Streamlit keep the state."""
