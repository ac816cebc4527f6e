"""Turn cuts, surprises and a stop into marks on the stage: broken lines, badges, a red ring.

Each has a sign and words; colour is never the only one.
"""

from __future__ import annotations

import math

from viz.draw import geometry, theme
from viz.draw.badges import RING, badge_place
from viz.draw.scene import Scene
from viz.draw.still import Drawn, joined, scatter, texts
from viz.draw.text import plain
from viz.layout.places import CutRoute, Place, Point
from viz.layout.sizes import CAPTION_LINE, SCISSORS, cut_lines
from viz.rules.surprises import stop_mark

GAP = 15.0
"""Half of the hole in a broken line, where the scissors stand."""
LABEL_GAP = 5.0
BROKEN = "3px,6px"
SCISSORS_SIZE = 24
STOP_CHARACTERS = 24


def cut_traces(scene: Scene) -> list[Drawn]:
    """The broken lines, the scissors in them, and what cut."""
    if not scene.cuts:
        return []
    lines = [part for route in scene.cuts for part in _broken(route)]
    xs, ys = joined(lines)
    style = {"color": scene.theme.differs, "width": theme.LINE_WIDTH + 0.5, "dash": BROKEN}
    drawn = [scatter(x=xs, y=ys, mode="lines", line=style, hoverinfo="skip", name="cut")]
    points = [_hole(route) for route in scene.cuts]
    signs = texts(scene, points, [SCISSORS] * len(points), SCISSORS_SIZE, scene.theme.differs)
    labels, places = [], []
    for route in scene.cuts:
        cut = scene.backward.cuts[route.cut]
        words = [line.removeprefix(f"{SCISSORS} ") for line in cut_lines(cut)]
        labels.append("<br>".join(plain(line, 40) for line in words))
        raised = LABEL_GAP + CAPTION_LINE / 2 + 4 if _on_line(route) else 0.0
        places.append((route.label[0], route.label[1] + raised))
    return [*drawn, signs, texts(scene, places, labels, theme.NAME_SIZE, scene.theme.differs)]


def _on_line(route: CutRoute) -> bool:
    """Whether the words stand on the line, and not beside its beginning or below its end."""
    return not route.stub and any(
        math.dist(point, route.label) < 2 * GAP for point in _close(route.points)
    )


def _close(points: geometry.Polyline) -> list[Point]:
    count = max(1, int(geometry.length(points) / GAP))
    return [geometry.along(points, part / count)[-1] for part in range(count + 1)]


def _hole(route: CutRoute) -> Point:
    """Where the line is cut: at its words, else in its middle."""
    if _on_line(route):
        return route.label
    return geometry.along(route.points, 0.5)[-1]


def _broken(route: CutRoute) -> list[geometry.Polyline]:
    """The line up to the hole, and from there on."""
    whole = geometry.length(route.points)
    middle = _share_at(route.points, route.label) if _on_line(route) else 0.5
    gap = GAP / max(whole, 1.0)
    first = geometry.along(route.points, max(0.0, middle - gap))
    back = geometry.along(tuple(reversed(route.points)), max(0.0, 1 - middle - gap))
    return [first, tuple(reversed(back))]


def _share_at(points: geometry.Polyline, spot: Point) -> float:
    """How far along the line the point nearest to the spot is."""
    shares = [part / 200 for part in range(201)]
    return min(shares, key=lambda share: math.dist(geometry.along(points, share)[-1], spot))


def badge_traces(scene: Scene) -> list[Drawn]:
    """Small labels on top of nodes: "⚠ first NaN", "0 dead relu"."""
    if not scene.badges:
        return []
    places = [badge_place(scene.places[node], text) for node, text in scene.badges.items()]
    xs, ys = joined([geometry.outline(place, False) for place in places])
    outlines = scatter(
        x=xs,
        y=ys,
        mode="lines",
        fill="toself",
        fillcolor=scene.theme.background,
        line={"color": scene.theme.differs, "width": 2},
        hoverinfo="skip",
        name="badge",
    )
    labels = [f"<b>{plain(text, 24)}</b>" for text in scene.badges.values()]
    points = [(place.x, place.y) for place in places]
    words = texts(scene, points, labels, theme.NAME_SIZE, scene.theme.differs)
    words["textfont"]["shadow"] = "none"
    return [outlines, words]


def stop_traces(scene: Scene) -> list[Drawn]:
    """A red ring around the node that could not go on, and why."""
    stop = scene.backward.stop
    if stop is None or scene.stopped is None:
        return []
    place = scene.places[scene.stopped]
    wide = Place(place.node, place.x, place.y, place.width + 2 * RING, place.height + 2 * RING)
    xs, ys = joined([geometry.outline(wide, True)])
    ring = scatter(
        x=xs,
        y=ys,
        mode="lines",
        line={"color": scene.theme.differs, "width": theme.RING_WIDTH, "dash": "10px,4px"},
        hoverinfo="skip",
        name="stopped",
    )
    lines = _wrapped(stop_mark(stop)) if scene.rich else ["✗ stopped"]
    above = wide.height / 2 + 4 + CAPTION_LINE * len(lines) / 2
    label = "<br>".join(f"<b>{plain(line, 40)}</b>" for line in lines)
    point = (place.x, place.y + above)
    return [ring, texts(scene, [point], [label], theme.NAME_SIZE, scene.theme.differs)]


def _wrapped(text: str) -> list[str]:
    """
    >>> _wrapped("✗ saved tensor changed on line 4")
    ['✗ saved tensor changed', 'on line 4']
    """
    if len(text) <= STOP_CHARACTERS:
        return [text]
    cut = text.rfind(" on ")
    return [text[:cut], text[cut + 1 :]] if cut > 0 else [text]
