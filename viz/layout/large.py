"""Turn a Backward into positions, using fast-sugiyama: for graphs that Graphviz takes long over."""

from __future__ import annotations

from collections import Counter, defaultdict

from fast_sugiyama import from_edges

from viz.layout import sizes
from viz.layout.places import CutRoute, Layout, Place, Point, Route
from viz.trace import Backward, Cut

COLUMN_GAP = 110.0
ROW_GAP = 130.0
MARGIN = 40.0
MOST_USES = 8
UNIT = 72.0
"""fast-sugiyama's own distance between two layers, and between two neighbours of one layer."""


def arrange_large(backward: Backward) -> Layout:
    """Positions by layers, in time nearly linear in the nodes. Edges are straight lines.

    Two edges between the same nodes share one way in the layout and are drawn side by side.
    """
    spots = _spots(backward)
    nodes = sizes.node_index(backward)
    width = max(sizes.outline(node)[0] for node in backward.nodes) + COLUMN_GAP
    places = {}
    for node in backward.nodes:
        layer, row = spots[node.id]
        outline = sizes.outline(node)
        places[node.id] = Place(node.id, layer * width, row * ROW_GAP, *outline)
    left = min(place.x - place.width / 2 for place in places.values()) - MARGIN
    bottom = min(place.y for place in places.values()) - ROW_GAP
    moved = {
        key: Place(key, place.x - left, place.y - bottom, place.width, place.height)
        for key, place in places.items()
    }
    parallel: dict[tuple[str, str], int] = defaultdict(int)
    routes = []
    for index, edge in enumerate(backward.edges):
        pair = (edge.downstream, edge.upstream)
        shift = 14.0 * parallel[pair]
        parallel[pair] += 1
        start = _touch(moved[edge.downstream], moved[edge.upstream], shift)
        end = _touch(moved[edge.upstream], moved[edge.downstream], shift)
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        shown = sizes.label(edge, nodes) is not None
        routes.append(Route(index, (start, end), middle if shown else None))
    return Layout(
        max(place.x + place.width / 2 for place in moved.values()) + MARGIN,
        max(place.y for place in moved.values()) + ROW_GAP,
        tuple(moved.values()),
        tuple(routes),
        tuple(_cut_route(index, cut, moved) for index, cut in enumerate(backward.cuts)),
    )


def _cut_route(index: int, cut: Cut, places: dict[str, Place]) -> CutRoute:
    """A straight broken line, or a stub; the words stand below the constant."""
    place = places[cut.node]
    below = place.y - place.height / 2 - sizes.CAPTION_LINE * len(sizes.cut_lines(cut)) / 2 - 4
    left = (place.x - place.width / 2, place.y)
    source = places.get(cut.source or "")
    start = (left[0] - sizes.STUB, place.y) if source is None else _touch(source, place, 0.0)
    return CutRoute(index, (start, left), (place.x, below), stub=source is None)


def _spots(backward: Backward) -> dict[str, tuple[float, float]]:
    """Layer (from the leaves) and row of each node."""
    uses = Counter(edge.downstream for edge in backward.edges)
    # A leaf that is used everywhere would run through every layer: one of its uses places it.
    placed: set[str] = set()
    edges = []
    for edge in sorted(backward.edges, key=lambda edge: (edge.downstream, edge.upstream)):
        if uses[edge.downstream] <= MOST_USES or edge.downstream not in placed:
            edges.append((edge.downstream, edge.upstream))
            placed.add(edge.downstream)
    edges += [(cut.source, cut.node) for cut in backward.cuts if cut.source is not None]
    edges = sorted(set(edges))
    numbers = {node.id: index for index, node in enumerate(backward.nodes)}
    layouts = from_edges(
        [(numbers[a], numbers[b]) for a, b in edges],
        vertex_spacing=UNIT,
        dummy_vertices=True,
        check_layout=False,
    )
    ids = [node.id for node in backward.nodes]
    spots = {}
    offset = 0.0
    for positions, breadth, height, _ in layouts:
        for number, (x, y) in positions:
            if isinstance(number, int) and number < len(ids):
                spots[ids[number]] = ((height - y) / UNIT, offset + x / UNIT)
        offset += breadth / UNIT + 1
    for node in backward.nodes:
        spots.setdefault(node.id, (0.0, offset))
    return spots


def _touch(place: Place, other: Place, shift: float) -> Point:
    """The point of the outline from which a line to the other node starts."""
    side = 1 if other.x >= place.x else -1
    return place.x + side * place.width / 2, place.y + shift
