"""Let deep graphs be freed piece by piece.

Once Python has seen a grad_fn, PyTorch 2.13 frees it by a recursive call in C++: a chain of some
50,000 operations overflows the stack and ends the process when its result is dropped. A reference
to one grad_fn in every few thousand stops each of these recursions in time.
"""

from __future__ import annotations

from typing import Any

SPACING = 5_000
"""Operations between two held grad_fns; a tenth of what 8 MiB of stack can take."""

ACCUMULATE_GRAD_NUMBER = (1 << 64) - 1
"""The sequence number of every AccumulateGrad; it has nothing below it."""


class Anchors:
    """Holds a grad_fn wherever a chain of operations is another `SPACING` deep.

    Graphs that are less deep, which is nearly all, are not kept alive by it. It must live longer
    than the tensors of the program.
    """

    def __init__(self) -> None:
        self._depths: dict[int, int] = {}
        self._held: list[Any] = []
        self._deepest = 0

    def note(self, grad_fn: Any) -> None:
        """A grad_fn was made, above others that were noted before."""
        below = [self._depth_of(node) for node, _ in grad_fn.next_functions if node is not None]
        depth = 1 + max(below, default=0)
        self._depths[grad_fn._sequence_nr()] = depth
        self._deepest = max(self._deepest, depth)
        if depth % SPACING == 0:
            self._held.append(grad_fn)

    def _depth_of(self, grad_fn: Any) -> int:
        number = grad_fn._sequence_nr()
        if number == ACCUMULATE_GRAD_NUMBER:
            return 0
        return self._depths.get(number, self._deepest)

    def __del__(self) -> None:
        # From the newest: each is freed while those below it are still held.
        while self._held:
            self._held.pop()
