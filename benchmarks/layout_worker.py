"""Draw one graph with one method and say how long it took: `layout_worker dot chain 1000`."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable

from tests.layout import graphs
from tests.layout.graphs import Graph
from viz.trace import Backward, Edge, Node

MEMORY = 6 << 30


def seegrad(graph: Graph) -> Callable[[], object]:
    from viz.layout.layered import layered

    return lambda: layered(*graph)


def seegrad_drawing(graph: Graph) -> Callable[[], object]:
    from viz.layout.large import arrange_large

    backward = as_backward(graph)
    return lambda: arrange_large(backward)


def dot(graph: Graph) -> Callable[[], object]:
    import pygraphviz

    drawing = pygraphviz.AGraph(directed=True, strict=False, rankdir="LR")
    drawing.add_nodes_from(range(graph[0]))
    drawing.add_edges_from(graph[1])
    return lambda: drawing.layout(prog="dot")


def fast_sugiyama(graph: Graph) -> Callable[[], object]:
    from fast_sugiyama import from_edges

    return lambda: from_edges(graph[1], dummy_vertices=True, check_layout=False)


METHODS = {
    "seegrad": seegrad,
    "seegrad-drawing": seegrad_drawing,
    "dot": dot,
    "fast-sugiyama": fast_sugiyama,
}


def as_backward(graph: Graph) -> Backward:
    """A record with nothing but the shape: what has no operand is a leaf."""
    nodes, arcs = graph
    made, used = {end for _, end in arcs}, {start for start, _ in arcs}
    found = []
    for node in range(nodes):
        if node not in made:
            found.append(Node(f"n{node}", "leaf", "AccumulateGrad", variable="w", shape=()))
        elif node in used:
            found.append(Node(f"n{node}", "operation", "MulBackward0", shape=()))
        else:
            found.append(Node(f"n{node}", "output", "", shape=()))
    edges = tuple(Edge(f"n{end}", f"n{start}", 0) for start, end in arcs)
    return Backward(f"n{nodes - 1}", None, tuple(found), edges, (), (), ())


def main(method: str, shape: str, size: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    graph: Graph = getattr(graphs, shape)(int(size))
    draw = METHODS[method](graph)
    before = time.perf_counter()
    draw()
    took = (time.perf_counter() - before) * 1000
    parts = f" ({graph[0]:,} nodes, {len(graph[1]):,} arcs)"
    print(json.dumps({"milliseconds": took, "nodes": graph[0], "graph": parts}))


if __name__ == "__main__":
    main(*sys.argv[1:])
