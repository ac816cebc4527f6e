"""The components of our own: a stepper that plays the figure, an editor that marks lines, a chart
whose points are steps, a player of figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec
import streamlit as st

from viz.draw.descent import Player
from viz.draw.flow import Chart
from viz.draw.stage import Stage
from viz.errors import UserError

HERE = Path(__file__).parent
STEPPER = "stepper"
STEPPERS = (STEPPER, f"{STEPPER}-A", f"{STEPPER}-B")


def _read(name: str, *more: str) -> dict[str, str]:
    """The three texts of a component. Further files are joined to its styles and its script."""
    return {
        kind: "\n".join(_text(one, kind) for one in (name, *(more if kind != "html" else ())))
        for kind in ("html", "css", "js")
    }


def _text(name: str, kind: str) -> str:
    return (HERE / f"{name}.{kind}").read_text("utf-8")


# Styles are not isolated: plotly's own style sheet stands in the document.
_stepper = st.components.v2.component(
    "seegrad_stepper", **_read("stepper", "card"), isolate_styles=False
)
_player = st.components.v2.component("seegrad_player", **_read("player"), isolate_styles=False)
_editor = st.components.v2.component("seegrad_editor", **_read("editor"), isolate_styles=False)
_chart = st.components.v2.component("seegrad_chart", **_read("chart"), isolate_styles=False)


@dataclass(frozen=True)
class Pair:
    """What a stage knows of the pair that it steps in time with: see stepper.js.

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
) -> None:
    """Show a stage. `run` names the backward pass: while it stays, so does the step.

    `look` names what else the figure depends on (theme); `plotly` is the address of plotly.js.
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
) -> None:
    """Show the program. `text` is taken once for each key; what was typed is `typed(key)`.

    The line of the present step is that of the stepper of the same `side`.
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
