"""Cards of gradients that stay: returned by `torch.autograd.grad`, or kept by a result."""

from __future__ import annotations

from viz.rules.accumulate import arrival_words, grad_line
from viz.rules.card import Card, Line
from viz.rules.graph import Graph
from viz.rules.lines import arrivals
from viz.rules.sums import sum_line
from viz.rules.words import sentences
from viz.trace import Leaf, Step

RETURNING = "torch.autograd.grad"


def is_returned_here(graph: Graph, step: Step) -> bool:
    """Whether the gradient is taken out at this node, which itself does not run.

    The engine takes the gradients of what `grad` is asked about out where they arrive. A node runs
    only where something that is asked for lies behind it.
    """
    if graph.backward.way != "grad":
        return False
    if graph.nodes[step.node].kind == "leaf":
        return True
    return bool(_staying(graph, step)) and all(sent is None for sent in step.outgoing)


def explain_return(graph: Graph, step: Step) -> Card:
    """The contributions, their sum, and that the program gets it."""
    name = graph.name(step.node)
    symbol = graph.gradient(step.node)
    arrived = next((array for array in step.incoming if array is not None), None)
    edges = [edge for _, edge in arrivals(graph, step.node, output=0)]
    return Card(
        title=RETURNING,
        statement=f"{symbol} is returned",
        lines=() if arrived is None else (sum_line(graph, name, symbol, edges, arrived),),
        words=sentences(
            arrival_words(name, len(edges)),
            f"{RETURNING} gives it to the program and adds nothing to {name}.grad.",
        ),
        source="textbook",
    )


def with_what_stays(graph: Graph, step: Step, card: Card) -> Card:
    """The card of an operation whose result is asked about, or keeps its gradient."""
    lines = list(card.lines)
    words = [card.words]
    for leaf in _staying(graph, step):
        name = leaf.name or graph.name(step.node)
        if graph.backward.way == "grad":
            words.append(f"The gradient of {name} that arrived here is returned by {RETURNING}.")
            continue
        words.append(f"{name} keeps its gradient in {name}.grad, as retain_grad() asked.")
        # Of several results only the one that keeps its gradient would add up.
        if len(step.incoming) == 1 and (line := _kept_line(name, step, leaf)) is not None:
            lines.append(line)
    return card.but(lines=tuple(lines), words=sentences(*words))


def _kept_line(name: str, step: Step, leaf: Leaf) -> Line | None:
    arrived = step.incoming[0]
    if arrived is None or leaf.after is None:
        return None
    return grad_line(name, leaf, arrived, leaf.after)


def _staying(graph: Graph, step: Step) -> list[Leaf]:
    return [leaf for leaf in graph.backward.leaves if leaf.retained and leaf.node == step.node]
