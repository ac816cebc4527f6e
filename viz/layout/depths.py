"""How deep the nodes of a Backward are, and how many lines would pass between them."""

from __future__ import annotations

from viz.layout.columns import columns, forward_order, neighbours
from viz.trace import Backward


def arcs_of(backward: Backward) -> list[tuple[str, str]]:
    """All that leads from one node to another, forward: edges, and cuts."""
    edges = [(edge.downstream, edge.upstream) for edge in backward.edges]
    return edges + [(cut.source, cut.node) for cut in backward.cuts if cut.source is not None]


def depths(backward: Backward) -> dict[str, int]:
    """The column of each node, from 0; every arc leads to a larger one."""
    number = {node.id: index for index, node in enumerate(backward.nodes)}
    arcs = [(number[start], number[end]) for start, end in arcs_of(backward)]
    before, after = neighbours(len(number), list(dict.fromkeys(arcs)))
    found = columns(forward_order(before, after), before, after)
    return {node: found[index] for node, index in number.items()}


def spans(backward: Backward) -> int:
    """Columns that all arcs together lead over: what Graphviz's work grows with."""
    depth = depths(backward)
    return sum(depth[end] - depth[start] for start, end in arcs_of(backward))
