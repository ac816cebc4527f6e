"""Turn a Trace into a plotly figure that plays by itself: Play, Pause and a slider inside."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from viz.draw.moments import moments_of
from viz.draw.scene import Scene
from viz.draw.stage import STEP_MILLISECONDS, figure_of
from viz.draw.theme import ThemeName
from viz.trace import Trace

BAR = 110
"""Height of the strip for buttons and slider, in pixels."""


def animate(
    trace: Trace, backward: int = -1, *, theme: ThemeName = "light", forward_first: bool = False
) -> go.Figure:
    """One backward pass of the trace as an animation, in natural size.

    backward   which backward pass, as an index into `trace.backwards`; the last one by default
    Raises InputError where the trace has no such backward pass.
    """
    # The positions come from Graphviz, which the page's own process must not load.
    from viz.layout import arrange

    chosen = trace.chosen(backward)
    scene = Scene.of(chosen, arrange(chosen), theme, forward_first, legend=True)
    moments = moments_of(scene)
    figure = go.Figure(figure_of(scene, moments))
    figure.update_layout(
        height=scene.height + BAR,
        margin={"l": 0, "r": 0, "t": 0, "b": BAR},
        paper_bgcolor=scene.theme.background,
        updatemenus=[_buttons([name for m in moments for name in (*m.travel, m.name)])],
        sliders=[_slider([(m.name, m.heading) for m in moments], scene)],
    )
    return figure


def _options(duration: int) -> dict[str, Any]:
    return {
        "mode": "immediate",
        "fromcurrent": True,
        "frame": {"duration": duration, "redraw": False},
        "transition": {"duration": duration, "easing": "linear"},
    }


def _buttons(names: list[str]) -> dict[str, Any]:
    play = {"label": "Play", "method": "animate", "args": [names, _options(STEP_MILLISECONDS // 3)]}
    pause = {"label": "Pause", "method": "animate", "args": [[None], _options(0)]}
    return {
        "type": "buttons",
        "buttons": [play, pause],
        "direction": "left",
        "x": 0.01,
        "y": 0,
        "xanchor": "left",
        "yanchor": "top",
        "pad": {"t": 28},
        "showactive": False,
    }


def _slider(steps: list[tuple[str, str]], scene: Scene) -> dict[str, Any]:
    return {
        "steps": [
            {"label": label, "method": "animate", "args": [[name], _options(0)]}
            for name, label in steps
        ],
        "x": 0.2,
        "len": 0.78,
        "y": 0,
        "pad": {"t": 10},
        "currentvalue": {"visible": True, "font": {"color": scene.theme.text}},
        "font": {"color": scene.theme.quiet},
        "activebgcolor": scene.theme.gradient,
    }
