"""A trace that no run can have left is refused; every one that a run has left is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.traces import trace_of
from viz.errors import InputError
from viz.trace import Trace

LESSON = """
x = torch.tensor(3., requires_grad=True)
y = x**2 * x
y.backward()
z = x.detach() * x
z.backward()
"""


@cache
def _text() -> str:
    return trace_of(LESSON).to_json()


Change = Callable[[Any], object]
"""What is done to the first backward pass."""


def _set(*path: str | int, to: object) -> Change:
    def change(tree: Any) -> None:
        for key in path[:-1]:
            tree = tree[key]
        tree[path[-1]] = to

    return change


def _turn_an_edge(backward: Any) -> None:
    edge = next(e for e in backward["edges"] if e["upstream"] != backward["output"])
    back = dict(edge, upstream=edge["downstream"], downstream=edge["upstream"])
    backward["edges"].append(back)


UNSOUND: list[tuple[Change, str]] = [
    (_set("output", to="n99"), "unknown nodes: ['n99']"),
    (_set("steps", 0, "node", to="n99"), "unknown nodes: ['n99']"),
    (_set("leaves", 0, "node", to="n99"), "unknown nodes: ['n99']"),
    (_set("edges", 0, "downstream", to="n99"), "unknown nodes: ['n99']"),
    (_set("forward", 0, to="n0"), "the forward pass has n0, which is no operation"),
    (_set("output", to="n1"), "its output n1 is no output"),
    (_set("nodes", 1, "id", to="n0"), "two nodes share an id"),
    (_set("nodes", 1, "arguments", 0, "node", to="n99"), "unknown node 'n99' as an argument"),
    (_set("stop", to={"kind": "other", "message": "", "node": "n9"}), "unknown nodes: ['n9']"),
    (_set("edges", to=[]), "no edge leads from its output"),
    (_turn_an_edge, "its edges run in a circle"),
    (_set("edges", 0, "slot", to=-1), "-1 counts nothing"),
    (_set("edges", 0, "output", to=10**30), "counts nothing"),
    (_set("nodes", 0, "line", to=-5), "-5 counts nothing"),
    (_set("steps", 0, "incoming", to=[]), "nothing arrives at"),
    (_set("leaves", 0, "value", "values", to=["<b>"]), "'<b>' is no number of a tensor"),
    (_set("leaves", 0, "value", "values", to=["infinity"]), "'infinity' is no number"),
    (_set("leaves", 0, "value", "values", 0, to=10**400), "a huge number is no number"),
    (_set("leaves", 0, "value", "low", to="1"), "'1' is no number of a tensor"),
    (_set("leaves", 0, "value", "shape", to=[2]), "1 values for shape (2,)"),
    (_set("leaves", 0, "value", "shape", to=[-1, -1]), "no tensor has a side of -1 elements"),
    (_set("leaves", 0, "value", "shape", to=[1] * 65), "no tensor has 65 dimensions"),
    (_set("leaves", 0, "value", "dtype", to="<img>"), "'<img>' is no type of numbers"),
    (_set("leaves", 0, "name", to="x" * 20_000), "a name has 20,000 characters"),
    (_set("number", to=1), "two backward passes have one number"),
]


@pytest.mark.parametrize(("change", "sentence"), UNSOUND, ids=[said for _, said in UNSOUND])
def test_a_trace_that_no_run_can_have_left_is_refused(change: Change, sentence: str) -> None:
    tree = json.loads(_text())
    change(tree["backwards"][0])
    with pytest.raises(InputError, match="damaged") as caught:
        Trace.from_json(json.dumps(tree))
    assert sentence in str(caught.value)


@pytest.mark.parametrize("name", ["<b>x</b>", '"><img src=x>', "ﬁ\u202e\x00", "</script>"])
def test_a_name_may_be_any_text(name: str) -> None:
    tree = json.loads(_text())
    tree["backwards"][0]["leaves"][0]["name"] = name
    assert Trace.from_json(json.dumps(tree)).backwards[0].leaves[0].name == name


@pytest.mark.parametrize(
    "program",
    [
        "z = torch.tensor([1+2j, 3-1j], requires_grad=True)\ny = (z * z.conj()).real.sum()",
        "x = torch.tensor([float('nan'), float('inf'), -float('inf')], requires_grad=True)\n"
        "y = (x * 2).sum()",
        "x = torch.empty(0, 3, requires_grad=True)\ny = x.sum()",
        "x = torch.ones(2, dtype=torch.float64, requires_grad=True)\n"
        "i = torch.tensor([2**62, -(2**63)])\nb = i > 0\ny = (x * b).sum()",
        "x = torch.ones(3, requires_grad=True)\nv, i = x.max(0)\ny = v + x.unbind()[1]",
        "x = torch.tensor(2., requires_grad=True)\ny = x**3\n"
        "(g,) = torch.autograd.grad(y, x, create_graph=True)\ng.backward()",
        "x = torch.randn(100, requires_grad=True)\n"
        "for _ in range(30):\n    (x**2).sum().backward()",
    ],
)
def test_every_recorded_trace_is_read_again(program: str) -> None:
    trace = trace_of(program)
    assert Trace.from_json(trace.to_json()) == trace
