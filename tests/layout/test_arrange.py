"""The drawing's promises: everything has a place, nothing overlaps, forward runs to the right."""

from __future__ import annotations

import itertools
import math

import pytest

from tests.traces import backward_of, trace_of
from viz.layout import SMALL, arrange
from viz.layout.large import arrange_large
from viz.layout.places import Place
from viz.layout.sizes import label, node_index
from viz.trace import Backward

SCALARS = """
x = torch.tensor({x}, requires_grad=True)
y = torch.tensor(2., requires_grad=True)
loss = (x**2 - 2*x)*y + x
loss.backward()
"""
MATRICES = """
x = torch.tensor([[1., 2.], [3., 4.], [5., 6.]])
W = torch.tensor([[0.5], [-0.25]], requires_grad=True)
target = torch.zeros(3, 1)
y = x @ W
loss = F.mse_loss(y, target) + (W * W).sum()
loss.backward()
"""
CHAIN = """
x = torch.tensor(0.5, requires_grad=True)
h = x
for i in range({length}):
    h = torch.tanh(h)
h.backward()
"""
PROGRAMS = [SCALARS.format(x="3."), MATRICES, CHAIN.format(length=10), CHAIN.format(length=300)]


@pytest.fixture(params=range(len(PROGRAMS)), ids=["scalars", "matrices", "chain", "long"])
def backward(request: pytest.FixtureRequest) -> Backward:
    return backward_of(PROGRAMS[request.param])


def test_each_node_has_one_place_and_each_edge_one_route(backward: Backward) -> None:
    layout = arrange(backward)
    assert sorted(place.node for place in layout.places) == sorted(n.id for n in backward.nodes)
    assert [route.edge for route in layout.routes] == list(range(len(backward.edges)))


def test_no_two_outlines_overlap(backward: Backward) -> None:
    for one, other in itertools.combinations(arrange(backward).places, 2):
        apart_x = abs(one.x - other.x) - (one.width + other.width) / 2
        apart_y = abs(one.y - other.y) - (one.height + other.height) / 2
        assert max(apart_x, apart_y) >= -0.5, (one, other)


def test_numbers_on_an_edge_stand_clear_of_every_outline_and_of_each_other() -> None:
    for program in PROGRAMS[:3]:
        backward = backward_of(program)
        layout, nodes = arrange(backward), node_index(backward)
        rooms = list(layout.places)
        for route in layout.routes:
            size = label(backward.edges[route.edge], nodes)
            if route.label and size:
                rooms.append(Place(f"edge {route.edge}", *route.label, *size))
        for one, other in itertools.combinations(rooms, 2):
            apart_x = abs(one.x - other.x) - (one.width + other.width) / 2
            apart_y = abs(one.y - other.y) - (one.height + other.height) / 2
            assert max(apart_x, apart_y) >= -0.5, (one, other)


def test_values_flow_to_the_right(backward: Backward) -> None:
    x = {place.node: place.x for place in arrange(backward).places}
    assert all(x[edge.downstream] < x[edge.upstream] for edge in backward.edges)


def test_everything_lies_inside_the_frame(backward: Backward) -> None:
    layout = arrange(backward)
    for place in layout.places:
        assert place.x - place.width / 2 >= 0
        assert place.x + place.width / 2 <= layout.width
        assert place.y - place.height / 2 >= 0
        assert place.y + place.height / 2 <= layout.height
    for x, y in itertools.chain.from_iterable(route.points for route in layout.routes):
        assert 0 <= x <= layout.width
        assert 0 <= y <= layout.height


def test_a_leaf_that_holds_a_gradient_has_room_for_one_term_more() -> None:
    twice = trace_of("w = torch.tensor(1., requires_grad=True)\n" + "(w * 3).backward()\n" * 2)
    first, second = (_room_on_the_left(backward) for backward in twice.backwards)
    assert second > first


def _room_on_the_left(backward: Backward) -> float:
    (leaf,) = (node.id for node in backward.nodes if node.kind == "leaf")
    return next(place.x for place in arrange(backward).places if place.node == leaf)


def test_a_route_runs_from_outline_to_outline(backward: Backward) -> None:
    layout = arrange(backward)
    places = {place.node: place for place in layout.places}
    for route in layout.routes:
        edge = backward.edges[route.edge]
        assert _touches(route.points[0], places[edge.downstream])
        assert _touches(route.points[-1], places[edge.upstream])


def _touches(point: tuple[float, float], place: Place) -> bool:
    reach = math.hypot(place.width, place.height) / 2 + 3
    return math.dist(point, (place.x, place.y)) <= reach


def test_other_numbers_leave_the_drawing_as_it_is() -> None:
    one, other = (arrange(backward_of(SCALARS.format(x=x))) for x in ("3.", "-1234.5678"))
    assert one == other


def test_the_same_program_is_always_drawn_the_same(backward: Backward) -> None:
    assert arrange(backward) == arrange(backward)


def test_a_leaf_used_twice_by_one_operation_has_two_ways_to_it() -> None:
    backward = backward_of("x = torch.tensor(3., requires_grad=True)\ny = x * x\ny.backward()")
    layout = arrange(backward)
    ways = [r.points for r in layout.routes if backward.edges[r.edge].contribution is not None]
    assert len(set(ways)) == len(ways) == 3


def test_the_fast_method_tells_parallel_edges_apart() -> None:
    backward = backward_of("x = torch.tensor(3., requires_grad=True)\ny = x * x\ny.backward()")
    ways = [route.points for route in arrange_large(backward).routes]
    assert len(set(ways)) == len(ways)


def test_a_long_program_uses_the_fast_method() -> None:
    backward = backward_of(PROGRAMS[3])
    assert len(backward.nodes) > SMALL
    assert arrange(backward) == arrange_large(backward)
