"""The tab "Descent": the learning rate is the person's, every number the program's."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from tests.page.test_page import component, html, opened
from tests.page.test_training import LOOP

PARABOLA = {"e": "(x - 3)**2", "in": ["x*:1"], "view": "descent"}

TWO = {"e": "(y - x*w)**2", "in": ["x*:2", "y:3", "w*:2"], "view": "descent"}


def player(page: AppTest) -> dict[str, Any]:
    return component(page, "player")


def said(page: AppTest) -> str:
    found = re.search(r"<p class='sg-said'>(.*?)</p>", html(page))
    assert found
    return unescape(re.sub(r"<[^>]*>", "", found[1]))


def traces(page: AppTest) -> dict[str, Any]:
    return {trace["name"]: trace for trace in json.loads(player(page)["figure"])["data"]}


def test_the_steps_are_those_of_plain_pytorch() -> None:
    page = opened(PARABOLA)
    frames = json.loads(player(page)["figure"])["frames"]
    x = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.1)
    expected = []
    for _ in range(len(frames)):
        expected.append(x.item())
        optimizer.zero_grad()
        ((x - 3) ** 2).backward()
        optimizer.step()
    assert frames[-1]["data"][1]["x"] == expected
    assert said(page).startswith("✓ Converging")


@pytest.mark.parametrize(
    ("rate", "verdict"), [(0.5, "✓ Converging"), (1.0, "↔ Oscillating"), (2.0, "✗ Diverging")]
)
def test_the_learning_rate_changes_the_course(rate: float, verdict: str) -> None:
    page = opened(PARABOLA)
    curve = traces(page)["loss"]
    page.select_slider(key="rate").set_value(rate).run()
    assert not page.exception
    assert said(page).startswith(verdict)
    assert traces(page)["loss"] == curve, "the picture must not jump while the rate is moved"


def test_the_learning_rate_is_in_the_link() -> None:
    page = opened(PARABOLA)
    assert "rate" not in page.query_params
    page.select_slider(key="rate").set_value(0.5).run()
    assert page.query_params["rate"] == "0.5"
    other = opened({**PARABOLA, "rate": "0.5"})
    assert other.select_slider(key="rate").value == 0.5
    assert traces(other) == traces(page)


@pytest.mark.parametrize("rate", ["0.3", "x", "", "-1", "nan", "9" * 400])
def test_a_link_to_no_learning_rate_takes_the_first(rate: str) -> None:
    page = opened({**PARABOLA, "rate": rate})
    assert not page.exception
    assert page.select_slider(key="rate").value == 0.1


def test_a_wider_range_shows_more() -> None:
    page = opened(PARABOLA)
    near = traces(page)["loss"]["x"]
    page.segmented_control(key="zoom").set_value("far").run()
    far = traces(page)["loss"]["x"]
    assert far[-1] - far[0] == pytest.approx(10 * (near[-1] - near[0]), rel=1e-3)


def test_two_leaves_give_a_map_and_one_of_them_a_curve() -> None:
    page = opened(TWO)
    assert traces(page)["loss"]["type"] == "contour"
    choice = page.multiselect[0]
    choice.set_value(choice.value[:1]).run()
    assert traces(page)["loss"]["type"] == "scatter"
    page.multiselect[0].set_value([]).run()
    assert "Choose one or two" in page.info[-1].value


def test_the_path_of_a_training_loop_is_drawn() -> None:
    page = opened({"p": LOOP, "view": "descent"})
    trained = traces(page)["the program’s own training"]
    w, x, y = torch.tensor(0.0, requires_grad=True), torch.arange(1.0, 4), torch.arange(3.0, 8, 2)
    values = []
    for _ in range(80):
        values.append(w.item())
        (slope,) = torch.autograd.grad(((w * x - y) ** 2).mean(), w)
        with torch.no_grad():
            w -= 0.01 * slope
    assert trained["x"] == pytest.approx(values, rel=1e-5)


def test_without_a_scalar_leaf_there_is_no_such_tab() -> None:
    page = opened({"p": "w = torch.ones(3, requires_grad=True)\n(w * w).sum().backward()"})
    assert "Descent" not in {tab.label for tab in page.tabs}


def test_a_loss_that_fails_everywhere_else_is_no_lost_page() -> None:
    page = opened({"e": "log(x - 1) * 0 + sqrt(x)", "in": ["x*:1.5"], "view": "descent"})
    assert None in traces(page)["loss"]["y"]
