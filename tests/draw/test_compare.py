"""Two stages step in time, and charts of two programs show the engine's numbers."""

from __future__ import annotations

import contextlib
import io
import json
import math
from typing import Any

import msgspec
import pytest
import torch

from tests.loops import calls_in_python
from tests.traces import backward_of, trace_of
from viz.draw.compare import depth_chart, losses_of, norms_of, on_every_way, spots_of
from viz.draw.compare import loops_chart as chart_of_loops
from viz.draw.stage import Stage, stage
from viz.draw.theme import DARK, LIGHT, THEMES
from viz.draw.together import together
from viz.layout import arrange
from viz.page.example_pairs import PAIRS
from viz.rules.flow import gradient_flow
from viz.trace import Backward

RESIDUAL = next(example for example in PAIRS if example.slug == "pair-residual")
ZERO_GRAD = next(example for example in PAIRS if example.slug == "pair-zero-grad")


def staged(source: str, forward_first: bool = False) -> tuple[Stage, Backward]:
    backward = backward_of(source)
    return stage(backward, arrange(backward), "light", forward_first), backward


def pair(forward_first: bool = False) -> tuple[Any, Stage, Stage]:
    one, first = staged(RESIDUAL.source, forward_first)
    other, second = staged(RESIDUAL.second, forward_first)
    return together(one, other, first, second), one, other


# --- stepping in time -----------------------------------------------------------------------------


@pytest.mark.parametrize("forward_first", [False, True])
def test_both_stages_begin_and_end_together_and_never_go_back(forward_first: bool) -> None:
    shared, one, other = pair(forward_first)
    for times, shown in zip(shared.times, (one, other), strict=True):
        assert (times[0], times[-1]) == (0, len(shown.moments) - 1)
        assert set(times) == set(range(len(shown.moments)))
        assert list(times) == sorted(times)


def test_the_forward_pass_of_both_ends_before_the_backward_pass_begins() -> None:
    shared, one, other = pair(forward_first=True)
    phases = [
        (one.moments[i].phase, other.moments[j].phase) for i, j in zip(*shared.times, strict=True)
    ]
    assert all(phase == other_phase for phase, other_phase in phases)


def test_the_larger_figure_gives_the_scale_of_both() -> None:
    shared, one, other = pair()
    assert shared.width == max(one.width, other.width)
    assert shared.height == max(one.height, other.height)


def test_a_stage_is_in_time_with_itself() -> None:
    one, backward = staged(RESIDUAL.source)
    times = tuple(range(len(one.moments)))
    assert together(one, one, backward, backward).times == (times, times)


# --- from the loss to the leaves ------------------------------------------------------------------


def by_torch(source: str, names: str) -> dict[str, float]:
    """The size of the gradient of each of these scalars, from PyTorch."""
    scope: dict[str, Any] = {"torch": torch}
    lines = source.replace("loss.backward()", "")
    with contextlib.redirect_stdout(io.StringIO()):
        exec(lines, scope)
    wanted = [scope[name] for name in names.split()]
    gradients = torch.autograd.grad(scope["loss"], wanted)
    return {name: abs(g.item()) for name, g in zip(names.split(), gradients, strict=True)}


def drawn(figure: Any, side: str) -> dict[str, float]:
    """What the chart shows of a side: name to norm, as read by pointing at it."""
    traces = json.loads(figure.to_json())["data"]
    found = {}
    for trace in traces:
        if trace["name"] == side:
            for words, height in zip(trace["hovertext"], trace["y"], strict=True):
                found[words.split(" · ", 1)[1].split(":")[0]] = height
    return found


def test_the_chart_shows_the_norms_of_the_gradients_of_both_programs() -> None:
    figure = depth_chart(backward_of(RESIDUAL.source), backward_of(RESIDUAL.second))
    names = "w1 w2 w3 w4 h1 h2 h3 h4"
    for side, source in (("A", RESIDUAL.source), ("B", RESIDUAL.second)):
        heights = drawn(figure, side)
        for name, norm in by_torch(source, names).items():
            assert heights[name] == pytest.approx(norm, rel=1e-5)


def test_the_same_layer_of_both_programs_stands_at_one_place() -> None:
    figure = json.loads(
        depth_chart(backward_of(RESIDUAL.source), backward_of(RESIDUAL.second)).to_json()
    )
    places: dict[str, dict[str, int]] = {"A": {}, "B": {}}
    for trace in figure["data"]:
        for words, place in zip(trace["hovertext"], trace["x"], strict=True):
            places[trace["name"]][words.split(" · ", 1)[1].split(":")[0]] = place
    for name in ("w1", "w2", "w3", "w4", "h1", "loss"):
        assert places["A"][name] == places["B"][name]


def test_the_inside_of_a_residual_block_is_a_side_branch() -> None:
    backward = backward_of(RESIDUAL.second)
    shared = on_every_way(backward, gradient_flow(backward).stations)
    names = {backward.node(node).variable for node in shared}
    assert {"h1", "h2", "h3", "h4", "w1"} <= names
    assert not [n for n in shared if backward.node(n).name == "SigmoidBackward0"][1:]
    plain = backward_of(RESIDUAL.source)
    trunk = {station.node for station in gradient_flow(plain).stations if station.trunk}
    assert on_every_way(plain, gradient_flow(plain).stations) == trunk


@pytest.mark.parametrize(("loss", "written"), [("torch.relu(-w) * 2", "0"), ("w / 0 + w", "∞")])
def test_what_a_log_scale_lacks_is_written_beside_its_mark(loss: str, written: str) -> None:
    source = f"w = torch.tensor(2.0, requires_grad=True)\nloss = {loss}\nloss.backward()"
    plain = "w = torch.tensor(2.0, requires_grad=True)\nloss = w * 3\nloss.backward()"
    figure = json.loads(depth_chart(backward_of(plain), backward_of(source)).to_json())
    texts = [text for trace in figure["data"] for text in trace["text"]]
    assert written in texts
    heights = [height for trace in figure["data"] for height in trace["y"]]
    assert all(height > 0 and math.isfinite(height) for height in heights)


def test_the_sides_differ_by_more_than_colour() -> None:
    backward = backward_of(RESIDUAL.source)
    figure = json.loads(depth_chart(backward, backward).to_json())
    lines = {t["name"]: t for t in figure["data"] if t["mode"].startswith("lines")}
    one, other = lines["A"], lines["B"]
    assert one["line"]["dash"] != other["line"]["dash"]
    assert one["marker"]["symbol"] != other["marker"]["symbol"]


@pytest.mark.parametrize("theme", THEMES)
def test_the_chart_takes_the_colours_of_the_theme(theme: Any) -> None:
    backward = backward_of(RESIDUAL.source)
    text = depth_chart(backward, backward, theme).to_json()
    own, other = (DARK, LIGHT) if theme == "dark" else (LIGHT, DARK)
    assert own.side_b in text
    assert other.side_b not in text


def test_hostile_names_stay_text() -> None:
    backward = backward_of("w = torch.tensor(2.0, requires_grad=True)\nloss = w * 3")
    nodes = tuple(
        msgspec.structs.replace(node, variable="<a href='x'>") if node.variable == "w" else node
        for node in backward.nodes
    )
    hostile = msgspec.structs.replace(backward, nodes=nodes)
    assert "<a href" not in depth_chart(hostile, hostile).to_json()


def test_moves_that_wait_count_once() -> None:
    backward = backward_of("w = torch.tensor(2.0, requires_grad=True)\nloss = w * 3")
    spots = spots_of(backward, [-1, 0, 0, 0, 1])
    assert [spot.beat for spot in spots] == [2, 5]


# --- training loops -------------------------------------------------------------------------------


def test_loss_and_gradients_over_the_calls_are_those_of_python() -> None:
    for source in (ZERO_GRAD.source, ZERO_GRAD.second):
        history = trace_of(source).history
        calls = calls_in_python(source)
        assert losses_of(history) == pytest.approx([call.output.item() for call in calls])
        norms = [
            math.hypot(*(n for n, _ in call.leaves.values() if n is not None)) for call in calls
        ]
        assert norms_of(history) == pytest.approx(norms)


def test_the_chart_of_two_loops_shows_both_losses() -> None:
    histories = [trace_of(source).history for source in (ZERO_GRAD.source, ZERO_GRAD.second)]
    figure = json.loads(chart_of_loops(*histories).to_json())
    assert [trace["name"] for trace in figure["data"]] == ["A", "A", "B", "B"]
    assert figure["data"][0]["y"] == losses_of(histories[0])
    assert figure["data"][2]["y"] == losses_of(histories[1])
