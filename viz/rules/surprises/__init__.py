"""A Backward -> what a person should notice in it: few, true, each with a one-line cure.

Nothing here is for ordinary programs: a pass in which all is well gives an empty tuple.
"""

from __future__ import annotations

from viz.rules.flow import gradient_flow
from viz.rules.surprises.cut import cuts, explain_stop, stop_mark, stops
from viz.rules.surprises.leaves import accumulations, unreached
from viz.rules.surprises.nonfinite import in_backward, in_forward
from viz.rules.surprises.surprise import Pass, Surprise
from viz.rules.surprises.zeros import saturated, zero_leaves
from viz.trace import Backward, Trace

FEWEST_OPERATIONS = 8
"""On a shorter way what the curve of the norms says needs no mention here."""

CURES = {
    "vanishes": "Try relu, a residual connection, normalization, or other starting weights.",
    "explodes": "Try smaller starting weights, normalization, or clip_grad_norm_(parameters, 1.0).",
}

__all__ = [
    "Surprise",
    "explain_stop",
    "stop_mark",
    "surprises_of",
    "surprises_of_trace",
]


def surprises_of_trace(trace: Trace, index: int) -> tuple[Surprise, ...]:
    """Those of one pass; a leaf that another pass reaches is not missing in this one."""
    chosen = trace.backwards[index]
    elsewhere = {
        leaf.name
        for backward in trace.backwards
        if backward is not chosen
        for leaf in backward.leaves
        if leaf.node is not None
    }
    return surprises_of(chosen, frozenset(elsewhere))


def surprises_of(
    backward: Backward, elsewhere: frozenset[str] = frozenset()
) -> tuple[Surprise, ...]:
    """The gravest first. `elsewhere`: names of leaves that another pass reaches."""
    seen = Pass(backward)
    if backward.stop is not None:
        return (*stops(seen), *cuts(seen))
    odd = [*in_forward(seen), *in_backward(seen)]
    # Where there is no number, sizes say nothing.
    sizes = [] if odd else [*zero_leaves(seen), *saturated(seen)]
    return (
        *odd,
        *cuts(seen),
        *unreached(seen, elsewhere),
        *sizes,
        *([] if odd or sizes else _of_depth(backward)),
        *accumulations(seen),
    )


def _of_depth(backward: Backward) -> list[Surprise]:
    """A gradient that vanishes or explodes on its way down."""
    verdict = gradient_flow(backward).verdict
    if verdict is None or verdict.operations < FEWEST_OPERATIONS:
        return []
    if verdict.kind != "vanishes" and verdict.kind != "explodes":
        return []
    turn = verdict.turn
    step = next((n for n, step in enumerate(backward.steps, 1) if step.node == turn), None)
    return [
        Surprise(
            verdict.kind,
            f"The gradient {verdict.kind}",
            f"{verdict.sentence} The tab “Gradient flow” shows where.",
            CURES[verdict.kind],
            None,
            (turn,) if turn else (),
            step=step,
        )
    ]
