"""Turn the History of a training loop into curves: loss, scalar parameters, gradient norms."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from viz.draw import theme
from viz.draw.text import plain
from viz.draw.theme import THEMES, ThemeName
from viz.trace import Backward, History, Number, to_float

ROW_HEIGHT = 190
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#9A8F00")
"""Okabe and Ito's hues; a curve differs from its neighbours by its dashes too."""
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def training_curves(
    history: History, recorded: Sequence[Backward], colours: ThemeName = "light"
) -> go.Figure:
    """One row each for the loss, the parameters of one element, and the norms of all gradients.

    The calls of backward that were recorded step by step are marked on the loss.
    """
    shown = THEMES[colours]
    scalars = [curve for curve in history.curves if curve.values is not None]
    rows = ["loss", *(["parameters"] if scalars else []), "gradient norm"]
    figure = make_subplots(len(rows), 1, shared_xaxes=True, vertical_spacing=0.07)
    x = [number + 1 for number in history.numbers]
    losses = history.losses if any(loss is not None for loss in history.losses) else history.norms
    loss_line = {"color": shown.text, "width": 2}
    figure.add_scatter(
        x=x, y=_heights(losses), mode="lines", name="loss", line=loss_line, row=1, col=1
    )
    marks = {backward.number for backward in recorded}
    spots = [(n + 1, loss) for n, loss in zip(history.numbers, losses, strict=False) if n in marks]
    figure.add_scatter(
        x=[number for number, _ in spots],
        y=_heights([loss for _, loss in spots]),
        mode="markers",
        name="recorded step by step",
        marker={"color": shown.active, "size": 11, "line": {"color": shown.text, "width": 1}},
        row=1,
        col=1,
    )
    for index, curve in enumerate(scalars):
        style = _style(index)
        figure.add_scatter(
            x=x, y=_heights(curve.values or ()), mode="lines", name=plain(curve.name), line=style,
            row=2, col=1,
        )  # fmt: skip
    for index, curve in enumerate(history.curves):
        figure.add_scatter(
            x=x, y=_heights(curve.gradients), mode="lines", name=f"‖{plain(curve.name)}.grad‖",
            line=_style(index), row=len(rows), col=1,
        )  # fmt: skip
    for row, title in enumerate(rows, start=1):
        figure.update_yaxes(title=title, row=row, col=1, gridcolor=shown.pill, zeroline=False)
    figure.update_xaxes(gridcolor=shown.pill, zeroline=False)
    figure.update_xaxes(title="call of backward", row=len(rows), col=1)
    figure.update_layout(
        height=ROW_HEIGHT * len(rows) + 60,
        margin={"l": 60, "r": 10, "t": 10, "b": 50},
        font={"family": theme.FONT, "size": theme.NAME_SIZE, "color": shown.text},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "v"},
        hovermode="x",
        clickmode="event+select",
    )
    return figure


def _style(index: int) -> dict[str, object]:
    dash = (
        DASHES[index // len(PALETTE) % len(DASHES)] if index >= len(PALETTE) else DASHES[index % 2]
    )
    return {"color": PALETTE[index % len(PALETTE)], "dash": dash, "width": 2}


def _heights(numbers: Sequence[Number | None]) -> list[float | None]:
    return [None if number is None else to_float(number) for number in numbers]
