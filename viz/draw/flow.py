"""Turn a Flow into a chart: the size of the gradient from the loss to the leaves, in decades.

A logarithm has no place for 0, infinity or NaN: they stand in bands of their own, below and above.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from viz.draw import theme
from viz.draw.decades import Decades
from viz.draw.room import Side, with_room
from viz.draw.text import plain
from viz.draw.theme import THEMES, Theme, ThemeName
from viz.rules import describe, format_number, name
from viz.rules.flow import Flow, Station, place
from viz.trace import Backward, Record

HEIGHT = 380
NARROWEST = (690.0, 270.0)
"""Pixels between the axes where the page is narrow: names have to find room in them."""
NAME, LONG_NAME = 16, 60
"""Characters of a name beside a point, and in the hover."""
FEW = 10
"""Of more places, those without a name of the student's have none in the chart either."""
MANY = 50
"""Operations on the trunk above which points are small."""
POINT_SIZE, SMALL_POINT, LEAF_SIZE, RING_SIZE = 11, 6, 12, 22


class Chart(Record, frozen=True):
    """The figure as plotly's JSON, and where in it the moments of the stage stand.

    spots   from the name of a moment ("b3") to x and y
    ring    which of the figure's traces marks the present step
    """

    figure: str
    spots: dict[str, tuple[float, float]]
    ring: int


def flow_chart(backward: Backward, flow: Flow, colours: ThemeName = "light") -> Chart:
    """The points of all stations, the trunk as a line through its own."""
    return _Drawing(backward, flow, THEMES[colours]).chart()


class _Drawing:
    def __init__(self, backward: Backward, flow: Flow, shown: Theme) -> None:
        self.backward = backward
        self.shown = shown
        self.nodes = {node.id: node for node in backward.nodes}
        known = {s.node: s.norm for s in flow.stations if s.norm is not None}
        self.decades = Decades(known.values())
        self.heights = {node_id: self.decades.height(norm) for node_id, norm in known.items()}
        self.stations = sorted(
            (station for station in flow.stations if station.node in known),
            key=lambda station: station.depth,
        )
        self.labels = self._labels()

    def chart(self) -> Chart:
        trunk = [s for s in self.stations if s.trunk and not s.is_leaf]
        beside = [s for s in self.stations if not s.trunk and not s.is_leaf]
        leaves = [s for s in self.stations if s.is_leaf]
        size = POINT_SIZE if len(trunk) <= MANY else SMALL_POINT
        colour = self.shown.gradient
        figure = go.Figure()
        figure.add_scatter(**self._ring())
        figure.add_scatter(**self._line(trunk + [leaf for leaf in leaves if self._ends(leaf)]))
        figure.add_scatter(
            **self._points(trunk, "operation on the longest path"),
            marker={"color": colour, "size": size},
        )
        figure.add_scatter(
            **self._points(beside, "operation on a shorter one"),
            marker={
                "symbol": "circle-open",
                "color": colour,
                "size": size - 2,
                "line": {"color": colour, "width": 2},
            },
        )
        figure.add_scatter(
            **self._points(leaves, "leaf"),
            marker={
                "symbol": "diamond",
                "color": self.shown.pill,
                "size": LEAF_SIZE,
                "line": {"color": self.shown.text, "width": 2},
            },
        )
        _style(figure, self.decades, self.shown, self._span())
        return Chart(figure.to_json(), self._spots(), ring=0)

    def _spots(self) -> dict[str, tuple[float, float]]:
        """The start of the stage has no place of its own: it is marked where it sends to."""
        spots = {
            f"b{station.step}": (float(station.depth), self.heights[station.node])
            for station in self.stations
            if station.step
        }
        first = next(iter(spots.values()), None)
        return spots if first is None else {"b0": first, **spots}

    def _span(self) -> tuple[float, float]:
        deepest = max((station.depth for station in self.stations), default=0)
        # Where the trunk ends, a name needs room on both sides.
        return -0.5 - deepest * 0.03, max(deepest, 1) + 0.5 + deepest * 0.06

    def _ends(self, leaf: Station) -> bool:
        """Whether what arrives at the leaf comes from the trunk alone."""
        uses = [e for e in self.backward.edges if e.downstream == leaf.node and e.contribution]
        return leaf.trunk and len(uses) == 1

    # Traces.

    def _ring(self) -> dict[str, Any]:
        return {
            "x": [None],
            "y": [None],
            "mode": "markers",
            "hoverinfo": "skip",
            "showlegend": False,
            "marker": {
                "symbol": "circle-open",
                "color": self.shown.active,
                "size": RING_SIZE,
                "line": {"color": self.shown.active, "width": theme.RING_WIDTH},
            },
        }

    def _line(self, stations: list[Station]) -> dict[str, Any]:
        return {
            "x": [station.depth for station in stations],
            "y": [self.heights[station.node] for station in stations],
            "mode": "lines",
            "hoverinfo": "skip",
            "showlegend": False,
            "line": {"color": self.shown.gradient, "width": 2.5, "dash": theme.GRADIENT_DASH},
        }

    def _points(self, stations: list[Station], title: str) -> dict[str, Any]:
        labels = [self.labels.get(station.node, ("", "top right")) for station in stations]
        return {
            "x": [station.depth for station in stations],
            "y": [self.heights[station.node] for station in stations],
            "customdata": [f"b{station.step}" if station.step else "" for station in stations],
            "text": [label for label, _ in labels],
            "textposition": [side for _, side in labels],
            "hovertext": [self._words(station) for station in stations],
            "hoverinfo": "text",
            "mode": "markers+text",
            "name": title,
        }

    # Texts.

    def _is_named(self, station: Station) -> bool:
        """Whether the student gave its result a name, or it is the loss."""
        return self.nodes[station.node].variable is not None or station.depth == 0

    def _words(self, station: Station) -> str:
        node = self.nodes[station.node]
        size = f"gradient norm {self.decades.text(station.norm or 0.0)}"
        if station.is_leaf:
            return f"leaf {plain(name(self.backward, node.id), LONG_NAME)}<br>{size}"
        where = plain(describe(self.backward, node.id), LONG_NAME)
        factor = f"<br>sends on ×{format_number(station.factor, 3)}" if station.factor else ""
        return f"{plain(place(node), LONG_NAME)}<br>{where}<br>{size}{factor}"

    def _labels(self) -> dict[str, tuple[str, Side]]:
        """Names beside their points, as many as have room; leaves first, expressions last."""

        def rank(station: Station) -> tuple[bool, bool, bool, int]:
            is_end = station.is_leaf and station.trunk
            return not is_end, not station.is_leaf, not self._is_named(station), station.depth

        left, right = self._span()
        low, high = self.decades.range()
        across = NARROWEST[0] / (right - left)
        upward = NARROWEST[1] / (high - low)
        middle = {
            station.node: ((station.depth - left) * across, self.heights[station.node] * upward)
            for station in self.stations
        }
        named = [
            station
            for station in sorted(self.stations, key=rank)
            if station.is_leaf or self._is_named(station) or len(self.stations) <= FEW
        ]
        texts = {station.node: name(self.backward, station.node) for station in named}
        lengths = {node_id: min(len(text), NAME) for node_id, text in texts.items()}
        return {
            node_id: (plain(texts[node_id], NAME), side)
            for node_id, side in with_room(middle, lengths, NARROWEST[0]).items()
        }


def _style(figure: go.Figure, scale: Decades, shown: Theme, span: tuple[float, float]) -> None:
    low, high = scale.range()
    heights, texts = scale.ticks()
    figure.update_yaxes(
        title={"text": "gradient norm", "font": {"size": theme.NAME_SIZE}},
        range=[low, high],
        tickvals=heights,
        ticktext=texts,
        gridcolor=shown.pill,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_xaxes(
        title={
            "text": "operations between the loss and this place",
            "font": {"size": theme.NAME_SIZE},
        },
        range=list(span),
        gridcolor=shown.pill,
        zeroline=False,
        fixedrange=True,
        tick0=0,
        dtick=_tick(span[1]),
    )
    for there, bottom, top in (
        (scale.has_zero, low, scale.low - scale.band / 2),
        (scale.has_odd, scale.high + scale.band / 2, high),
    ):
        if there:
            figure.add_hrect(y0=bottom, y1=top, fillcolor=shown.pill, line_width=0, layer="below")
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 80, "r": 12, "t": 8, "b": 80},
        font={"family": theme.FONT, "size": theme.NAME_SIZE, "color": shown.text},
        hoverlabel={
            "bgcolor": shown.background,
            "bordercolor": shown.edge,
            "font": {"color": shown.text, "size": theme.NAME_SIZE},
            "align": "left",
        },
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "x": 0, "y": -0.24, "yanchor": "top"},
        hovermode="closest",
        dragmode=False,
    )


def _tick(length: float) -> int:
    """A round number of operations, so that there are at most a dozen marks.

    >>> _tick(5), _tick(16), _tick(181)
    (1, 2, 20)
    """
    steps = (factor * 10**power for power in range(6) for factor in (1, 2, 5))
    return next(step for step in steps if length / step <= 12)
