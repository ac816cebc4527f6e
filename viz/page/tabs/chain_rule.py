"""The chain rule, whole: every path from the loss to a leaf, and the sum of their products."""

from __future__ import annotations

import streamlit as st

from viz.draw.scene import Scene
from viz.draw.theme import ThemeName
from viz.layout.places import Layout
from viz.page.chain import chain_html
from viz.page.engine import KEPT
from viz.page.markdown import markdown_safe
from viz.page.tabs.tab import Shown, Tab
from viz.rules.explain import graph_of
from viz.rules.graph import Graph
from viz.rules.path_words import index_text
from viz.rules.paths import Paths, paths_to
from viz.rules.written_paths import write_paths
from viz.trace import Backward, Leaf

MOST_BUTTONS = 6
"""More leaves than this are chosen from a list."""
MOST_ELEMENTS = 64


def show(shown: Shown) -> None:
    backward = shown.backward
    graph = graph_of(backward)
    with st.container(horizontal=True, vertical_alignment="bottom", key="chain-choice"):
        target = _chosen(shown, graph, reached_leaves(backward))
        element = _element(shown, paths_to(graph, target))
    layout = shown.answer.layouts[shown.chosen]
    st.html(_written(shown.content, target, element, shown.colours, backward, layout))


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _written(
    content: str,
    target: str,
    element: int,
    colours: ThemeName,
    _backward: Backward,
    _layout: Layout,
) -> str:
    """Every step reruns the tab, and none of this changes."""
    graph = graph_of(_backward)
    scene = Scene.of(_backward, _layout, colours)
    return chain_html(write_paths(graph, paths_to(graph, target, element)), scene)


def reached_leaves(backward: Backward) -> list[Leaf]:
    """The leaves, and what keeps its gradient like one, that the graph reaches."""
    return [leaf for leaf in backward.leaves if leaf.requires_grad and leaf.node is not None]


def _chosen(shown: Shown, graph: Graph, leaves: list[Leaf]) -> str:
    """The node of the leaf that the person chose; the first where there was no choice."""
    names = {leaf.node: graph.name(leaf.node) for leaf in leaves if leaf.node}
    nodes = list(names)
    if len(nodes) == 1:
        return nodes[0]
    key = f"chain-{shown.run}"
    if len(nodes) <= MOST_BUTTONS:
        picked = st.segmented_control(
            "Paths from the loss to",
            nodes,
            format_func=lambda node: markdown_safe(names[node]),
            default=nodes[0],
            required=True,
            key=key,
        )
    else:
        picked = st.selectbox(
            "Paths from the loss to", nodes, format_func=names.__getitem__, key=key, width=280
        )
    return picked or nodes[0]


def _element(shown: Shown, paths: Paths) -> int:
    """Which element of a tensor, where each has paths of its own."""
    arrived = paths.arrived
    if not paths.numeric or arrived is None or not 1 < arrived.size <= MOST_ELEMENTS:
        return 0
    picked = st.selectbox(
        "Element",
        range(arrived.size),
        format_func=lambda element: index_text(element, arrived.shape),
        key=f"chain-{shown.run}-{paths.node}",
        width=140,
    )
    return picked or 0


TAB = Tab("chain", "Chain rule", show, lambda shown: bool(reached_leaves(shown.backward)))
