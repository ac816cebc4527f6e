"""A leaf's step -> the card of AccumulateGrad: contributions make a sum, the sum makes .grad."""

from __future__ import annotations

from viz.rules.card import Card, Line, Part, Parts
from viz.rules.check import compare
from viz.rules.graph import Graph
from viz.rules.lines import arrivals, difference, equation, joined, shown, summed
from viz.rules.numbers import format_array, to_numpy
from viz.rules.sums import sum_line, total_of, what_engine_has
from viz.rules.words import sentences
from viz.trace import Array, Leaf, Step


def explain_accumulation(graph: Graph, step: Step) -> Card:
    """12 + (−4) + 1 = 9, and what `.grad` was before and is after."""
    name = graph.name(step.node)
    symbol = graph.gradient(step.node)
    edges = [edge for _, edge in arrivals(graph, step.node, output=0)]
    arrived = step.incoming[0] if step.incoming else None
    leaf = next((leaf for leaf in graph.backward.leaves if leaf.node == step.node), None)
    lines = []
    if arrived is not None:
        lines.append(sum_line(graph, name, symbol, edges, arrived))
        if leaf is not None and leaf.after is not None:
            lines.append(grad_line(name, leaf, arrived, leaf.after))
    return Card(
        title=graph.nodes[step.node].name,
        statement=f"{name}.grad += {symbol}",
        lines=tuple(lines),
        words=sentences(arrival_words(name, len(edges)), _grad_words(name, leaf)),
        source="textbook",
    )


def grad_line(name: str, leaf: Leaf, arrived: Array, after: Array) -> Line:
    """`.grad` before + what arrived = `.grad` after."""
    label = f"{name}.grad"
    heading = (Part("plain", f"{label}: "),)
    terms = [arrived] if leaf.before is None else [leaf.before, arrived]
    total = total_of(terms)
    if total is None:
        change = joined(" → ", [_before(leaf, label), shown(after, "result", label)])
        return Line(name, heading + change, "unchecked")
    engine = compare(total, list(map(to_numpy, terms)), after)
    result = what_engine_has(engine, total, after, label)
    if leaf.before is None:
        change = joined(" → ", [_before(leaf, label), result])
    else:
        arriving = summed([leaf.before, arrived], "upstream", label)
        change = equation((*_before(leaf, label), *arriving[1:]), result)
    return Line(name, heading + change + difference(engine, after), engine)


def _before(leaf: Leaf, label: str) -> Parts:
    return shown(leaf.before, "value", label) or (Part("value", "None"),)


def arrival_words(name: str, count: int) -> str:
    if count > 1:
        return (
            f"{name} is used {count} times: each use sends a contribution, and they are added up."
        )
    return f"{name} is used once, so one contribution arrives."


def _grad_words(name: str, leaf: Leaf | None) -> str:
    if leaf is None:
        return ""
    if leaf.before is None:
        return f"{name}.grad was None before, so it becomes what arrived."
    if _is_zero(leaf.before):
        return f"{name}.grad was zero before, so it becomes what arrived."
    return (
        f"{name}.grad already held {format_array(leaf.before)} from an earlier backward, and "
        f"PyTorch adds to it. {name}.grad.zero_() would start afresh."
    )


def _is_zero(array: Array) -> bool:
    return array.low == array.high == 0 and not array.nonfinite
