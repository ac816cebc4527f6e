"""The layered drawing: arcs go forward, nothing overlaps, and the work grows with the graph."""

from __future__ import annotations

import inspect
import sys
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.layout.graphs import (
    FULL_SIZE,
    SHAPES,
    Graph,
    chain,
    dense,
    hub,
    losses_on_the_way,
    recurrent,
    residual,
    transformer,
    tree,
    two_towers,
    u_net,
)
from viz.layout.layered import Spots, layered
from viz.layout.rows import inversions

MOST_VISITS = 60
"""Links that the sweeps may look at for each node and arc, whatever the graph."""


def check(graph: Graph, breadth: list[float] | None = None) -> Spots:
    """The promises that hold for every graph."""
    nodes, arcs = graph
    spots = layered(nodes, arcs, breadth=breadth)
    assert spots.column.shape == spots.row.shape == (nodes,)
    assert len(spots.bends) == len(arcs)
    if arcs:
        starts, ends = np.array(arcs).T
        assert (spots.column[starts] < spots.column[ends]).all()
    heights = np.array(breadth if breadth is not None else [1.0] * nodes)
    order = np.lexsort((spots.row, spots.column))
    same = np.diff(spots.column[order]) == 0
    needed = (heights[order][1:] + heights[order][:-1]) / 2
    assert (np.diff(spots.row[order])[same] >= needed[same]).all()
    for (start, end), bends in zip(arcs, spots.bends, strict=True):
        way = [spots.column[start], *(column for column, _ in bends), spots.column[end]]
        assert way == sorted(set(way))
    return spots


@pytest.mark.parametrize("shape", SHAPES)
def test_every_arc_goes_forward_and_nothing_overlaps(shape: str) -> None:
    check(SHAPES[shape])


@pytest.mark.parametrize("shape", FULL_SIZE)
def test_the_same_at_full_size_with_work_that_grows_with_the_graph(shape: str) -> None:
    nodes, arcs = FULL_SIZE[shape]
    spots = check((nodes, arcs))
    assert spots.visits <= MOST_VISITS * (nodes + len(arcs))
    assert sum(map(len, spots.bends)) <= 14 * len(arcs)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any acyclic graph: arcs lead from smaller to larger numbers, then the nodes are shuffled."""
    nodes = draw(st.integers(2, 40))
    pairs = st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1))
    found = draw(st.lists(pairs.filter(lambda pair: pair[0] != pair[1]), max_size=80))
    name = draw(st.permutations(range(nodes)))
    return nodes, [(name[min(pair)], name[max(pair)]) for pair in found]


@settings(max_examples=150, deadline=None)
@given(graphs(), st.data())
def test_any_graph(graph: Graph, data: st.DataObject) -> None:
    check(graph)
    heights = st.lists(st.floats(0.1, 9), min_size=graph[0], max_size=graph[0])
    check(graph, data.draw(heights))


def test_halves_of_the_grid_are_rounded_one_way() -> None:
    arcs = [(5, 2), (5, 0), (5, 1), (3, 1), (2, 4)]
    check((6, arcs), [1.3125, 1.34375, 1.46875, 2.0, 1.0, 1.0])


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_the_same_graph_is_always_drawn_the_same(graph: Graph) -> None:
    one, other = layered(*graph), layered(graph[0], np.array(graph[1]).reshape(-1, 2))
    assert (one.column == other.column).all()
    assert (one.row == other.row).all()
    assert one.bends == other.bends


@pytest.mark.parametrize(
    ("nodes", "arcs", "breadth"),
    [
        (2, [(0, 0)], None),
        (3, [(0, 1), (1, 2), (2, 0)], None),
        (2, [(0, 2)], None),
        (2, [(-1, 1)], None),
        (2, [(0, 1)], [1.0]),
        (2, [(0, 1)], [1.0, 0.0]),
        (2, [(0, 1)], [1.0, float("nan")]),
    ],
)
def test_what_is_no_such_graph_is_refused(
    nodes: int, arcs: list[tuple[int, int]], breadth: list[float] | None
) -> None:
    with pytest.raises(ValueError, match=r"arc|breadth"):
        layered(nodes, arcs, breadth=breadth)


def test_nothing_recurses() -> None:
    nodes, arcs = chain(20_000)
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 30)
    try:
        layered(nodes, arcs)
        layered(*recurrent(300))
    finally:
        sys.setrecursionlimit(before)


@pytest.mark.parametrize("of_size", [recurrent, transformer, hub, losses_on_the_way, chain])
def test_twice_the_graph_is_twice_the_work(of_size: object) -> None:
    assert callable(of_size)
    visits = [layered(*of_size(size)).visits for size in (200, 400)]
    assert visits[1] <= 2.2 * visits[0]


@pytest.mark.parametrize("graph", [residual(10), u_net(5), chain(30), recurrent(10)])
def test_the_longest_way_is_one_straight_row(graph: Graph) -> None:
    spots = layered(*graph)
    rows, counts = np.unique(spots.row, return_counts=True)
    straight = np.unique(spots.column[spots.row == rows[counts.argmax()]])
    assert len(straight) == spots.column.max() + 1


def test_the_column_is_the_depth_of_a_tree() -> None:
    spots = layered(*tree(4))
    assert [int((spots.column == depth).sum()) for depth in range(5)] == [16, 8, 4, 2, 1]


@pytest.mark.parametrize("graph", [residual(6), u_net(4), tree(5), two_towers(4)])
def test_graphs_without_crossings_are_drawn_without(graph: Graph) -> None:
    assert crossings(*graph) == 0


def test_crossings_are_counted_right() -> None:
    square: Graph = (4, [(0, 2), (0, 3), (1, 2), (1, 3)])
    assert crossings(*square) == 1


def crossings(nodes: int, arcs: list[tuple[int, int]]) -> int:
    """Pairs of straight pieces of ways between the same two columns that cross each other."""
    spots = layered(nodes, arcs)
    pieces: dict[tuple[float, float], set[tuple[float, float]]] = {}
    for (start, end), bends in zip(arcs, spots.bends, strict=True):
        corners = [(spots.column[start], spots.row[start]), *bends]
        corners.append((spots.column[end], spots.row[end]))
        for (x0, y0), (x1, y1) in pairwise(corners):
            for step in range(int(x1 - x0)):
                slope = (y1 - y0) / (x1 - x0)
                piece = (y0 + slope * step, y0 + slope * (step + 1))
                pieces.setdefault((x0 + step, x0 + step + 1), set()).add(piece)
    return sum(
        (one[0] - other[0]) * (one[1] - other[1]) < 0
        for between in pieces.values()
        for one, other in combinations(sorted(between), 2)
    )


@pytest.mark.parametrize("graph", [residual(6), u_net(5), recurrent(12), losses_on_the_way(8)])
def test_a_long_arc_passes_beside_the_nodes(graph: Graph) -> None:
    nodes, arcs = graph
    spots = layered(nodes, arcs)
    rows = {(x, y) for x, y in zip(spots.column, spots.row, strict=True)}
    for bends in spots.bends:
        for (x0, y0), (x1, y1) in pairwise(bends):
            for column in range(int(x0), int(x1) + 1):
                at = y0 + (y1 - y0) * (column - x0) / (x1 - x0)
                assert all(abs(at - y) >= 0.5 for x, y in rows if x == column)


def test_arcs_from_one_node_share_their_lane() -> None:
    nodes, arcs = hub(12)
    bends = layered(nodes, arcs).bends
    rows = {row for (start, _), way in zip(arcs, bends, strict=True) if not start for _, row in way}
    assert len(rows) <= 3


def test_operands_stand_in_their_order() -> None:
    for first, second in ((0, 1), (1, 0)):
        row = layered(3, [(first, 2), (second, 2)]).row
        assert row[first] < row[second]


def test_a_weight_stands_beside_its_use_however_deep() -> None:
    nodes, arcs = residual(20)
    column = layered(nodes, arcs).column
    leaves = set(range(nodes)) - {end for _, end in arcs}
    assert all(column[end] - column[start] == 1 for start, end in arcs if start in leaves)


def test_arcs_that_are_given_twice_change_nothing() -> None:
    nodes, arcs = dense(3)
    once, twice = layered(nodes, arcs), layered(nodes, arcs + arcs)
    assert (once.row == twice.row).all()
    assert twice.bends == once.bends * 2


@given(st.lists(st.integers(0, 20)))
def test_inversions_are_the_pairs_in_wrong_order(numbers: list[int]) -> None:
    pairs = sum(one > other for one, other in combinations(numbers, 2))
    assert inversions(np.array(numbers, dtype=np.int64)) == pairs
