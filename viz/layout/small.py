"""Turn a Backward into positions, using Graphviz: the beautiful way, for small graphs."""

from __future__ import annotations

from collections import Counter

import pygraphviz

from viz.layout import sizes
from viz.layout.curves import polyline
from viz.layout.places import Layout, Place, Point, Route
from viz.trace import Backward, Edge, Node

INCH = 72.0
MARGIN = 14.0
NODE_GAP = 0.66
"""Inches between neighbours of one rank: room for the names below and above circles."""
RANK_GAP = 0.28
"""Inches between two ranks; the numbers on the edges have a rank of their own."""


def arrange_small(backward: Backward) -> Layout:
    """Positions by Graphviz's dot. The forward direction runs from left to right.

    The numbers of an edge get a node of their own in the middle of it, so that dot keeps their
    place free and the line runs straight through: the value above it, the gradient below.
    """
    nodes = sizes.node_index(backward)
    graph = pygraphviz.AGraph(
        directed=True,
        strict=False,
        rankdir="LR",
        nodesep=NODE_GAP,
        ranksep=RANK_GAP,
        splines="spline",
    )
    graph.node_attr.update(label="", fixedsize=True, shape="box")
    for node in backward.nodes:
        _add_node(graph, node)
    for index, edge in enumerate(backward.edges):
        _add_edge(graph, index, edge, nodes)
    graph.layout(prog="dot")
    return _read(graph, backward, nodes)


def _add_node(graph: pygraphviz.AGraph, node: Node) -> None:
    width, height = sizes.outline(node)
    if node.kind == "operation":
        graph.add_node(node.id, shape="circle", width=width / INCH, height=height / INCH)
    else:
        graph.add_node(node.id, width=width / INCH, height=height / INCH)


def _add_edge(graph: pygraphviz.AGraph, index: int, edge: Edge, nodes: dict[str, Node]) -> None:
    # Edges point forward here, from downstream to upstream, so that dot puts the leaves left.
    room = sizes.label(edge, nodes)
    if room is None:
        graph.add_edge(edge.downstream, edge.upstream, key=f"e{index}")
        return
    width, height = room
    graph.add_node(f"l{index}", width=width / INCH, height=height / INCH)
    # Through the middle of the numbers; and from the end of a pill, whose caption stays free.
    into = {"headport": "w", "dir": "none", "weight": 2}
    if nodes[edge.downstream].kind == "leaf":
        into["tailport"] = "e"
    graph.add_edge(edge.downstream, f"l{index}", key=f"e{index}a", **into)
    graph.add_edge(f"l{index}", edge.upstream, key=f"e{index}b", tailport="e", weight=2)


def _read(graph: pygraphviz.AGraph, backward: Backward, nodes: dict[str, Node]) -> Layout:
    places = {}
    for node in backward.nodes:
        x, y = _point(graph.get_node(node.id).attr["pos"])
        places[node.id] = Place(node.id, x, y, *sizes.outline(node))
    routes = []
    for index, edge in enumerate(backward.edges):
        routes.append(_route(graph, index, edge))
    return _framed(tuple(places.values()), tuple(routes), backward.edges, nodes)


def _route(graph: pygraphviz.AGraph, index: int, edge: Edge) -> Route:
    if graph.has_node(f"l{index}"):
        middle = f"l{index}"
        first = polyline(graph.get_edge(edge.downstream, middle, f"e{index}a").attr["pos"])
        second = polyline(graph.get_edge(middle, edge.upstream, f"e{index}b").attr["pos"])
        return Route(index, (*first, *second), _point(graph.get_node(middle).attr["pos"]))
    pos = graph.get_edge(edge.downstream, edge.upstream, f"e{index}").attr["pos"]
    return Route(index, polyline(pos))


def _point(text: str) -> Point:
    x, y = text.split(",")
    return float(x), float(y)


def _framed(
    places: tuple[Place, ...],
    routes: tuple[Route, ...],
    edges: tuple[Edge, ...],
    nodes: dict[str, Node],
) -> Layout:
    """Move everything into a frame that also holds the captions below the outlines."""
    points = [point for route in routes for point in route.points]
    uses = Counter(edge.downstream for edge in edges)
    lefts = [p.x - sizes.left_extent(nodes[p.node], uses[p.node]) for p in places]
    left = min(min(lefts), *(x for x, _ in points)) - MARGIN
    right = max([p.x + p.width / 2 for p in places] + [x for x, _ in points]) + MARGIN
    bottoms = [p.y - p.height / 2 - sizes.caption(nodes[p.node]) for p in places]
    labels = [
        (route.label[1], sizes.label(edges[route.edge], nodes)) for route in routes if route.label
    ]
    heights = [(y, size[1] / 2) for y, size in labels if size]
    bottom = min(bottoms + [y for _, y in points] + [y - half for y, half in heights]) - MARGIN
    # A name may also stand above its circle, where an edge comes from below.
    above = [sizes.CAPTION_LINE if nodes[p.node].kind == "operation" else 0 for p in places]
    tops = [p.y + p.height / 2 + extra for p, extra in zip(places, above, strict=True)]
    tops += [y for _, y in points]
    top = max(tops + [y + half for y, half in heights]) + MARGIN

    def moved(point: Point) -> Point:
        return round(point[0] - left, 1), round(point[1] - bottom, 1)

    return Layout(
        round(right - left, 1),
        round(top - bottom, 1),
        tuple(Place(p.node, *moved((p.x, p.y)), p.width, p.height) for p in places),
        tuple(
            Route(r.edge, tuple(map(moved, r.points)), moved(r.label) if r.label else None)
            for r in routes
        ),
    )
