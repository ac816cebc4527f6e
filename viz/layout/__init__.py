"""Turn a Backward into a Layout: where each node stands and which way each edge runs."""

from __future__ import annotations

from viz.layout.depths import spans
from viz.layout.places import Layout
from viz.trace import Backward

SMALL = 120
"""Nodes and edges up to which Graphviz draws."""
MOST_SPANS = 800
"""Columns that the edges of such a graph may lead over, all together. Up to here Graphviz needs
0.3 s at most. It can't be interrupted, and a limit by the clock would draw one program in two ways:
what is bounded is its work."""


def arrange(backward: Backward) -> Layout:
    """A place for each node and a route for each edge. Deterministic.

    Graphviz draws small graphs, our own layered method those that it would take long over.
    """
    # The graph library is heavy and native: the page reads Layouts without loading it.
    if is_small(backward):
        from viz.layout.small import arrange_small

        return arrange_small(backward)
    from viz.layout.large import arrange_large

    return arrange_large(backward)


def is_small(backward: Backward) -> bool:
    """Whether Graphviz draws it."""
    parts = len(backward.nodes) + len(backward.edges) + len(backward.cuts)
    return parts <= SMALL and spans(backward) <= MOST_SPANS
