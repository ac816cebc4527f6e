"""Say what a trace can't tell: which operations and which passes were out of sight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from viz.trace import Backward

MOST_NAMES = 3


def notices_of(
    backwards: Sequence[Backward], unseen: Mapping[str, int], left_out: int
) -> Iterator[str]:
    """unseen    why passes were not recorded, and how many
    left_out  how many passes there was no room for
    """
    names = Counter(
        node.name
        for backward in backwards
        for node in backward.nodes
        if node.kind == "operation" and node.function is None
    )
    if names:
        total = names.total()
        shown = ", ".join(name for name, _ in names.most_common(MOST_NAMES))
        more = ", …" if len(names) > MOST_NAMES else ""
        subject = "1 operation was" if total == 1 else f"{total:,} operations were"
        yield (
            f"{subject} made out of sight ({shown}{more}): before the block began, inside a custom "
            "Function, in C++, or by the engine. Of these the gradients are recorded, and of their "
            "forward values only what a later operation read."
        )
    for why, count in unseen.items():
        times = "" if count == 1 else f", {count:,} times"
        yield f"Not recorded: {why}{times}."
    if left_out:
        passes = "1 backward pass" if left_out == 1 else f"{left_out:,} backward passes"
        yield (
            f"{passes} ran after the record was full; of these only the loss and the gradients' "
            "norms were kept. watch.backward(loss) records in any case."
        )
