"""The card of an operation without a textbook rule: PyTorch's formula and the engine's numbers.

Nothing is computed here: the formula is C++ text from PyTorch's table, shown as it stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from viz.rules.by_engine import engine_line, own_words
from viz.rules.card import Card, Part, Parts
from viz.rules.graph import Graph
from viz.rules.pytorch import Entry, Formula, entry_of
from viz.rules.sums import sum_lines
from viz.rules.words import sentences, silent_inputs, upstream_sum
from viz.trace import Node, Step

LONGEST_FORMULA = 240
"""PyTorch's longest formula has some 700 characters; what is longer than this ends in dots."""

_GENERATED = re.compile(r".*Backward[A-Za-z]*\d+(_copy)?")
"""PyTorch numbers the grad_fns that it generates; a Function written in Python has no number."""

_SPECIAL = {
    "CopySlices": "A part of a tensor was changed in place. The gradient of that part goes back "
    "through the operation that changed it; the gradient of the rest is passed on unchanged.",
    "NotImplemented": "PyTorch has no derivative for this operation.",
    "Error": "PyTorch allows no gradient through this operation.",
    "DelayedError": "PyTorch allows no gradient through this operation.",
}
"""Operations of the engine that are no calls of a function, so that its table lacks them."""


def without_rule(graph: Graph, step: Step, reason: str = "") -> Card:
    """The card, which says first why there is no rule, if there is more to say than that."""
    node = graph.nodes[step.node]
    entry = entry_of(node.name)
    used = list(_used_formulas(graph, step, entry))
    lines = (
        engine_line(graph, step, index, edge, _code(_formula_of(entry, edge.slot, step)))
        for index, edge in graph.edges_from[node.id]
        if edge.contribution is not None
    )
    return Card(
        title=node.name,
        statement=graph.headline(node.id),
        lines=(*sum_lines(graph, step), *lines),
        words=sentences(
            reason or _why(node, used),
            _whose(entry, used),
            own_words(graph, step),
            silent_inputs(graph, step),
            upstream_sum(graph, step),
        ),
        source="pytorch" if used else "none",
    )


def _used_formulas(graph: Graph, step: Step, entry: Entry | None) -> Iterable[Formula]:
    """The formulas by which something was sent, each once."""
    found = [
        _formula_of(entry, edge.slot, step)
        for _, edge in graph.edges_from[step.node]
        if edge.contribution is not None
    ]
    return dict.fromkeys(formula for formula in found if formula is not None)


def _formula_of(entry: Entry | None, slot: int, step: Step) -> Formula | None:
    name = None if entry is None else entry.input_of(slot, len(step.outgoing))
    return None if entry is None or name is None else entry.formulas[name]


def _why(node: Node, used: list[Formula]) -> str:
    if node.name in _SPECIAL:
        return _SPECIAL[node.name]
    if used:
        return f"There is no textbook rule for {node.name} here."
    if not _GENERATED.fullmatch(node.name):
        return (
            f"{node.name} comes from a torch.autograd.Function that is written in Python: its own "
            "backward computes the gradient, and there is no formula to show."
        )
    return f"There is no textbook rule for {node.name} here, and PyTorch's table has no formula."


def _whose(entry: Entry | None, used: list[Formula]) -> str:
    """Whose formula it is, for what, and how to read it."""
    if entry is None or not used:
        return ""
    inputs = list(dict.fromkeys(name for formula in used for name in formula.inputs))
    formulas, stand = ("formula", "stands") if len(used) == 1 else ("formulas", "stand")
    word = "input" if len(inputs) == 1 else "inputs"
    many = any("grads" in formula.text for formula in used)
    grad, plural = ("grads are the", "s") if many else ("grad is the", "")
    first = (
        f"What {stand} here is PyTorch's own {formulas} for {word} {_listed(inputs)} of "
        f"{entry.operation}: C++, in which {grad} upstream gradient{plural}."
    )
    helpers = dict.fromkeys(formula.helper for formula in used if formula.helper is not None)
    if not helpers or len(helpers) < len(used):
        return first
    return f"{first} The work is done by {_joined(list(helpers))} in PyTorch's C++ code."


def _listed(names: list[str]) -> str:
    return _joined([f"'{name}'" for name in names])


def _joined(texts: list[str]) -> str:
    """
    >>> _joined(["a"]), _joined(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def _code(formula: Formula | None) -> Parts:
    return () if formula is None else (Part("code", _cut(formula.text)),)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_FORMULA else f"{text[:LONGEST_FORMULA]}…"
