"""The fast drawing of a Backward: numbers have places of their own, leaves stand where they are
used."""

from __future__ import annotations

import itertools

import pytest

from tests.recording import recorded
from tests.traces import backward_of
from viz.layout import SMALL, arrange, is_small
from viz.layout.large import arrange_large
from viz.layout.places import Place
from viz.layout.sizes import caption, cut_label, label, node_index
from viz.layout.small import arrange_small
from viz.trace import Backward, Edge, Node

RECURRENT = """
W = torch.tensor([[0.5, 0.1], [0.2, -0.3]], requires_grad=True)
b = torch.tensor([0.1, 0.2], requires_grad=True)
data = torch.tensor([[1.0, 2.0]])
h = torch.zeros(1, 2)
loss = 0
for t in range(20):
    h = torch.tanh(h @ W + b * data)
    loss = loss + (h * h).sum()
loss.backward()
"""
SCALARS = """
x = [torch.tensor(0.5 * i) for i in range(4)]
w = [[torch.tensor(0.1 * i - 0.2 * j, requires_grad=True) for i in range(4)] for j in range(4)]
hidden = [torch.tanh(sum(x[i] * w[j][i] for i in range(4))) for j in range(4)]
loss = (hidden[0] * hidden[1] - hidden[2] * hidden[3]) ** 2
loss.backward()
"""
RESIDUAL = """
h = torch.ones(2, 4)
for _ in range(8):
    a = torch.full((4, 4), 0.1, requires_grad=True)
    h = h + torch.relu(h @ a)
loss = (h**2).mean()
loss.backward()
"""
CUTS = """
w = torch.tensor(2., requires_grad=True)
v = torch.tensor(3., requires_grad=True)
total = w * v.item()
for i in range(14):
    y = w * i
    total = total + y * y.detach()
total.backward()
"""
PROGRAMS = {"recurrent": RECURRENT, "scalars": SCALARS, "residual": RESIDUAL, "cuts": CUTS}


@pytest.fixture(params=PROGRAMS)
def backward(request: pytest.FixtureRequest) -> Backward:
    traced = recorded if request.param == "cuts" else None
    text = PROGRAMS[request.param]
    return traced(text).backwards[-1] if traced else backward_of(text)


def rooms(backward: Backward) -> list[Place]:
    """Everything that takes room: outlines, captions, numbers, and the words of cuts."""
    layout, nodes = arrange_large(backward), node_index(backward)
    found = list(layout.places)
    for place in layout.places:
        height = caption(nodes[place.node]) if place.use is None else 0.0
        if height:
            below = place.y - place.height / 2 - height / 2
            found.append(Place(f"below {place.node}", place.x, below, place.width, height))
    for route in layout.routes:
        size = label(backward.edges[route.edge], nodes)
        if size is not None:
            assert route.label is not None
            found.append(Place(f"edge {route.edge}", *route.label, *size))
    for cut in layout.cuts:
        width, height = cut_label(backward.cuts[cut.cut])
        found.append(Place(f"cut {cut.cut}", *cut.label, width if not cut.stub else 1, height))
    return found


def test_outlines_captions_numbers_and_words_stand_clear_of_each_other(backward: Backward) -> None:
    for one, other in itertools.combinations(rooms(backward), 2):
        apart_x = abs(one.x - other.x) - (one.width + other.width) / 2
        apart_y = abs(one.y - other.y) - (one.height + other.height) / 2
        assert max(apart_x, apart_y) >= -0.5, (one, other)


def test_everything_lies_inside_the_frame(backward: Backward) -> None:
    layout = arrange_large(backward)
    for room in rooms(backward):
        assert 0 <= room.x - room.width / 2 < room.x + room.width / 2 <= layout.width
        assert 0 <= room.y - room.height / 2 < room.y + room.height / 2 <= layout.height
    for route in (*layout.routes, *layout.cuts):
        assert all(0 <= x <= layout.width and 0 <= y <= layout.height for x, y in route.points)


def test_numbers_stand_on_their_line_and_lines_never_turn_back(backward: Backward) -> None:
    for route in arrange_large(backward).routes:
        xs = [x for x, _ in route.points]
        assert xs == sorted(xs)
        if route.label is not None:
            x, y = route.label
            assert any(
                one[1] == other[1] == y and one[0] <= x <= other[0]
                for one, other in itertools.pairwise(route.points)
            )


def test_no_line_runs_through_an_outline_that_it_does_not_belong_to(backward: Backward) -> None:
    layout = arrange_large(backward)
    for route in layout.routes:
        edge = backward.edges[route.edge]
        inner = route.points[1:-1]
        for place in layout.places:
            if place.node in (edge.upstream, edge.downstream):
                continue
            for one, other in itertools.pairwise(inner):
                passes = one[0] < place.x < other[0]
                assert not passes or abs(one[1] - place.y) > place.height / 2


def test_each_node_has_one_place_of_its_own_and_only_leaves_and_constants_have_more(
    backward: Backward,
) -> None:
    layout, nodes = arrange_large(backward), node_index(backward)
    own = [place.node for place in layout.places if place.use is None]
    assert sorted(own) == sorted(nodes)
    chips = [place for place in layout.places if place.use is not None]
    assert {nodes[place.node].kind for place in chips} <= {"leaf", "constant"}
    assert len({(place.node, place.use) for place in chips}) == len(chips)


def test_a_shared_leaf_stands_beside_each_of_its_uses() -> None:
    backward = backward_of(RECURRENT)
    layout, nodes = arrange_large(backward), node_index(backward)
    columns = sorted({place.x for place in layout.places if nodes[place.node].kind == "operation"})
    for name in ("W", "b", "data"):
        (leaf,) = (node.id for node in backward.nodes if node.variable == name)
        assert sum(place.node == leaf for place in layout.places) == 20
        for route in layout.routes:
            edge = backward.edges[route.edge]
            if edge.downstream == leaf:
                start, end = route.points[0][0], route.points[-1][0]
                assert sum(start < x < end for x in columns) <= 1


def test_a_route_begins_at_the_place_that_serves_it(backward: Backward) -> None:
    layout = arrange_large(backward)
    for route in layout.routes:
        edge = backward.edges[route.edge]
        starts = [
            place
            for place in layout.places
            if place.node == edge.downstream
            and abs(route.points[0][0] - place.x) <= place.width / 2 + 1
            and abs(route.points[0][1] - place.y) <= place.height / 2 + 1
        ]
        assert len(starts) == 1


def test_a_leaf_of_one_operation_stands_there_once() -> None:
    backward = backward_of("x = torch.tensor(3., requires_grad=True)\ny = x * x\ny.backward()")
    assert len(arrange_large(backward).places) == len(backward.nodes)


def test_other_numbers_leave_the_drawing_as_it_is() -> None:
    one, other = (arrange_large(backward_of(RECURRENT.replace("0.5", x))) for x in ("9.5", "-7"))
    assert one == other


def tangled(long: int) -> Backward:
    """A chain of 40 operations, with edges from its beginning to its end."""
    nodes = [Node("n0", "leaf", "AccumulateGrad", shape=())]
    nodes += [Node(f"n{number}", "operation", "AddBackward0", shape=()) for number in range(1, 40)]
    edges = [Edge(f"n{number + 1}", f"n{number}", 0) for number in range(39)]
    edges += [Edge("n39", "n1", slot) for slot in range(1, long + 1)]
    return Backward("n39", None, tuple(nodes), tuple(edges), (), (), ())


def test_graphviz_draws_small_graphs_unless_it_would_take_long() -> None:
    easy, hard = tangled(5), tangled(30)
    assert len(hard.nodes) + len(hard.edges) <= SMALL
    assert is_small(easy)
    assert arrange(easy) == arrange_small(easy)
    assert not is_small(hard)
    assert arrange(hard) == arrange_large(hard)
