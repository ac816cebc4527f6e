"""Where the graph was cut, and why the engine stopped in the middle."""

from __future__ import annotations

from viz.rules.card import Card, Line, Part
from viz.rules.explain import headline
from viz.rules.surprises.surprise import Pass, Surprise, listed, on_line
from viz.trace import Backward, Cut, Node, Stop


def cuts(seen: Pass) -> list[Surprise]:
    """One for each place in the program that cut; a loop cuts many times in one place."""
    places: dict[tuple[object, ...], list[Cut]] = {}
    for cut in seen.backward.cuts:
        places.setdefault((cut.how, cut.line, cut.word, cut.name), []).append(cut)
    return [_cut(seen, alike) for alike in places.values()]


def _cut(seen: Pass, alike: list[Cut]) -> Surprise:
    cut = alike[0]
    node = seen.nodes[cut.node]
    value = node.variable or ("A number" if cut.how == "item" else "A constant")
    times = f", {len(alike)} times" if len(alike) > 1 else ""
    lost = listed(cut.leaves)
    # A source without a name is told by what is below it.
    source = cut.name or lost or "a tensor that requires grad"
    further = f" and goes no further to {lost} on this way" if lost and source != lost else ""
    return Surprise(
        "cut",
        f"{cut.said} cuts the graph{times}",
        f"{value} comes from {source}, but outside of the graph: the gradient ends here{further}.",
        _cure(cut),
        cut.line,
        tuple(dict.fromkeys(each.node for each in alike)),
        step=_first_step_at(seen, {each.node for each in alike}),
    )


def _cure(cut: Cut) -> str:
    name = cut.name or "the tensor"
    if cut.how == "no_grad":
        return f"To let the gradient flow, take line {cut.line} out of {cut.said}."
    if cut.how == "detach":
        return f"To let the gradient flow, leave out {cut.said}."
    if cut.how == "data":
        return f"To let the gradient flow, write {name} instead of {name}.data."
    return f"To let the gradient flow, compute with {name} itself, without {cut.said}."


def _first_step_at(seen: Pass, constants: set[str]) -> int | None:
    """The first firing that reaches one of the constants: its card says that it ends there."""
    users = [edge.upstream for edge in seen.backward.edges if edge.downstream in constants]
    return min((seen.numbers[user] for user in users if user in seen.numbers), default=None)


def stops(seen: Pass) -> list[Surprise]:
    stop = seen.backward.stop
    if stop is None:
        return []
    node = seen.nodes.get(stop.node or "")
    return [
        Surprise(
            "stop",
            "The engine stopped in the middle",
            _what_stopped(stop, node),
            stop.cure,
            stop.line or seen.backward.line,
            (stop.node,) if stop.node else (),
            stop_mark(stop),
            len(seen.backward.steps) + 1,
        )
    ]


def explain_stop(backward: Backward) -> Card:
    """The card of the step that did not come about."""
    stop = backward.stop
    if stop is None:
        raise ValueError("this pass did not stop")
    node = next((node for node in backward.nodes if node.id == stop.node), None)
    return Card(
        title=node.name if node is not None else "backward",
        statement=headline(backward, node.id) if node is not None else "",
        lines=(Line(None, (Part("check", stop_mark(stop)),), "unchecked"),),
        words=" ".join(
            filter(None, [_what_stopped(stop, node), stop.cure, f"PyTorch says: {stop.message}"])
        ),
        source="none",
    )


def _what_stopped(stop: Stop, node: Node | None) -> str:
    operation = f"{node.name}{f' (line {node.line})' if node.line else ''}" if node else "A node"
    changed, freed = (
        (f"line {stop.line}", f"the backward on line {stop.line}")
        if stop.line
        else ("something", "an earlier backward")
    )
    return {
        "changed": f"{operation} had saved {_saved(stop)} for this moment, but {changed} changed "
        "it in place since.",
        "freed": f"{operation} needs what it had saved, but {freed} has thrown it away.",
        "other": f"{operation} could not compute its gradient.",
    }[stop.kind]


def stop_mark(stop: Stop) -> str:
    """What the drawing says beside the node that could not go on.

    >>> stop_mark(Stop("changed", "", line=4)), stop_mark(Stop("other", ""))
    ('✗ saved tensor changed on line 4', '✗ it failed here')
    """
    if stop.kind == "changed":
        return f"✗ saved tensor changed{on_line(stop.line)}"
    if stop.kind == "freed":
        return f"✗ saved tensors freed{on_line(stop.line)}"
    return "✗ it failed here"


def _saved(stop: Stop) -> str:
    if stop.saved is None:
        return "a tensor"
    return "its result" if stop.saved.startswith("result") else f"its input '{stop.saved}'"
