"""Turn a Backward into positions, using Graphviz: the beautiful way, for small graphs."""

from __future__ import annotations

from collections import Counter

import pygraphviz

from viz.layout import sizes
from viz.layout.curves import polyline
from viz.layout.places import CutRoute, Layout, Place, Point, Route
from viz.trace import Backward, Cut, Edge, Node

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
    stopped = backward.stop.node if backward.stop is not None else None
    for node in backward.nodes:
        _add_node(graph, node, stopped)
    for index, edge in enumerate(backward.edges):
        _add_edge(graph, index, edge, nodes, stopped)
    for index, cut in enumerate(backward.cuts):
        _add_cut(graph, index, cut, nodes)
    graph.layout(prog="dot")
    return _read(graph, backward, nodes)


def _add_node(graph: pygraphviz.AGraph, node: Node, stopped: str | None) -> None:
    width, height = sizes.outline(node) if node.id != stopped else sizes.stop_room()
    if node.id == stopped:
        graph.add_node(node.id, width=width / INCH, height=height / INCH)
    elif node.kind == "operation":
        graph.add_node(node.id, shape="circle", width=width / INCH, height=height / INCH)
    else:
        graph.add_node(node.id, width=width / INCH, height=height / INCH)


def _add_edge(
    graph: pygraphviz.AGraph,
    index: int,
    edge: Edge,
    nodes: dict[str, Node],
    stopped: str | None,
) -> None:
    # Edges point forward here, from downstream to upstream, so that dot puts the leaves left.
    room = sizes.label(edge, nodes)
    # Around the node that could not go on there is room for words: lines keep to its middle.
    ends = {"headport": "w"} if edge.upstream == stopped else {}
    if room is None:
        graph.add_edge(edge.downstream, edge.upstream, key=f"e{index}", **ends)
        return
    width, height = room
    graph.add_node(f"l{index}", width=width / INCH, height=height / INCH)
    # Through the middle of the numbers; and from the end of a pill, whose caption stays free.
    into = {"headport": "w", "dir": "none", "weight": 2}
    if nodes[edge.downstream].kind == "leaf" or edge.downstream == stopped:
        into["tailport"] = "e"
    graph.add_edge(edge.downstream, f"l{index}", key=f"e{index}a", **into)
    graph.add_edge(f"l{index}", edge.upstream, key=f"e{index}b", tailport="e", weight=2, **ends)


def _add_cut(graph: pygraphviz.AGraph, index: int, cut: Cut, nodes: dict[str, Node]) -> None:
    """The words of the cut are a node, as the numbers of an edge are."""
    width, height = sizes.cut_label(cut)
    graph.add_node(f"c{index}", width=width / INCH, height=height / INCH)
    if cut.source is not None:
        into = {"headport": "w", "dir": "none"}
        if nodes[cut.source].kind == "leaf":
            into["tailport"] = "e"
        graph.add_edge(cut.source, f"c{index}", key=f"c{index}a", **into)
    graph.add_edge(f"c{index}", cut.node, key=f"c{index}b", tailport="e", headport="w", dir="none")


def _read(graph: pygraphviz.AGraph, backward: Backward, nodes: dict[str, Node]) -> Layout:
    places = {}
    for node in backward.nodes:
        x, y = _point(graph.get_node(node.id).attr["pos"])
        places[node.id] = Place(node.id, x, y, *sizes.outline(node))
    routes = []
    stopped = places.get(backward.stop.node or "") if backward.stop is not None else None
    for index, edge in enumerate(backward.edges):
        routes.append(_to_the_circle(_route(graph, index, edge), edge, stopped))
    cuts = tuple(_cut_route(graph, index, cut) for index, cut in enumerate(backward.cuts))
    return _framed(backward, tuple(places.values()), tuple(routes), cuts, nodes)


def _to_the_circle(route: Route, edge: Edge, stopped: Place | None) -> Route:
    """The same line, which dot has led to the border of the room around the circle."""
    if stopped is None or stopped.node not in (edge.upstream, edge.downstream):
        return route
    half = stopped.width / 2
    points = route.points
    if edge.upstream == stopped.node:
        points = (*points, (stopped.x - half, stopped.y))
    if edge.downstream == stopped.node:
        points = ((stopped.x + half, stopped.y), *points)
    return Route(route.edge, points, route.label)


def _cut_route(graph: pygraphviz.AGraph, index: int, cut: Cut) -> CutRoute:
    words = f"c{index}"
    x, y = _point(graph.get_node(words).attr["pos"])
    onward = polyline(graph.get_edge(words, cut.node, f"c{index}b").attr["pos"])
    if cut.source is None:
        # The words stand at the left of their room, the line begins to the right of them.
        right = x + sizes.cut_label(cut)[0] / 2
        return CutRoute(
            index, ((right - sizes.STUB, y), *onward), (x - sizes.STUB / 2, y), stub=True
        )
    before = polyline(graph.get_edge(cut.source, words, f"c{index}a").attr["pos"])
    return CutRoute(index, (*before, *onward), (x, y), stub=False)


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
    backward: Backward,
    places: tuple[Place, ...],
    routes: tuple[Route, ...],
    cuts: tuple[CutRoute, ...],
    nodes: dict[str, Node],
) -> Layout:
    """Move everything into a frame that also holds the captions below the outlines."""
    edges = backward.edges
    points = [point for route in routes for point in route.points]
    points += [point for route in cuts for point in route.points]
    uses = Counter(edge.downstream for edge in edges)
    held = {leaf.node for leaf in backward.leaves if leaf.before is not None}
    lefts = [p.x - sizes.left_extent(nodes[p.node], uses[p.node], p.node in held) for p in places]
    cut_rooms = [(route.label, sizes.cut_label(backward.cuts[route.cut])) for route in cuts]
    lefts += [x - room[0] / 2 for (x, _), room in cut_rooms]
    left = min(min(lefts), *(x for x, _ in points)) - MARGIN
    right = max([p.x + p.width / 2 for p in places] + [x for x, _ in points]) + MARGIN
    bottoms = [p.y - p.height / 2 - sizes.caption(nodes[p.node]) for p in places]
    labels = [
        (route.label[1], sizes.label(edges[route.edge], nodes)) for route in routes if route.label
    ]
    heights = [(y, size[1] / 2) for y, size in labels if size]
    heights += [(y, room[1] / 2) for (_, y), room in cut_rooms]
    if backward.stop is not None:
        heights += [(p.y, sizes.stop_room()[1] / 2) for p in places if p.node == backward.stop.node]
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
        tuple(CutRoute(c.cut, tuple(map(moved, c.points)), moved(c.label), c.stub) for c in cuts),
    )
