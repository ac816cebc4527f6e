"""Tell stretches of the line apart by their structure: names of operations, and connections."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from viz.fold.columns import Columns
from viz.fold.order import Ints, Line
from viz.fold.tree import Child


class Shapes:
    """Numbers for structures: equal where all operations and all inner connections are.

    What comes in from outside makes no difference: the first round of a loop begins with a leaf
    where all others have the result of the round before. Nor do sizes of tensors.
    """

    def __init__(self, columns: Columns, line: Line) -> None:
        numbers: dict[str, int] = {}
        names = [columns.name[node] for node in line.nodes.tolist()]
        self._names: Ints = np.array(
            [numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64
        )
        self._line = line
        self._known: dict[bytes, int] = {}
        self._base = len(numbers)

    def of(self, start: int, stop: int) -> int:
        """The number of this stretch; for a single operation, of its name."""
        if stop - start == 1:
            return int(self._names[start])
        line = self._line
        edges = slice(line.first[start], line.first[stop])
        user, used = line.user[edges], line.used[edges]
        inside = used >= start
        digest = blake2b(self._names[start:stop].tobytes(), digest_size=16)
        digest.update((user[inside] - start).tobytes())
        digest.update((used[inside] - start).tobytes())
        return self._known.setdefault(digest.digest(), self._base + len(self._known))

    def tokens(self, children: list[Child]) -> Ints:
        """One number for each child."""
        return np.array(
            [self._names[child] if isinstance(child, int) else child.shape for child in children],
            dtype=np.int64,
        )
