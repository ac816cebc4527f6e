"""Turn DOT text into a picture: read it, take its reach, lay it out, render it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import pygraphviz
from pygraphviz import graphviz

from viz.errors import LimitError, ProgramError
from viz.sandbox.wire import Form

try:
    import fcntl
except ImportError:  # Windows, where nothing forbids pygraphviz its file
    fcntl = None  # type: ignore[assignment]

PIPE_BYTES = 1 << 20
"""As long as a pipe may be without being privileged."""

# Graphviz has others that open files (image, shapefile, fontpath) or make links (URL, href).
ATTRIBUTES = frozenset(
    """
    align arrowhead arrowsize bgcolor color dir fillcolor fontcolor fontname fontsize height label
    margin nodesep ordering pad penwidth rankdir ranksep shape size splines style width
    """.split()  # noqa: SIM905
)

GRAPHS, NODES, EDGES = graphviz.AGRAPH, graphviz.AGNODE, graphviz.AGEDGE


def render(dot: str, form: Form) -> bytes:
    """The file's bytes.

    Raises ProgramError for text that is no DOT or reaches outside, LimitError for a large drawing.
    """
    try:
        graph = read_dot(dot)
    except pygraphviz.DotError as error:
        raise ProgramError("this drawing is not valid DOT text.") from error
    refuse_unknown_attributes(graph)
    make_labels_plain(graph)
    picture = draw(graph, form)
    if not picture:
        raise LimitError(
            f"this drawing is too large for a {form.upper()} file.",
            hint="The DOT file can be drawn elsewhere.",
        )
    return picture


def read_dot(dot: str) -> pygraphviz.AGraph:
    """The graph that the text describes. Raises pygraphviz.DotError, and LimitError for a long one.

    pygraphviz would write the text into a file first, which a child may not. Graphviz reads a pipe
    as well; all of the text has to fit into it, since nobody reads while we write.
    """
    if fcntl is None:
        return pygraphviz.AGraph(string=dot)
    text = dot.encode()
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with open(reading, encoding="utf-8") as source:
        with open(writing, "wb", buffering=0) as sink:
            with contextlib.suppress(OSError, AttributeError):  # macOS has no such call
                fcntl.fcntl(sink, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
            if sink.write(text) != len(text):
                raise LimitError(
                    f"the drawing's DOT text has {len(text):,} characters, too many to be drawn.",
                    hint="The DOT file can be drawn elsewhere.",
                )
        graph = pygraphviz.AGraph()
        graph.read(source)
        return graph


def refuse_unknown_attributes(graph: pygraphviz.AGraph) -> None:
    for kind in (GRAPHS, NODES, EDGES):
        for name in attributes(graph, kind):
            if name not in ATTRIBUTES:
                raise ProgramError(
                    f"a drawing with the attribute '{name}' is not made here.",
                    hint="Attributes that open files or make links are left out.",
                )


def make_labels_plain(graph: pygraphviz.AGraph) -> None:
    """Has Graphviz show a label in <...> as it is written, instead of reading it as HTML.

    HTML in a label can open files. To set a value anew makes it plain text.
    """
    graphs = [each.handle for each in _with_subgraphs(graph)]
    nodes = [each.handle for each in graph.nodes_iter()]
    edges = [each.handle for each in graph.edges_iter()]
    for kind, handles in ((GRAPHS, graphs), (NODES, nodes), (EDGES, edges)):
        names = [name.encode() for name in attributes(graph, kind)]
        for handle in handles:
            for name in names:
                graphviz.agset(handle, name, graphviz.agget(handle, name) or b"")


def attributes(graph: pygraphviz.AGraph, kind: Any) -> Iterator[str]:
    """The names of the attributes that the graph sets for graphs, nodes or edges."""
    symbol = None
    with contextlib.suppress(KeyError, StopIteration):
        while (symbol := graphviz.agnxtattr(graph.handle, kind, symbol)) is not None:
            yield graphviz.agattrname(symbol).decode()


def _with_subgraphs(graph: pygraphviz.AGraph) -> Iterator[pygraphviz.AGraph]:
    yield graph
    for each in graph.subgraphs_iter():
        yield from _with_subgraphs(each)


def draw(graph: pygraphviz.AGraph, form: Form) -> bytes:
    """The picture as bytes; empty where Graphviz gives up.

    `AGraph.draw` also frees the layout. Graphviz 14.1 crashes there after a label that begins with
    an empty line, as torchviz writes them; this process ends soon anyway.
    """
    context = graphviz.gvContextWithBuiltins()
    if graphviz.gvLayout(context, graph.handle, b"dot") != 0:
        return b""
    failed, picture = graphviz.gvRenderData(context, graph.handle, form.encode())
    return b"" if failed else bytes(picture)
