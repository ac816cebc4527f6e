"""How large the gradient is along the depth: a chart, a sentence, and a table to step by."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

import streamlit as st

from viz.draw.flow import Chart, flow_chart
from viz.draw.theme import ThemeName
from viz.page import assets, components
from viz.page.engine import KEPT
from viz.page.tabs.tab import Shown, Tab
from viz.rules import describe, format_number, name
from viz.rules.flow import Flow, Station, gradient_flow
from viz.rules.flow_words import flow_words
from viz.trace import Backward, Node

MOST_ROWS = 200


def show(shown: Shown) -> None:
    drawn = _drawn(shown.content, shown.colours, shown.backward)
    st.html(f'<p class="sg-verdict">{escape(drawn.words)}</p>')
    look = f"{shown.content}/{shown.colours}"
    components.chart("flow", look, drawn.chart, assets.plotly_address())
    st.caption("Click on a point, or on a row of the table, to see that step above.")
    st.html(drawn.table)


class _Drawn(NamedTuple):
    words: str
    chart: Chart
    table: str


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _drawn(content: str, colours: ThemeName, _backward: Backward) -> _Drawn:
    """All that the tab shows: every step reruns the tab, and none of this changes."""
    flow = gradient_flow(_backward)
    return _Drawn(
        flow_words(_backward, flow),
        flow_chart(_backward, flow, colours),
        stations_table(_backward, flow),
    )


def stations_table(backward: Backward, flow: Flow) -> str:
    """The places of the chart from the loss down; each row goes to its step."""
    ordered = sorted(flow.stations, key=lambda station: (station.depth, station.step or 0))
    nodes = {node.id: node for node in backward.nodes}
    rows = "".join(_row(backward, nodes[station.node], station) for station in ordered[:MOST_ROWS])
    heads = "".join(
        f"<th>{head}</th>"
        for head in ("depth", "step", "operation", "forward", "gradient norm", "sends on")
    )
    more = len(ordered) - MOST_ROWS
    note = f'<p class="sg-chain-words">And {more:,} more.</p>' if more > 0 else ""
    return (
        f'<div class="sg-scroll"><table class="sg-table sg-steps sg-stations"><thead><tr>{heads}'
        f"</tr></thead><tbody>{rows}</tbody></table></div>{note}"
    )


def _row(backward: Backward, node: Node, station: Station) -> str:
    go = f' tabindex="0" data-go="b{station.step}"' if station.step else ""
    what = f"leaf {name(backward, node.id)}" if station.is_leaf else node.name
    forward = "" if station.is_leaf else describe(backward, node.id)
    if station.norm is None:
        size = "–"
    else:
        size = "exactly 0" if station.norm == 0 else format_number(station.norm)
    factor = f"×{format_number(station.factor, 3)}" if station.factor is not None else ""
    step = f"<td>{station.step or '–'}</td>"
    return (
        f"<tr{go}><td>{station.depth}</td>{step}<th scope='row'>{escape(what)}</th>"
        f"<td>{escape(forward)}</td><td class='sg-gradient'>{size}</td>"
        f"<td class='sg-gradient'>{factor}</td></tr>"
    )


TAB = Tab("flow", "Gradient flow", show, lambda shown: bool(shown.backward.steps))
