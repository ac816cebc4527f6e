"""The page as its script makes it: what stands there for a link, a choice, a mistake.

The child process really runs; the browser is left out (see tests/browser).
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

import msgspec
import pytest
from markdown_it import MarkdownIt
from streamlit.testing.v1 import AppTest

from scripts.page_server import APP
from viz.limits import DEFAULT
from viz.page import engine
from viz.page.address import LINK_CHARACTERS
from viz.page.examples import EXAMPLES, FIRST, Example
from viz.page.state import grad_key, value_key

Query = Mapping[str, str | Sequence[str]]

TWO_BACKWARDS = """\
w = torch.tensor(3., requires_grad=True)
(w**2).backward()
(5*w).backward()"""


def opened(query: Query | None = None) -> AppTest:
    """The page as a new window shows it."""
    return visited(AppTest.from_file(str(APP), default_timeout=60), query or {})


def visited(page: AppTest, query: Query) -> AppTest:
    """The page after this link was opened in its window."""
    page.query_params.clear()
    for key, value in query.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def component(page: AppTest, name: str) -> dict[str, Any]:
    """What the page sends to one of its own components."""
    found = [
        shown.proto
        for shown in page.get("bidi_component")
        if shown.proto.component_name.endswith(f"seegrad_{name}")
    ]
    assert len(found) == 1, f"{len(found)} components named {name}"
    sent = json.loads(found[0].json)
    assert isinstance(sent, dict)
    return sent


def editor(page: AppTest) -> dict[str, Any]:
    return component(page, "editor")


def stepper(page: AppTest) -> dict[str, Any]:
    return component(page, "stepper")


def html(page: AppTest) -> str:
    return "\n".join(shown.proto.body for shown in page.get("html"))


def leaves(page: AppTest) -> dict[str, list[str]]:
    """The rows of the table of leaves: name to value, .grad before, arriving, .grad after."""
    table = re.search(r"Leaves</div><div[^>]*><table.*?</table>", html(page), re.S)
    assert table, "there is no table of leaves"
    rows = {}
    for row in re.findall(r"<tr>(<th scope.*?)</tr>", table[0], re.S):
        name, *cells = re.findall(r"<t[hd](?![^>]*sg-check)[^>]*>(.*?)</t[hd]>", row, re.S)
        rows[unescape(name)] = [unescape(re.sub(r"<[^>]*>", "", cell)) for cell in cells]
    return rows


def only_error(page: AppTest) -> str:
    """The one red sentence of the page, as Markdown."""
    assert len(page.error) == 1
    return str(page.error[0].value)


def shown_text(markdown: str) -> str:
    """What a reader sees of the Markdown. Raises where it would become more than text."""
    rendered = MarkdownIt("commonmark").render(markdown)
    tags = set(re.findall(r"<\s*/?(\w+)", rendered))
    assert tags <= {"p", "br"}, f"the sentence became {tags}"
    return unescape(re.sub(r"<[^>]*>", "", rendered)).strip()


def by_hand(page: AppTest) -> set[str]:
    """What can be downloaded below the stage; the menu "File" has what is saved as a whole."""
    labels = {shown.label for shown in page.get("download_button")}
    return {label for label in labels if not label.startswith("Save ")}


# --- opening --------------------------------------------------------------------------------------


def test_the_first_visit_shows_the_first_example() -> None:
    page = opened()
    assert editor(page)["text"] == FIRST.source
    assert editor(page)["label"] == "Program"
    assert not page.error
    assert stepper(page)["start"] == 0
    assert leaves(page)["w"] == ["2", "None", "4", "4"]


@pytest.mark.parametrize(
    "example", [one for one in EXAMPLES if not one.second], ids=lambda example: example.slug
)
def test_every_example_of_the_menu_runs(example: Example) -> None:
    page = opened()
    page.selectbox(key="example").select(example.slug).run()
    assert not page.exception
    assert bool(page.error) == example.stops
    assert editor(page)["text"] == example.source
    assert len(stepper(page)["moments"]) >= 2
    assert not stepper(page)["stale"]
    if not example.stops:
        assert any(row[-1] != "None" for row in leaves(page).values()), "no leaf has a gradient"


def test_a_link_to_an_expression_fills_the_inputs() -> None:
    page = opened({"e": "(y - x*w)**2", "in": ["x:2", "w*:3", "y:3"]})
    assert editor(page)["label"] == "Expression"
    values = {box.label: box.value for box in page.text_input}
    assert values == {"Value of y": "3", "Value of x": "2", "Value of w": "3"}
    grads = {name: page.toggle(key=grad_key("Expression", name)).value for name in "yxw"}
    assert grads == {"y": False, "x": False, "w": True}
    # d/dw (y - xw)² = -2x(y - xw)
    assert leaves(page) == {
        "y": ["3", "does not require grad"],
        "x": ["2", "does not require grad"],
        "w": ["3", "None", "12", "12"],
    }


def test_another_value_of_an_input_gives_another_gradient() -> None:
    page = opened({"e": "x**2", "in": "x*:3"})
    assert leaves(page)["x"][-1] == "6"
    page.text_input(key=value_key("Expression", "x")).input("5").run()
    assert leaves(page)["x"][-1] == "10"
    assert page.query_params["in"] == "x*:5"


def test_the_choice_of_a_mode_keeps_both_texts() -> None:
    page = opened({"e": "3*x", "in": "x*:1"})
    page.button_group(key="mode").select("Program").run()
    assert editor(page)["text"] == FIRST.source
    page.button_group(key="mode").select("Expression").run()
    assert editor(page)["text"] == "3*x"
    assert leaves(page)["x"][-1] == "3"


# --- mistakes -------------------------------------------------------------------------------------


def test_a_broken_program_gives_one_sentence_and_keeps_the_picture_of_the_last_one() -> None:
    page = opened({"e": "x**2", "in": "x*:3"})
    before = stepper(page)
    visited(page, {"p": "x = torch.tensor(2.)\ny = torch.sinn(x)"})
    sentence = shown_text(only_error(page))
    assert sentence == "Line 2: unknown function 'torch.sinn'. Did you mean 'torch.sin'?"
    assert editor(page)["wrong"]["line"] == 2
    after = stepper(page)
    assert (after["figure"], after["run"]) == (before["figure"], before["run"])
    assert after["stale"]
    visited(page, {"p": "x = torch.tensor(2., requires_grad=True)\ny = torch.sin(x)"})
    assert not page.error
    assert not stepper(page)["stale"]


def test_a_broken_first_program_leaves_the_stage_empty() -> None:
    page = opened({"e": "(x"})
    shown_text(only_error(page))
    assert not [
        one for one in page.get("bidi_component") if one.proto.component_name == "seegrad_stepper"
    ]
    assert len(page.info) == 1


def test_a_wrong_input_gives_one_sentence_and_marks_the_input() -> None:
    page = opened({"e": "x*w", "in": ["x:2", "w*:3"]})
    page.text_input(key=value_key("Expression", "w")).input("[1, 2").run()
    assert not page.exception
    assert shown_text(only_error(page)).startswith("Input 'w': ")
    assert stepper(page)["stale"]
    names = [shown.value for shown in page.markdown]
    assert [":red[" in name for name in names] == [False, True]
    page.text_input(key=value_key("Expression", "w")).input("4").run()
    assert not page.error
    assert leaves(page)["w"] == ["4", "None", "2", "2"]


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ('f"{1:![a](http://evil.example/a.png)}"', "![a](http://evil.example/a.png)"),
        ('int("<img src=x onerror=alert(1)>")', "<img src=x onerror=alert(1)>"),
        ('int("**x** `y` :red[z] $w$")', "**x** `y` :red[z] $w$"),
        ("x = 1\nx.__class__", "__class__"),
    ],
)
def test_a_hostile_error_stays_text(program: str, said: str) -> None:
    sentence = only_error(opened({"p": program}))
    assert said in shown_text(sentence)
    # Streamlit's own marks are not CommonMark's: each is led by a backslash, or it is none.
    assert not re.search(r"(?<!\\)(:\w+\[|\$)", sentence)


def test_hostile_output_stays_text() -> None:
    text = "<img src=x onerror=alert(1)> ![a](http://evil.example)"
    page = opened({"p": f'print("{text}")\nx = torch.tensor(1., requires_grad=True)\ny = 2*x'})
    assert not page.error
    assert "<img" not in html(page)
    assert text in unescape(html(page))


def test_a_program_that_never_ends_is_stopped_and_the_page_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The steps of the interpreter run out sooner on a fast machine: here time has to.
    hurried = msgspec.structs.replace(DEFAULT, seconds=1.0, steps=10**12)
    monkeypatch.setattr(engine, "DEFAULT", hurried)
    page = opened({"e": "x**2", "in": "x*:3"})
    visited(page, {"p": "while True:\n    pass"})
    assert "1 second" in shown_text(only_error(page))
    assert stepper(page)["stale"]
    monkeypatch.setattr(engine, "DEFAULT", DEFAULT)
    visited(page, {"e": "x**3", "in": "x*:3"})
    assert not page.error
    assert leaves(page)["x"][-1] == "27"


# --- several backward passes, and what a link keeps -----------------------------------------------


def test_one_backward_pass_gives_no_choice() -> None:
    labels = [group.label for group in opened({"e": "x**2", "in": "x*:3"}).get("button_group")]
    assert labels == ["Kind of text"]


def test_the_second_backward_pass_starts_from_the_gradient_of_the_first() -> None:
    page = opened({"p": TWO_BACKWARDS})
    assert leaves(page)["w"] == ["3", "None", "6", "6"]
    (key,) = [group.key for group in page.get("button_group") if group.label == "Backward pass"]
    assert page.button_group(key=key).options == ["1: line 2", "2: line 3"]
    page.button_group(key=key).select(2).run()
    assert not page.exception
    assert leaves(page)["w"] == ["3", "6", "5", "11"]
    assert page.query_params["backward"] == "2"


def test_a_link_restores_pass_step_phase_and_view() -> None:
    query = {"p": TWO_BACKWARDS, "step": "2", "backward": "2", "forward": "1", "view": "steps"}
    page = opened(query)
    assert leaves(page)["w"][1] == "6"
    assert stepper(page)["start"] == 2
    assert page.toggle(key="forward_first").value is True
    assert stepper(page)["moments"][0]["phase"] == "forward"
    assert "sg-steps" in html(page)
    assert not by_hand(page), "only the open view is filled"
    kept = {key: page.query_params[key] for key in query}
    assert kept == query


def test_the_present_step_is_marked_among_all_steps() -> None:
    page = opened({"p": TWO_BACKWARDS, "step": "1", "view": "steps"})
    rows = re.findall(r"<tr[^>]*>", html(page).split("sg-steps")[1])
    assert ["aria-current" in row for row in rows[1:]] == [True, False]


@pytest.mark.parametrize("step", ["99", "-1", "x", "", "1e9", "99999999999999"])
def test_a_link_to_no_step_still_opens(step: str) -> None:
    page = opened({"e": "x**2", "in": "x*:3", "step": step})
    assert not page.error
    assert stepper(page)["start"] >= 0


def test_a_link_too_long_for_a_browser_says_so() -> None:
    assert not opened().warning
    noise = random.Random(0).randbytes(8000).hex()
    page = opened({"p": f"x = torch.tensor(2., requires_grad=True)\ny = x**2  # {noise}"})
    assert len(page.warning) == 1
    assert f"{LINK_CHARACTERS:,}" in page.warning[0].value
    assert not page.error


def test_torchviz_picture_can_be_taken_home_in_three_forms() -> None:
    assert by_hand(opened()) == {"SVG", "PNG", "DOT"}


def test_a_large_graph_without_a_picture_says_so_and_the_stage_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "PICTURE", msgspec.structs.replace(DEFAULT, seconds=0.01))
    loop = "w = torch.tensor(1., requires_grad=True)\nh = w\nfor i in range(60):\n    h = h*w + i"
    page = opened({"p": loop})
    assert len(page.warning) == 1
    assert by_hand(page) == {"DOT"}
    assert not page.error
    assert len(stepper(page)["moments"]) == 122
