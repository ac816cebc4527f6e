"""The box "What to notice": short, escaped, and with a way to the step."""

from __future__ import annotations

import re
from typing import get_args

from viz.draw.noticed import OPEN, SIGNS, noticed_box
from viz.rules.surprises import Surprise
from viz.rules.surprises.surprise import Kind


def surprise(kind: Kind = "cut", title: str = "It cuts", step: int | None = 2) -> Surprise:
    return Surprise(kind, title, "One sentence.", "Do this.", 4, ("n1",), "", step)


def test_nothing_to_notice_is_no_box() -> None:
    assert noticed_box(()) == ""
    assert noticed_box((surprise("stop"),), told=("stop",)) == ""


def test_every_kind_has_a_sign() -> None:
    assert set(SIGNS) == set(get_args(Kind))
    assert all(SIGNS.values())


def test_an_entry_has_title_line_sentence_cure_and_the_moment_it_leads_to() -> None:
    box = noticed_box((surprise(),))
    for text in ("It cuts", "line 4", "One sentence.", "Do this.", 'data-sg-moment="b2"', "Step 2"):
        assert text in box
    assert "data-sg-moment" not in noticed_box((surprise(step=None),))
    assert "Start" in noticed_box((surprise(step=0),))


def test_text_of_a_program_is_escaped() -> None:
    box = noticed_box((surprise(title="<img src=x onerror=alert(1)>"),))
    assert "<img" not in box
    assert "&lt;img" in box


def test_more_than_a_few_wait_behind_a_click() -> None:
    box = noticed_box(tuple(surprise(title=f"number {n}") for n in range(OPEN + 3)))
    before, _, after = box.partition("<details>")
    assert len(re.findall("number", before)) == OPEN
    assert len(re.findall("number", after)) == 3
    assert "<summary>3 more</summary>" in after
