"""DOT text becomes a picture, whatever stands in it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import viz
from tests.patience import PATIENCE
from viz import sandbox
from viz.errors import LimitError, ProgramError
from viz.limits import Limits
from viz.sandbox import Form
from viz.trace import Input

BEGINNINGS: dict[Form, bytes] = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}


@pytest.mark.parametrize("form", BEGINNINGS)
def test_a_drawing_becomes_a_file_of_its_form(form: Form) -> None:
    assert sandbox.render("digraph { a -> b }", form).startswith(BEGINNINGS[form])


@pytest.mark.parametrize("form", BEGINNINGS)
def test_the_drawing_of_torchviz_can_be_rendered(form: Form) -> None:
    answer = sandbox.explain("((x @ w) ** 2).sum()", MATRICES)
    picture = sandbox.render(answer.trace.backwards[0].dot, form)
    assert picture.startswith(BEGINNINGS[form])


def test_the_drawing_with_names_and_gradients_can_be_rendered() -> None:
    trace = sandbox.explain("((x @ w) ** 2).sum()", MATRICES).trace
    assert b"MmBackward0" in sandbox.render(viz.draw(trace).source, "svg")


MATRICES = (Input("x", "[[1.0, 2.0]]"), Input("w", "[[3.0], [4.0]]"))


def test_a_label_that_begins_with_an_empty_line_does_not_crash() -> None:
    nodes = " ".join(f'n{i} [label="\n ()"] n{i} -> n{i + 1};' for i in range(40))
    for _ in range(3):
        assert b"</svg>" in sandbox.render(f"digraph {{ {nodes} }}", "svg")


def test_letters_of_other_alphabets_are_drawn() -> None:
    picture = sandbox.render('digraph { a [label="größe λ ∂ Ж"] }', "svg").decode()
    assert "größe λ ∂ Ж" in picture


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A valid picture: what Graphviz may open, it would show."""
    path = tmp_path / "secret.png"
    path.write_bytes(sandbox.render("digraph { node [width=3 height=3] a }", "png"))
    return path


@pytest.mark.parametrize(
    "attribute",
    ['image="{}"', 'shape=custom shapefile="{}"', 'URL="{}"', 'href="javascript:alert(1)"'],
)
def test_an_attribute_that_reaches_outside_is_refused(attribute: str, image: Path) -> None:
    with pytest.raises(ProgramError, match="is not made here"):
        sandbox.render(f"digraph {{ a [{attribute.format(image)}] }}", "svg")


@pytest.mark.parametrize(
    "dot",
    [
        "digraph {{ a [label={}] }}",
        "digraph {{ node [label={}] a }}",
        "digraph {{ a -> b [label={}] }}",
        "digraph {{ graph [label={}] a }}",
        "digraph {{ subgraph cluster_1 {{ graph [label={}] a }} }}",
    ],
)
def test_a_label_in_angle_brackets_is_text_and_opens_nothing(dot: str, image: Path) -> None:
    html = f'<<table><tr><td><img src="{image}"/></td></tr></table>>'
    picture = sandbox.render(dot.format(html), "svg")
    assert b"<image" not in picture
    assert b"&lt;table&gt;" in picture


@pytest.mark.parametrize("dot", ["digraph { a -> ", "<svg/>", "", "\x00"])
def test_what_is_no_drawing_is_a_program_error(dot: str) -> None:
    with pytest.raises(ProgramError, match="not valid DOT"):
        sandbox.render(dot, "svg")


def test_a_drawing_that_takes_too_long_is_ended_on_time() -> None:
    # A chain in which every operation uses one shared weight takes Graphviz minutes.
    edges = " ".join(f"w -> n{i}; n{i} -> n{i + 1}; w -> m{i}; m{i} -> n{i};" for i in range(200))
    limits = Limits(seconds=1.0)
    begin = time.monotonic()
    with pytest.raises(LimitError, match="drawing the graph took longer than 1 seconds"):
        sandbox.render(f"digraph {{ {edges} }}", "svg", limits)
    assert time.monotonic() - begin < limits.seconds + PATIENCE


def test_a_picture_that_is_too_large_is_refused() -> None:
    with pytest.raises(LimitError, match="the picture would have"):
        sandbox.render("digraph { a -> b }", "png", Limits(answer_bytes=500))
