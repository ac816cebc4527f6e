"""Proofs, landscapes and descents come out of a real child process as plain records."""

from __future__ import annotations

import pytest

import viz
from tests.patience import PATIENCE
from viz import sandbox
from viz.errors import InputError, LimitError, ProgramError
from viz.limits import DEFAULT, Limits
from viz.trace import Input, to_float

INPUTS = (Input("x", "2"), Input("w", "2"))


def test_a_proof_comes_back() -> None:
    proof = viz.prove("(3 - x*w)**2", {"x": 2, "w": 2})
    assert {leaf.name: leaf.verdict for leaf in proof.leaves} == {"x": "agrees", "w": "agrees"}
    for leaf in proof.leaves:
        assert to_float(leaf.elements[0].quotient) == pytest.approx(4)


def test_a_proof_agrees_with_the_loss_that_explain_has_shown() -> None:
    source = "import torch\nx = torch.randn(3)\nw = torch.ones(3, requires_grad=True)\n"
    source += "torch.tanh(w * x).sum().backward()"
    shown = viz.explain(source).history.losses[0]
    assert sandbox.prove(source, (), 0, shown=shown).reason == ""
    assert sandbox.prove(source, (), 0, shown=to_float(shown) + 1).reason


def test_a_landscape_and_a_descent_come_back() -> None:
    land = sandbox.survey("(3 - x*w)**2", INPUTS, 0, (0, 1))
    assert sorted(axis.name for axis in land.axes) == ["w", "x"]
    path = sandbox.descend("(3 - x*w)**2", INPUTS, 0, (0,), rate=0.01, steps=4)
    assert len(path.points) == 5


def test_mistakes_of_a_program_are_the_same_sentences_as_ever() -> None:
    with pytest.raises(ProgramError, match="sinn"):
        viz.prove("sinn(x)", {"x": 1})
    with pytest.raises(InputError):
        viz.prove("x**2", {"x": 1}, backward=-5)
    with pytest.raises(LimitError):
        viz.prove("x" + " " * DEFAULT.source_bytes, {"x": 1})


def test_what_takes_too_long_is_ended() -> None:
    endless = "import torch\nw = torch.ones(1, requires_grad=True)\nwhile True:\n    w = w * 1\n"
    with pytest.raises(LimitError):
        viz.prove(endless, limits=Limits(seconds=0.5, steps=10**9))
    with pytest.raises(LimitError):
        sandbox.survey(endless, (), 0, (), limits=Limits(seconds=0.5, steps=10**9))


def test_a_loop_with_an_optimizer_is_proved_in_a_child_that_may_read_no_file() -> None:
    source = """
import torch
torch.manual_seed(0)
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
for step in range(4):
    loss = model(torch.ones(3, 2)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
    proof = viz.prove(source, limits=Limits(seconds=2 * PATIENCE))
    assert proof.number == 3
    assert {leaf.verdict for leaf in proof.leaves} == {"agrees"}
