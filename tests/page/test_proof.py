"""The column "check" and the tab "Proof": what was measured stands beside what the engine sent."""

from __future__ import annotations

import re
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from tests.page.test_page import html, opened
from viz import sandbox
from viz.errors import LimitError
from viz.page import studies
from viz.trace import Input, Trace

EXPRESSION = {"e": "(y - x*w)**2", "in": ["x*:2", "y:3", "w*:2"]}

WRONG = """\
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x
    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * 3 * x
w = torch.tensor(3., requires_grad=True)
loss = Square.apply(w)
loss.backward()"""


def checks(page: AppTest) -> dict[str, tuple[str, str]]:
    """Of each leaf that has one: the text of its check, and the reason on hover."""
    found = {}
    for row in re.findall(r"<tr><th scope='row'>.*?</tr>", html(page), re.S):
        name = re.search(r"<th scope='row'>(.*?)</th>", row, re.S)
        check = re.search(r"<td class='sg-check'><span[^>]*title='([^']*)'[^>]*>(.*?)</span>", row)
        if name and check:
            found[unescape(name[1])] = (unescape(check[2]), unescape(check[1]))
    return found


def rows(page: AppTest) -> list[list[str]]:
    """The cells of the proof's table."""
    table = re.search(r'<table class="sg-table sg-proof">.*?</table>', html(page), re.S)
    assert table, "there is no proof"
    return [
        [
            unescape(re.sub(r"<[^>]*>", "", cell))
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
        ]
        for row in re.findall(r"<tr>(<th scope.*?)</tr>", table[0], re.S)
    ]


def test_each_leaf_that_requires_grad_has_a_check() -> None:
    shown = checks(opened(EXPRESSION))
    assert {name: text for name, (text, _) in shown.items()} == {"x": "✓ 4", "w": "✓ 4"}
    assert "they agree" in shown["w"][1]


def test_a_wrong_gradient_is_crossed_out_and_the_culprit_named() -> None:
    page = opened({"p": WRONG, "view": "proof"})
    text, reason = checks(page)["w"]
    assert text == "✗ 6"
    assert "sent 9" in reason
    assert "Square" in reason
    (row,) = rows(page)
    assert row[:3] == ["w", "9", "6"]
    assert row[4] == "✗ differs"


@pytest.mark.parametrize(
    ("query", "text", "reason"),
    [
        ({"e": "relu(x)", "in": ["x*:0"]}, "≈? kink", "0 to the left and 1 to the right"),
        ({"e": "x.detach()*x", "in": ["x*:3"]}, "≈? cut off", "With that held still"),
        (
            {
                "p": "import numpy as np\nw = torch.ones(1, requires_grad=True)\n"
                "(w * np.random.default_rng().normal()).sum().backward()"
            },
            "≈? can’t tell",
            "another loss each time",
        ),
    ],
)
def test_where_it_can_not_be_told_the_page_says_why(
    query: dict[str, str], text: str, reason: str
) -> None:
    (shown,) = checks(opened(query)).values()
    assert shown[0] == text
    assert reason in shown[1]


def test_the_tab_lists_every_element_and_says_what_was_done() -> None:
    source = "w = torch.tensor([1., 2., 3.], requires_grad=True)\n(w**3).sum().backward()"
    page = opened({"p": source, "view": "proof"})
    assert [row[0] for row in rows(page)] == ["w[0]", "w[1]", "w[2]"]
    assert [row[2] for row in rows(page)] == ["3", "12", "27"]
    assert "the whole program is run again" in html(page)
    assert checks(page)["w"][0] == "✓ all 3"


def test_many_elements_are_counted() -> None:
    source = "w = torch.ones(112, 112, requires_grad=True)\n(w * w).sum().backward()"
    text, reason = checks(opened({"p": source}))["w"]
    assert re.fullmatch(r"✓ \d+ of 12,544", text)
    assert "evenly spread" in reason


def test_a_server_that_is_busy_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = Trace("x**7", (Input("x", "3"),))

    def refuse(*_: object, **__: object) -> None:
        raise LimitError("the server is busy.")

    monkeypatch.setattr(studies, "loss_of", lambda backward: None)
    backward = sandbox.explain("x**7", trace.inputs).trace.backwards[0]
    monkeypatch.setattr(sandbox, "prove", refuse)
    assert isinstance(studies.proof(trace, backward).result(), LimitError)
    monkeypatch.undo()
    monkeypatch.setattr(studies, "loss_of", lambda backward: None)
    again = studies.proof(trace, backward).result()
    assert not isinstance(again, LimitError)
    assert again.leaves[0].verdict == "agrees"


def test_a_leaf_that_grad_was_not_asked_about_has_no_check() -> None:
    source = "w = torch.tensor(2., requires_grad=True)\nv = torch.tensor(3., requires_grad=True)\n"
    page = opened({"p": source + "torch.autograd.grad(w * v, w)", "view": "proof"})
    assert {name: text for name, (text, _) in checks(page).items()} == {"w": "✓ 3"}
    assert [row[0] for row in rows(page)] == ["w"]


def test_a_backward_that_leaves_a_leaf_out_checks_the_others() -> None:
    source = "w = torch.tensor(2., requires_grad=True)\nv = torch.tensor(3., requires_grad=True)\n"
    page = opened({"p": source + "(w * v).backward(inputs=[v])"})
    assert {name: text for name, (text, _) in checks(page).items()} == {"v": "✓ 2"}
