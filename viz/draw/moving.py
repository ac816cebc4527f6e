"""Turn a Scene into plotly frames: what lights up, what travels, what has arrived.

A moment's own frame is a full state, so that any jump shows the truth; the frames on the way to it
move only the travelling gradient and leave the rest as it is.
"""

from __future__ import annotations

from viz.draw import geometry, theme
from viz.draw.moments import TRAVEL, Moment
from viz.draw.scene import Scene
from viz.draw.still import NOTHING, Drawn, heads, joined, scatter, texts
from viz.draw.text import coloured, named, numbers, numbers_of_all, plain
from viz.layout.sizes import CAPTION_LINE, LINE, sum_characters
from viz.rules import format_number
from viz.trace import Array, to_float

ARROW_GAP = 6.0
LABEL_GAP = 5.0
WAITING = "requires grad"
"""What stands below a leaf while there is nothing to add up yet."""
ASKED, NOT_ASKED = "asked for", "not asked for"
"""The same where only some gradients are asked for, as `torch.autograd.grad` does."""
QUIET = (WAITING, ASKED, NOT_ASKED)
MOST_TERMS = 3
"""Of a longer sum only the last terms are shown; the rule card has them all."""


def moving_traces(scene: Scene, moment: Moment) -> list[Drawn]:
    """Every trace that the frames change, as it stands at this moment. The first is the ring."""
    step = int(moment.name[1:]) if moment.phase == "backward" else -1
    done = int(moment.name[1:]) if moment.phase == "forward" else len(scene.backward.forward)
    return [
        _ring(scene, moment.node),
        *([forward_values(scene, done)] if scene.values_appear else []),
        *_gradients(scene, step),
        _sums(scene, step),
        *_travelling(scene, (), 0.0),
    ]


def travelling_traces(scene: Scene, step: int, part: int) -> list[Drawn]:
    """The ring on the firing node, and the gradients on their way: lines and their heads."""
    node = scene.firing(step).node
    # The first of these frames is for the ring alone: the operation lights up before it sends.
    share = part / (TRAVEL - 1)
    return [_ring(scene, node), *_travelling(scene, scene.edges_from[node], share)]


def _ring(scene: Scene, node_id: str) -> Drawn:
    # A leaf accumulates in all of its places at once.
    xs, ys = joined(list(scene.outlines[node_id]))
    return scatter(
        x=xs,
        y=ys,
        mode="lines",
        fill="toself",
        fillcolor=scene.theme.active_fill,
        line={"color": scene.theme.active, "width": theme.RING_WIDTH, "simplify": False},
        hoverinfo="skip",
        name="active",
    )


def forward_values(scene: Scene, done: int) -> Drawn:
    """Name and value above each edge, once its operation has run; the output's value at its end."""
    ran = set(scene.backward.forward[:done])
    points, labels = [], []
    for index, edge in enumerate(scene.backward.edges):
        source = scene.nodes[edge.downstream]
        label = scene.routes[index].label
        if source.id not in ran or label is None or edge.upstream == scene.backward.output:
            continue
        text = named(source.variable, scene.value(edge), scene.theme.forward)
        points.append((label[0], label[1] + LABEL_GAP + LINE * line_count(text) / 2))
        labels.append(text)
    output = scene.nodes[scene.backward.output]
    place = scene.places[output.id]
    points.append((place.x, place.y))
    value = numbers_of_all(output.values) if done >= len(scene.backward.forward) else ""
    name = plain(output.variable or "output")
    labels.append(f"{name}<br>{coloured(value, scene.theme.forward)}" if value else name)
    return texts(scene, points, labels, theme.VALUE_SIZE, scene.theme.text)


def line_count(text: str) -> int:
    return text.count("<br>") + 1


def _gradients(scene: Scene, step: int) -> list[Drawn]:
    """Lines, heads and numbers of all gradients that have arrived after this many steps."""
    fresh = scene.edges_from[scene.firing_node(step)] if step >= 0 else ()
    arrived = scene.sent(step) if step >= 0 and scene.rich else fresh
    paths = [scene.gradient_paths[index] for index in arrived]
    xs, ys = joined([geometry.shortened(path, ARROW_GAP) for path in paths])
    lines = scatter(x=xs, y=ys, mode="lines", line=_dashed(scene), hoverinfo="skip")
    points, labels, hovers = [], [], []
    for index in arrived:
        label = scene.routes[index].label
        if label is None:
            continue
        contribution = scene.backward.edges[index].contribution
        text = numbers(contribution)
        lower = geometry.GRADIENT_OFFSET + LABEL_GAP + LINE * line_count(text) / 2
        points.append((label[0], label[1] - lower))
        labels.append(f"<b>{text}</b>" if index in fresh else text)
        hovers.append(index)
    numbers_trace = texts(scene, points, labels, theme.VALUE_SIZE, scene.theme.gradient)
    return [lines, heads(paths, scene.theme.gradient), numbers_trace]


def _dashed(scene: Scene) -> dict[str, object]:
    return {
        "color": scene.theme.gradient,
        "width": theme.GRADIENT_WIDTH,
        "dash": theme.GRADIENT_DASH,
    }


def _sums(scene: Scene, step: int) -> Drawn:
    """Below each leaf: what has arrived so far, and the sum once it is accumulated."""
    firing = scene.firing_node(step) if step >= 0 else ""
    if scene.rich:
        leaves = [node for node in scene.backward.nodes if node.kind == "leaf"]
        fired = {done.node for done in scene.backward.steps[: max(step, 0)]}
        arrived = scene.sent(step) if step >= 0 else ()
    else:
        leaves = [node for node in [scene.nodes.get(firing)] if node and node.kind == "leaf"]
        fired = {firing}
        arrived = scene.edges_to.get(firing, ())
    points, labels, positions = [], [], []
    for node in leaves:
        text, lines = sum_text(scene, node.id, arrived, node.id in fired)
        place = scene.places[node.id]
        several = len(scene.edges_to[node.id]) > 1
        if is_long(text, _terms(scene, node.id)):
            text, lines = text.replace(" = ", "<br>= "), lines + 1
        # Where several gradients arrive, they arrive on the right: the text makes room for them.
        x = place.x + place.width / 2 - 16 if several else place.x
        positions.append("middle left" if several else "middle center")
        points.append((x, place.y - place.height / 2 - 4 - CAPTION_LINE * lines / 2))
        colour = scene.theme.quiet if text.startswith(QUIET) else scene.theme.gradient
        labels.append(f'<span style="color:{colour}">{text}</span>')
    trace = texts(scene, points, labels, theme.NAME_SIZE + 1, scene.theme.quiet)
    trace["textposition"] = positions or "middle center"
    return trace


def _terms(scene: Scene, leaf_id: str) -> int:
    """How many numbers its sum may have: one for each use, and the gradient that it had before."""
    leaf = scene.leaves.get(leaf_id)
    held = leaf is not None and leaf.before is not None
    return len(scene.edges_to[leaf_id]) + held


def is_long(text: str, terms: int) -> bool:
    """Whether a sum needs a line of its own for the total.

    >>> is_long("grad 12 + (−4) = <b>8</b>", 2), is_long("grad −0.1344 + 0.2048 = <b>0.07</b>", 2)
    (False, True)
    """
    shown = text.replace("<b>", "").replace("</b>", "")
    return " = " in text and len(shown) > sum_characters(terms)


def sum_text(scene: Scene, leaf_id: str, arrived: tuple[int, ...], fired: bool) -> tuple[str, int]:
    """The text below a leaf, and its lines: "grad 12 + (−4)", then "grad 12 + (−4) + 1 = 9"."""
    into = scene.edges_to[leaf_id]
    here = [scene.backward.edges[index].contribution for index in arrived if index in into]
    leaf = scene.leaves.get(leaf_id)
    before = leaf.before if leaf else None
    after = leaf.after if leaf else None
    if not here and not fired:
        if before is not None and before.is_scalar:
            return f"grad {numbers(before)} so far", 1
        return _waiting(scene, leaf_id), 1
    parts = [array for array in (before, *here) if array is not None]
    if any(not part.is_scalar for part in parts):
        if not fired:
            return (
                f"{len(here)} of {len(into)} arrived" if len(into) > 1 else _waiting(scene, leaf_id)
            ), 1
        text = numbers(after)
        return f"grad <b>{text}</b>", line_count(text)
    left_out = len(parts) - MOST_TERMS
    terms = [_summand(part, first=index == 0) for index, part in enumerate(parts)]
    shown = " + ".join(["…", *terms[left_out:]] if left_out > 0 else terms)
    if not fired:
        return f"grad {shown}", 1
    total = f"<b>{numbers(after)}</b>"
    if len(parts) == 1:
        return f"grad {total}", 1
    return f"grad {shown} = {total}", 1


def _waiting(scene: Scene, leaf_id: str) -> str:
    if leaf_id not in scene.firings and scene.backward.stop is None:
        return NOT_ASKED
    return ASKED if scene.backward.way == "grad" else WAITING


def _summand(part: Array, first: bool) -> str:
    text = format_number(to_float(part.values[0])) if part.values else "?"
    return text if first or not text.startswith("−") else f"({text})"


def _travelling(scene: Scene, edges: tuple[int, ...], share: float) -> list[Drawn]:
    paths = [geometry.along(scene.gradient_paths[index], share) for index in edges]
    # A line glides only to one of as many points: those still to come wait at its tip.
    waiting = [
        len(scene.gradient_paths[index]) - len(path)
        for index, path in zip(edges, paths, strict=True)
    ]
    xs, ys = joined([path + path[-1:] * more for path, more in zip(paths, waiting, strict=True)])
    dashed = _dashed(scene) | {"simplify": False}
    return [
        scatter(x=xs, y=ys, mode="lines", line=dashed, hoverinfo="skip"),
        scatter(
            x=[round(path[-1][0], 1) for path in paths] or NOTHING,
            y=[round(path[-1][1], 1) for path in paths] or NOTHING,
            mode="markers",
            marker={
                "size": theme.TOKEN_SIZE,
                "color": scene.theme.gradient,
                "line": {"color": scene.theme.background, "width": 2},
            },
            hoverinfo="skip",
        ),
    ]
