"""The plain sentences of a card: why an upstream gradient is a sum, and who gets nothing."""

from __future__ import annotations

from viz.rules.graph import Graph
from viz.rules.lines import arrivals
from viz.trace import Array, Cut, Edge, Step


def sentences(*texts: str) -> str:
    """The texts that there are, one after the other, each once."""
    return " ".join(dict.fromkeys(text for text in texts if text))


def upstream_sum(graph: Graph, step: Step) -> str:
    """Where the operation's result was used several times: that its upstream gradient is a sum."""
    count = len(contributions(graph, step.node))
    if count < 2:
        return ""
    if begins_at(graph, step.node):
        name = graph.name(step.node)
        return f"Backward begins at {name}, and {name} is used besides: what comes is added up."
    return f"{graph.name(step.node)} is used {count} times: what comes back is added up."


def begins_at(graph: Graph, node_id: str) -> bool:
    """Whether backward was called on this very result: its own gradient is no use of it."""
    return any(edge.upstream == graph.backward.output for _, edge in arrivals(graph, node_id))


def contributions(graph: Graph, node_id: str) -> list[Array]:
    """What was sent to the first result of a node, in the order of arrival."""
    found = [edge.contribution for _, edge in arrivals(graph, node_id, output=0)]
    return [array for array in found if array is not None]


def _why_nothing(graph: Graph, edge: Edge) -> str:
    """Of the inputs of `torch.autograd.grad` and `backward(inputs=...)`: what nobody asked for."""
    name = graph.name(edge.downstream, edge.output)
    if edge.downstream in graph.fired or graph.backward.stop is not None:
        return f"The engine sent nothing to {name}."
    if graph.nodes[edge.downstream].kind == "leaf":
        return f"The gradient of {name} is not asked for, so nothing is sent there."
    return f"Nothing behind {name} is asked for, so nothing is sent there."


def silent_inputs(graph: Graph, step: Step) -> str:
    """Who gets nothing, and why."""
    said = []
    for _, edge in graph.edges_from[step.node]:
        node = graph.nodes[edge.downstream]
        if edge.contribution is not None:
            continue
        cuts = [cut for cut in graph.backward.cuts if cut.node == node.id]
        if cuts:
            said.append(ends_here(cuts[0], graph.name(node.id)))
        elif node.kind == "constant" and node.variable is not None and is_whole(node.dtype):
            said.append(
                f"{graph.name(node.id)} holds whole numbers, which have no gradient, so nothing "
                "is sent there."
            )
        elif node.kind == "constant" and node.variable is not None:
            said.append(f"{graph.name(node.id)} does not require grad, so nothing is sent there.")
        elif node.kind != "constant":
            said.append(_why_nothing(graph, edge))
    return sentences(*said)


def ends_here(cut: Cut, constant: str) -> str:
    """Why no gradient goes on at this constant.

    >>> ends_here(Cut("n1", "detach", 3, name="y", word="detach()"), "d")
    'The gradient ends at d: it comes from y, but detach() on line 3 cut the graph.'
    """
    source = cut.name or "a tensor that requires grad"
    place = f" on line {cut.line}" if cut.line else ""
    return (
        f"The gradient ends at {constant}: it comes from {source}, but {cut.said}{place} cut the "
        "graph."
    )


def is_whole(dtype: str | None) -> bool:
    return dtype is not None and dtype.startswith(("int", "uint"))
