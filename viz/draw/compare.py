"""Turn two programs into charts that compare them: gradient norms along the depth of their graphs,
and over the calls of their training loops."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from viz.draw import theme
from viz.draw.text import plain
from viz.draw.theme import THEMES, Theme, ThemeName
from viz.rules import format_number, name
from viz.rules.flow import Station, gradient_flow
from viz.rules.in_time import Beat, steps_in_time
from viz.trace import Backward, History, Number, Record, to_float

HEIGHT = 360
MOST_LABELS = 26
"""With more steps only every second, third, ... is labelled."""
SYMBOLS = ("circle", "square")
DASHES = ("solid", "dash")
MARK = 9
TICKS = 14


class Spot(Record, frozen=True):
    """One gradient on its way down: the beat at which it arrives, from 1, where, and its norm."""

    beat: int
    name: str
    norm: float
    is_leaf: bool
    on_every_way: bool


def spots_of(backward: Backward, moves: Sequence[int]) -> tuple[Spot, ...]:
    """What arrived at each node; `moves` is for each beat the step that has been taken by then."""
    beats = {step: beat for beat, step in reversed(list(enumerate(moves, start=1)))}
    stations = gradient_flow(backward).stations
    shared = on_every_way(backward, stations)
    return tuple(
        Spot(
            # A leaf that did not fire, for torch.autograd.grad was called, stands at the end.
            beats[station.step - 1] if station.step is not None else len(moves),
            name(backward, station.node),
            station.norm,
            station.is_leaf,
            station.node in shared,
        )
        for station in stations
        if station.norm is not None
    )


def on_every_way(backward: Backward, stations: Sequence[Station]) -> frozenset[str]:
    """What every way of a gradient passes that leads to the end of the trunk.

    The rest are side branches, such as the inside of a residual block: only a part of the gradient
    flows through them.
    """
    trunk = sorted((s for s in stations if s.trunk), key=lambda station: station.depth)
    operations = [station.node for station in trunk if not station.is_leaf]
    if not operations:
        return frozenset(station.node for station in trunk)
    leaving: dict[str, list[str]] = {}
    for edge in backward.edges:
        if edge.contribution is not None:
            leaving.setdefault(edge.upstream, []).append(edge.downstream)
    # The engine fires a node after all that send to it: one pass counts the ways.
    order = [backward.output, *(step.node for step in backward.steps)]
    ways_to, ways_from = Counter({backward.output: 1}), Counter({operations[-1]: 1})
    for node in order:
        for below in leaving.get(node, ()):
            ways_to[below] += ways_to[node]
    for node in reversed(order):
        ways_from[node] += sum(ways_from[below] for below in leaving.get(node, ()))
    every = ways_to[operations[-1]]
    shared = {node for node in operations if ways_to[node] * ways_from[node] == every}
    # A leaf that is used once gets all that the operation before it sends there.
    return frozenset(shared | {s.node for s in trunk if s.is_leaf and ways_to[s.node] == every})


def depth_chart(first: Backward, second: Backward, colours: ThemeName = "light") -> go.Figure:
    """The norm of each gradient from the loss to the leaves, in both programs, on a log scale.

    Steps that both programs take stand above each other.
    """
    shown, beats = THEMES[colours], steps_in_time(first, second)
    sides = [spots_of(b, moves) for b, moves in zip((first, second), _moves(beats), strict=True)]
    ends = _ends([spot.norm for spots in sides for spot in spots])
    figure = go.Figure()
    for index, spots in enumerate(sides):
        shared = [spot for spot in spots if spot.on_every_way]
        others = [spot for spot in spots if not spot.on_every_way]
        figure.add_scatter(**_trace(shown, index, shared, ends), mode="lines+markers+text")
        figure.add_scatter(
            **_trace(shown, index, others, ends), mode="markers+text", showlegend=False
        )
    labels = {spot.beat: spot.name for spots in reversed(sides) for spot in spots}
    every = math.ceil(len(labels) / MOST_LABELS) or 1
    ticks = sorted(labels)[::every]
    figure.update_xaxes(
        tickvals=ticks,
        ticktext=[plain(labels[beat]) for beat in ticks],
        tickangle=-40,
        tickfont_size=TICKS,
        title="from the loss to the leaves",
    )
    figure.update_yaxes(type="log", title="norm of the gradient", dtick=1, tickfont_size=TICKS)
    return _styled(figure, shown, bottom=100)


def _moves(beats: Sequence[Beat]) -> tuple[list[int], list[int]]:
    return [one for one, _ in beats], [other for _, other in beats]


def _ends(norms: Sequence[float]) -> tuple[float, float]:
    """Where the log scale has room for what it lacks: 0 below all others, infinity above."""
    seen = [norm for norm in norms if norm > 0 and math.isfinite(norm)] or [1.0]
    return min(seen) / 10, max(seen) * 10


def _trace(
    shown: Theme, index: int, spots: Sequence[Spot], ends: tuple[float, float]
) -> dict[str, object]:
    side, colour = "AB"[index], (shown.side_a, shown.side_b)[index]
    fills = [shown.background if spot.is_leaf else colour for spot in spots]
    return {
        "x": [spot.beat for spot in spots],
        "y": [spot.norm or ends[0] if math.isfinite(spot.norm) else ends[1] for spot in spots],
        "name": side,
        "line": {"color": colour, "dash": DASHES[index], "width": 2},
        "marker": {
            "symbol": SYMBOLS[index],
            "size": MARK,
            "color": fills,
            "line": {"color": colour, "width": 2},
        },
        # What the scale lacks is written beside its mark.
        "text": ["" if _is_on_scale(spot) else format_number(spot.norm) for spot in spots],
        "textposition": "middle right",
        "hovertext": [f"{side} · {plain(spot.name)}: {format_number(spot.norm)}" for spot in spots],
        "hoverinfo": "text",
    }


def _is_on_scale(spot: Spot) -> bool:
    return spot.norm > 0 and math.isfinite(spot.norm)


# --- training loops -------------------------------------------------------------------------------


def loops_chart(first: History, second: History, colours: ThemeName = "light") -> go.Figure:
    """Loss and norm of all gradients together over the calls of backward, in both programs."""
    shown = THEMES[colours]
    figure = make_subplots(1, 2, horizontal_spacing=0.1, subplot_titles=("loss", "gradient norm"))
    for index, history in enumerate((first, second)):
        side, colour = "AB"[index], (shown.side_a, shown.side_b)[index]
        calls = [number + 1 for number in history.numbers]
        for column, heights in enumerate((losses_of(history), norms_of(history)), start=1):
            figure.add_scatter(
                x=calls,
                y=heights,
                name=side,
                mode="lines+markers",
                line={"color": colour, "dash": DASHES[index], "width": 2},
                marker={"symbol": SYMBOLS[index], "size": MARK - 3, "color": colour},
                showlegend=column == 1,
                row=1,
                col=column,
            )
    figure.update_xaxes(title="call of backward")
    return _styled(figure, shown, bottom=50)


def losses_of(history: History) -> list[float | None]:
    """What backward was called on; its norm where that had more than one element."""
    norms = history.norms or (None,) * len(history.losses)
    both = zip(history.losses, norms, strict=True)
    return [_height(norm if loss is None else loss) for loss, norm in both]


def norms_of(history: History) -> list[float | None]:
    """The norm of the gradients of all leaves, taken as one vector."""
    columns = zip(*(curve.gradients for curve in history.curves), strict=True)
    return [_together(column) for column in columns]


def _together(norms: Sequence[Number | None]) -> float | None:
    known = [to_float(norm) for norm in norms if norm is not None]
    total = math.hypot(*known) if known else None
    return total if total is not None and math.isfinite(total) else None


def _height(number: Number | None) -> float | None:
    height = None if number is None else to_float(number)
    return height if height is not None and math.isfinite(height) else None


def _styled(figure: go.Figure, shown: Theme, bottom: int) -> go.Figure:
    figure.update_xaxes(gridcolor=shown.pill, zeroline=False)
    figure.update_yaxes(gridcolor=shown.pill, zeroline=False)
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 60, "r": 10, "t": 60, "b": bottom},
        font={"family": theme.FONT, "size": theme.NAME_SIZE, "color": shown.text},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "y": 1.1, "yanchor": "bottom", "x": 0.5, "xanchor": "center"},
        hovermode="closest",
    )
    return figure
