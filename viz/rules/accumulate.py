"""A leaf's step -> the card of AccumulateGrad: contributions make a sum, the sum makes .grad."""

from __future__ import annotations

import numpy as np

from viz.rules.card import Card, Engine, Line, Part, Parts
from viz.rules.check import compare
from viz.rules.graph import Graph
from viz.rules.lines import difference, equation, joined, shown, summed
from viz.rules.numbers import format_array, from_numpy, to_numpy
from viz.rules.words import contributions, sentences
from viz.trace import Array, Leaf, Step


def explain_accumulation(graph: Graph, step: Step) -> Card:
    """12 + (−4) + 1 = 9, and what `.grad` was before and is after."""
    name = graph.name(step.node)
    symbol = graph.gradient(step.node)
    terms = contributions(graph, step.node)
    arrived = step.incoming[0] if step.incoming else None
    leaf = next((leaf for leaf in graph.backward.leaves if leaf.node == step.node), None)
    lines = []
    if arrived is not None:
        lines.append(sum_line(name, symbol, terms, arrived))
        if leaf is not None and leaf.after is not None:
            lines.append(grad_line(name, leaf, arrived, leaf.after))
    return Card(
        title=graph.nodes[step.node].name,
        statement=f"{name}.grad += {symbol}",
        lines=tuple(lines),
        words=sentences(arrival_words(name, len(terms)), _grad_words(name, leaf)),
        source="textbook",
    )


def sum_line(name: str, symbol: str, terms: list[Array], arrived: Array) -> Line:
    """The contributions, added up; a single one is shown once."""
    total = _total(terms)
    if total is None:
        parts = equation((Part("result", symbol),), shown(arrived, "result", symbol))
        return Line(name, parts, "unchecked")
    engine = compare(total, list(map(to_numpy, terms)), arrived)
    several = summed(terms, "upstream", symbol) if len(terms) > 1 else ()
    result = _result(engine, total, arrived, symbol)
    parts = equation((Part("result", symbol),), several, result) + difference(engine, arrived)
    return Line(name, parts, engine)


def grad_line(name: str, leaf: Leaf, arrived: Array, after: Array) -> Line:
    """`.grad` before + what arrived = `.grad` after."""
    label = f"{name}.grad"
    heading = (Part("plain", f"{label}: "),)
    terms = [arrived] if leaf.before is None else [leaf.before, arrived]
    total = _total(terms)
    if total is None:
        change = joined(" → ", [_before(leaf, label), shown(after, "result", label)])
        return Line(name, heading + change, "unchecked")
    engine = compare(total, list(map(to_numpy, terms)), after)
    result = _result(engine, total, after, label)
    if leaf.before is None:
        change = joined(" → ", [_before(leaf, label), result])
    else:
        arriving = summed([leaf.before, arrived], "upstream", label)
        change = equation((*_before(leaf, label), *arriving[1:]), result)
    return Line(name, heading + change + difference(engine, after), engine)


def _result(engine: Engine, total: np.ndarray, sent: Array, label: str) -> Parts:
    """What the engine has; the sum in its place where the two differ."""
    return shown(from_numpy(total, sent.dtype) if engine == "differs" else sent, "result", label)


def _before(leaf: Leaf, label: str) -> Parts:
    return shown(leaf.before, "value", label) or (Part("value", "None"),)


def _total(terms: list[Array]) -> np.ndarray | None:
    """The sum in float64; None where a term was only summarised, or is complex."""
    if not terms or any(term.values is None or "complex" in term.dtype for term in terms):
        return None
    with np.errstate(all="ignore"):
        return np.sum(np.broadcast_arrays(*map(to_numpy, terms)), axis=0)


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
