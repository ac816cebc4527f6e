"""A Flow -> the sentences above its chart: the verdict, and leaves that fare worse than it says."""

from __future__ import annotations

import math

from viz.rules.explain import name
from viz.rules.flow import Flow, Station
from viz.rules.words import sentences
from viz.trace import Backward

MOST_NAMES = 4


def flow_words(backward: Backward, flow: Flow) -> str:
    """What becomes of the gradient, in one sentence or two."""
    if flow.verdict is None:
        sent = any(edge.contribution is not None for edge in backward.edges)
        return "The size of the gradient is unknown." if sent else "No gradient left the loss."
    leaves = [station for station in flow.stations if station.is_leaf]
    zero = [leaf for leaf in leaves if leaf.norm == 0]
    odd = [leaf for leaf in leaves if leaf.norm is not None and not math.isfinite(leaf.norm)]
    # What the verdict tells of the leaf in the end of the trunk is not told again.
    zero = [leaf for leaf in zero if not (leaf.trunk and flow.verdict.kind == "zero")]
    odd = [leaf for leaf in odd if not (leaf.trunk and flow.verdict.kind == "nonfinite")]
    return sentences(
        flow.verdict.sentence,
        _said(backward, odd, "a gradient that is not finite"),
        _said(backward, zero, "a gradient of exactly 0"),
    )


def _said(backward: Backward, leaves: list[Station], what: str) -> str:
    if not leaves:
        return ""
    names = [name(backward, leaf.node) for leaf in leaves[:MOST_NAMES]]
    more = len(leaves) - len(names)
    names += [f"{more} more"] if more else []
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{listed} {'receives' if len(leaves) == 1 else 'receive'} {what}."
