"""The figure of a descent holds the numbers of the study, step by step, as plain JSON."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from viz.draw.descent import Player, descent_player, verdict
from viz.draw.theme import THEMES, ThemeName
from viz.study import Axis, Course, Descent, Landscape

CURVE = Landscape(
    number=0,
    axes=(Axis("w", 0, 2.0, (0.0, 1.0, 2.0, 3.0)),),
    losses=(("nan",), (1.0,), (4.0,), (9.0,)),
    loss=4.0,
    slope=(4.0,),
)
DOWN = Descent(
    rate=0.25,
    points=((2.0,), (1.0,), (0.5,)),
    losses=(4.0, 1.0, 0.25),
    slopes=((4.0,), (2.0,), (1.0,)),
    course="converging",
)
MAP = Landscape(
    number=0,
    axes=(Axis("w", 0, 1.0, (0.0, 1.0)), Axis("<b>b</b>", 1, 2.0, (0.0, 1.0, 2.0))),
    losses=((0.0, 1.0, 4.0), (1.0, 2.0, "inf")),
    loss=5.0,
    slope=(2.0, 4.0),
)
DOWN_TWO = Descent(
    rate=0.1,
    points=((1.0, 2.0), (0.8, 1.6)),
    losses=(5.0, 3.2),
    slopes=((2.0, 4.0), (1.6, 3.2)),
    course="converging",
)


def drawn(player: Player) -> dict[str, Any]:
    figure = json.loads(
        player.figure, parse_constant=lambda name: pytest.fail(f"{name} is no JSON")
    )
    assert isinstance(figure, dict)
    return figure


def trace(figure: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in figure["data"] if each["name"] == name)


@pytest.mark.parametrize("colours", THEMES)
def test_the_curve_is_the_landscape_with_a_gap_where_the_loss_is_no_number(
    colours: ThemeName,
) -> None:
    loss = trace(drawn(descent_player(CURVE, DOWN, (), colours)), "loss")
    assert loss["x"] == [0, 1, 2, 3]
    assert loss["y"] == [None, 1, 4, 9]
    assert loss["line"]["color"] == THEMES[colours].forward


def test_each_frame_has_the_steps_so_far_and_the_tangent_of_the_present_slope() -> None:
    figure = drawn(descent_player(CURVE, DOWN))
    assert [frame["name"] for frame in figure["frames"]] == ["0", "1", "2"]
    for step, frame in enumerate(figure["frames"]):
        tangent, path, place = frame["data"]
        assert path["x"] == [point[0] for point in DOWN.points[: step + 1]]
        assert path["y"] == list(DOWN.losses[: step + 1])
        assert (place["x"], place["y"]) == ([DOWN.points[step][0]], [DOWN.losses[step]])
        (x1, x2), (y1, y2) = tangent["x"], tangent["y"]
        assert (y2 - y1) / (x2 - x1) == pytest.approx(DOWN.slopes[step][0])
        assert (y1 + y2) / 2 == pytest.approx(DOWN.losses[step])


def test_the_map_has_the_first_leaf_across_and_tells_the_loss_of_each_place() -> None:
    loss = trace(drawn(descent_player(MAP, DOWN_TWO)), "loss")
    assert (loss["x"], loss["y"]) == ([0, 1], [0, 1, 2])
    assert loss["customdata"] == [[0, 1], [1, 2], [4, None]]
    assert [[z if z is None else round(z**2, 9) for z in row] for row in loss["z"]] == [
        [0, 1],
        [1, 2],
        [4, None],
    ]


def test_the_arrow_points_where_the_gradient_does() -> None:
    figure = drawn(descent_player(MAP, DOWN_TWO))
    for frame, point, slope in zip(figure["frames"], DOWN_TWO.points, DOWN_TWO.slopes, strict=True):
        (x1, x2), (y1, y2) = frame["data"][0]["x"], frame["data"][0]["y"]
        assert (x1, y1) == point
        assert math.atan2(y2 - y1, x2 - x1) == pytest.approx(math.atan2(slope[1], slope[0]))


def test_the_path_of_a_training_is_drawn_on_both() -> None:
    on_curve = trace(drawn(descent_player(CURVE, DOWN, [(2.0, 1.5)])), "the program’s own training")
    assert (on_curve["x"], on_curve["y"]) == ([2, 1.5], [4, 2.5])
    on_map = trace(
        drawn(descent_player(MAP, DOWN_TWO, [(1.0, 0.5), (2.0, 1.0)])), "the program’s own training"
    )
    assert (on_map["x"], on_map["y"]) == ([1, 0.5], [2, 1])


def test_the_words_of_a_step_are_the_arithmetic_of_that_step() -> None:
    start, first, last = descent_player(CURVE, DOWN).captions
    assert start == "Start: w = 2; loss 4; gradient 4"
    assert first == "Step 1: w = 2 − 0.25 × 4 = 1; loss 1"
    assert last == "Step 2: w = 1 − 0.25 × 2 = 0.5; loss 0.25"


def test_a_place_that_is_not_to_be_seen_is_said_to_be_outside() -> None:
    away = Descent(1.0, ((2.0,), (-2.0,)), (4.0, 4.0), ((4.0,), (-4.0,)), "oscillating", True)
    assert descent_player(CURVE, away).captions[1].endswith("(outside the picture)")


def test_names_of_leaves_are_escaped_for_plotly() -> None:
    layout = drawn(descent_player(MAP, DOWN_TWO))["layout"]
    assert layout["yaxis"]["title"]["text"] == "&lt;b&gt;b&lt;/b&gt;"


@pytest.mark.parametrize(
    ("course", "word"),
    [
        ("converging", "Converging"),
        ("oscillating", "Oscillating"),
        ("diverging", "Diverging"),
        ("moving", "On its way"),
        ("resting", "Nothing moves"),
    ],
)
def test_each_course_has_its_sentence(course: Course, word: str) -> None:
    said = verdict(Descent(0.25, DOWN.points, DOWN.losses, DOWN.slopes, course))
    assert said.startswith(word)
    assert course == "resting" or "from 4 to 0.25 in 2 steps" in said


def test_a_path_that_left_all_bounds_is_drawn_as_far_as_it_is_finite() -> None:
    lost = Descent(9.0, ((2.0,), ("inf",)), (4.0, "nan"), ((4.0,), ("nan",)), "diverging")
    last = drawn(descent_player(CURVE, lost))["frames"][1]["data"]
    assert last[1]["x"] == [2, None]
