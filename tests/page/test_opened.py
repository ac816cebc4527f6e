"""A trace file on the page: shown like a run, never run."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import viz
from tests.page.test_page import component, opened
from tests.traces import trace_of
from viz import sandbox
from viz.draw.stage import stage
from viz.files import to_bytes
from viz.limits import DEFAULT
from viz.page.address import Address, to_query
from viz.page.fence import CONTRADICTS
from viz.page.opened import NAME_CHARACTERS
from viz.page.stage_view import NOT_AGAIN
from viz.trace import Input

LESSON = """\
x = torch.tensor(2., requires_grad=True)
y = x**3
y.backward()
(5 * x).backward()"""


def with_file(data: bytes, name: str = "lesson.json.gz") -> AppTest:
    page = opened()
    page.file_uploader[0].upload(name, data, "application/gzip").run()
    assert not page.exception
    return page


def test_an_arranged_trace_is_the_same_trace_with_places() -> None:
    trace = trace_of(LESSON)
    answer = sandbox.arrange(trace)
    assert answer.trace == trace
    for backward, layout in zip(trace.backwards, answer.layouts, strict=True):
        assert {place.node for place in layout.places} == {node.id for node in backward.nodes}


def test_an_opened_file_is_shown_with_its_text_and_steps() -> None:
    trace = trace_of(LESSON)
    page = with_file(to_bytes(trace, packed=True))
    editor = component(page, "editor")
    assert editor["text"] == trace.source
    assert editor["fixed"]
    shown = component(page, "stepper")
    assert shown["moments"][0]["line"] == 3
    assert len(shown["moments"]) == len(trace.backwards[0].steps) + 1
    assert not shown["linked"]


def test_another_pass_of_the_file_can_be_chosen() -> None:
    page = with_file(to_bytes(trace_of(LESSON), packed=False), "lesson.json")
    page.selectbox[1].set_value(1).run()
    assert component(page, "stepper")["moments"][0]["line"] == 4


def test_what_runs_a_program_again_says_that_a_file_cannot_be() -> None:
    page = opened(to_query(Address("Program", LESSON, view="proof")))
    page.file_uploader[0].upload("lesson.json", to_bytes(trace_of(LESSON), packed=False)).run()
    assert NOT_AGAIN in [info.value for info in page.info]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"not a trace", "this is not a SeeGrad trace file."),
        (b'{"version": 1}', "this trace file has version 1"),
        (b" " * (DEFAULT.answer_bytes + 1), "this file is too large"),
    ],
    ids=["text", "version", "size"],
)
def test_a_file_that_cannot_be_opened_is_one_sentence(data: bytes, sentence: str) -> None:
    page = with_file(data, "x" * 500 + ".json")
    assert len(page.error) == 1
    assert sentence in page.error[0].value.replace("\\", "")
    assert "x" * (NAME_CHARACTERS + 1) not in "".join(text.value for text in page.markdown)
    page.button[0].click().run()
    assert component(page, "stepper")["moments"]
    assert not page.error


def test_a_file_of_the_same_program_with_other_numbers_changes_no_session() -> None:
    """What is kept of a file is not taken for what the program did."""
    given = Input("x", "3.25")
    trace = viz.explain("x * 2", {"x": given})
    claimed = trace.to_json().replace("6.5", "7.5")
    assert claimed != trace.to_json()
    of_file = component(with_file(claimed.encode()), "stepper")["figure"]
    of_run = component(opened(to_query(Address("Expression", "x * 2", (given,)))), "stepper")
    assert "7.5" in of_file
    assert of_run["figure"] == stage(trace.backwards[0], sandbox.arrange(trace).layouts[0]).figure


def test_what_nobody_foresaw_in_a_file_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("viz.page.opened.noticed_box", fails)
    page = with_file(to_bytes(trace_of(LESSON), packed=True))
    assert [error.value for error in page.error] == [CONTRADICTS]
    assert component(page, "stepper")["moments"]
