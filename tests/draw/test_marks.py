"""What a surprise looks like on the stage: words and signs that stand clear of everything else."""

from __future__ import annotations

import itertools
import json

import pytest

from tests.recording import recorded
from tests.traces import backward_of
from viz.draw.badges import badge_place
from viz.draw.marks import cut_traces
from viz.draw.scene import Scene
from viz.draw.stage import Stage, stage
from viz.layout import arrange
from viz.layout.large import arrange_large
from viz.layout.places import Layout
from viz.layout.sizes import cut_label, cut_lines, label, node_index
from viz.trace import Backward

W = "w = torch.tensor(2., requires_grad=True)\nv = torch.tensor(3., requires_grad=True)\n"
IN_GRAPH = W + "y = w * v\nloss = y * y.detach() + torch.exp(y)\nloss.backward()"
OUTSIDE = W + "with torch.no_grad():\n    scale = v * 2\nloss = w * scale * w.data\nloss.backward()"
LOOP = (
    W + "h = w * 1\nfor layer in range({length}):\n    h = torch.tanh(h * h.detach())\nh.backward()"
)
STOPS = W + "y = torch.exp(w)\ny += 1\nloss = y**2 * v\nloss.backward()"

Box = tuple[float, float, float, float]


def traced(source: str) -> Backward:
    return recorded(source).backwards[-1]


def stopped() -> Backward:
    from viz.capture import Recorder
    from viz.errors import ProgramError
    from viz.language import check, run
    from viz.limits import DEFAULT

    with Recorder(DEFAULT) as recorder, pytest.raises(ProgramError):
        run(check(STOPS, DEFAULT), {}, recorder, DEFAULT)
    return recorder.backwards[-1]


def drawn(backward: Backward) -> tuple[Stage, list[str]]:
    """The stage, and every text of the figure at its start."""
    shown = stage(backward, arrange(backward))
    found = []
    for trace in json.loads(shown.figure)["data"]:
        texts = trace.get("text", [])
        found += texts if isinstance(texts, list) else [texts]
    return shown, found


def words_of_cuts(backward: Backward, layout: Layout) -> list[Box]:
    boxes = []
    for route in layout.cuts:
        cut = backward.cuts[route.cut]
        width, height = cut_label(cut)
        x, y = route.label
        boxes.append((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
    return boxes


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("source", [IN_GRAPH, OUTSIDE, LOOP.format(length=3)])
def test_the_words_of_a_cut_stand_clear_of_every_outline_and_number(source: str) -> None:
    backward = traced(source)
    assert backward.cuts
    layout = arrange(backward)
    words = words_of_cuts(backward, layout)
    outlines = [
        (p.x - p.width / 2, p.y - p.height / 2, p.x + p.width / 2, p.y + p.height / 2)
        for p in layout.places
    ]
    nodes = node_index(backward)
    numbers = []
    for route in layout.routes:
        room = label(backward.edges[route.edge], nodes)
        if room is not None and route.label is not None:
            (x, y), (width, height) = route.label, room
            numbers.append((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
    for box in words:
        assert box[0] >= 0
        assert box[2] <= layout.width
        assert box[1] >= 0
        assert box[3] <= layout.height
        assert not [other for other in (*outlines, *numbers) if overlap(box, other)]
    assert not [pair for pair in itertools.combinations(words, 2) if overlap(*pair)]


def test_a_broken_line_leads_from_the_source_to_the_constant() -> None:
    backward = traced(IN_GRAPH)
    layout = arrange(backward)
    (route,) = layout.cuts
    places = {place.node: place for place in layout.places}
    cut = backward.cuts[route.cut]
    assert not route.stub
    source, constant = places[cut.source or ""], places[cut.node]
    assert abs(route.points[0][0] - source.x) <= source.width / 2 + 1
    assert route.points[-1] == pytest.approx((constant.x - constant.width / 2, constant.y), abs=2)


def test_a_cut_whose_source_is_not_in_the_graph_is_a_stub_with_its_name() -> None:
    backward = traced(OUTSIDE)
    stubs = [route for route in arrange(backward).cuts if route.stub]
    (stub,) = stubs
    assert cut_lines(backward.cuts[stub.cut]) == ("✂ torch.no_grad(), line 4", "from v")


def test_cuts_of_a_large_graph_have_their_words_on_the_line_from_the_source() -> None:
    backward = traced(LOOP.format(length=40))
    layout = arrange_large(backward)
    assert len(layout.cuts) == len(backward.cuts) == 40
    places = {place.node: place for place in layout.places}
    for route in layout.cuts:
        cut = backward.cuts[route.cut]
        assert places[cut.source or ""].x < route.label[0] < places[cut.node].x
        assert any(
            one[1] == other[1] == route.label[1] and one[0] <= route.label[0] <= other[0]
            for one, other in itertools.pairwise(route.points)
        )


def test_scissors_and_line_stand_in_the_figure() -> None:
    _, texts = drawn(traced(IN_GRAPH))
    assert "✂" in texts
    assert "detach(), line 4" in texts


def test_a_line_is_broken_where_the_scissors_stand() -> None:
    backward = traced(IN_GRAPH)
    scene = Scene.of(backward, arrange(backward), "light")
    line, scissors, _ = cut_traces(scene)
    at = (scissors["x"][0], scissors["y"][0])
    points = [(x, y) for x, y in zip(line["x"], line["y"], strict=True) if x is not None]
    assert None in line["x"]
    assert min(abs(x - at[0]) + abs(y - at[1]) for x, y in points) > 10


BADGES = {
    "dead relu": (W + "loss = torch.relu(-w) * v\nloss.backward()", "0 dead relu"),
    "NaN": (W + "loss = torch.log(w - 3) * v\nloss.backward()", "⚠ first NaN"),
    "where, NaN": (
        "x = torch.tensor([-1., 4.], requires_grad=True)\n"
        "loss = torch.where(x > 0, torch.sqrt(x), torch.zeros(2)).sum()\nloss.backward()",
        "⚠ 0 · NaN = NaN",
    ),
    "where": (
        "x = torch.tensor([0., 4.], requires_grad=True)\n"
        "loss = torch.where(x > 0, torch.sqrt(x), torch.zeros(2)).sum()\nloss.backward()",
        "⚠ 0 · ∞ = NaN",
    ),
}


@pytest.mark.parametrize(("source", "words"), BADGES.values(), ids=BADGES)
def test_a_node_says_what_happened_there_in_words(source: str, words: str) -> None:
    backward = backward_of(source)
    _, texts = drawn(backward)
    assert f"<b>{words}</b>" in texts
    scene = Scene.of(backward, arrange(backward), "light")
    for node, text in scene.badges.items():
        place = badge_place(scene.places[node], text)
        assert place.y + place.height / 2 <= scene.height
        for index in scene.edges_at[node]:
            spot = scene.routes[index].label
            if spot is not None:  # numbers of its edges: their lower ends are at the line
                assert abs(spot[0] - place.x) > place.width / 2 or spot[1] + 30 < place.y


def test_an_ordinary_pass_has_no_marks() -> None:
    _, texts = drawn(backward_of(W + "loss = (w * 2 - v)**2\nloss.backward()"))
    assert not [text for text in texts if any(sign in text for sign in "✂⚠✗")]


def test_the_node_that_could_not_go_on_is_ringed_and_says_why() -> None:
    backward = stopped()
    shown, texts = drawn(backward)
    assert "<b>✗ saved tensor changed</b><br><b>on line 4</b>" in texts
    names = [trace.get("name") for trace in json.loads(shown.figure)["data"]]
    assert "stopped" in names


def test_the_steps_end_where_the_engine_stopped() -> None:
    backward = stopped()
    shown, _ = drawn(backward)
    last = shown.moments[-1]
    assert len(shown.moments) == len(backward.steps) + 2  # the start, and the stop
    assert backward.stop is not None
    assert last.node == backward.stop.node
    assert last.line == 4
    assert last.heading.endswith("stopped")
    assert last.card is not None
    assert "PyTorch says: one of the variables needed" in last.card.words
    frames = {frame["name"] for frame in json.loads(shown.figure)["frames"]}
    assert last.name in frames


def test_the_words_above_a_stopped_node_have_room() -> None:
    backward = stopped()
    layout = arrange(backward)
    assert backward.stop is not None
    place = next(p for p in layout.places if p.node == backward.stop.node)
    top = place.y + place.height / 2
    assert layout.height - top >= 56
    for other in layout.places:
        if other.node != place.node and abs(other.x - place.x) < 95:
            assert other.y - other.height / 2 > top + 50 or other.y < place.y
    # Its lines end at the circle, not at the border of that room.
    for route in layout.routes:
        edge = backward.edges[route.edge]
        if edge.upstream == place.node:
            assert route.points[-1] == pytest.approx((place.x - place.width / 2, place.y), abs=1)
        if edge.downstream == place.node:
            assert route.points[0] == pytest.approx((place.x + place.width / 2, place.y), abs=1)
