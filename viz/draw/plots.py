"""Turn what a program plotted with matplotlib into plotly figures."""

from __future__ import annotations

import plotly.graph_objects as go

from viz.draw import theme
from viz.draw.curves import PALETTE
from viz.draw.text import plain
from viz.draw.theme import THEMES, ThemeName
from viz.trace import Picture, to_float

HEIGHT = 380
WORDS = 120


def plotted(picture: Picture, colours: ThemeName = "light") -> go.Figure:
    """The curves and points of one picture, with its title and labels."""
    shown = THEMES[colours]
    figure = go.Figure()
    for index, series in enumerate(picture.series):
        colour = PALETTE[index % len(PALETTE)]
        figure.add_scatter(
            x=[to_float(number) for number in series.x],
            y=[to_float(number) for number in series.y],
            mode="lines" if series.kind == "line" else "markers",
            name=plain(series.label, WORDS) or f"curve {index + 1}",
            line={"color": colour, "width": 2},
            marker={"color": colour, "size": 7},
        )
    figure.update_xaxes(title=plain(picture.x_label, WORDS), gridcolor=shown.pill, zeroline=False)
    figure.update_yaxes(title=plain(picture.y_label, WORDS), gridcolor=shown.pill, zeroline=False)
    figure.update_layout(
        title=plain(picture.title, WORDS),
        height=HEIGHT,
        margin={"l": 60, "r": 10, "t": 50 if picture.title else 10, "b": 50},
        font={"family": theme.FONT, "size": theme.NAME_SIZE, "color": shown.text},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=any(series.label for series in picture.series),
    )
    return figure
