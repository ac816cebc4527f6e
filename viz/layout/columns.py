"""Give each node of an acyclic graph its column: how deep it is, counted forward."""

from __future__ import annotations

Lists = list[list[int]]


def neighbours(nodes: int, arcs: list[tuple[int, int]]) -> tuple[Lists, Lists]:
    """For each node the nodes before it and those after it, in the order of the arcs."""
    before: Lists = [[] for _ in range(nodes)]
    after: Lists = [[] for _ in range(nodes)]
    for start, end in arcs:
        before[end].append(start)
        after[start].append(end)
    return before, after


def forward_order(before: Lists, after: Lists) -> list[int]:
    """The nodes, each behind all that lead to it. Raises ValueError for a graph with a cycle."""
    waiting = [len(starts) for starts in before]
    order = [node for node, count in enumerate(waiting) if not count]
    for node in order:
        for end in after[node]:
            waiting[end] -= 1
            if not waiting[end]:
                order.append(end)
    if len(order) < len(before):
        raise ValueError("the arcs form a cycle")
    return order


def longest_ways(order: list[int], before: Lists) -> list[int]:
    """For each node the arcs on the longest way that leads to it."""
    depth = [0] * len(before)
    for node in order:
        if before[node]:
            depth[node] = 1 + max([depth[start] for start in before[node]])
    return depth


def columns(order: list[int], before: Lists, after: Lists) -> list[int]:
    """A column for each node, from 0; every arc leads to a larger one.

    A node stands as near to where it is used as it can. But what is computed early and used late
    stands where it is computed, with the leaves that it takes.
    """
    backward = order[::-1]
    column = [-steps for steps in longest_ways(backward, after)]
    tied = _tied(order, before, after)
    for node in order:
        if tied[node]:
            continue
        starts = [column[start] for start in before[node] if not tied[start]]
        if starts and len(starts) >= len(after[node]):
            column[node] = max(starts) + 1
    for node in backward:
        if tied[node] and after[node]:
            column[node] = min([column[end] for end in after[node]]) - 1
    first = min(column, default=0)
    return [each - first for each in column]


def _tied(order: list[int], before: Lists, after: Lists) -> list[bool]:
    """Whether a node and all before it serve one node alone, as a weight and its transpose do."""
    tied = [False] * len(before)
    for node in order:
        starts = before[node]
        tied[node] = not starts or (len(after[node]) <= 1 and all(tied[start] for start in starts))
    return tied
