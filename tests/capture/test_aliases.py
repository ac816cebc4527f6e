"""What is changed behind PyTorch's back is shown as the engine has it, and a notice says so."""

from __future__ import annotations

import pytest
import torch

from viz.capture import Recorder
from viz.errors import ProgramError
from viz.language import check, run
from viz.limits import DEFAULT
from viz.rules import explain_step

LEAVES = """w = torch.tensor([1., 2.], requires_grad=True)
x = torch.tensor([5., 3.], requires_grad=True)
c = torch.tensor([4., 7.])
"""

# The program after its leaves, and the line of the change.
CHANGED = {
    "a result that its own operation saved": ("y = torch.exp(w)\ny.data.mul_(2)\nz = y * 3", 5),
    "a result that a later one saved": ("y = w * 2\nz = y * x\ny.data.add_(1)", 6),
    "a result between two uses": ("y = w * 2\nz = y * x\ny.data.add_(1)\nz = z + y * c", 6),
    "one element of a result": ("y = w * 2\nz = y * y\ny.data[0] = 9.", 6),
    "a constant": ("y = w * c\nc.data.mul_(3)\nz = y * 1", 5),
    "a constant between two uses": ("y = w * c\nc.data.mul_(3)\nz = y * c", 5),
    "a leaf": ("z = w ** 2\nw.data.mul_(3)", 5),
    "a leaf between two uses": ("y = w * x\nw.data.mul_(3)\nz = y + w * x", 5),
    "a named alias": ("y = w * 2\nd = y.data\nd += 1\nz = y * x", 6),
    "a detached alias": ("y = w * 2\nd = y.detach()\nd.add_(1)\nz = y * x", 6),
}


def recorded(program: str) -> Recorder:
    with Recorder(DEFAULT) as recorder:
        run(check(LEAVES + program + "\nz.sum().backward()", DEFAULT), {}, recorder, DEFAULT)
    return recorder


def plain(program: str) -> dict[str, list[float]]:
    variables: dict[str, torch.Tensor] = {}
    exec("import torch\n" + LEAVES + program + "\nz.sum().backward()", variables)
    gradients = {name: variables[name].grad for name in "wx"}
    return {name: grad.tolist() for name, grad in gradients.items() if grad is not None}


def differing(recorder: Recorder) -> list[str]:
    return [
        card.title
        for backward in recorder.backwards
        for card in (explain_step(backward, step) for step in range(len(backward.steps)))
        for line in card.lines
        if "differs" in (line.engine, line.local)
    ]


@pytest.mark.parametrize("name", CHANGED)
def test_the_cards_agree_with_the_engine_and_a_notice_has_the_line(name: str) -> None:
    program, line = CHANGED[name]
    recorder = recorded(program)
    assert differing(recorder) == []
    (notice,) = recorder.notices
    assert notice.line == line
    assert "is changed through" in notice.text
    after = {
        leaf.name: leaf.after for leaf in recorder.backwards[0].leaves if leaf.after is not None
    }
    assert {leaf: list(array.floats()) for leaf, array in after.items()} == plain(program)


def test_a_leaf_changed_through_detach_between_two_uses_has_a_notice() -> None:
    recorder = recorded("y = w + x\nw.detach().mul_(3)\nz = y + w * x")
    (notice,) = recorder.notices
    assert notice.line == 5
    assert "which the graph shows" in notice.text


UNTOUCHED = {
    "steps of descent": "for i in range(3):\n    w.grad = None\n    z = (w - c)**2\n"
    "    z.sum().backward()\n    w.data -= 0.1 * w.grad\nz = w * x",
    "before its use": "w.data.mul_(3)\nz = w * x",
    "a copy": "y = torch.exp(w)\nd = y.detach() * 2\nd.add_(1)\nz = y * d",
    "a number": "y = torch.exp(w)\nd = torch.tensor(y.data[0].item())\nd.add_(1)\nz = y * d",
}


@pytest.mark.parametrize("name", UNTOUCHED)
def test_no_notice_where_nothing_was_changed_that_was_used(name: str) -> None:
    recorder = recorded(UNTOUCHED[name])
    assert recorder.notices == ()
    assert differing(recorder) == []


def test_a_change_of_a_copy_is_not_blamed_for_the_stop() -> None:
    with pytest.raises(ProgramError, match="line 7 changed it in place"):
        recorded("y = torch.exp(w)\nd = y.detach() * 2\nd.add_(1)\ny += 1\nz = y * 1")
