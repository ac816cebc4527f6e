"""Turn two stages into one pair that steps in time: which moment of each is shown at each beat."""

from __future__ import annotations

from viz.draw.stage import Stage
from viz.rules.in_time import in_time, what
from viz.trace import Backward, Record


class Together(Record, frozen=True):
    """Two stages that step in time.

    times          for each beat the index of the moment of the first stage, and of the second
    width, height  of the larger figure: both are shown at one scale
    """

    times: tuple[tuple[int, ...], tuple[int, ...]]
    width: float
    height: float


def together(
    first: Stage, second: Stage, first_backward: Backward, second_backward: Backward
) -> Together:
    """The same operations of both meet, the forward pass of both ends before the backward pass."""
    ones, others = _phases(first, first_backward), _phases(second, second_backward)
    times: list[tuple[int, int]] = []
    begun = (0, 0)
    for phase in ("forward", "backward"):
        beats = in_time(ones[phase], others[phase])
        # Whoever waits from the very beginning waits at its first moment.
        times += [(max(0, begun[0] + one), max(0, begun[1] + other)) for one, other in beats]
        begun = (begun[0] + len(ones[phase]), begun[1] + len(others[phase]))
    return Together(
        (tuple(one for one, _ in times), tuple(other for _, other in times)),
        max(first.width, second.width),
        max(first.height, second.height),
    )


def _phases(shown: Stage, backward: Backward) -> dict[str, list[str]]:
    """What each moment is about, by phase: operations by their kind, leaves by their name."""
    nodes = {node.id: node for node in backward.nodes}
    found: dict[str, list[str]] = {"forward": [], "backward": []}
    for moment in shown.moments:
        found[moment.phase].append(what(nodes[moment.node]))
    return found
