"""A tensor equation -> one equation for each element of the result, in numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from viz.rules.graph import Graph
from viz.rules.numbers import MINUS, format_number, to_numpy
from viz.trace import Array

ELEMENTS = 64
"""A result with more elements has no equations."""

ALL_CARDS = 1536
"""Equations on the cards of one backward pass together, at most about so many: they travel to the
browser with the cards. Up to 24 steps every small result has its own."""

TERMS = 6
"""A longer sum shows its first terms, and how many there are."""


def room(graph: Graph) -> int:
    """How many elements a result may have on a card of this backward pass."""
    return min(ELEMENTS, ALL_CARDS // max(len(graph.backward.steps), 1))


def of_elementwise(upstream: Array | None, local: Array, sent: Array) -> tuple[str, ...]:
    """upstream · local = contribution; a sum where the input was broadcast.

    >>> one, local, sent = (Array(shape=(2,), dtype="float32", values=v) for v in
    ...     ((1.0, -2.0), (3.0, -1.0), (3.0, 2.0)))
    >>> of_elementwise(one, local, sent)
    ('element [0]: 1 · 3 = 3', 'element [1]: −2 · (−1) = 2')
    """
    if upstream is None or upstream.shape != local.shape or not _are_recorded(upstream, local):
        return ()
    if not _are_recorded(sent):
        return ()
    is_copy = all(value == 1 for value in local.floats())
    terms: list[list[str]] = [[] for _ in range(sent.size)]
    is_sum = sent.size < local.size
    places = np.arange(sent.size).reshape(sent.shape)
    receivers = np.broadcast_to(places, local.shape).flat
    for place, above, slope in zip(receivers, upstream.floats(), local.floats(), strict=True):
        factors = [above] if is_copy and is_sum else [above, slope]
        terms[place].append(_product(factors, tight=is_sum))
    return _equations(terms, sent)


def of_scaled(upstream: Array, local: Array, sent: Array) -> tuple[str, ...]:
    """One upstream gradient for all elements, as from a sum or a loss.

    >>> one = Array(shape=(), dtype="float32", values=(2.0,))
    >>> local, sent = (Array(shape=(1,), dtype="float32", values=v) for v in ((-3.0,), (-6.0,)))
    >>> of_scaled(one, local, sent)
    ('element [0]: 2 · (−3) = −6',)
    """
    if not _are_recorded(upstream, local, sent) or local.size != sent.size:
        return ()
    (above,) = upstream.floats()
    return _equations([[_product([above, slope], tight=False)] for slope in local.floats()], sent)


def of_product(left: np.ndarray, right: np.ndarray, sent: Array) -> tuple[str, ...]:
    """A row of the left matrix times a column of the right one, for each element.

    >>> sent = Array(shape=(1, 1), dtype="float32", values=(11.0,))
    >>> of_product(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), sent)
    ('element [0, 0]: 1·3 + 2·4 = 11',)
    """
    if not _are_recorded(sent):
        return ()
    is_sum = left.shape[1] > 1
    terms = [
        [_product(pair, tight=is_sum) for pair in zip(row, column, strict=True)]
        for row in left.tolist()
        for column in right.T.tolist()
    ]
    return _equations(terms, sent) if len(terms) == sent.size else ()


def _equations(terms: list[list[str]], sent: Array) -> tuple[str, ...]:
    places = np.ndindex(*sent.shape)
    return tuple(
        f"element [{', '.join(map(str, place))}]: {_sum(each)} = {format_number(value)}"
        for place, each, value in zip(places, terms, sent.floats(), strict=True)
    )


def _sum(terms: list[str]) -> str:
    if not terms:
        return "a sum of nothing"
    first, *rest = terms[:TERMS]
    shown = " + ".join([first, *(f"({term})" if _is_negative(term) else term for term in rest)])
    return shown if len(terms) <= TERMS else f"{shown} + … ({len(terms)} terms)"


def _product(factors: Sequence[float], tight: bool) -> str:
    first, *rest = map(format_number, factors)
    enclosed = [f"({factor})" if _is_negative(factor) else factor for factor in rest]
    return ("·" if tight else " · ").join([first, *enclosed])


def _is_negative(text: str) -> bool:
    return text.startswith(MINUS)


def _are_recorded(*arrays: Array) -> bool:
    """Whether every number is known, and is a real one."""
    return all(array.values is not None and "complex" not in array.dtype for array in arrays)


def recorded(array: Array | None) -> np.ndarray | None:
    return to_numpy(array) if array is not None and _are_recorded(array) else None
