"""NaN and infinity: the first node where they appear, in the forward and in the backward pass."""

from __future__ import annotations

import math

from viz.rules.numbers import format_number
from viz.rules.surprises.surprise import (
    Pass,
    Surprise,
    called,
    has_nan,
    is_finite,
    on_line,
)
from viz.trace import Array, Node, Step, to_float

CURES = {
    "LogBackward0": "Keep the argument above 0: torch.log(x.clamp(min=1e-8)).",
    "SqrtBackward0": "Keep the argument above 0: torch.sqrt(x + 1e-8).",
    "RsqrtBackward0": "Keep the argument above 0: torch.rsqrt(x + 1e-8).",
    "DivBackward0": "Keep the divisor away from 0: a / (b + 1e-8).",
    "ReciprocalBackward0": "Keep the divisor away from 0: 1 / (b + 1e-8).",
    "ExpBackward0": "Subtract the largest value before exp, or use torch.logsumexp.",
    "PowBackward0": "Keep the base away from 0: (x + 1e-8)**0.5.",
    "AcosBackward0": "Keep the argument between -1 and 1: x.clamp(-0.999, 0.999).",
    "AsinBackward0": "Keep the argument between -1 and 1: x.clamp(-0.999, 0.999).",
}
OVERFLOWING = ("PowBackward0", "PowBackward1", "MulBackward0", "AddBackward0", "SumBackward0")

ANY_CURE = "Print the inputs of this line, and keep them in the range where it is defined."


def in_forward(seen: Pass) -> list[Surprise]:
    """Where the result is no number: the first node that was none."""
    output = seen.nodes[seen.backward.output]
    if is_finite(output.values):
        return []
    wants_nan = any(map(has_nan, output.values))
    node = _first(seen, wants_nan)
    if node is None:
        return []
    what = _what(node.values)
    name = seen.name(node.id)
    if node.kind != "operation":
        return [
            Surprise(
                "nan_forward",
                f"{name} already holds {what}",
                f"{name} holds {what} before anything is computed, and so does the result.",
                "Look at the data: torch.isfinite(x).all() tells.",
                node.line,
                (node.id,),
                f"⚠ {what}",
                seen.numbers.get(node.id),
            )
        ]
    return [
        Surprise(
            "nan_forward",
            f"{what} first appears{on_line(node.line)}",
            f"{seen.statement(node.id)} gives {what}{_because(seen, node)}. What is computed from "
            "it is mostly no finite number either.",
            _cure(seen, node),
            node.line,
            (node.id,),
            f"⚠ first {what}",
            seen.numbers.get(node.id),
        )
    ]


def _first(seen: Pass, wants_nan: bool) -> Node | None:
    """The earliest node on the way of the NaN (or infinity) that got none of it."""

    def bad(node: Node) -> bool:
        if wants_nan:
            return any(map(has_nan, node.values))
        return not is_finite(node.values)

    found, known = [], set()
    waiting = [
        edge.downstream for edge in seen.backward.edges if edge.upstream == seen.backward.output
    ]
    while waiting:
        node = seen.nodes[waiting.pop()]
        if node.id in known or not bad(node):
            continue
        known.add(node.id)
        above = [seen.nodes[a.node] for a in node.arguments if a.node in seen.nodes]
        guilty = [source.id for source in above if bad(source)]
        waiting += guilty
        if not guilty:
            found.append(node)
    order = {node_id: index for index, node_id in enumerate(seen.backward.forward)}
    return min(found, key=lambda node: order.get(node.id, -1), default=None)


def _cure(seen: Pass, node: Node) -> str:
    """For the operation, or for the earlier one that gave it an infinite input."""
    earlier = None if is_finite(seen.inputs(node)) else _first(seen, wants_nan=False)
    guilty = earlier or node
    if _is_too_large(seen, guilty):
        return "Scale the numbers down, or compute in float64."
    return CURES.get(guilty.name, ANY_CURE)


def _is_too_large(seen: Pass, node: Node) -> bool:
    """Whether a power, a product or a sum of large numbers passed the largest of its type."""
    if node.name not in OVERFLOWING or not is_finite(seen.inputs(node)):
        return False
    ends = [end for array in seen.inputs(node) for end in (array.low, array.high)]
    return any(abs(to_float(end)) > 1 for end in ends if end is not None) and not any(
        map(has_nan, node.values)
    )


def _because(seen: Pass, node: Node) -> str:
    """The input that is to blame, where it can be told."""
    inputs = seen.inputs(node)
    if not is_finite(inputs):
        earlier = _first(seen, wants_nan=False)
        if earlier is None or earlier.id == node.id:
            return ", because its input is infinite"
        return f": {seen.statement(earlier.id)} is infinite{on_line(earlier.line)}"
    if node.name == "ExpBackward0" and inputs and inputs[0].high is not None:
        return f", because e to the power of {format_number(to_float(inputs[0].high))} is too large"
    lows = [to_float(array.low) for array in inputs if array.low is not None]
    if node.name in ("LogBackward0", "SqrtBackward0", "RsqrtBackward0") and lows:
        return f", because its input goes down to {format_number(lows[0])}"
    if node.name == "DivBackward0" and len(inputs) > 1 and _holds_zero(inputs[1]):
        return ", because it divides by 0"
    return ""


def in_backward(seen: Pass) -> list[Surprise]:
    """The first firing that got numbers and sent something else, if the result was a number."""
    if not is_finite(seen.nodes[seen.backward.output].values):
        return []
    for node, step in seen.fired():
        if is_finite(step.incoming) and not is_finite(step.outgoing):
            branch = _where_above(seen, node) if _zero_times_infinity(step) else None
            return [_where(seen, node, branch) if branch else _infinite_slope(seen, node, step)]
    return []


def _infinite_slope(seen: Pass, node: Node, step: Step) -> Surprise:
    what = _what(step.outgoing)
    zero = _zero_times_infinity(step)
    slope, product = _slope_at_zero(seen, node)
    why = (
        f"its upstream gradient is 0 where it has {slope}, and {product} is NaN"
        if zero
        else "its slope is infinite there"
    )
    return Surprise(
        "nan_backward",
        f"The gradient becomes {what}{on_line(node.line)}",
        f"The result is a number, but {called(node)} sends {what}: {why} "
        f"({seen.statement(node.id)}).",
        CURES.get(node.name, ANY_CURE),
        node.line,
        (node.id,),
        f"⚠ {product} = NaN" if zero else f"⚠ {what}",
        seen.numbers[node.id],
    )


def _where(seen: Pass, node: Node, branch: Node) -> Surprise:
    slope, product = _slope_at_zero(seen, node)
    return Surprise(
        "where",
        "where lets NaN through",
        f"where sends 0 to the branch that it did not take, but {called(node)} has {slope} there, "
        f"and {product} is NaN.",
        f"Make the argument safe first: {called(node)}(torch.where(condition, x, 1.)).",
        node.line,
        (node.id, branch.id),
        f"⚠ {product} = NaN",
        seen.numbers[node.id],
    )


def _slope_at_zero(seen: Pass, node: Node) -> tuple[str, str]:
    """What the engine's local derivative is where it makes NaN of 0: in words, and as a product."""
    for edge in seen.edges_from.get(node.id, ()):
        local, sent = edge.local, edge.contribution
        if local is None or sent is None or local.values is None or sent.values is None:
            continue
        if any(
            math.isnan(slope) and math.isnan(gone)
            for slope, gone in zip(local.floats(), sent.floats(), strict=False)
        ):
            return "NaN as its slope", "0 · NaN"
    return "an infinite slope", "0 · ∞"


def _where_above(seen: Pass, node: Node) -> Node | None:
    """A `where` on a way from the loss to this node."""
    waiting, known = [node.id], {node.id}
    while waiting:
        for edge in seen.edges_into.get(waiting.pop(0), ()):
            above = seen.nodes[edge.upstream]
            if above.name.startswith(("WhereBackward", "MaskedFillBackward")):
                return above
            if above.id not in known:
                known.add(above.id)
                waiting.append(above.id)
    return None


def _zero_times_infinity(step: Step) -> bool:
    """Whether NaN came out where 0 went in; of large tensors: whether any could."""
    got = next((array for array in step.incoming if array is not None), None)
    for sent in step.outgoing:
        if got is None or not has_nan(sent) or sent is None:
            continue
        if got.values is None or sent.values is None or got.shape != sent.shape:
            return _holds_zero(got)
        return any(
            to_float(zero) == 0 and math.isnan(to_float(value))
            for zero, value in zip(got.values, sent.values, strict=True)
        )
    return False


def _holds_zero(array: Array) -> bool:
    if array.values is not None:
        return any(to_float(value) == 0 for value in array.values)
    return (
        array.low is not None
        and array.high is not None
        and (to_float(array.low) <= 0 <= to_float(array.high))
    )


def _what(arrays: tuple[Array | None, ...]) -> str:
    """
    >>> _what((Array((), "float32", values=("-inf",), nonfinite=1),))
    '−∞'
    """
    if any(map(has_nan, arrays)):
        known = all(array is None or array.values is not None for array in arrays)
        return "NaN" if known else "NaN or ∞"
    values = [value for array in arrays if array is not None for value in array.values or ()]
    below = [to_float(value) for value in values if not math.isfinite(to_float(value))]
    return "−∞" if below and max(below) < 0 else "∞"
