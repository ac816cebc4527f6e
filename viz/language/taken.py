"""Follow plain numbers and arrays that were taken out of tensors: `s = w.item()`, later `x * s`.

A number is known as the very object that it is: another number of the same value is not it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from viz.language.values import Value

if TYPE_CHECKING:
    from viz.language.observer import Observer

NUMBERS = frozenset({float, list, np.ndarray, np.float32, np.float64, np.float16})
"""What comes out of a tensor: a number, nested lists of them, an array."""

MOST = 4_000
"""Numbers that are remembered; a training loop takes one at every step."""

ITEMS, DEPTH = 8, 2
"""How many items of a list are looked at, and how many lists deep: a list may hold itself."""

Origins = Any
"""What the observer calls the place that a number came from."""


class Taken(dict[int, tuple[Value, Origins]]):
    """By the identity of each number or array: itself, so that it lives, and where it came from."""

    __slots__ = ("_bringing", "_observer")

    def __init__(self, observer: Observer) -> None:
        super().__init__()
        self._observer = observer
        self._bringing: Mapping[Any, Origins] = {}

    def look(self, result: Value, values: Iterable[Value], word: str) -> None:
        """A call has given a number or an array: it may have come out of one of its tensors."""
        tensor = next((value for value in values if isinstance(value, torch.Tensor)), None)
        if tensor is not None:
            origins = self._observer.takes(tensor, "item", word)
            if origins:
                self._remember(result, origins)

    def call(
        self,
        function: Callable[..., Value],
        values: Sequence[Value],
        named: Mapping[str, Value] | None = None,
    ) -> Value:
        """Call; what is made of taken numbers comes from where they came from."""
        named = named or {}
        if not self._may_be_among(values) and not self._may_be_among(named.values()):
            return function(*values, **named)
        numbers = dict(self._among((*values, *named.values())))
        if not numbers:
            return function(*values, **named)
        origins = tuple(dict.fromkeys(o for found in numbers.values() for o in found))
        before = self._bringing
        self._bring({key: found for key, found in numbers.items() if type(key) is float})
        try:
            result = function(*values, **named)
        finally:
            self._bring(before)
        self.derived(result, origins)
        return result

    def plain(self, result: Value, *values: Value) -> Value:
        """A number computed from numbers."""
        for value in values:
            known = self.get(id(value))
            if known is not None and known[0] is value:
                self._remember(result, known[1])
        return result

    def derived(self, result: Value, origins: Origins) -> None:
        if isinstance(result, torch.Tensor):
            if not result.requires_grad:
                self._observer.brought(result, origins)
        elif type(result) in NUMBERS:
            self._remember(result, origins)

    def _bring(self, numbers: Mapping[Any, Origins]) -> None:
        self._bringing = numbers
        self._observer.brings(numbers)

    def _may_be_among(self, values: Iterable[Value]) -> bool:
        """A quick look, by a plain loop, for the many calls that get none."""
        for value in values:
            if id(value) in self or type(value) is list or type(value) is tuple:
                return True
        return False

    def _among(self, values: Iterable[Value], depth: int = DEPTH) -> Iterator[tuple[Any, Origins]]:
        """The taken ones among the values and in lists: numbers by value, others by identity."""
        for value in values:
            kind = type(value)
            known = self.get(id(value)) if kind in NUMBERS else None
            if known is not None and known[0] is value:
                yield (value if kind is float else id(value)), known[1]
            elif depth and (kind is list or kind is tuple):
                yield from self._among(value[:ITEMS], depth - 1)

    def _remember(self, value: Value, origins: Origins, depth: int = DEPTH) -> None:
        if depth and type(value) is list:
            for item in value[:ITEMS]:
                self._remember(item, origins, depth - 1)
        if type(value) in NUMBERS:
            while len(self) >= MOST:
                del self[next(iter(self))]
            self[id(value)] = (value, origins)
