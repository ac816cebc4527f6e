"""The line of an operation without a textbook rule: what the engine itself answers.

An elementwise operation has a local derivative all the same: the engine was asked for it.
"""

from __future__ import annotations

from viz.rules.card import Line, Part, Parts
from viz.rules.elements import of_elementwise, room
from viz.rules.graph import Graph
from viz.rules.lines import equation, joined, shown
from viz.rules.local import check_product
from viz.trace import Array, Edge, Step

_TIMES = Part("plain", " · ")


def own_words(graph: Graph, step: Step) -> str:
    """Where the numbers come from."""
    asked = any(edge.local is not None for _, edge in graph.edges_from[step.node])
    if not asked:
        return "The numbers are the engine's own."
    return (
        "The numbers are the engine's own, the local derivative too: it is what this operation "
        "sends for an upstream gradient of 1."
    )


def engine_line(graph: Graph, step: Step, index: int, edge: Edge, code: Parts) -> Line:
    """upstream · local = contribution where the engine was asked, else only what it was given and
    what it made of it.

    code   PyTorch's own formula, where there is one
    """
    upstream, sent = step.incoming[0], edge.contribution
    if edge.local is None or upstream is None or sent is None:
        return _bare_line(graph, step, index, edge, code)
    engine = check_product(upstream, edge.local, sent)
    above = graph.gradient(step.node)
    symbol = graph.gradient(edge.downstream, edge.output)
    is_small = 1 < sent.size <= room(graph) and engine != "differs"
    elements = of_elementwise(upstream, edge.local, sent) if is_small else ()
    summed = ", summed over the axis that was broadcast," if sent.size < upstream.size else ""
    parts = equation(
        (Part("result", symbol),),
        code,
        (Part("upstream", above), _TIMES, Part("local", f"local derivative{summed}")),
        (
            *shown(upstream, "upstream", above, elements=bool(elements)),
            _TIMES,
            *_local(edge.local, bool(elements)),
        ),
        shown(sent, "result", symbol, elements=bool(elements)),
    )
    name = graph.name(edge.downstream, edge.output)
    return Line(name, parts, engine, index, own=True, elements=elements)


def _local(local: Array, elements: bool) -> Parts:
    """A negative number in parentheses."""
    found = shown(local, "local", "local derivative", elements)
    first = found[0] if found else None
    if isinstance(first, Part) and first.text.startswith("\N{MINUS SIGN}"):
        return (Part("local", f"({first.text})"),)
    return found


def _bare_line(graph: Graph, step: Step, index: int, edge: Edge, code: Parts) -> Line:
    """The upstream gradient of each result, and what the engine made of them."""
    sources = []
    for output, upstream in enumerate(step.incoming):
        if upstream is not None:
            above = graph.gradient(step.node, output)
            shown_above = shown(upstream, "upstream", above)
            sources.append(equation((Part("upstream", above),), shown_above))
    symbol = graph.gradient(edge.downstream, edge.output)
    sent = shown(edge.contribution, "result", symbol)
    result = equation((Part("result", symbol),), code, sent)
    parts = joined("  →  ", [joined(", ", sources), result])
    return Line(graph.name(edge.downstream, edge.output), parts, "unchecked", index)
