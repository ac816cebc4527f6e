"""Turn a Backward and its Layout into the animated figure and the moments that step through it."""

from __future__ import annotations

import json
from typing import Any

from viz.draw.marks import badge_traces, cut_traces, stop_traces
from viz.draw.moments import Moment, moments_of
from viz.draw.moving import forward_values, moving_traces, travelling_traces
from viz.draw.scene import Scene
from viz.draw.still import Drawn, front_traces, still_traces
from viz.draw.theme import ThemeName
from viz.layout.places import Layout
from viz.rules import describe
from viz.trace import Backward, Record

SPOKEN_OPERATIONS = 20
STEP_MILLISECONDS = 450
"""How long the ring glides, or a gradient travels over one edge, at speed 1."""


class Stage(Record, frozen=True):
    """The figure as plotly's JSON, at natural size in pixels, its positions, and its words."""

    figure: str
    width: float
    height: float
    moments: tuple[Moment, ...]
    summary: str


def stage(
    backward: Backward, layout: Layout, theme: ThemeName = "light", forward_first: bool = False
) -> Stage:
    """What the page's stepper needs of one backward pass."""
    return stage_of(Scene.of(backward, layout, theme, forward_first))


def stage_of(scene: Scene) -> Stage:
    """The same of a scene, in its colours."""
    moments = moments_of(scene)
    figure = figure_of(scene, moments)
    text = json.dumps(figure, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Stage(text, scene.width, scene.height, moments, _summary(scene))


def _summary(scene: Scene) -> str:
    """What the figure shows, for those who do not see it."""
    forward = scene.backward.forward
    shown = "; ".join(describe(scene.backward, node_id) for node_id in forward[:SPOKEN_OPERATIONS])
    more = len(forward) - SPOKEN_OPERATIONS
    ending = f"; and {more} more." if more > 0 else "."
    return f"Computation graph, {len(forward)} operations: {shown}{ending}"


def figure_of(scene: Scene, moments: tuple[Moment, ...]) -> dict[str, Any]:
    """The figure at its first moment, with all frames, without buttons: what plotly.js reads."""
    data, moved = traces_at(scene, moments[0])
    frames = [frame for moment in moments for frame in _frames(scene, moment, len(data), moved)]
    return {"data": data, "layout": _layout(scene), "frames": frames}


def traces_at(scene: Scene, moment: Moment) -> tuple[list[Drawn], list[int]]:
    """All that is drawn at this moment, from the back to the front, and which of it frames move."""
    still = [*still_traces(scene), *cut_traces(scene)]
    front = [*front_traces(scene), *badge_traces(scene), *stop_traces(scene)]
    if not scene.values_appear:
        front.append(forward_values(scene, len(scene.backward.forward)))
    ring, *above = moving_traces(scene, moment)
    data = [*still, ring, *front, *above]
    return data, [len(still), *range(len(data) - len(above), len(data))]


def _frames(scene: Scene, moment: Moment, count: int, moved: list[int]) -> list[dict[str, Any]]:
    travelling = [moved[0], *moved[-2:]]
    frames = [
        _frame(name, count, travelling, travelling_traces(scene, int(moment.name[1:]), part))
        for part, name in enumerate(moment.travel)
    ]
    return [*frames, _frame(moment.name, count, moved, moving_traces(scene, moment))]


def _frame(name: str, count: int, moved: list[int], traces: list[Drawn]) -> dict[str, Any]:
    # Every trace is listed, untouched ones as empty: otherwise plotly loses clicks and hovers.
    data: list[Drawn] = [{} for _ in range(count)]
    for index, trace in zip(moved, traces, strict=True):
        data[index] = _only_what_moves(trace)
    return {"name": name, "data": data, "traces": list(range(count))}


def _only_what_moves(trace: Drawn) -> Drawn:
    """Positions, texts and angles; colours and widths were said once, in the figure itself."""
    kept: Drawn = {key: trace[key] for key in ("x", "y", "text") if key in trace}
    if "angle" in trace.get("marker", {}):
        kept["marker"] = {"angle": trace["marker"]["angle"]}
    return kept


def _layout(scene: Scene) -> dict[str, Any]:
    axis = {"visible": False, "fixedrange": True}
    return {
        "width": scene.width,
        "height": scene.height,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "xaxis": {**axis, "range": [0, scene.width]},
        "yaxis": {**axis, "range": [0, scene.height]},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
    }
