"""Two sequences of operations -> beats: which two are shown together, and who waits for whom."""

from __future__ import annotations

from collections.abc import Sequence

from viz.trace import Backward, Node

Beat = tuple[int, int]
"""A place in the first sequence and one in the second; -1 before its beginning."""

MOST_CELLS = 250_000
"""Two sequences whose lengths multiply to more are not aligned, but go on together."""


def what(node: Node) -> str:
    """What counts as the same in two programs: the kind of operation, a leaf's name.

    >>> what(Node(id="n1", kind="leaf", name="AccumulateGrad", variable="w"))
    'leaf AccumulateGrad w'
    """
    name = node.variable or "" if node.kind == "leaf" else ""
    return f"{node.kind} {node.name} {name}".rstrip()


def steps_in_time(first: Backward, second: Backward) -> tuple[Beat, ...]:
    """The beats in which the engine's steps of both are taken; as indices of `Backward.steps`."""
    return in_time(*([what(b.node(step.node)) for step in b.steps] for b in (first, second)))


def in_time(first: Sequence[str], second: Sequence[str]) -> tuple[Beat, ...]:
    """The beats in which both go on, from their beginnings to their ends.

    As many equal names as possible meet in one beat: whoever has an operation that the other one
    lacks takes it alone, while the other one waits. These are the steps of the shortest edit that
    makes one sequence of the other (Wagner and Fischer, 1974).

    >>> in_time(["tanh", "mul", "tanh"], ["add", "tanh", "mul", "add", "tanh"])
    ((-1, 0), (0, 1), (1, 2), (1, 3), (2, 4))
    >>> in_time(["sigmoid", "mul"], ["relu", "mul", "add"])
    ((0, 0), (1, 1), (1, 2))
    """
    if len(first) * len(second) > MOST_CELLS:
        return _together(len(first), len(second))
    costs = _costs(first, second)
    i, j = len(first), len(second)
    beats: list[Beat] = []
    while i or j:
        beats.append((i - 1, j - 1))
        if i and j and costs[i][j] == costs[i - 1][j - 1] + (first[i - 1] != second[j - 1]):
            i, j = i - 1, j - 1
        elif i and costs[i][j] == costs[i - 1][j] + 1:
            i -= 1
        else:
            j -= 1
    return tuple(reversed(beats))


def _costs(first: Sequence[str], second: Sequence[str]) -> list[list[int]]:
    """costs[i][j]: edits between the first i names and the first j."""
    costs = [list(range(len(second) + 1))]
    for i, name in enumerate(first, start=1):
        above, row = costs[-1], [i]
        for j, other in enumerate(second, start=1):
            row.append(min(above[j - 1] + (name != other), above[j] + 1, row[j - 1] + 1))
        costs.append(row)
    return costs


def _together(first: int, second: int) -> tuple[Beat, ...]:
    """One step each, until both have ended."""
    longest = max(first, second)
    return tuple((min(beat, first - 1), min(beat, second - 1)) for beat in range(longest))
