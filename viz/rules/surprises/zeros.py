"""Gradients that are exactly 0 or nearly: which operation made them so, and why."""

from __future__ import annotations

from viz.rules.norms import norm_of, norm_of_all
from viz.rules.numbers import format_array, format_number
from viz.rules.surprises.surprise import (
    Pass,
    Surprise,
    all_zero,
    called,
    is_zero,
    listed,
    on_line,
)
from viz.trace import Node, to_float

RELU = ("ReluBackward", "ThresholdBackward", "Relu6Backward")
SQUASHING = ("SigmoidBackward", "TanhBackward")
CLAMPING = ("Clamp", "Hardtanh", "Hardsigmoid", "HardtanhBackward")
STAIRS = ("Round", "Floor", "Ceil", "Trunc", "Sign", "Sgn", "Heaviside")
SATURATED = 1e-6
"""A squashing function that lets less than this share of the gradient through is flat there."""

WIDER = "Scale its input down, or start with smaller weights."


def zero_leaves(seen: Pass) -> list[Surprise]:
    """Leaves at which exactly 0 arrived, by the operation that made it 0."""
    makers: dict[str, list[str]] = {}
    for leaf in seen.backward.leaves:
        step = seen.steps.get(leaf.node or "")
        if step is None or leaf.retained or not all_zero(step.incoming):
            continue
        for maker in _makers(seen, str(leaf.node))[:1]:
            makers.setdefault(maker, []).append(leaf.name or "a leaf")
    return [_zero(seen, maker, names) for maker, names in makers.items()]


def _makers(seen: Pass, node_id: str) -> list[str]:
    """The nodes that got a gradient other than 0 and sent 0 towards this one, nearest first."""
    found, waiting, known = [], [node_id], {node_id}
    while waiting:
        here = waiting.pop(0)
        arriving = seen.edges_into.get(here, [])
        if any(not is_zero(edge.contribution) for edge in arriving):
            found.append(here)  # contributions that cancel one another
            continue
        for edge in arriving:
            above = edge.upstream
            step = seen.steps.get(above)
            if step is None or not all_zero(step.incoming):
                found.append(above)
            elif above not in known:
                known.add(above)
                waiting.append(above)
    return list(dict.fromkeys(found))


def _zero(seen: Pass, maker: str, names: list[str]) -> Surprise:
    node = seen.nodes[maker]
    why, cure, word = _reason(seen, node)
    return Surprise(
        "zero",
        f"{listed(names)} get{'s' if len(names) == 1 else ''} a gradient of exactly 0",
        f"{why} So 0 arrives, which is not None: the path exists.",
        cure,
        node.line,
        (maker, *(leaf.node for leaf in seen.backward.leaves if leaf.name in names and leaf.node)),
        f"0 {word}",
        seen.numbers.get(maker, 0),
    )


def _reason(seen: Pass, node: Node) -> tuple[str, str, str]:
    """Why, what would help, and a word for the drawing."""
    place = f"{called(node)}{on_line(node.line)}"
    if node.kind == "output":
        return "backward() began with a gradient of 0.", "Start it with 1.", "at the start"
    if node.kind == "leaf" or _cancels(seen, node):
        return (
            f"The contributions to {seen.name(node.id)} cancel: {_terms(seen, node)}.",
            "Nothing is wrong: this change of the value leaves the result as it is.",
            "they cancel",
        )
    if node.name.startswith(RELU) and all(
        array.high is not None and to_float(array.high) <= 0 for array in seen.inputs(node)[:1]
    ):
        return (
            f"All inputs of {place} are 0 or less, where relu is flat: it is dead.",
            "Try leaky_relu or gelu, other starting weights, or a smaller learning rate.",
            "dead relu",
        )
    if node.name.startswith(SQUASHING):
        return (
            f"{place} is saturated: it is so flat there that its slope rounds to 0.",
            WIDER,
            "saturated",
        )
    if node.name.startswith("Mul"):
        return (
            f"{place} multiplies by 0: {seen.statement(node.id)}.",
            "Use a factor other than 0, or do without this gradient.",
            "times 0",
        )
    if node.name.startswith(CLAMPING):
        return (
            f"The input of {place} lies outside of its limits, where it is flat.",
            "Widen the limits, or clamp only what is printed.",
            "clamped",
        )
    if node.name.startswith(STAIRS):
        return (
            f"{place} is a staircase: flat wherever it does not jump.",
            "Leave it out of the loss, or let the gradient pass: x + (x.round() - x).detach().",
            "a staircase",
        )
    return (
        f"The local derivative of {place} is 0 here: {seen.statement(node.id)}.",
        "At a minimum that is as it should be; elsewhere start from another value.",
        "slope 0",
    )


def _cancels(seen: Pass, node: Node) -> bool:
    arriving = seen.edges_into.get(node.id, [])
    step = seen.steps.get(node.id)
    return len(arriving) > 1 and step is not None and all_zero(step.incoming)


def _terms(seen: Pass, node: Node) -> str:
    arrays = [edge.contribution for edge in seen.edges_into.get(node.id, [])]
    texts = [format_array(array) for array in arrays if array is not None and array.is_scalar]
    if len(texts) < len(arrays) or len(texts) > 4:
        return "their sum is 0"
    return " + ".join(f"({t})" if t.startswith("−") and i else t for i, t in enumerate(texts)) + (
        " = 0"
    )


def saturated(seen: Pass) -> list[Surprise]:
    """Squashing functions so flat that next to nothing of the gradient gets through."""
    found = []
    for node, step in seen.fired():
        if not node.name.startswith(SQUASHING):
            continue
        before, after = norm_of_all(step.incoming), norm_of_all(step.outgoing)
        if before and after and 0 < after < SATURATED * before:
            found.append((node, before, after))
    if not found:
        return []
    node, before, after = found[0]
    value = norm_of(node.value)
    output = f" ({format_array(node.value)})" if node.value and node.value.is_scalar else ""
    return [
        Surprise(
            "saturated",
            f"{called(node)} is saturated",
            f"{called(node)}{on_line(node.line)} is almost flat at its result{output}: the "
            f"gradient shrinks from {format_number(before, 2)} to {format_number(after, 2)}."
            if value is not None
            else "",
            WIDER,
            node.line,
            (node.id,),
            "≈ 0 saturated",
            seen.numbers[node.id],
        )
    ]
