"""Turn a Landscape and a Descent into a figure that plays: the loss, the place, the way down.

One scalar leaf gives a curve and its tangent, two give a map with contour lines and an arrow. Each
frame is a whole state, so that any step can be shown at once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from viz.draw import theme
from viz.draw.descent_words import caption, summary, verdict
from viz.draw.text import plain
from viz.draw.theme import THEMES, Theme, ThemeName
from viz.rules.numbers import format_number
from viz.study import Descent, Landscape
from viz.trace import Number, Record, to_float

__all__ = ["Player", "descent_player", "verdict"]

TANGENT = 0.16
"""Half the width of the tangent, as a share of the picture."""
ARROW = 0.17
"""The length of the gradient's arrow, as a share of the picture."""
MARGIN = 0.06
CONTOUR_LINES = 16
COLOUR_TICKS = 5

Trace = dict[str, Any]
Points = Sequence[tuple[float, ...]]


class Player(Record, frozen=True):
    """A figure as plotly's JSON with a frame for each step, what to say at each, and of it all.

    glides   whether a step may be shown as a movement: plotly moves curves, but no maps
    """

    figure: str
    captions: tuple[str, ...]
    summary: str
    glides: bool = True


def descent_player(
    land: Landscape,
    descent: Descent,
    recorded: Sequence[Sequence[Number]] = (),
    colours: ThemeName = "light",
) -> Player:
    """The figure and its words.

    recorded   for each axis, the values of that leaf at the calls of a training loop
    """
    drawing = _Curve(land, colours) if len(land.axes) == 1 else _Map(land, colours)
    points = [_floats(point) for point in descent.points]
    losses, slopes = _floats(descent.losses), [_floats(slope) for slope in descent.slopes]
    still = [*drawing.ground(), *drawing.training(recorded)]
    frames = [
        drawing.moment(points[: step + 1], losses[: step + 1], slopes[step])
        for step in range(len(points))
    ]
    names = [plain(axis.name) or "leaf" for axis in land.axes]
    figure = {
        "data": [*still, *frames[0]],
        "layout": drawing.layout(names),
        "frames": [
            # Only what moves.
            {
                "name": str(step),
                "data": [{"x": trace["x"], "y": trace["y"]} for trace in moment],
                "traces": list(range(len(still), len(still) + len(moment))),
            }
            for step, moment in enumerate(frames)
        ],
    }
    captions = tuple(caption(land, descent, step) for step in range(len(points)))
    text = json.dumps(figure, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Player(text, captions, summary(land), glides=len(land.axes) == 1)


class _Drawing:
    """What curves and maps have in common."""

    def __init__(self, land: Landscape, colours: ThemeName) -> None:
        self.land = land
        self.shown: Theme = THEMES[colours]
        self.axes = [_floats(axis.values) for axis in land.axes]

    def path(self, x: Sequence[float], y: Sequence[float]) -> Trace:
        line = {"color": self.shown.text, "width": 1.5}
        marker = {"color": self.shown.text, "size": 6}
        return _scatter("steps of descent", x, y, mode="lines+markers", line=line, marker=marker)

    def place(self, x: float, y: float) -> Trace:
        ring = {"color": self.shown.text, "width": 2}
        marker = {"color": self.shown.active, "size": 15, "line": ring}
        return _scatter("where it stands", [x], [y], mode="markers", marker=marker)

    def slope(self, x: Sequence[float], y: Sequence[float], name: str, **more: Any) -> Trace:
        line = {"color": self.shown.gradient, "width": theme.GRADIENT_WIDTH, "dash": "dash"}
        return _scatter(name, x, y, line=line, **more)

    def trained(self, x: Sequence[float], y: Sequence[float]) -> list[Trace]:
        if not x:
            return []
        line = {"color": self.shown.agrees, "width": 2, "dash": "dot"}
        marker = {"color": self.shown.agrees, "size": 6, "symbol": "diamond"}
        name = "the program’s own training"
        return [_scatter(name, x, y, mode="lines+markers", line=line, marker=marker)]

    def axis(self, title: str, low: float, high: float) -> Trace:
        return {
            "title": {"text": title},
            "range": [low, high],
            "gridcolor": self.shown.pill,
            "zeroline": False,
            "fixedrange": True,
        }

    def framed(self, x: Trace, y: Trace) -> Trace:
        return {
            "autosize": True,
            "margin": {"l": 70, "r": 10, "t": 44, "b": 50},
            "font": {
                "family": theme.FONT,
                "size": theme.NAME_SIZE,
                "color": self.shown.text,
            },
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "legend": {"orientation": "h", "x": 0, "y": 1.01, "yanchor": "bottom"},
            "hovermode": "closest",
            "dragmode": False,
            "xaxis": x,
            "yaxis": y,
        }


class _Curve(_Drawing):
    """One leaf: the loss over it, and the tangent at the present place."""

    def __init__(self, land: Landscape, colours: ThemeName) -> None:
        super().__init__(land, colours)
        self.losses = [to_float(row[0]) for row in land.losses]
        finite = [loss for loss in (*self.losses, to_float(land.loss)) if math.isfinite(loss)]
        low, high = min(finite, default=0.0), max(finite, default=1.0)
        room = MARGIN * ((high - low) or 1.0)
        self.low, self.high = low - room, high + room

    def ground(self) -> list[Trace]:
        line = {"color": self.shown.forward, "width": 3}
        return [_scatter("loss", self.axes[0], self.losses, mode="lines", line=line)]

    def training(self, recorded: Sequence[Sequence[Number]]) -> list[Trace]:
        x = _floats(recorded[0]) if recorded else ()
        return self.trained(x, [self._height(value) for value in x])

    def _height(self, at: float) -> float:
        """The loss of the curve there; the training itself may have had other data."""
        values = self.axes[0]
        if not values[0] <= at <= values[-1]:
            return math.nan
        share = (at - values[0]) / (values[-1] - values[0]) * (len(values) - 1)
        index = min(int(share), len(values) - 2)
        rest = share - index
        return self.losses[index] * (1 - rest) + self.losses[index + 1] * rest

    def moment(
        self, points: Points, losses: Sequence[float], slope: Sequence[float]
    ) -> list[Trace]:
        x, loss = points[-1][0], losses[-1]
        reach = TANGENT * (self.axes[0][-1] - self.axes[0][0])
        if slope[0]:
            # A steep tangent would leave the picture: it is as long as it may be.
            reach = min(reach, 0.5 * (self.high - self.low) / abs(slope[0]))
        ends = [x - reach, x + reach]
        tangent = [loss + slope[0] * (end - x) for end in ends]
        return [
            self.slope(ends, tangent, "slope: the gradient", mode="lines"),
            self.path([point[0] for point in points], losses),
            self.place(x, loss),
        ]

    def layout(self, names: Sequence[str]) -> Trace:
        x = self.axis(names[0], self.axes[0][0], self.axes[0][-1])
        return self.framed(x, self.axis("loss", self.low, self.high))


class _Map(_Drawing):
    """Two leaves: contour lines of the loss, and the gradient as an arrow."""

    def ground(self) -> list[Trace]:
        rows = [_floats(row) for row in self.land.losses]
        finite = [loss for row in rows for loss in row if math.isfinite(loss)]
        low, high = min(finite, default=0.0), max(finite, default=1.0)
        # Colours and lines follow the root of the loss: else a wide valley has one colour.
        heights = [[_finite(math.sqrt(loss - low)) if loss >= low else None for loss in row]
                   for row in rows]  # fmt: skip
        top = math.sqrt(high - low) or 1.0
        ticks = [top * index / (COLOUR_TICKS - 1) for index in range(COLOUR_TICKS)]
        return [
            {
                "type": "contour",
                "name": "loss",
                "x": list(self.axes[0]),
                "y": list(self.axes[1]),
                "z": [list(column) for column in zip(*heights, strict=True)],
                "customdata": [
                    [_finite(loss) for loss in column] for column in zip(*rows, strict=True)
                ],
                "colorscale": [[0, self.shown.active_fill], [1, self.shown.forward]],
                "contours": {
                    "coloring": "heatmap",
                    "start": 0,
                    "end": top,
                    "size": top / CONTOUR_LINES,
                },
                "line": {"color": self.shown.background, "width": 1},
                "colorbar": {
                    "title": {"text": "loss"},
                    "thickness": 14,
                    "outlinewidth": 0,
                    "tickvals": ticks,
                    "ticktext": [format_number(low + tick**2, 3) for tick in ticks],
                },
                "hovertemplate": "loss %{customdata:.4g} at (%{x:.4g}, %{y:.4g})<extra></extra>",
            }
        ]

    def training(self, recorded: Sequence[Sequence[Number]]) -> list[Trace]:
        if len(recorded) < 2:
            return []
        return self.trained(_floats(recorded[0]), _floats(recorded[1]))

    def moment(
        self, points: Points, losses: Sequence[float], slope: Sequence[float]
    ) -> list[Trace]:
        x, y = points[-1]
        wide, high = (axis[-1] - axis[0] for axis in self.axes)
        length = math.hypot(slope[0] / wide, slope[1] / high)
        share = ARROW / length if length and math.isfinite(length) else 0.0
        arrow = {
            "symbol": ["circle", "arrow"],
            "size": [1, 15],
            "angleref": "previous",
            "color": self.shown.gradient,
        }
        return [
            self.slope(
                [x, x + share * slope[0]],
                [y, y + share * slope[1]],
                "gradient: steepest way up",
                mode="lines+markers",
                marker=arrow,
            ),
            self.path([point[0] for point in points], [point[1] for point in points]),
            self.place(x, y),
        ]

    def layout(self, names: Sequence[str]) -> Trace:
        axes = [
            self.axis(name, values[0], values[-1])
            for name, values in zip(names, self.axes, strict=True)
        ]
        return self.framed(*axes)


def _scatter(name: str, x: Sequence[float], y: Sequence[float], **more: Any) -> Trace:
    places = [_finite(value) for value in x]
    return {"type": "scatter", "name": name, "x": places, "y": [*map(_finite, y)], **more}


def _finite(value: float) -> float | None:
    """JSON has no NaN; plotly leaves a gap where there is nothing."""
    return value if math.isfinite(value) else None


def _floats(numbers: Sequence[Number]) -> tuple[float, ...]:
    return tuple(map(to_float, numbers))


# --- words ----------------------------------------------------------------------------------------
