"""Two backward passes -> their gradients leaf by leaf, and the difference in words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from viz.rules.numbers import format_array, format_number
from viz.trace import Array, Backward, Leaf, Record, to_float

SAME = 5e-7
"""What differs by less than this share of the largest element is equal to 6 digits."""
MOST_NAMED = 3
"""A sentence names so many leaves, and counts the others."""

Relation = Literal[
    "only in A", "only in B", "none", "None in A", "None in B", "zero", "zero in A", "zero in B",
    "not finite", "equal", "equal summary", "opposite", "same norm", "differs",
]  # fmt: skip


class Pair(Record, frozen=True):
    """One leaf of both programs; None where a program has no such leaf."""

    name: str
    first: Leaf | None
    second: Leaf | None

    @property
    def gradients(self) -> tuple[Array | None, Array | None]:
        return (
            self.first.after if self.first is not None else None,
            self.second.after if self.second is not None else None,
        )

    @property
    def ratio(self) -> float | None:
        """The norm of the gradient in B over that in A; None where that tells nothing."""
        one, other = map(_norm, self.gradients)
        if one is None or other is None or not one:
            return None
        return other / one

    @property
    def relation(self) -> Relation:
        """What is to be said of the two gradients; see `verdict`."""
        if self.first is None:
            return "only in B"
        if self.second is None:
            return "only in A"
        one, other = self.gradients
        if one is None or other is None:
            if one is other:
                return "none"
            return "None in A" if one is None else "None in B"
        if one.nonfinite or other.nonfinite:
            return "equal" if one == other else "not finite"
        if _is_zero(one) or _is_zero(other):
            if _is_zero(one) and _is_zero(other):
                return "zero"
            return "zero in A" if _is_zero(one) else "zero in B"
        return _relation(one, other)


def pairs(first: Backward, second: Backward) -> tuple[Pair, ...]:
    """The leaves that require grad in one of the programs, matched by name, in A's order.

    Several leaves of one name are matched in their order.
    """
    ones, others = dict(_named(first)), dict(_named(second))
    keys = [*ones, *(key for key in others if key not in ones)]
    found = (Pair(key[0], ones.get(key), others.get(key)) for key in keys)
    return tuple(pair for pair in found if _requires_grad(pair))


def _named(backward: Backward) -> Iterator[tuple[tuple[str, int], Leaf]]:
    met: Counter[str] = Counter()
    for leaf in backward.leaves:
        yield (leaf.name, met[leaf.name]), leaf
        met[leaf.name] += 1


def _requires_grad(pair: Pair) -> bool:
    return any(leaf is not None and leaf.requires_grad for leaf in (pair.first, pair.second))


def _norm(array: Array | None) -> float | None:
    if array is None or array.nonfinite or array.norm is None:
        return None
    return to_float(array.norm)


def _is_zero(array: Array) -> bool:
    return array.low == array.high == 0 and not array.nonfinite


def _relation(one: Array, other: Array) -> Relation:
    """Of two finite gradients that are not zero."""
    if one.shape == other.shape:
        if one.values is not None and other.values is not None:
            ours, theirs = _complex(one), _complex(other)
            if _are_close(ours, theirs):
                return "equal"
            if _are_close([-number for number in ours], theirs):
                return "opposite"
        elif _are_close(_summary(one), _summary(other)):
            return "equal summary"
    norms = [to_float(array.norm or 0) for array in (one, other)]
    return "same norm" if _are_close(norms[:1], norms[1:]) else "differs"


def _are_close(ones: Sequence[complex], others: Sequence[complex]) -> bool:
    largest = max(map(abs, (*ones, *others)), default=0.0)
    pairs_of = zip(ones, others, strict=True)
    return all(abs(one - other) <= SAME * largest for one, other in pairs_of)


def _complex(array: Array) -> list[complex]:
    return [complex(value) for value in array.values or ()]


def _summary(array: Array) -> list[complex]:
    return [to_float(array.low or 0), to_float(array.high or 0), to_float(array.norm or 0)]


# --- in words -------------------------------------------------------------------------------------


def verdict(found: Sequence[Pair]) -> tuple[str, ...]:
    """The difference in sentences, the most important one first."""
    if not found:
        return ("Neither program has a leaf that requires grad.",)
    by_relation: dict[Relation, list[Pair]] = {}
    for pair in found:
        by_relation.setdefault(pair.relation, []).append(pair)
    if by_relation.keys() == {"equal"}:
        return (f"{_gradients_of(found)} equal to 6 digits in A and in B.",)
    said = [words(by_relation.get(relation, [])) for relation, words in SENTENCES]
    return tuple(sentence for sentence in (*said, *_held(found)) if sentence)


def _held(found: Sequence[Pair]) -> Iterator[str]:
    """Whose `.grad` was not empty before this pass, so that it is more than what arrived."""
    for side, leaf_of in (("A", lambda pair: pair.first), ("B", lambda pair: pair.second)):
        names = [
            f"{pair.name}.grad"
            for pair in found
            if (leaf := leaf_of(pair)) is not None
            and leaf.before is not None
            and (leaf.before.norm or leaf.before.nonfinite)
        ]
        if names:
            shown = ", ".join(names[:MOST_NAMED]) + (" and more" if names[MOST_NAMED:] else "")
            yield f"In {side} the gradient of an earlier backward was still in {shown}."


def _different(found: Sequence[Pair]) -> str:
    """ "In B the gradient of w1 is 38 times larger, that of w2 3 times smaller." """
    if not found:
        return ""
    by_size = sorted(found, key=lambda pair: -abs(_logarithm(pair.ratio)))
    strongest, *others = by_size
    clauses = [f"In B the gradient of {_name(strongest)} is {_times(strongest)}"]
    named = len(others) if len(others) <= MOST_NAMED else MOST_NAMED - 1
    clauses += [f"that of {_name(pair)} {_times(pair)}" for pair in others[:named]]
    ending = f"; the other {len(others) - named} differ less." if named < len(others) else "."
    return ", ".join(clauses) + ending


def _logarithm(ratio: float | None) -> float:
    return math.log(ratio) if ratio else 0.0


def _times(pair: Pair) -> str:
    """
    >>> grad = lambda number: Array((), "float32", (number,), number, number, number, abs(number))
    >>> leaf = lambda number: Leaf("w", None, grad(1.0), True, None, grad(number))
    >>> _times(Pair("w", leaf(0.5), leaf(19.0))), _times(Pair("w", leaf(3.0), leaf(-1.0)))
    ('38 times larger', '3 times smaller, with the opposite sign')
    >>> _times(Pair("w", leaf(1.0), leaf(1.02)))
    '2% larger'
    """
    ratio = pair.ratio or 1.0
    larger = "larger" if ratio > 1 else "smaller"
    factor = max(ratio, 1 / ratio)
    if factor < 1.1:
        size = f"{format_number(100 * abs(ratio - 1), 2)}% {larger}"
    else:
        size = f"{format_number(factor, 3 if factor >= 10 else 2)} times {larger}"
    return f"{size}, with the opposite sign" if _turned(pair) else size


def _turned(pair: Pair) -> bool:
    """Whether two single numbers have opposite signs."""
    one, other = (a.values if a is not None else None for a in pair.gradients)
    if not one or not other or len(one) != 1 or len(other) != 1:
        return False
    return to_float(one[0]) * to_float(other[0]) < 0


def _one_sided(found: Sequence[Pair], where: str, state: str) -> str:
    """ "In A the gradient of b is exactly 0; in B it is 0.3." """
    if not found:
        return ""
    elsewhere = "B" if where == "A" else "A"
    pair, *others = found
    gradient = next(array for array in pair.gradients[:: 1 if where == "B" else -1] if array)
    also = f" So it is with {_names(others)}." if others else ""
    return (
        f"In {where} the gradient of {_name(pair)} is {state}; "
        f"in {elsewhere} it is {format_array(gradient)}.{also}"
    )


def _alike(found: Sequence[Pair], words: str) -> str:
    return f"{_gradients_of(found)} {words}." if found else ""


def _not_finite(found: Sequence[Pair]) -> str:
    if not found:
        return ""
    places = [
        side
        for side, index in (("A", 0), ("B", 1))
        if any((array := pair.gradients[index]) is not None and array.nonfinite for pair in found)
    ]
    return f"In {' and in '.join(places)} the gradient of {_names(found)} is not finite."


def _only(found: Sequence[Pair], where: str) -> str:
    return f"Only {where} has {_names(found)}." if found else ""


SENTENCES: tuple[tuple[Relation, Callable[[Sequence[Pair]], str]], ...] = (
    ("differs", _different),
    ("zero in A", lambda found: _one_sided(found, "A", "exactly 0")),
    ("zero in B", lambda found: _one_sided(found, "B", "exactly 0")),
    ("None in A", lambda found: _one_sided(found, "A", "None")),
    ("None in B", lambda found: _one_sided(found, "B", "None")),
    ("not finite", _not_finite),
    ("opposite", lambda found: _alike(found, "opposite in sign and equal in size")),
    ("same norm", lambda found: _alike(found, "of the same norm, with other elements")),
    ("equal", lambda found: _alike(found, "equal to 6 digits")),
    ("equal summary", lambda found: _alike(found, "equal to 6 digits in range and norm")),
    ("zero", lambda found: _alike(found, "exactly 0 in both")),
    ("none", lambda found: _alike(found, "None in both")),
    ("only in A", lambda found: _only(found, "A")),
    ("only in B", lambda found: _only(found, "B")),
)


def _gradients_of(found: Sequence[Pair]) -> str:
    if len(found) == 1:
        return f"The gradient of {_name(found[0])} is"
    return f"The gradients of {_names(found)} are"


def _names(found: Sequence[Pair]) -> str:
    names = [_name(pair) for pair in found]
    if len(names) > MOST_NAMED + 1:
        names = [*names[:MOST_NAMED], f"{len(names) - MOST_NAMED} others"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _name(pair: Pair) -> str:
    return pair.name or "a leaf without a name"
