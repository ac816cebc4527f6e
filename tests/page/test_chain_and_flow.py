"""The tabs of the chain rule and of the gradient flow, as the page's script makes them."""

from __future__ import annotations

import base64
import json
import re
from html import unescape

import numpy as np
import torch
from streamlit.testing.v1 import AppTest

from tests.page.test_page import component, html, opened, stepper
from tests.page.test_training import LOOP
from viz.page.examples import BY_SLUG

TWO_PATHS = {"e": "(x**2 - 2*x)*y + x", "in": ["x*:3", "y*:2"], "view": "chain"}


def text_of(page: AppTest, beginning: str) -> str:
    """The text of the part of the page that begins with this element."""
    shown = next(body for body in html(page).split("\n") if beginning in body)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", shown)))


def rows(page: AppTest) -> list[str]:
    """What a screen reader says of each path."""
    found = re.findall(r'class="sg-chain-path"[^>]*aria-label="([^"]*)"', html(page))
    return [unescape(row) for row in found]


def test_each_path_is_written_as_a_product_and_their_sum_is_the_gradient() -> None:
    page = opened(TWO_PATHS)
    assert not page.exception
    x, y = 3.0, 2.0
    last = sorted(float(row.rsplit(" = ")[-1].replace("−", "-")) for row in rows(page))
    assert last == sorted([1.0, 2 * x * y, -2 * y])
    shown = text_of(page, "sg-chain")
    assert "3 paths lead from output to x" in shown
    assert "= 1 + (−4) + 12 = 9 ✓" in re.sub(r" +", " ", shown)


def test_the_notebooks_path_reads_as_a_person_writes_it() -> None:
    page = opened({"p": BY_SLUG["notebook-2"].source, "view": "chain"})
    assert rows(page) == [
        "∂loss/∂w = ∂loss/∂s · ∂s/∂y_pred · ∂y_pred/∂w = −2 · (−1) · 2 = 4",
    ]


def test_another_leaf_can_be_chosen() -> None:
    page = opened(TWO_PATHS)
    (group,) = [g for g in page.get("button_group") if g.label == "Paths from the loss to"]
    assert group.options == ["x", "y"]
    leaves = page.session_state["last_good"]["single"].trace.backwards[0].leaves
    page.button_group(key=group.key).select(
        next(one.node for one in leaves if one.name == "y")
    ).run()
    assert not page.exception
    assert [row.rsplit(" = ")[-1] for row in rows(page)] == ["3"]


def test_an_element_of_a_tensor_has_its_own_numbers() -> None:
    source = "w = torch.tensor([3., 5.], requires_grad=True)\nloss = (w**2).sum()\nloss.backward()"
    page = opened({"p": source, "view": "chain"})
    (box,) = [box for box in page.selectbox if box.label == "Element"]
    assert rows(page)[0].endswith("= 6")
    box.select(1).run()
    assert rows(page)[0].endswith("= 10")


def test_hostile_names_stay_text_in_the_chain() -> None:
    source = """\
from torch import nn
layers = nn.ModuleDict({"<img src=x onerror=alert(1)>": nn.Linear(1, 1)})
loss = sum(p.sum() for p in layers.parameters())
loss.backward()"""
    page = opened({"p": source, "view": "chain"})
    assert not page.exception
    assert "<img src=x" not in html(page)
    assert rows(page)


def test_the_gradient_flow_says_that_a_deep_chain_vanishes() -> None:
    source = BY_SLUG["ten-tanh"].source
    page = opened({"p": source, "view": "flow"})
    scope: dict = {"torch": torch}
    exec(source.replace("print(x.grad)", ""), scope)
    shown = text_of(page, "sg-verdict")
    assert "it vanishes before it reaches x" in shown
    chart = component(page, "chart")
    figure = json.loads(chart["figure"])
    leaf = next(trace for trace in figure["data"] if trace.get("name") == "leaf")
    assert abs(10 ** numbers(leaf["y"])[0] - abs(scope["x"].grad.item())) < 1e-6


def numbers(column: object) -> list[float]:
    """A column of plotly's JSON, which may be packed."""
    if isinstance(column, dict):
        return np.frombuffer(base64.b64decode(column["bdata"]), column["dtype"]).tolist()
    assert isinstance(column, list)
    return column


def test_every_step_of_the_stage_has_its_place_in_the_chart() -> None:
    page = opened({"p": BY_SLUG["ten-tanh"].source, "view": "flow"})
    spots = component(page, "chart")["spots"]
    assert {moment["name"] for moment in stepper(page)["moments"]} == set(spots)
    table = html(page)
    assert set(re.findall(r'data-go="([^"]*)"', table)) == set(spots) - {"b0"}


def test_stepping_sends_the_chart_nothing_new() -> None:
    query = {"p": BY_SLUG["ten-tanh"].source, "view": "flow"}
    first, later = opened(query), opened({**query, "step": "4"})
    assert component(first, "chart") == component(later, "chart")


def test_the_flow_of_a_training_loop_is_that_of_the_chosen_call() -> None:
    page = opened({"p": LOOP, "view": "flow"})
    before = component(page, "chart")
    page.number_input[0].set_value(41).run()
    middle = component(page, "chart")
    page.number_input[0].set_value(55).run()
    after = component(page, "chart")
    assert len({before["look"], middle["look"], after["look"]}) == 3
    assert len({before["figure"], middle["figure"], after["figure"]}) == 3


def test_each_call_of_a_training_loop_has_its_own_stage() -> None:
    page = opened({"p": LOOP})
    page.number_input[0].set_value(41).run()
    middle = stepper(page)
    page.number_input[0].set_value(55).run()
    assert stepper(page)["figure"] != middle["figure"]
    assert stepper(page)["look"] != middle["look"]
