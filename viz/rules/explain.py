"""A recorded step -> its rule card: upstream gradient · local derivative = contribution."""

from __future__ import annotations

from viz.rules.accumulate import explain_accumulation
from viz.rules.by_rule import explain_by_rule
from viz.rules.card import Card, Engine, Line, Part
from viz.rules.fallback import without_rule
from viz.rules.graph import Graph, is_one
from viz.rules.guard import guarded
from viz.rules.lines import equation, shown
from viz.rules.returned import explain_return, is_returned_here, with_what_stays
from viz.rules.row import MissingValueError, Row
from viz.rules.table import TABLE, Table
from viz.trace import Backward, Edge, Step

_latest: Graph | None = None


def explain_step(backward: Backward, step: int, table: Table = TABLE) -> Card:
    """The card of the step with this index in `backward.steps`.

    A rule that raises gives a RuleFailedWarning, and the card of an operation without a rule.
    """
    graph = _graph_of(backward, table)
    fired = backward.steps[step]
    node = graph.nodes[fired.node]
    if is_returned_here(graph, fired):
        return explain_return(graph, fired)
    if node.kind == "leaf":
        return explain_accumulation(graph, fired)
    row = table.get(node.name)
    if row is None:
        return with_what_stays(graph, fired, without_rule(graph, fired))
    return with_what_stays(graph, fired, _by_rule(graph, fired, row))


def explain_seed(backward: Backward) -> Card:
    """The card before the first step: where the first gradient comes from."""
    graph = _graph_of(backward)
    seeds = [(i, edge) for i, edge in graph.edges_from[backward.output] if edge.contribution]
    if len(graph.roots) > 1:
        names = [graph.name(edge.downstream, edge.output) for _, edge in seeds]
        words = (
            f"Backward begins at {' and '.join(names)} at once: every gradient is that of "
            f"{graph.loss}."
        )
    elif all(is_one(edge.contribution) for _, edge in seeds):
        words = (
            f"Backward begins here. {graph.loss} changes exactly as fast as itself, so its own "
            "gradient is 1."
        )
    else:
        words = "Backward begins here, with the gradient that the program passed to it."
    return Card(
        title=backward.way,
        statement=", ".join(graph.headline(root) for root in graph.roots),
        lines=tuple(_seed_line(graph, index, edge) for index, edge in seeds),
        words=words,
        source="textbook",
    )


def _seed_line(graph: Graph, index: int, edge: Edge) -> Line:
    symbol = graph.gradient(edge.downstream, edge.output)
    engine: Engine = "agrees" if is_one(edge.contribution) else "unchecked"
    parts = equation((Part("upstream", symbol),), shown(edge.contribution, "result", symbol))
    return Line(graph.name(edge.downstream, edge.output), parts, engine, index)


def describe(backward: Backward, node_id: str) -> str:
    """The forward operation with the student's names: "s = y − y_pred", "exp(z)"."""
    graph = _graph_of(backward)
    if node_id == backward.output:
        return graph.loss
    return graph.statement(node_id)


def headline(backward: Backward, node_id: str) -> str:
    """The same as a card is headed with: "output = (y − x·w)²" for a result without a name."""
    return _graph_of(backward).headline(node_id)


def name(backward: Backward, node_id: str) -> str:
    """What a node's result is called in formulas; h₀, h₁, ... where a loop reuses a name."""
    return _graph_of(backward).name(node_id)


def graph_of(backward: Backward) -> Graph:
    """The names and ways of a backward pass; the latest is kept."""
    return _graph_of(backward)


def _by_rule(graph: Graph, step: Step, row: Row) -> Card:
    kind = graph.nodes[step.node].name
    try:
        card = guarded(kind, lambda: explain_by_rule(graph, step, row), None)
    except MissingValueError:
        return without_rule(graph, step, f"The arguments of {kind} were not recorded.")
    return card or without_rule(graph, step, f"The rule for {kind} can't be shown here.")


def _graph_of(backward: Backward, table: Table = TABLE) -> Graph:
    """The index of a Backward; the latest is kept, because a page asks about one at a time."""
    global _latest
    latest = _latest
    if latest is None or latest.backward is not backward or latest.table is not table:
        latest = Graph(backward, table)
        _latest = latest
    return latest
