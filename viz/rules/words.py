"""The plain sentences of a card: why an upstream gradient is a sum, and who gets nothing."""

from __future__ import annotations

from viz.rules.graph import Graph
from viz.rules.lines import arrivals
from viz.trace import Array, Edge, Step


def sentences(*texts: str) -> str:
    """The texts that there are, one after the other, each once."""
    return " ".join(dict.fromkeys(text for text in texts if text))


def upstream_sum(graph: Graph, step: Step) -> str:
    """Where the operation's result was used several times: that its upstream gradient is a sum."""
    count = len(contributions(graph, step.node))
    if count < 2:
        return ""
    return f"{graph.name(step.node)} is used {count} times: what comes back is added up."


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
        if node.kind == "constant" and node.variable is not None:
            said.append(f"{graph.name(node.id)} does not require grad, so nothing is sent there.")
        elif node.kind != "constant":
            said.append(_why_nothing(graph, edge))
    return sentences(*said)
