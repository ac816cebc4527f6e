"""Where the small labels on top of nodes stand, so that names keep clear of them."""

from __future__ import annotations

from viz.draw.scene import Scene
from viz.layout.places import Place

CHARACTER = 8.0
BADGE_HEIGHT = 24.0
RING = 9.0
"""From the circle of the node that could not go on to the ring around it."""

Box = tuple[float, float, float, float]
"""Left, lower, right, upper."""


def badge_place(place: Place, text: str) -> Place:
    """On the upper border of the node's outline."""
    above = 8.0 if place.width == place.height else 3.0
    width = len(text) * CHARACTER + 16
    return Place(place.node, place.x, place.y + place.height / 2 + above, width, BADGE_HEIGHT)


def boxes_of(scene: Scene, node_id: str) -> list[Box]:
    """Where marks stand at a node: its name keeps clear of them."""
    found = []
    if node_id in scene.badges:
        found.append(badge_place(scene.places[node_id], scene.badges[node_id]))
    if node_id == scene.stopped:
        place = scene.places[node_id]
        found.append(Place(node_id, place.x, place.y + place.height, place.width * 2, place.height))
    return [
        (p.x - p.width / 2, p.y - p.height / 2, p.x + p.width / 2, p.y + p.height / 2)
        for p in found
    ]
