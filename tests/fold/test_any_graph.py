"""Graphs and modules that chance makes: no folding makes a cycle, loses a node or overlaps."""

from __future__ import annotations

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.fold.columns import columns_of
from tests.fold.promises import check
from viz.fold.build import tree_from
from viz.fold.columns import Columns
from viz.fold.drawing import overview

# To shrink a failing example takes minutes and finds little: the graph is small already.
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]

PATHS = ["", "a", "a.b", "a.b.0", "a.b.1", "a.c", "head", "head.0.x", "head.0.y"]


@st.composite
def graphs(draw: st.DrawFn) -> Columns:
    """Any order of modules, any connections, also ones that repeat."""
    body = draw(st.lists(st.sampled_from("ABC"), min_size=1, max_size=6))
    names = body * draw(st.integers(1, 12))
    names += draw(st.lists(st.sampled_from("ABCD"), max_size=20))
    paths = draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=8))
    lengths = draw(st.lists(st.integers(1, 7), min_size=len(paths), max_size=len(paths)))
    modules = [path for path, length in zip(paths, lengths, strict=True) for _ in range(length)]
    modules = [modules[at % len(modules)] for at in range(len(names))]
    leaves = draw(st.integers(1, 4))
    uses = []
    for user in range(len(names)):
        for _ in range(draw(st.integers(1, 3))):
            back = draw(st.integers(1, 12))
            used = user - back if back <= user else -1 - (back % leaves)
            uses.append((user, used))
        if draw(st.booleans()):
            uses.append((user, -1 - draw(st.integers(0, leaves - 1))))
    used_leaves = {-1 - used for _, used in uses if used < 0}
    uses += [(0, -1 - leaf) for leaf in range(leaves) if leaf not in used_leaves]
    outputs = draw(st.sets(st.integers(0, len(names) - 1), min_size=1, max_size=2))
    return columns_of(names, uses, modules, leaves, sorted(outputs))


@settings(max_examples=100, deadline=None, phases=PHASES)
@given(graphs(), st.data())
def test_whatever_is_open_every_promise_holds(columns: Columns, data: st.DataObject) -> None:
    tree = tree_from(columns)
    opened: set[str] = set()
    for _ in range(3):
        drawn = overview(tree, opened)
        check(tree, drawn)
        closed = [item for item in drawn.items.id if item in tree.groups]
        if not closed:
            break
        opened |= data.draw(st.sets(st.sampled_from(closed), min_size=1))
