"""Let deep graphs be freed piece by piece.

Once Python has seen a grad_fn, PyTorch 2.13 frees it by a recursive call in C++: a chain of some
50,000 operations overflows the stack and ends the process when its result is dropped. Where a chain
of operations is another few thousand deep, a grad_fn gets a note to itself in its `metadata`: with
it go the next ones, which are then freed by a thread of their own and not inside the call.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Mapping
from queue import SimpleQueue
from typing import Any

from viz.capture.sources import Made

SPACING = 5_000
"""Operations that are freed in one recursion; a tenth of what 8 MiB of stack can take."""

STACK_BYTES = 16 << 20

ACCUMULATE_GRAD_NUMBER = (1 << 64) - 1
"""The sequence number of every AccumulateGrad; it has nothing below it."""

KEY = "seegrad"


class Depths:
    """Learns of each grad_fn when it is made, and cuts the recursions that will free them.

    It keeps no graph alive, and what it has cut stays cut when it is gone.
    """

    def __init__(self, made: Mapping[int, Made]) -> None:
        self._made = made
        self._deepest = 0

    def depth_of_new(self, grad_fn: Any) -> int:
        """The depth of a grad_fn that was just made, above others that were noted before."""
        depth = 1
        for node, _ in grad_fn.next_functions:
            if node is not None:
                depth = max(depth, 1 + self._depth_of(node._sequence_nr()))
        self._deepest = max(self._deepest, depth)
        if depth % SPACING == 0:
            grad_fn.metadata[KEY] = _Below(grad_fn)
        return depth

    def _depth_of(self, number: int) -> int:
        if number == ACCUMULATE_GRAD_NUMBER:
            return 0
        made = self._made.get(number)
        return self._deepest if made is None or made.depth is None else made.depth


class _Below:
    """The grad_fns below one; when that one is freed, they are handed to the thread."""

    __slots__ = ("_free", "_grad_fns")

    def __init__(self, grad_fn: Any) -> None:
        self._free = _to_be_freed().put
        self._grad_fns = tuple(node for node, _ in grad_fn.next_functions)

    def __del__(self) -> None:
        self._free(self._grad_fns)


@functools.cache
def _to_be_freed() -> SimpleQueue[Any]:
    """Whatever is put in here is dropped, by a thread that begins with nothing on its stack."""
    queue: SimpleQueue[Any] = SimpleQueue()
    before = threading.stack_size(STACK_BYTES)
    try:
        threading.Thread(
            target=_drop, args=(queue,), name="SeeGrad frees deep graphs", daemon=True
        ).start()
    finally:
        threading.stack_size(before)
    return queue


def _drop(queue: SimpleQueue[Any]) -> None:
    while True:
        queue.get()
