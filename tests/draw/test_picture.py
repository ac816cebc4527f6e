"""torchviz's picture, compared with torchviz itself and torch.autograd, its texts read as SVG."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import msgspec
import pygraphviz
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import viz
from tests.traces import trace_of
from viz.draw.picture import LINE_CHARACTERS, UNSEEN, draw, safe_label
from viz.draw.torchviz_text import Picture, read
from viz.errors import InputError
from viz.rules.numbers import format_number
from viz.trace import Trace

NOTEBOOK = """
x = torch.tensor(2.)
w = torch.tensor(2., requires_grad=True)
y_pred = x * w
s = torch.tensor(3.) - y_pred
loss = s ** 2
loss.backward()
"""
BROADCAST = """
x = torch.ones(2, 3)
w = torch.full((3,), 2., requires_grad=True)
b = torch.zeros(1, requires_grad=True)
loss = ((x * w + b).exp() * w).mean()
loss.backward()
"""
VIEW = """
w = torch.ones(2, 3, requires_grad=True)
loss = (w * 3).sum().view(1)[0]
loss.backward()
"""
USED_TWICE = """
x = torch.tensor(3., requires_grad=True)
loss = x * x + x
loss.backward()
"""
LEAF = """
x = torch.tensor(3., requires_grad=True)
x.backward()
"""
PROGRAMS = (NOTEBOOK, BROADCAST, VIEW, USED_TWICE, LEAF)

HOSTILE = (
    "<script>alert(1)</script>",
    "<b>x</b>",
    'a"]; evil [URL="javascript:alert(1)" label="x',
    'a\\"];evil [label="pwn',
    "a\\",
    "\\N",
    "\\G",
    "\\L\\H\\T",
    "\\n\\l\\r",
    "a\nb",
    "a\tb",
    "&lt;script&gt;",
    "&amp;amp;",
    "&#60;b&#62;",
    "a\b\x1bb\x00",
    "a\u202ecba",
    "A" * 4000,
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "</text></svg><svg onload=alert(1)>",
    "<<table><tr><td>x</td></tr></table>>",
    "**bold** [x](javascript:alert(1)) ![i](http://evil/x.png)",
    "=cmd|' /C calc'!A0",
    "../../../../etc/passwd",
    "%s%n{0}%(x)s",
    "x'); DROP TABLE students;--",
    "权重",
    "",
    "   ",
    "n0:port",
    "]]><!--",
)
ELEMENTS = {"svg", "g", "title", "polygon", "polyline", "path", "ellipse", "text"}


def svg_of(dot: str) -> ElementTree.Element:
    return ElementTree.fromstring(pygraphviz.AGraph(string=dot).draw(prog="dot", format="svg"))


def texts_of(dot: str) -> list[str]:
    """What a person reads in the picture."""
    return ["".join(found.itertext()) for found in svg_of(dot).iter() if tag(found) == "text"]


def tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def shown(text: str) -> str:
    """How Graphviz writes it: without spaces at the ends, other spaces hard where they repeat."""
    return " ".join(text.replace("\xa0", " ").split())


def expected(text: str) -> str:
    """What is left of a hostile text, said in another way than the code does."""
    spaced = re.sub(r"\s", " ", text)
    kept = "".join(c for c in spaced if c.isprintable())
    return shown(kept if len(kept) <= LINE_CHARACTERS else kept[: LINE_CHARACTERS - 1] + "…")


def boxes(picture: Picture) -> Counter[str]:
    return Counter(mark.fill for mark in picture.marks.values())


def links(picture: Picture) -> Counter[str]:
    return Counter(link.line for link in picture.links)


def torchvizs_own(program: str, attributes: bool, saved: bool) -> Picture:
    """What torchviz draws of the program's loss when it is asked directly."""
    names: dict = {"torch": torch}
    exec(program.rsplit("\n", 2)[0], names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torchviz

        output = names["loss"] if "loss" in names else names["x"]
        source = torchviz.make_dot(output, show_attrs=attributes, show_saved=saved).source
    return read(re.sub(r"\t(\d+)(?: -> (\d+))?(?= \[|\n)", _as_ids, source))


def _as_ids(found: re.Match[str]) -> str:
    return "\t" + " -> ".join(f"n{end}" for end in found.groups() if end)


def labelled(program: str, **options: bool) -> dict[str, list[str]]:
    """The lines of each box, by the box's first line."""
    picture = read(draw(trace_of(program), **options).source)
    return {mark.lines[0]: list(mark.lines) for mark in picture.marks.values()}


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("saved", [False, True])
def test_boxes_and_lines_are_those_of_torchviz(program: str, saved: bool):
    ours = read(draw(trace_of(program), attributes=saved, saved=saved).source)
    theirs = torchvizs_own(program, saved, saved)
    assert boxes(ours) == boxes(theirs)
    assert links(ours) == links(theirs)


@pytest.mark.parametrize("program", PROGRAMS)
def test_attributes_are_those_of_torchviz_and_are_left_out_when_off(program: str):
    theirs = torchvizs_own(program, True, True)
    rows = Counter(
        row for mark in theirs.marks.values() if mark.fill == "lightgrey" for row in mark.lines[2:]
    )
    on = read(draw(trace_of(program), attributes=True, saved=True).source)
    assert rows == Counter(
        row
        for mark in on.marks.values()
        if mark.fill == "lightgrey" and any(line.startswith("---") for line in mark.lines)
        for row in mark.lines[dashes(mark.lines) + 1 :]
    )
    off = draw(trace_of(program), attributes=False, saved=True).source
    assert "---" not in off
    assert not any(row in off for row in rows)


def dashes(lines: tuple[str, ...]) -> int:
    return next(index for index, line in enumerate(lines) if line.startswith("---"))


@pytest.mark.parametrize("program", [BROADCAST, VIEW, USED_TWICE, LEAF, NOTEBOOK])
def test_without_torchvizs_text_the_same_operations_and_leaves_are_drawn(program: str):
    trace = trace_of(program)
    without = msgspec.structs.replace(trace.backwards[0], dot="")
    ours = read(draw(msgspec.structs.replace(trace, backwards=(without,))).source)
    theirs = torchvizs_own(program, False, False)
    if program != LEAF:  # torchviz draws a leaf that is the output as one box, the trace as three
        assert boxes(ours)["lightgrey"] == boxes(theirs)["lightgrey"]
        assert boxes(ours)["lightblue"] == boxes(theirs)["lightblue"]
    assert boxes(ours)["darkolivegreen1"] == 1


def test_values_and_gradients_are_added_to_operations():
    x, w = torch.tensor(2.0), torch.tensor(2.0, requires_grad=True)
    y_pred = x * w
    s = torch.tensor(3.0) - y_pred
    loss = s**2
    of_loss, of_s, of_y_pred, of_w = torch.autograd.grad(loss, (loss, s, y_pred, w))
    boxes = labelled(NOTEBOOK)
    for name, variable, value, gradient in (
        ("PowBackward0", "loss", loss, of_loss),
        ("SubBackward0", "s", s, of_s),
        ("MulBackward0", "y_pred", y_pred, of_y_pred),
    ):
        assert boxes[name] == [
            name,
            f"{variable} = {format_number(value.item())}",
            f"gradient {format_number(gradient.item())}",
        ]
    assert boxes["AccumulateGrad"][1] == f"gradient {format_number(of_w.item())}"
    assert boxes["w = 2"][1] == f".grad {format_number(of_w.item())}"
    assert boxes["loss = 1"][1] == "gradient 1"


def test_a_leaf_that_had_a_gradient_shows_it():
    source = NOTEBOOK + NOTEBOOK.strip().split("\n", 2)[2]
    assert labelled(source)["w = 2"][1] == ".grad 8 (before 4)"


def test_a_leaf_whose_gradient_is_also_saved_stays_a_leaf():
    picture = read(draw(trace_of(USED_TWICE), saved=True).source)
    assert [mark.lines[0] for mark in picture.marks.values() if mark.fill == "lightblue"] == [
        "x = 3"
    ]


def test_an_earlier_backward_pass_can_be_chosen():
    trace = trace_of(NOTEBOOK + "loss = w * 5\nloss.backward()\n")
    assert "PowBackward0" in draw(trace, 0).source
    assert "PowBackward0" not in draw(trace).source


@pytest.mark.parametrize("index", [1, -2, 7])
def test_a_backward_pass_that_is_not_there_is_an_input_error(index: int):
    with pytest.raises(InputError, match="They go from 0 to 0"):
        draw(trace_of(NOTEBOOK), index)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_is_drawn_as_text(text: str):
    dot = draw(renamed(trace_of(NOTEBOOK), text), attributes=True, saved=True).source
    picture = svg_of(dot)
    assert {tag(element) for element in picture.iter()} <= ELEMENTS
    names = {name.rpartition("}")[2] for element in picture.iter() for name in element.keys()}  # noqa: SIM118
    assert not any(name in ("href", "style") or name.startswith("on") for name in names)
    assert len(pygraphviz.AGraph(string=dot).nodes()) == len(read(dot).marks)
    name = expected(text)
    if name and len(name) < LINE_CHARACTERS - 10:
        readable = [shown(line) for line in texts_of(dot)]
        assert name in readable  # the engine's name of an operation
        assert f"{name} = 2" in readable  # the leaf
        assert f"{name} = −1" in readable  # the student's name of a result


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("program", [NOTEBOOK, VIEW, LEAF])
def test_no_label_has_an_empty_line_which_graphviz_may_crash_on(text: str, program: str):
    for trace in (trace_of(program), renamed(trace_of(program), text)):
        picture = read(draw(trace, attributes=True, saved=True).source)
        assert all(line.strip() for mark in picture.marks.values() for line in mark.lines)


def renamed(trace: Trace, name: str) -> Trace:
    """The trace with this name for every operation, variable and leaf, as a file might have it."""
    backward = trace.backwards[0]
    replaced = msgspec.structs.replace(
        backward,
        nodes=tuple(
            msgspec.structs.replace(node, name=name, variable=name) for node in backward.nodes
        ),
        leaves=tuple(msgspec.structs.replace(leaf, name=name) for leaf in backward.leaves),
    )
    return msgspec.structs.replace(trace, backwards=(replaced,))


@pytest.mark.parametrize(
    "statement",
    [
        'n1 [label="x" URL="javascript:alert(1)"]',
        'n1 [label=<<table><tr><td><img src="/etc/passwd"/></td></tr></table>>]',
        'n1 [label="x" image="/etc/passwd" shapefile="/etc/passwd"]',
        'n1 [label="x" fillcolor="red" style="invis"]',
        "graph [bgcolor=red]",
        'n0 -> n1 [label="x" href="http://evil"]',
        "subgraph cluster { n7 }",
        'n1 [label="\\N \\G \\E"]',
        'n1 [label="unfinished',
    ],
)
def test_nothing_but_boxes_and_lines_is_taken_from_torchvizs_text(statement: str):
    trace = trace_of(NOTEBOOK)
    hostile = "digraph {\n\tn0 [label=x]\n\t" + statement + "\n\tn2 [label=y]\n}"
    backward = msgspec.structs.replace(trace.backwards[0], dot=hostile)
    dot = draw(msgspec.structs.replace(trace, backwards=(backward,)), attributes=True).source
    for word in ("URL", "href", "image", "shapefile", "table", "red", "invis", "cluster"):
        assert word not in dot
    assert {tag(element) for element in svg_of(dot).iter()} <= ELEMENTS


@given(
    st.text(
        st.characters(exclude_categories=[*UNSEEN, "Zl", "Zp"]),
        min_size=1,
        max_size=LINE_CHARACTERS,
    )
)
@settings(max_examples=60)
def test_any_text_is_drawn_as_it_is(text: str):
    dot = f"digraph {{ n0 [label={_quoted(text)}] }}"
    assert shown("".join(texts_of(dot))) == shown(text)


def _quoted(text: str) -> str:
    import graphviz

    return graphviz.quoting.quote(safe_label([text]))


def test_the_dark_picture_has_light_lines_and_the_same_boxes():
    trace = trace_of(NOTEBOOK)
    light, dark = (svg_of(draw(trace, theme=theme).source) for theme in ("light", "dark"))

    def colours(picture: ElementTree.Element, attribute: str) -> Counter[str | None]:
        return Counter(element.get(attribute) for element in picture.iter() if element.get("fill"))

    assert "black" in colours(light, "stroke")
    assert "black" not in colours(dark, "stroke")
    for fill in ("lightblue", "lightgrey", "#caff70"):
        assert colours(light, "fill")[fill] == colours(dark, "fill")[fill] > 0


def test_what_there_is_no_such_of_is_said() -> None:
    trace = viz.explain("x*w", {"x": 2, "w": 3})
    makers: tuple[Callable[..., Any], ...] = (viz.draw, viz.animate, viz.picture, viz.film)
    for make in makers:
        with pytest.raises(InputError, match=r"unknown theme 'pink'.*\"light\" and \"dark\""):
            make(trace, theme="pink")
        with pytest.raises(InputError, match="this trace has no backward pass"):
            make(trace.but(backwards=()))
        with pytest.raises(InputError, match=r"no backward pass -2\. They go from 0 to 0"):
            make(trace, backward=-2)
    unknown: Any = "bmp"
    with pytest.raises(InputError, match=r"unknown form 'bmp'.*\"pdf\""):
        viz.render(trace, unknown)
