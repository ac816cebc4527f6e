"""Columns of any graph, without a run of PyTorch: for structures that random choice makes."""

from __future__ import annotations

from collections.abc import Sequence

from viz.fold.columns import Columns


def columns_of(
    names: Sequence[str],
    uses: Sequence[tuple[int, int]],
    modules: Sequence[str] | None = None,
    leaves: int = 1,
    outputs: Sequence[int] | None = None,
) -> Columns:
    """A graph of operations that were made in this order.

    uses      pairs (user, used): operations from 0, and leaves as -1, -2, ...
    outputs   the operations that backward begins at; the last one where None
    """
    count = len(names)
    total = 1 + count + leaves
    edges = [(0, 1 + used) for used in (outputs if outputs is not None else [count - 1])]
    edges += [(1 + user, 1 + used if used >= 0 else count - used) for user, used in uses]
    return Columns(
        id=tuple(f"n{number}" for number in range(total)),
        kind=("output", *["operation"] * count, *["leaf"] * leaves),
        name=("", *names, *["AccumulateGrad"] * leaves),
        module=("", *(modules or [""] * count), *[""] * leaves),
        variable=("",) * total,
        value=("",) * total,
        shape=("",) * total,
        norm=(None, *[1.0] * (total - 1)),
        nonfinite=(0,) * total,
        upstream=tuple(up for up, _ in edges),
        downstream=tuple(down for _, down in edges),
        sent=(1.0,) * len(edges),
        forward=tuple(range(1, 1 + count)),
        fired=(*range(count, 0, -1), *range(count + 1, total)),
        output=0,
    )


def chain(names: Sequence[str], modules: Sequence[str] | None = None) -> Columns:
    return columns_of(names, [(0, -1), *((at, at - 1) for at in range(1, len(names)))], modules)


def loop(rounds: int, names: Sequence[str], before: Sequence[str] = ()) -> Columns:
    """A recurrence behind a chain: each round uses the leaf, and its first result at its end."""
    every, start = len(names), len(before)
    uses = [(at, at - 1) for at in range(start)]
    for begin in range(start, start + rounds * every, every):
        uses += [(begin, -1), (begin, begin - 1)]
        uses += [(at, at - 1) for at in range(begin + 1, begin + every)]
        uses += [(begin + every - 1, begin)]
    return columns_of([*before, *names * rounds], list(dict.fromkeys(uses)))
