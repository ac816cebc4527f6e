"""Where the graph was cut, and why the engine stopped in the middle."""

from __future__ import annotations

from viz.rules.surprises.surprise import Pass, Surprise, listed, on_line
from viz.trace import Cut, Stop


def cuts(seen: Pass) -> list[Surprise]:
    """One for each place in the program that cut; a loop cuts many times in one place."""
    places: dict[tuple[object, ...], list[Cut]] = {}
    for cut in seen.backward.cuts:
        places.setdefault((cut.how, cut.line, cut.word, cut.name), []).append(cut)
    return [_cut(seen, alike) for alike in places.values()]


def word_of(cut: Cut) -> str:
    """What cut, as a person would write it: ".detach()", "torch.no_grad()".

    >>> word_of(Cut("n1", "detach", word="detach()")), word_of(Cut("n1", "data", word=".data"))
    ('detach()', '.data')
    """
    return cut.word or {"detach": "detach()", "data": ".data", "item": "item()"}.get(
        cut.how, "torch.no_grad()"
    )


def ends_here(cut: Cut, constant: str) -> str:
    """Why no gradient goes on at this constant.

    >>> ends_here(Cut("n1", "detach", 3, name="y", word="detach()"), "d")
    'd comes from y, but detach() on line 3 cut the graph: the gradient ends here.'
    """
    source = cut.name or "a tensor that requires grad"
    return (
        f"{constant} comes from {source}, but {word_of(cut)}{on_line(cut.line)} cut the graph: "
        "the gradient ends here."
    )


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
        f"{word_of(cut)} cuts the graph{times}",
        f"{value} comes from {source}, but outside of the graph: the gradient ends here{further}.",
        _cure(cut),
        cut.line,
        tuple(dict.fromkeys(each.node for each in alike)),
        step=_step_that_uses(seen, cut.node),
    )


def _cure(cut: Cut) -> str:
    name = cut.name or "the tensor"
    if cut.how == "no_grad":
        return f"If a gradient shall flow: take line {cut.line} out of {word_of(cut)}."
    if cut.how == "detach":
        return f"If a gradient shall flow: leave out {word_of(cut)}."
    if cut.how == "data":
        return f"If a gradient shall flow: write {name} instead of {name}.data."
    return f"If a gradient shall flow: compute with {name} itself, without {word_of(cut)}."


def _step_that_uses(seen: Pass, constant: str) -> int | None:
    """The firing of the operation that reaches the constant: its card says that it ends there."""
    users = [edge.upstream for edge in seen.backward.edges if edge.downstream == constant]
    return next((seen.numbers[user] for user in users if user in seen.numbers), None)


def stops(seen: Pass) -> list[Surprise]:
    stop = seen.backward.stop
    if stop is None:
        return []
    node = seen.nodes.get(stop.node or "")
    operation = f"{node.name}{f' (line {node.line})' if node.line else ''}" if node else "A node"
    said = {
        "changed": f"{operation} had saved {_saved(stop)} for this moment, and"
        f"{f' line {stop.line}' if stop.line else ' something'} changed it in place since.",
        "freed": f"{operation} needs what it had saved, and "
        f"{f'the backward on line {stop.line}' if stop.line else 'an earlier backward'} "
        "has thrown it away.",
        "other": f"{operation} could not compute its gradient.",
    }[stop.kind]
    return [
        Surprise(
            "stop",
            "The engine stopped in the middle",
            f"{said} PyTorch says: {stop.message}",
            stop.cure,
            stop.line or seen.backward.line,
            (stop.node,) if stop.node else (),
            stop_mark(stop),
            len(seen.backward.steps) + 1,
        )
    ]


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
