"""Turn a Scene into the traces that stand still: lines, outlines, names, values, legend."""

from __future__ import annotations

from typing import Any

from viz.draw import geometry, theme
from viz.draw.captions import caption_point
from viz.draw.scene import Scene
from viz.draw.text import coloured, full, named, plain
from viz.rules import describe, sign
from viz.trace import Node

ARROW = 15
NOTHING: list[float | None] = [None]
"""An empty trace holds one gap: plotly leaves a trace without any point as it last was."""
CAPTION_CHARACTERS = 13


Drawn = dict[str, Any]
"""One of plotly's traces as plain data: checking each property costs more than all the rest."""


def scatter(**properties: Any) -> Drawn:
    return {"type": "scatter", **properties}


def still_traces(scene: Scene) -> list[Drawn]:
    """Every trace that no frame changes, from the back to the front."""
    return [
        _forward_lines(scene),
        _forward_heads(scene),
        _outlines(scene, "constant", fill=scene.theme.pill, line=scene.theme.pill),
        _outlines(scene, "leaf", fill=scene.theme.pill, line=scene.theme.forward, width=3),
        _outlines(scene, "operation", fill=scene.theme.circle, line=scene.theme.text),
    ]


def front_traces(scene: Scene) -> list[Drawn]:
    """What stands in front of the ring that lights the active node."""
    legend = _legend(scene) if scene.legend else []
    return [_signs(scene), _captions(scene), _pills(scene), _hover(scene), *legend]


def joined(lines: list[geometry.Polyline]) -> tuple[list[float | None], list[float | None]]:
    """Several polylines as one trace: plotly breaks a line at None."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for line in lines:
        xs += [round(x, 1) for x, _ in line] + [None]
        ys += [round(y, 1) for _, y in line] + [None]
    return xs[:-1] or NOTHING, ys[:-1] or NOTHING


def heads(lines: list[geometry.Polyline], colour: str, **more: object) -> Drawn:
    """The arrow heads at the ends of the lines."""
    return scatter(
        x=[round(line[-1][0], 1) for line in lines] or NOTHING,
        y=[round(line[-1][1], 1) for line in lines] or NOTHING,
        mode="markers",
        marker={
            "symbol": "arrow-wide",
            "size": ARROW,
            "angle": [geometry.heading(line) for line in lines] or [0],
            "color": colour,
            "line": {"width": 0},
        },
        hoverinfo="skip",
        **more,
    )


def texts(
    scene: Scene, points: list[tuple[float, float]], labels: list[str], size: int, colour: str
) -> Drawn:
    """Centred texts, with a halo that keeps them legible where a line runs behind them."""
    near, far = f"0 0 3px {scene.theme.background}", f"0 0 6px {scene.theme.background}"
    return scatter(
        x=[round(x, 1) for x, _ in points] or NOTHING,
        y=[round(y, 1) for _, y in points] or NOTHING,
        text=labels or [""],
        mode="text",
        textposition="middle center",
        textfont={
            "size": size,
            "color": colour,
            "family": theme.FONT,
            "shadow": ", ".join([near] * 4 + [far] * 2),
        },
        hoverinfo="skip",
        cliponaxis=False,
    )


def _forward_lines(scene: Scene) -> Drawn:
    lines = [
        geometry.shortened(geometry.simplified(route.points), ARROW / 2)
        for route in scene.routes.values()
    ]
    xs, ys = joined(lines)
    line = {"color": scene.theme.edge, "width": theme.LINE_WIDTH}
    return scatter(x=xs, y=ys, mode="lines", line=line, hoverinfo="skip", name="forward")


def _forward_heads(scene: Scene) -> Drawn:
    return heads([route.points for route in scene.routes.values()], scene.theme.edge)


def _outlines(scene: Scene, kind: str, fill: str, line: str, width: int = 2) -> Drawn:
    shown = [scene.outlines[node.id] for node in scene.backward.nodes if node.kind == kind]
    xs, ys = joined([outline for outlines in shown for outline in outlines])
    return scatter(
        x=xs,
        y=ys,
        mode="lines",
        fill="toself",
        fillcolor=fill,
        line={"color": line, "width": width, "simplify": False},
        hoverinfo="skip",
        name=kind,
    )


def _signs(scene: Scene) -> Drawn:
    shown = [node for node in scene.backward.nodes if node.kind == "operation"]
    labels = [plain(_word(node), 12) for node in shown]
    trace = texts(
        scene, [_centre(scene, node) for node in shown], labels, theme.SIGN_SIZE, scene.theme.text
    )
    trace["textfont"]["shadow"] = "none"
    # A short sign is drawn large; a word has to fit into the circle.
    trace["textfont"]["size"] = [_sign_size(label) for label in labels]
    return trace


def _word(node: Node) -> str:
    """The sign of the operation; where that had to be cut, the function's name."""
    short = sign(node)
    parts = (node.function or "").split(".")
    name = parts[1].strip("_") if len(parts) > 1 else ""
    return name if short.endswith("…") and 0 < len(name) <= 11 else short


def _sign_size(label: str) -> float:
    if len(label) <= 4:
        return theme.SIGN_SIZE
    return theme.WORD_SIZE if len(label) <= 7 else theme.LONG_WORD_SIZE


def _captions(scene: Scene) -> Drawn:
    points, labels = [], []
    for node in scene.backward.nodes:
        if node.kind != "operation":
            continue
        lines = caption_lines(node.name)
        points.append(caption_point(scene, node, lines))
        labels.append("<br>".join(map(plain_line, lines)))
    return texts(scene, points, labels, theme.NAME_SIZE, scene.theme.quiet)


def plain_line(line: str) -> str:
    return plain(line, 24)


def caption_lines(name: str) -> list[str]:
    """The engine's name in one or two lines, broken where a new word begins.

    >>> caption_lines("MulBackward0"), caption_lines("UnsafeViewBackward0")
    (['MulBackward0'], ['UnsafeView', 'Backward0'])
    """
    cut = name.rfind("Backward")
    if len(name) <= CAPTION_CHARACTERS or cut <= 0:
        return [name]
    return [name[:cut], name[cut:]]


def _pills(scene: Scene) -> Drawn:
    shown = [node for node in scene.backward.nodes if node.kind in ("leaf", "constant")]
    labels = [_pill_text(scene, node) for node in shown]
    points = [_centre(scene, node) for node in shown]
    labels += [_chip_text(scene, scene.nodes[chip.node]) for chip in scene.chips]
    points += [(chip.x, chip.y) for chip in scene.chips]
    trace = texts(scene, points, labels, theme.VALUE_SIZE, scene.theme.text)
    trace["textfont"]["shadow"] = "none"
    return trace


def _pill_text(scene: Scene, node: Node) -> str:
    return named(node.variable, node.value, scene.theme.forward)


def _chip_text(scene: Scene, node: Node) -> str:
    """Its name; the value stands in its own place, and wherever it has no name."""
    return plain(node.variable) if node.variable else _pill_text(scene, node)


def _hover(scene: Scene) -> Drawn:
    """Invisible discs over the nodes that tell name, line, and all numbers of small tensors."""
    places = [*(scene.places[node.id] for node in scene.backward.nodes), *scene.chips]
    words = {node.id: _hover_text(scene, node) for node in scene.backward.nodes}
    return scatter(
        x=[round(place.x, 1) for place in places],
        y=[round(place.y, 1) for place in places],
        mode="markers",
        marker={"size": [place.height * 0.9 for place in places], "opacity": 0},
        hovertext=[words[place.node] for place in places],
        hovertemplate="%{hovertext}<extra></extra>",
        hoverlabel={
            "align": "left",
            "bgcolor": scene.theme.background,
            "bordercolor": scene.theme.edge,
            "font": {"family": theme.FONT, "size": theme.NAME_SIZE, "color": scene.theme.text},
        },
    )


def _hover_text(scene: Scene, node: Node) -> str:
    lines = [f"<b>{plain(node.name or node.kind, 60)}</b>"]
    if node.kind == "operation":
        lines.append(plain(describe(scene.backward, node.id), 80))
    elif node.variable:
        lines.append(plain(node.variable, 60))
    if node.line:
        lines.append(f"line {node.line}")
    lines.append(f"value: {full(node.value)}")
    leaf = scene.leaves.get(node.id)
    if leaf is not None and leaf.requires_grad:
        word = "returned" if scene.backward.way == "grad" else ".grad after"
        lines.append(f"{word}: {full(leaf.after) if leaf.after else 'None'}")
    return "<br>".join(lines)


def _centre(scene: Scene, node: Node) -> tuple[float, float]:
    place = scene.places[node.id]
    return place.x, place.y


def _legend(scene: Scene) -> list[Drawn]:
    """Two arrows with their words: which way values go, and which way gradients go."""
    y, right = 15.0, scene.width - 14
    forward = ((right - 575, y), (right - 530, y))
    backward = ((right - 275, y), (right - 320, y))
    labels = [
        f"forward: values in {coloured('blue', scene.theme.forward)}",
        f"backward: gradients in {coloured('orange, dashed', scene.theme.gradient)}",
    ]
    words = texts(
        scene, [(right - 523, y), (right - 268, y)], labels, theme.NAME_SIZE, scene.theme.quiet
    )
    words["textposition"] = "middle right"
    line = {"color": scene.theme.edge, "width": theme.LINE_WIDTH}
    dashes = {"color": scene.theme.gradient, "width": theme.GRADIENT_WIDTH} | {
        "dash": theme.GRADIENT_DASH
    }
    lines = []
    for ends, style in ((forward, line), (backward, dashes)):
        xs, ys = joined([geometry.shortened(ends, 8)])
        lines.append(scatter(x=xs, y=ys, mode="lines", line=style, hoverinfo="skip"))
    return [
        *lines,
        heads([forward], scene.theme.edge),
        heads([backward], scene.theme.gradient),
        words,
    ]
