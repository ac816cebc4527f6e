"""Texts of a user stay texts on the page; its tables show the recorded numbers."""

from __future__ import annotations

import re
from html import unescape

import pytest
from markdown_it import MarkdownIt

from tests.traces import backward_of, trace_of
from viz.draw.beside import line_notes, printed_text
from viz.draw.scene import Scene
from viz.draw.stage import stage
from viz.draw.tables import leaves_table, steps_table
from viz.draw.text import numbers
from viz.layout import arrange
from viz.page.markdown import markdown_safe

HOSTILE = [
    "**bold** [x](javascript:alert(1)) ![i](http://evil/x.png)",
    "<script>alert(1)</script>",
    "&lt;b&gt;",
    "`code` ~~gone~~ _em_ # head",
    "1. list\n- item\n> quote",
    "a | b\n--|--\nc | d",
    ":red[hot] :smile: $x^2$ :material/home:",
]
LESSON = """
x = torch.tensor(2.)
w = torch.tensor(2., requires_grad=True)
unused = torch.tensor(7., requires_grad=True)
y_pred = x * w
loss = (3 - y_pred)**2
loss.backward()
"""


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_just_the_characters(text: str) -> None:
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    html = markdown.render(markdown_safe(text))
    tags = set(re.findall(r"<\s*/?(\w+)", html))
    assert tags <= {"p", "br"}
    shown = unescape(re.sub(r"<[^>]*>", "", html))
    assert "".join(shown.split()) == "".join(text.split())


def test_streamlit_directives_are_cut_open() -> None:
    escaped = markdown_safe(":red[hot] $x$")
    assert ":red[" not in escaped
    assert "$x$" not in escaped


def test_printed_text_is_escaped() -> None:
    assert "<script>" not in printed_text("<script>alert(1)</script>")


def test_the_leaves_table_tells_none_from_what_does_not_require_grad() -> None:
    table = leaves_table(backward_of(LESSON))
    rows = {re.search(r"<th[^>]*>(\w+)</th>", row).group(1): row for row in _rows(table)[1:]}
    assert "does not require grad" in rows["x"]
    assert "does not require grad" not in rows["unused"]
    assert rows["unused"].count("None") == 2
    assert "nothing" in rows["unused"]
    after = next(leaf.after for leaf in backward_of(LESSON).leaves if leaf.name == "w")
    assert f"<b>{numbers(after)}</b>" in rows["w"]


def test_the_steps_table_has_one_row_for_each_step_and_marks_the_present_one() -> None:
    backward = backward_of(LESSON)
    layout = arrange(backward)
    table = steps_table(
        Scene.of(backward, layout, "light"), stage(backward, layout).moments, current=2
    )
    rows = _rows(table)[1:]
    assert len(rows) == len(backward.steps)
    assert ["aria-current" in row for row in rows].index(True) == 1
    assert [backward.node(step.node).name for step in backward.steps] == [
        re.search(r"<th[^>]*>(\w+)</th>", row).group(1) for row in rows
    ]


def test_each_line_that_names_a_value_has_a_note() -> None:
    backward = backward_of(LESSON)
    notes = line_notes(backward)
    lines = LESSON.strip("\n").splitlines()
    noted = {lines[line - 1].split(" = ")[0]: note for line, note in notes.items()}
    values = {node.variable: numbers(node.value) for node in backward.nodes if node.line}
    assert noted
    assert all(values[name] == note for name, note in noted.items())


def test_two_backwards_show_the_first_in_the_second() -> None:
    second = trace_of(
        "w = torch.tensor(1., requires_grad=True)\n(w*3).backward()\nloss = w*3\nloss.backward()"
    ).backwards[1]
    row = _rows(leaves_table(second))[1]
    assert re.findall(r"<td(?![^>]*sg-check)[^>]*>(?:<b>)?([^<]*)", row) == ["1", "3", "3", "6"]


def _rows(table: str) -> list[str]:
    return re.findall(r"<tr.*?</tr>", table, re.S)


GRAD = """
x = torch.tensor(2., requires_grad=True)
w = torch.tensor(3., requires_grad=True)
unused = torch.tensor(7., requires_grad=True)
s = x * w
loss = s**2
gs, gx = torch.autograd.grad(loss, [s, x])
"""


def test_the_leaves_table_of_grad_says_what_was_returned_and_what_was_not_asked_for() -> None:
    rows = {
        row.split("<th scope='row'>")[1][:1]: row
        for row in _rows(leaves_table(backward_of(GRAD)))[1:]
    }
    assert ">36</b>" in rows["x"]
    assert ">12</b>" in rows["s"]
    assert "(not a leaf)" in rows["s"]
    assert "not asked for" in rows["w"]
    assert "not reached" in rows["u"]


MANY = """
net = torch.nn.Sequential(*[torch.nn.Linear(2, 2) for _ in range(4)])
loss = net(torch.ones(2)).sum()
loss.backward()
"""


def test_of_many_leaves_what_arrives_stands_there_once_while_no_grad_was_there_before() -> None:
    backward = backward_of(MANY)
    rows = _rows(leaves_table(backward, checked=False))
    assert rows[0].count("<th>") == 3
    for leaf, row in zip(backward.leaves, rows[1:], strict=True):
        shown = [unescape(re.sub(r"<[^>]*>", "", one)) for one in re.findall("<td.*?</td>", row)]
        assert unescape(re.sub(r"<[^>]*>", "", row)).startswith(leaf.name)
        assert len(shown) == 2
        assert shown[1].startswith("[")
    twice = MANY + "net(torch.ones(2)).sum().backward()\n"
    full = _rows(leaves_table(trace_of(twice).backwards[-1], checked=False))
    assert full[0].count("<th>") == 5


def test_many_leaves_are_told_in_full_where_something_else_than_what_arrived_is_there_after() -> (
    None
):
    backward = backward_of(MANY)
    last = backward.leaves[-1]
    changed = backward.but(leaves=(*backward.leaves[:-1], last.but(after=last.value)))
    assert last.after != last.value
    assert _rows(leaves_table(changed, checked=False))[0].count("<th>") == 5


def test_a_result_that_keeps_its_gradient_is_no_leaf_in_the_table() -> None:
    program = LESSON.replace("loss =", "y_pred.retain_grad()\nloss =")
    table = leaves_table(backward_of(program))
    assert "(not a leaf, retain_grad)" in table


def test_the_steps_table_of_grad_says_where_the_gradients_go() -> None:
    backward = backward_of(GRAD)
    scene = Scene.of(backward, arrange(backward), "light")
    moments = stage(backward, arrange(backward)).moments
    assert "returned by torch.autograd.grad" in steps_table(scene, moments, 1)
    assert moments[-1].say.endswith("torch.autograd.grad returns 36 for x.")
