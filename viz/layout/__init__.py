"""Turn a Backward into a Layout: where each node stands and which way each edge runs."""

from __future__ import annotations

from viz.layout.places import Layout
from viz.trace import Backward

SMALL = 120
"""Nodes and edges up to which Graphviz draws; it needs well under 0.2 s for these."""


def arrange(backward: Backward) -> Layout:
    """A place for each node and a route for each edge. Deterministic."""
    # The graph libraries are heavy and native: the page reads Layouts without loading them.
    if len(backward.nodes) + len(backward.edges) + len(backward.cuts) <= SMALL:
        from viz.layout.small import arrange_small

        return arrange_small(backward)
    from viz.layout.large import arrange_large

    return arrange_large(backward)
