"""What is surprising about `.grad`: it adds up, or nothing arrives at all."""

from __future__ import annotations

from collections.abc import Container

from viz.rules.numbers import format_array
from viz.rules.surprises.surprise import Pass, Surprise, is_zero, listed
from viz.trace import Leaf


def accumulations(seen: Pass) -> list[Surprise]:
    """Leaves whose `.grad` was not empty when this pass added to it."""
    backward = seen.backward
    found = [
        leaf
        for leaf in backward.leaves
        if leaf.node in seen.steps
        and backward.way == "backward"
        and not leaf.retained
        and leaf.before is not None
        and leaf.after is not None
        and not is_zero(leaf.before)
    ]
    if not found:
        return []
    first = found[0]
    names = listed(f"{leaf.name or 'a leaf'}.grad" for leaf in found)
    return [
        Surprise(
            "accumulate",
            f"{names} add{'s' if len(found) == 1 else ''} up",
            _sum(seen, first),
            f"Call {first.name or 'w'}.grad.zero_(), or optimizer.zero_grad(), before backward().",
            backward.line,
            tuple(leaf.node for leaf in found if leaf.node),
            step=seen.numbers[str(first.node)],
        )
    ]


def _sum(seen: Pass, leaf: Leaf) -> str:
    before, after = leaf.before, leaf.after
    arrived = seen.steps[str(leaf.node)].incoming[0]
    name = f"{leaf.name or 'The leaf'}.grad"
    if before is None or after is None or arrived is None or not after.is_scalar:
        return f"{name} already held the gradient of an earlier backward; this one was added to it."
    return (
        f"{name} already held {format_array(before)} from an earlier backward; "
        f"{format_array(arrived)} was added to it, which makes {format_array(after)}."
    )


def unreached(seen: Pass, elsewhere: Container[str] = ()) -> list[Surprise]:
    """Named leaves that the loss does not depend on, unless another pass reaches them."""
    backward = seen.backward
    cut = {name for cut in backward.cuts for name in cut.leaves}
    found = [
        leaf.name
        for leaf in backward.leaves
        if leaf.requires_grad
        and leaf.node is None
        and leaf.after is None
        and leaf.name
        and leaf.name not in elsewhere
        and backward.way == "backward"
    ]
    if not found:
        return []
    names, one = listed(found), len(found) == 1
    because = " The way there was cut." if set(found) <= cut else ""
    return [
        Surprise(
            "unreached",
            f"{names} get{'s' if one else ''} no gradient: None, not 0",
            f"No path leads from {seen.loss} to {names}, so "
            f"{'its' if one else 'their'} .grad stays None.{because}",
            f"Use {names} in the computation of {seen.loss}, or leave "
            f"{'it' if one else 'them'} out.",
            backward.line,
        )
    ]
