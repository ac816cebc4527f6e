"""The page of a training loop, of a program that plots, and of one without a backward pass."""

from __future__ import annotations

import contextlib
import io
import json

import torch

from tests.page.test_page import html, leaves, opened, stepper

LOOP = """\
x = torch.tensor([1., 2., 3.])
y = torch.tensor([3., 5., 7.])
w = torch.tensor(0., requires_grad=True)
losses = []
for step in range(80):
    loss = ((w*x - y)**2).mean()
    loss.backward()
    losses.append(loss.item())
    with torch.no_grad():
        w -= 0.01 * w.grad
    w.grad.zero_()"""


def by_python(source: str) -> dict:
    scope = {"torch": torch}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(source, scope)
    return scope


def test_the_curve_of_a_training_loop_is_that_of_python() -> None:
    page = opened({"p": LOOP, "view": "training"})
    chart = json.loads(page.get("plotly_chart")[0].proto.spec)
    loss = next(trace for trace in chart["data"] if trace["name"] == "loss")
    assert loss["y"] == by_python(LOOP)["losses"]


def test_any_call_of_backward_can_be_asked_for() -> None:
    page = opened({"p": LOOP})
    before = stepper(page)
    page.number_input[0].set_value(41).run()
    assert not page.exception
    assert stepper(page)["look"] != before["look"]
    forty = by_python(LOOP.replace("range(80)", "range(40)"))
    shown = float(leaves(page)["w"][0].replace("−", "-"))
    assert abs(shown - forty["w"].item()) < 5e-4 * abs(shown)
    assert page.query_params["backward"] == "41"


def test_a_link_to_a_call_of_backward_opens_it() -> None:
    page = opened({"p": LOOP, "backward": "55"})
    assert page.number_input[0].value == 55


def test_what_a_program_plots_stands_in_a_tab() -> None:
    source = LOOP + "\nimport matplotlib.pyplot as plt\nplt.plot(losses, label='loss')\nplt.show()"
    page = opened({"p": source, "view": "plots"})
    chart = json.loads(page.get("plotly_chart")[0].proto.spec)
    assert chart["data"][0]["y"] == by_python(LOOP)["losses"]


def test_a_short_program_has_neither_curves_nor_plots() -> None:
    page = opened({"p": "w = torch.tensor(2., requires_grad=True)\n(w*w).backward()"})
    assert not {tab.label for tab in page.tabs} & {"Training", "Plots"}


def test_a_program_that_only_prints_shows_its_output_and_says_why_there_is_no_graph() -> None:
    page = opened({"p": "x = torch.arange(3)\nprint(x)"})
    assert "tensor([0, 1, 2])" in html(page)
    assert not page.get("bidi_component")[1:]
    said = " ".join(notice.value for notice in page.info)
    assert "no backward pass" in said


def test_the_chosen_call_outlives_a_mistake() -> None:
    page = opened({"p": LOOP, "backward": "41"})
    shown = stepper(page)["run"]
    text = page.session_state["texts"]
    page.session_state["texts"] = {**text, "Program": LOOP + "\nloss = ("}
    page.run()
    assert len(page.error) == 1
    assert stepper(page)["run"] == shown
    assert page.query_params["backward"] == "41"
    page.session_state["texts"] = text
    page.run()
    assert page.number_input[0].value == 41
