"""Turn a path through the graph into one line over the figure, and into a small picture of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from viz.draw.geometry import simplified
from viz.draw.scene import Scene
from viz.layout.places import Place

TOLERANCE = 1.0
"""Pixels by which the line may leave the drawn one: it is wider than that."""
MOST_EDGES = 60
"""In a small picture of a larger graph nothing would be seen."""
SMALL_WIDTH, SMALL_HEIGHT = 200.0, 76.0
NODE, WAY, LINE = 3.6, 6.0, 1.1
"""Radius of a node, width of a way and of an edge, in pixels of the small picture."""


def way(scene: Scene, edges: Sequence[int]) -> str:
    """The data of an SVG path from the leaf up to the loss, in pixels from the upper left.

    edges   indices in `Backward.edges`, from the loss down
    """
    points = [point for index in reversed(edges) for point in _drawn(scene, index)]
    return _line(scene, points)


def small_picture(scene: Scene, line: str) -> str:
    """The graph with a way in it, as an SVG document; "" for a graph that is too large for it."""
    if len(scene.routes) > MOST_EDGES:
        return ""
    theme = scene.theme
    scale = min(SMALL_WIDTH / scene.width, SMALL_HEIGHT / scene.height)
    # Lines are as wide in the small picture, however large the figure is.
    wide, thin = WAY / scale, LINE / scale
    edges = "".join(_line(scene, _drawn(scene, index)) for index in scene.routes)
    nodes = "".join(_circle(scene, place, NODE / scale) for place in scene.places.values())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="0 0 {scene.width:.0f} {scene.height:.0f}" '
        f'width="{scene.width * scale:.0f}" height="{scene.height * scale:.0f}">'
        f'<path d="{line}" fill="none" stroke="{theme.active}" stroke-width="{wide:.1f}" '
        f'stroke-linecap="round" stroke-linejoin="round"/>'
        f'<path d="{edges}" fill="none" stroke="{theme.edge}" stroke-width="{thin:.1f}"/>'
        f'<path d="{nodes}" fill="{theme.circle}" stroke="{theme.text}" '
        f'stroke-width="{thin:.1f}"/></svg>'
    )


def _drawn(scene: Scene, index: int) -> list[tuple[float, float]]:
    """The way of one edge, upward, between the middles of what it joins.

    A leaf that stands far away is drawn once more beside each of its uses: there it begins.
    """
    edge = scene.backward.edges[index]
    route = simplified(scene.routes[index].points, TOLERANCE)
    below, above = scene.places[edge.downstream], scene.places[edge.upstream]
    begins = math.dist(route[0], (below.x, below.y)) <= max(below.width, below.height)
    start = [(below.x, below.y)] if begins else []
    return [*start, *route, (above.x, above.y)]


def _circle(scene: Scene, place: Place, radius: float) -> str:
    arc = f"a{radius:.1f},{radius:.1f} 0 1,0"
    start = f"M{place.x - radius:.1f},{scene.height - place.y:.1f}"
    return f"{start}{arc} {2 * radius:.1f},0{arc} {-2 * radius:.1f},0"


def _line(scene: Scene, points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.0f},{scene.height - y:.0f}" for x, y in points)
