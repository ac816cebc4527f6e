"""A Backward -> how large the gradient is on its way down, and whether it vanishes or explodes.

The way that is judged, the *trunk*, is the longest one from the loss to a leaf: every block of a
deep network lies on it, and every step of a recurrent one.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Literal

from viz.rules.explain import name
from viz.rules.graph import call_name
from viz.rules.norms import norm_of, norm_of_all
from viz.rules.numbers import format_number
from viz.trace import Backward, Edge, Node, Record

VANISHES_AT = 0.01
"""A gradient that shrinks to this share of its size, or less, vanishes."""
EXPLODES_AT = 100.0
"""One that grows to this multiple, or more, explodes."""
FEWEST_OPERATIONS = 5
"""On a shorter way a small gradient is a small slope, and no matter of depth."""
KEEPS_WITHIN = 10.0
"""A gradient that grows or shrinks by less than this factor in all keeps its size."""

STANDS_OUT = 3.0
"""An operation is named as the strongest from so many times the usual change (in logarithms) on."""

Kind = Literal["vanishes", "explodes", "zero", "nonfinite", "steady"]


class Station(Record, frozen=True):
    """A node that a gradient reached.

    step      its firing, from 1; None for a leaf that did not fire (`torch.autograd.grad`)
    depth     operations between the loss and it, on the longest way
    norm      the Euclidean norm of its upstream gradient: infinite or NaN where an element is;
              None where it was not recorded
    factor    norm of what it sent on along the trunk (elsewhere: of the largest contribution),
              divided by `norm`; None where that is no number
    trunk     whether it lies on the trunk
    """

    node: str
    step: int | None
    depth: int
    norm: float | None
    factor: float | None
    is_leaf: bool
    trunk: bool


class Verdict(Record, frozen=True):
    """What becomes of the gradient along the trunk.

    start, end  norms at the loss, and at the end of the trunk: its leaf, or the last operation
                where that leaf is used several times
    operations  how many lie between
    each        the factor per operation, as a geometric mean; None where that is no number
    turn        the node where it happens: that lost or added most, or sent the first zero or the
                first number that is not finite; None where there is none
    sentence    the same for a person
    """

    kind: Kind
    start: float
    end: float
    operations: int
    each: float | None
    turn: str | None
    sentence: str


class Flow(Record, frozen=True):
    """stations: in the order of firing. verdict: None where no gradient left the loss."""

    stations: tuple[Station, ...]
    verdict: Verdict | None


def gradient_flow(backward: Backward) -> Flow:
    """Norms along the depth, and the verdict."""
    nodes = {node.id: node for node in backward.nodes}
    sent = _sent(backward)
    depths = _depths(backward, sent)
    trunk = _trunk(backward, nodes, depths, sent)
    norms = _norms(backward, depths)
    ways = {edge.upstream: edge for edge in trunk}
    on_trunk = set(ways) | {edge.downstream for edge in trunk}
    fired = {step.node: number for number, step in enumerate(backward.steps, 1)}
    stations = tuple(
        Station(
            node_id,
            fired.get(node_id),
            depths[node_id],
            norm,
            _factor(norm, [ways[node_id]] if node_id in ways else sent.get(node_id, [])),
            nodes[node_id].kind == "leaf",
            node_id in on_trunk,
        )
        for node_id, norm in norms.items()
    )
    return Flow(stations, _verdict(backward, nodes, trunk, norms))


# --- the ways that gradients took -----------------------------------------------------------------


def _sent(backward: Backward) -> dict[str, list[Edge]]:
    """The edges on which a gradient was sent, by the node that sent it."""
    found: dict[str, list[Edge]] = {}
    for edge in backward.edges:
        if edge.contribution is not None:
            found.setdefault(edge.upstream, []).append(edge)
    return found


def _depths(backward: Backward, sent: dict[str, list[Edge]]) -> dict[str, int]:
    """Operations between the loss and each node that a gradient reached.

    The engine fires a node after all that send to it, so one pass in its order is enough.
    """
    depths = {backward.output: -1}
    for node_id in (backward.output, *(step.node for step in backward.steps)):
        depth = depths.setdefault(node_id, 0)
        for edge in sent.get(node_id, ()):
            depths[edge.downstream] = max(depths.get(edge.downstream, 0), depth + 1)
    return depths


def _trunk(
    backward: Backward,
    nodes: dict[str, Node],
    depths: dict[str, int],
    sent: dict[str, list[Edge]],
) -> list[Edge]:
    """The edges of the longest way, from the loss down; of two as long, where more arrives."""
    leaves = [node_id for node_id in depths if nodes[node_id].kind == "leaf"]
    ends = leaves or [node_id for node_id in depths if node_id != backward.output]
    if not ends:
        return []
    arriving: dict[str, list[Edge]] = {}
    for edges in sent.values():
        for edge in edges:
            arriving.setdefault(edge.downstream, []).append(edge)
    here = max(ends, key=lambda node_id: depths[node_id])
    trunk: list[Edge] = []
    while arriving.get(here):
        edge = max(arriving[here], key=lambda edge: (depths[edge.upstream], _strength(edge)))
        trunk.append(edge)
        here = edge.upstream
    return trunk[::-1]


def _strength(edge: Edge) -> float:
    norm = norm_of(edge.contribution)
    return norm if norm is not None and not math.isnan(norm) else -1.0


def _norms(backward: Backward, depths: dict[str, int]) -> dict[str, float | None]:
    """The norm of what arrived at each node, in the order of firing."""
    norms = {step.node: norm_of_all(step.incoming) for step in backward.steps}
    for leaf in backward.leaves:
        # `torch.autograd.grad` returns the gradient in place of firing the leaf.
        if leaf.node in depths and leaf.node not in norms and leaf.after is not None:
            norms[leaf.node] = norm_of(leaf.after)
    return {node_id: norm for node_id, norm in norms.items() if node_id in depths}


def _factor(norm: float | None, edges: list[Edge]) -> float | None:
    out = [size for edge in edges if (size := norm_of(edge.contribution)) is not None]
    return _quotient(max(out), norm) if out and norm is not None else None


def _quotient(above: float, below: float) -> float | None:
    """None where that is no number."""
    if below == 0 or not math.isfinite(above) or not math.isfinite(below):
        return None
    return above / below


# --- the verdict ----------------------------------------------------------------------------------


def _verdict(
    backward: Backward,
    nodes: dict[str, Node],
    trunk: list[Edge],
    norms: dict[str, float | None],
) -> Verdict | None:
    """Judge the norms on the trunk: at its operations, and at the leaf in its end."""
    judged = trunk[:-1] if _ends_in_a_sum(backward, trunk) else trunk
    # Where the engine stopped, something was sent to a node that never fired.
    sizes = [norms.get(edge.downstream, norm_of(edge.contribution)) for edge in judged]
    if len(sizes) == 1 < len(trunk):
        # One operation is all the way there is: what it sends, without what comes on other ways.
        judged, sizes = trunk, [*sizes, norm_of(trunk[-1].contribution)]
    known = [size for size in sizes if size is not None]
    if not known or len(known) < len(sizes):
        return None
    target = name(backward, judged[-1].downstream)
    # What makes of one size the next is the operation that sends it.
    senders = [nodes[edge.upstream] for edge in judged]
    index = _breaks_at(known)
    if index is not None:
        return _broken(known, index, senders[index], target)
    return _judged(known, senders, target)


def _ends_in_a_sum(backward: Backward, trunk: list[Edge]) -> bool:
    """A leaf that is used again nearer the loss says nothing about the depth, unless what comes
    from the depth is no number: then neither is the sum."""
    if len(trunk) < 2 or not math.isfinite(norm_of(trunk[-1].contribution) or 0.0):
        return False
    leaf = trunk[-1].downstream
    uses = [edge for edge in backward.edges if edge.downstream == leaf and edge.contribution]
    return len(uses) > 1


def _breaks_at(sizes: list[float]) -> int | None:
    """Where the first size stands that is no number; else where the zeros begin that last to the
    end (what stops on one way may still arrive on another)."""
    odd = next((index for index, size in enumerate(sizes) if not math.isfinite(size)), None)
    if odd is not None or sizes[-1] != 0:
        return odd
    return max((index + 1 for index, size in enumerate(sizes) if size != 0), default=0)


def _broken(sizes: list[float], index: int, sender: Node, target: str) -> Verdict:
    """A gradient that is 0 from some place on, or no number."""
    size, count = sizes[index], len(sizes) - 1
    if size == 0:
        where = place(sender) if index else "the start"
        sentence = f"The gradient is exactly 0 from {where} on: nothing reaches {target}."
        return Verdict("zero", sizes[0], sizes[-1], count, None, sender.id, sentence)
    where = f"after {place(sender)}" if index else "from the start"
    what = "NaN" if math.isnan(size) else "infinite"
    sentence = f"The gradient is {what} {where}."
    return Verdict("nonfinite", sizes[0], sizes[-1], count, None, sender.id, sentence)


def _judged(sizes: list[float], senders: list[Node], target: str) -> Verdict:
    start, end, count = sizes[0], sizes[-1], len(sizes) - 1
    if count == 0 or start == 0:
        sentence = f"The gradient reaches {target} at once, unchanged."
        return Verdict("steady", start, end, 0, None, None, sentence)
    logs = [math.log(size) if size else -math.inf for size in sizes]
    each = math.exp((logs[-1] - logs[0]) / count)
    ratio = end / start
    kind: Kind = "steady"
    if count >= FEWEST_OPERATIONS:
        kind = "vanishes" if ratio <= VANISHES_AT else kind
        kind = "explodes" if ratio >= EXPLODES_AT else kind
    sentence = _sentence(kind, start, end, count, each, target)
    if kind == "steady":
        return Verdict(kind, start, end, count, each, None, sentence)
    changes = [
        after - before if math.isfinite(after - before) else 0.0 for before, after in pairwise(logs)
    ]
    strongest = (min if kind == "vanishes" else max)(range(count), key=changes.__getitem__)
    turn = senders[strongest + 1]
    if changes[strongest] / math.log(each) >= STANDS_OUT:
        most = "Most is lost" if kind == "vanishes" else "It grows most"
        factor = format_number(math.exp(changes[strongest]), 2)
        sentence += f" {most} at {place(turn)}: ×{factor}."
    return Verdict(kind, start, end, count, each, turn.id, sentence)


def _sentence(
    kind: Kind, start: float, end: float, operations: int, each: float, target: str
) -> str:
    """ "The gradient shrinks from 1 to 2.3e−7 over 10 operations (×0.22 each): it vanishes." """
    span = f"from {format_number(start, 2)} to {format_number(end, 2)}"
    count = f"{operations} operation{'' if operations == 1 else 's'}"
    factor = f" (×{format_number(each, 2)} each)" if operations > 1 else ""
    over = f"{span} over {count}{factor}"
    ratio = end / start
    if kind == "vanishes":
        return f"The gradient shrinks {over}: it vanishes before it reaches {target}."
    if kind == "explodes":
        return f"The gradient grows {over}: it explodes."
    if 1 / KEEPS_WITHIN < ratio < KEEPS_WITHIN:
        return f"The gradient keeps its size: {over}."
    return f"The gradient {'grows' if ratio > 1 else 'shrinks'} {over}."


def place(node: Node) -> str:
    """An operation as one speaks of it: "sigmoid in line 5"."""
    return f"{call_name(node)} in line {node.line}" if node.line else call_name(node)
