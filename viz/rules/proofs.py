"""Turn a Proof into what a person reads: a badge for each leaf, a sentence for each element."""

from __future__ import annotations

from viz.rules.numbers import format_number, format_value
from viz.study import Element, LeafProof, Proof, Verdict
from viz.trace import Backward, Node, Record, to_float

DIGITS = 5

SIGNS: dict[Verdict, str] = {
    "agrees": "✓",
    "differs": "✗",
    "kink": "≈?",
    "cut": "≈?",
    "unknown": "≈?",
}
WORDS: dict[Verdict, str] = {
    "agrees": "agrees",
    "differs": "differs",
    "kink": "kink",
    "cut": "cut off",
    "unknown": "can’t tell",
}


class Badge(Record, frozen=True):
    """What stands beside a leaf.

    sign     ✓, ✗, or ≈? where the program does not let us tell
    text     the slope that was measured, or how many elements were, or in a word why not
    reason   the same as a sentence
    """

    verdict: Verdict
    sign: str
    text: str
    reason: str


def leaves_in_order(backward: Backward) -> list[Node]:
    """The leaves of the graph as the visit reached them: so a study counts them too."""
    leaves = [node for node in backward.nodes if node.kind == "leaf"]
    return sorted(leaves, key=lambda node: int(node.id.removeprefix("n")))


def proofs_by_node(backward: Backward, proof: Proof) -> dict[str, LeafProof]:
    """The proof of each leaf that the engine sent a gradient to, whether or not it was measured.

    A leaf that `inputs=` or `torch.autograd.grad` leaves out gets nothing, and has no proof.
    """
    leaves = leaves_in_order(backward)
    shapes = [node.shape for node in leaves]
    if shapes != [leaf.shape for leaf in proof.leaves]:
        return {}
    sent = reached_by_the_engine(backward)
    pairs = zip(leaves, proof.leaves, strict=True)
    return {node.id: leaf for node, leaf in pairs if node.id in sent}


def reached_by_the_engine(backward: Backward) -> frozenset[str]:
    """The nodes of the leaves that a gradient arrived at."""
    if backward.way == "grad":
        return frozenset(
            leaf.node
            for leaf in backward.leaves
            if leaf.node is not None and leaf.after is not None and not leaf.retained
        )
    fired = {step.node for step in backward.steps}
    return frozenset(node.id for node in leaves_in_order(backward) if node.id in fired)


def badge(leaf: LeafProof | None, proof: Proof) -> Badge:
    """The verdict about one leaf, which is the worst about its elements."""
    if leaf is None or not leaf.elements:
        reason = (leaf.reason if leaf is not None else "") or proof.reason or "It was not measured."
        return Badge("unknown", SIGNS["unknown"], WORDS["unknown"], reason)
    verdict = leaf.verdict
    worst = next(element for element in leaf.elements if element.verdict == verdict)
    return Badge(verdict, SIGNS[verdict], _text(leaf, worst), _reason(leaf, worst))


def _text(leaf: LeafProof, worst: Element) -> str:
    if worst.verdict not in ("agrees", "differs"):
        return WORDS[worst.verdict]
    if leaf.size == 1 and worst.quotient is not None:
        return format_number(to_float(worst.quotient), DIGITS)
    good = sum(element.verdict == worst.verdict for element in leaf.elements)
    return how_many(good, leaf.size)


def how_many(count: int, size: int) -> str:
    """
    >>> how_many(3, 3), how_many(32, 12544)
    ('all 3', '32 of 12,544')
    """
    return f"all {count:,}" if count == size else f"{count:,} of {size:,}"


def _reason(leaf: LeafProof, worst: Element) -> str:
    if worst.verdict != "agrees" or leaf.size == 1:
        place = "" if leaf.size == 1 else f"Element {place_of(worst)}: "
        return place + sentence(worst, leaf)
    farthest = max(element.difference or 0.0 for element in leaf.elements)
    return (
        f"{_count(leaf)} compared with difference quotients. "
        f"The largest difference is {format_number(farthest, 2)}."
    )


def _count(leaf: LeafProof) -> str:
    measured = len(leaf.elements)
    if measured == leaf.size:
        return f"All {measured:,} elements were"
    return f"{measured:,} of {leaf.size:,} elements, evenly spread, were"


def place_of(element: Element) -> str:
    """
    >>> place_of(Element(index=(0, 2), value=1, engine=1, verdict="agrees"))
    '[0, 2]'
    """
    return f"[{', '.join(map(str, element.index))}]"


def sentence(element: Element, leaf: LeafProof) -> str:
    """What was found at one element, and what follows from it."""
    engine = format_value(element.engine)
    quotient = _number(element.quotient)
    match element.verdict:
        case "agrees":
            return f"The engine sent {engine}; the difference quotient is {quotient}: they agree."
        case "kink" if element.reason:
            return f"{element.reason} There is no derivative. PyTorch sent {engine}."
        case "kink":
            left, right = _number(element.left), _number(element.right)
            return (
                f"There is a kink here: the slope is {left} to the left and {right} to the right, "
                f"so there is no derivative. PyTorch sent {engine}."
            )
        case "cut":
            return (
                f"The whole program has the slope {quotient}. The engine sent {engine}: it takes "
                "for a constant what was cut off by detach(), .data, .item() or no_grad(). "
                f"With that held still, the slope is {_number(element.held)}, and they agree."
            )
        case "differs":
            return f"The engine sent {engine}, but the slope is {quotient}. {_blame(leaf)}"
        case _:
            return element.reason or "It was not measured."


def _blame(leaf: LeafProof) -> str:
    if leaf.custom:
        names = ", ".join(leaf.custom)
        return f"The program defines a derivative of its own in {names}; look at its backward()."
    return "The program changes numbers where autograd does not look."


def _number(number: bool | int | float | str | None) -> str:
    return "unknown" if number is None else format_number(to_float(number), DIGITS)
