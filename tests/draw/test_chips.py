"""A leaf that is used in many places is drawn in each of them, and lights up in all at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.traces import backward_of
from viz.draw import geometry
from viz.draw.stage import stage
from viz.layout.large import arrange_large
from viz.trace import Backward

STEPS = 9
PROGRAM = f"""
W = torch.tensor(0.5, requires_grad=True)
h = torch.tensor(0.1)
for t in range({STEPS}):
    h = torch.tanh(W * h)
h.backward()
"""


@pytest.fixture(scope="module")
def backward() -> Backward:
    return backward_of(PROGRAM)


@pytest.fixture(scope="module")
def figure(backward: Backward) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stage(backward, arrange_large(backward)).figure)
    return found


def pieces(xs: list[float | None]) -> int:
    return xs.count(None) + 1


def test_the_leaf_has_an_outline_for_each_use(figure: dict[str, Any]) -> None:
    (leaves,) = (trace for trace in figure["data"] if trace.get("name") == "leaf")
    assert pieces(leaves["x"]) == STEPS


def test_its_value_stands_once_and_its_name_everywhere(
    figure: dict[str, Any], backward: Backward
) -> None:
    chips = [place for place in arrange_large(backward).places if place.use is not None]
    assert len(chips) == STEPS - 1
    for chip in chips:
        words = [text for text, x, y in _texts(figure) if (x, y) == (chip.x, chip.y)]
        assert words == ["W"]
    assert sum("W = " in text for text, *_ in _texts(figure)) == 1


def test_every_chip_tells_on_hover_what_it_is(figure: dict[str, Any], backward: Backward) -> None:
    (hover,) = (trace for trace in figure["data"] if "hovertext" in trace)
    places = arrange_large(backward).places
    assert sorted(zip(hover["x"], hover["y"], strict=True)) == sorted((p.x, p.y) for p in places)
    assert sum("AccumulateGrad" in words for words in hover["hovertext"]) == STEPS


def test_all_places_light_up_when_the_leaf_accumulates(
    figure: dict[str, Any], backward: Backward
) -> None:
    (leaf,) = (node.id for node in backward.nodes if node.variable == "W")
    ring = next(at for at, trace in enumerate(figure["data"]) if trace.get("name") == "active")
    fired = {f"b{number}": step.node for number, step in enumerate(backward.steps, start=1)}
    for frame in figure["frames"]:
        if frame["name"] in fired:
            lit = pieces(frame["data"][ring]["x"])
            assert lit == (STEPS if fired[frame["name"]] == leaf else 1)


def test_each_gradient_arrives_at_its_own_chip(backward: Backward) -> None:
    layout = arrange_large(backward)
    (leaf,) = (node.id for node in backward.nodes if node.variable == "W")
    ends = set()
    for route in layout.routes:
        if backward.edges[route.edge].downstream == leaf:
            x, y = geometry.gradient_path(route)[-1]
            near = [p for p in layout.places if abs(p.x - x) <= p.width and abs(p.y - y) <= 30]
            ends |= {place.use for place in near if place.node == leaf}
    assert len(ends) == STEPS


def _texts(figure: dict[str, Any]) -> list[tuple[str, float, float]]:
    return [
        each
        for trace in figure["data"]
        if trace.get("mode") == "text"
        for each in zip(trace["text"], trace["x"], trace["y"], strict=True)
    ]
