"""The page of two programs: each with its editor and stage, their gradients compared below."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.page.test_page import editor, html, opened, shown_text, stepper, visited
from viz.page.example import Example
from viz.page.example_pairs import PAIRS, ZERO_GRAD
from viz.page.examples import FIRST
from viz.page.state import value_key

SQUARE = "w = torch.tensor(3., requires_grad=True)\nloss = w**2\nloss.backward()"
CUBE = SQUARE.replace("**2", "**3")
BROKEN = "w = torch.tensor(3., requires_grad=True)\nloss = torch.sinn(w)"
TWICE = "w = torch.tensor(3., requires_grad=True)\n(w**2).backward()\n(5*w).backward()"


def components(page: AppTest, name: str) -> list[dict[str, Any]]:
    """What the page sends to its components of this name, in their order."""
    return [
        json.loads(shown.proto.json)
        for shown in page.get("bidi_component")
        if shown.proto.component_name.endswith(f"seegrad_{name}")
    ]


def editors(page: AppTest) -> dict[str, dict[str, Any]]:
    return {sent["side"]: sent for sent in components(page, "editor")}


def steppers(page: AppTest) -> dict[str, dict[str, Any]]:
    return {sent["pair"]["side"]: sent for sent in components(page, "stepper")}


def compared(page: AppTest) -> dict[str, list[str]]:
    """The rows of the table: leaf to value, gradients, norms, and what the two have in common."""
    table = re.search(r"<table class=\"[^\"]*sg-compared.*?</table>", html(page), re.S)
    assert table, "there is no table"
    rows = {}
    for row in re.findall(r"<tr>(<th scope.*?)</tr>", table[0], re.S):
        name, *cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        rows[unescape(re.sub(r"<[^>]*>", "", name))] = [
            unescape(re.sub(r"<[^>]*>", "", cell)) for cell in cells
        ]
    return rows


def words(page: AppTest) -> str:
    """The difference in words."""
    (sentence,) = [shown.value for shown in page.markdown if shown.value.startswith("**")]
    return shown_text(sentence.replace("**", ""))


@pytest.mark.parametrize("example", PAIRS, ids=lambda example: example.slug)
def test_every_pair_of_the_menu_runs(example: Example) -> None:
    page = opened()
    page.selectbox(key="example").select(example.slug).run()
    assert not page.exception
    assert not page.error
    assert [sent["text"] for sent in editors(page).values()] == [example.source, example.second]
    assert not any(sent["stale"] for sent in steppers(page).values())
    assert compared(page)
    assert "In B the gradient of" in words(page)
    assert len(page.get("plotly_chart")) == 1
    again = opened(dict(page.query_params.items()))
    assert compared(again) == compared(page)


def test_two_programs_have_two_editors_two_stages_and_one_table() -> None:
    page = opened({"p": SQUARE, "q": CUBE})
    assert {side: sent["text"] for side, sent in editors(page).items()} == {"A": SQUARE, "B": CUBE}
    assert set(steppers(page)) == {"A", "B"}
    # d/dw w² = 6 and d/dw w³ = 27 at w = 3.
    assert compared(page) == {"w": ["3", "6", "27", "× 4.5"]}
    assert words(page) == "In B the gradient of w is 4.5 times larger."
    assert page.query_params["p"] == SQUARE
    assert page.query_params["q"] == CUBE


def test_both_stages_step_in_time_and_only_one_leads() -> None:
    page = opened({"p": SQUARE, "q": CUBE.replace("w**3", "(w**3) * 2"), "step": "2"})
    one, other = steppers(page).values()
    assert one["run"] == other["run"]
    assert one["start"] == other["start"] == 2
    assert len(one["pair"]["times"]) == len(other["pair"]["times"])
    assert [sent["pair"]["leads"] for sent in (one, other)] == [True, False]
    assert page.query_params["step"] == "2"


def test_the_same_program_twice_is_equal() -> None:
    page = opened({"p": SQUARE, "q": SQUARE})
    assert compared(page) == {"w": ["3", "6", "6", "equal"]}
    assert words(page) == "The gradient of w is equal to 6 digits in A and in B."


@pytest.mark.parametrize("side", ["A", "B"])
def test_a_mistake_in_one_program_leaves_the_other_alone(side: str) -> None:
    page = opened({"p": SQUARE, "q": CUBE})
    before = steppers(page)
    visited(page, {"p": BROKEN, "q": CUBE} if side == "A" else {"p": SQUARE, "q": BROKEN})
    assert len(page.error) == 1
    assert "torch.sinn" in shown_text(page.error[0].value)
    marked = {name: sent["wrong"] is not None for name, sent in editors(page).items()}
    assert marked == {"A": side == "A", "B": side == "B"}
    after = steppers(page)
    assert {name: sent["stale"] for name, sent in after.items()} == marked
    for name in "AB":
        assert after[name]["figure"] == before[name]["figure"]
    assert after["A"]["run"] == before["A"]["run"], "the step stays"
    # The comparison is that of the last version, and says so.
    assert compared(page) == {"w": ["3", "6", "27", "× 4.5"]}
    said = [caption.value for caption in page.caption if "mistake" in caption.value]
    assert [words.split()[0] for words in said] == [side]


def test_a_pass_that_stopped_is_compared_as_far_as_it_came() -> None:
    changed = (
        "w = torch.tensor(3., requires_grad=True)\nh = w.exp()\nloss = h*2\nh += 1\nloss.backward()"
    )
    page = opened({"p": changed, "q": changed.replace("h += 1", "h = h + 1")})
    assert len(page.error) == 1
    assert not any(sent["stale"] for sent in steppers(page).values())
    assert compared(page)["w"][1] == "None"
    assert words(page).startswith("In A the gradient of w is None; in B it is 40.17.")
    assert any("A stopped in the middle" in caption.value for caption in page.caption)


def test_two_mistakes_give_two_sentences() -> None:
    page = opened({"p": BROKEN, "q": "y = ("})
    assert len(page.error) == 2
    assert not steppers(page)
    assert len(page.info) == 2


def test_a_program_without_a_backward_pass_leaves_the_stage_of_the_other() -> None:
    page = opened({"p": "x = torch.arange(3)\nprint(x)", "q": CUBE})
    assert not page.error
    (only,) = steppers(page).values()
    assert only["pair"]["side"] == "B"
    assert only["pair"]["leads"]
    assert not re.search(r"<table[^>]*sg-compared", html(page))
    assert any("The graph of A" in info.value for info in page.info)
    assert "tensor([0, 1, 2])" in html(page)


def test_programs_with_other_leaves_say_which() -> None:
    page = opened({"p": SQUARE, "q": re.sub(r"\bw\b", "v", CUBE)})
    assert [row[-1] for row in compared(page).values()] == ["only in A", "only in B"]
    assert words(page) == "Only A has w. Only B has v."


def test_none_and_zero_are_told_apart() -> None:
    unused = "b = torch.tensor(-1., requires_grad=True)\n" + SQUARE
    dead = unused.replace("w**2", "w**2 + torch.relu(b)")
    page = opened({"p": unused, "q": dead})
    assert compared(page)["b"] == ["−1", "None", "0", "None in A"]


def test_tensors_have_norms() -> None:
    vector = SQUARE.replace("3.", "[3., 4.]").replace("w**2", "(w**2).sum()")
    page = opened({"p": vector, "q": vector.replace("w**2", "2*w**2")})
    assert compared(page)["w"] == ["[3, 4]", "[6, 8]", "[12, 16]", "10", "20", "× 2"]


def test_very_different_sizes_are_compared() -> None:
    deep = "\nh = torch.tanh(h)" * 30
    long = f"w = torch.tensor(3., requires_grad=True)\nh = w{deep}\nh.backward()"
    page = opened({"p": SQUARE, "q": long})
    one, other = steppers(page).values()
    assert len(one["pair"]["times"]) == len(other["pair"]["times"]) >= len(other["moments"])
    assert len(one["moments"]) < 5


# --- modes, links, inputs -------------------------------------------------------------------------


def test_turning_to_the_comparison_starts_with_the_present_program_twice() -> None:
    page = opened({"p": CUBE})
    page.button_group(key="mode").select("Compare").run()
    assert [sent["text"] for sent in editors(page).values()] == [CUBE, CUBE]
    assert compared(page)["w"][-1] == "equal"
    page.button_group(key="mode").select("Program").run()
    assert editor(page)["text"] == CUBE


def test_an_expression_takes_its_inputs_along() -> None:
    page = opened({"e": "x**2", "in": "x*:3"})
    page.button_group(key="mode").select("Compare").run()
    assert not page.error
    page.text_input(key=value_key("B", "x")).input("5").run()
    assert compared(page)["x"] == ["A3B5", "6", "10", "× 1.67"]
    assert page.query_params["in"] == "x*:3"
    assert page.query_params["in2"] == "x*:5"


def test_each_kind_of_text_keeps_its_own() -> None:
    page = opened({"p": SQUARE, "q": CUBE})
    page.button_group(key="mode").select("Program").run()
    assert editor(page)["text"] == FIRST.source
    assert stepper(page)["pair"] is None
    page.button_group(key="mode").select("Compare").run()
    assert [sent["text"] for sent in editors(page).values()] == [SQUARE, CUBE]


def test_each_program_has_a_call_of_backward_of_its_own() -> None:
    page = opened({"p": TWICE, "q": TWICE, "backward2": "2"})
    assert compared(page)["w"] == ["3", "6", "11", "× 1.83"]
    keys = [group.key for group in page.get("button_group") if group.label == "Backward pass"]
    page.button_group(key=keys[0]).select(2).run()
    assert compared(page)["w"] == ["3", "11", "11", "equal"]
    assert page.query_params["backward"] == page.query_params["backward2"] == "2"


def test_long_programs_travel_compressed() -> None:
    long = SQUARE + "\n# " + "the same again, " * 200
    page = opened({"p": long, "q": CUBE + long})
    assert set(page.query_params) == {"z", "y"}
    again = opened(dict(page.query_params.items()))
    assert [sent["text"] for sent in editors(again).values()] == [long, CUBE + long]


def test_two_training_loops_are_compared_over_their_calls() -> None:
    without = ZERO_GRAD.replace("    optimizer.zero_grad()\n", "")
    page = opened({"p": ZERO_GRAD, "q": without, "backward": "2", "backward2": "2"})
    chart = json.loads(page.get("plotly_chart")[0].proto.spec)
    assert [trace["name"] for trace in chart["data"]] == ["A", "A", "B", "B"]
    (group,) = [group for group in page.get("button_group") if group.label == "Chart"]
    group.select("From the loss to the leaves").run()
    chart = json.loads(page.get("plotly_chart")[0].proto.spec)
    assert chart["layout"]["yaxis"]["type"] == "log"


def test_hostile_names_stay_text_in_the_comparison() -> None:
    program = (
        "net = {'<img src=x>': torch.tensor(3., requires_grad=True)}\n"
        "loss = net['<img src=x>']**2\nloss.backward()"
    )
    page = opened({"p": program, "q": program})
    assert "<img" not in html(page)
    assert compared(page)
