"""The offline file as text: what is inside, what it may do, and what is refused."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import viz
from tests.traces import trace_of
from viz.errors import InputError
from viz.fold.build import tree_of
from viz.fold.opening import first_view
from viz.fold.overview import LARGE
from viz.html.packing import packed, plotly_script
from viz.html.states import folded
from viz.trace import Trace

LESSON = "w = torch.tensor(3., requires_grad=True)\n(w**2).backward()\n(5*w).backward()"


@cache
def lesson() -> Trace:
    return trace_of(LESSON)


def element(text: str, name: str) -> str:
    found = re.search(rf'<script type="text/plain" id="{name}">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return found[1]


def unpacked(text: str) -> str:
    """What the browser does, by other means."""
    digits = text.translate(str.maketrans(",.", "<&"))
    return gzip.decompress(base64.b85decode(digits)).decode()


@pytest.mark.parametrize("text", ["", "a", "ab", "abc", "</script>\ue000 \u2028 θ", "x" * 5000])
def test_what_is_packed_has_nothing_that_html_reads(text: str) -> None:
    short = packed(text)
    assert not set("<&\"' \n") & set(short)
    assert unpacked(short) == text


def test_the_file_holds_plotly_and_every_pass(tmp_path: Path) -> None:
    text = viz.save_html(lesson(), tmp_path / "all.html").read_text("utf-8")
    assert unpacked(element(text, "packed-plotly")) == plotly_script()
    data = json.loads(unpacked(element(text, "packed-data")))
    assert data["source"] == LESSON
    steps = [len(each["moments"]) - 1 for each in data["passes"]]
    assert steps == [len(backward.steps) for backward in lesson().backwards]


def test_one_pass_can_be_saved_alone(tmp_path: Path) -> None:
    text = viz.save_html(lesson(), tmp_path / "one.html", backward=-1).read_text("utf-8")
    (only,) = json.loads(unpacked(element(text, "packed-data")))["passes"]
    assert only["moments"][0]["line"] == 3


def test_its_policy_knows_these_scripts_and_no_address(tmp_path: Path) -> None:
    text = viz.save_html(lesson(), tmp_path / "policy.html").read_bytes().decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)
    assert policy is not None
    assert script is not None
    for code in (script[1], plotly_script()):
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy[1]
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert not re.search(r"https?:|wss?:|\*|connect-src", policy[1])


@pytest.mark.parametrize("backward", [2, -3])
def test_a_pass_that_is_not_there_is_refused(tmp_path: Path, backward: int) -> None:
    with pytest.raises(InputError, match=rf"no backward pass {backward}\. They go from 0 to 1"):
        viz.save_html(lesson(), tmp_path / "none.html", backward=backward)


def test_a_trace_without_a_pass_is_refused_and_a_notebook_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no backward pass"):
        viz.save_html(Trace(source="1"), tmp_path / "none.html")
    assert "nothing to draw" in Trace(source="1")._repr_html_()


def long() -> Trace:
    steps = LARGE // 2 + 1
    program = (
        f"w = torch.tensor(0.5, requires_grad=True)\nfor _ in range({steps}):\n    w = w * 1.01\nw"
    )
    trace = trace_of(program)
    assert len(trace.backwards[0].nodes) > LARGE
    return trace


def test_a_large_graph_is_an_overview_without_plotly(tmp_path: Path) -> None:
    trace = long()
    text = viz.save_html(trace, tmp_path / "large.html").read_text("utf-8")
    assert not element(text, "packed-plotly")
    (only,) = json.loads(unpacked(element(text, "packed-data")))["passes"]
    tree = tree_of(trace.backwards[0])
    found = only["folded"]
    shown = [set(json.loads(state["overview"])["opened"]) for state in found["states"]]
    assert shown[0] == set(first_view(tree))
    assert set(found["opens"]) == set(tree.groups)
    assert found["left"] == 0
    for group, at in found["opens"].items():
        assert group in shown[at]
    for group, at in found["folds"].items():
        assert group not in shown[at]
    assert shown[found["nothing"]] == set()
    assert "<iframe" in trace._repr_html_()


def test_where_there_is_no_room_the_deepest_groups_are_left_out() -> None:
    backward = long().backwards[0]
    everything = folded(backward)
    less = folded(backward, len(everything["states"][0]["overview"]))
    assert 0 < less["left"] == len(everything["opens"]) - len(less["opens"])
    assert less["states"] == everything["states"][: len(less["states"])]


def test_a_theme_that_there_is_not(tmp_path: Path) -> None:
    unknown: Any = "pink"
    with pytest.raises(InputError, match="unknown theme 'pink'"):
        viz.save_html(viz.explain("x*w", {"x": 2, "w": 3}), tmp_path / "a.html", theme=unknown)
    assert not (tmp_path / "a.html").exists()
