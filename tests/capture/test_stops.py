"""Where the engine stops in the middle: the node, what it had saved, which line is to blame."""

import pytest
import torch

from viz.capture import Recorder
from viz.errors import ProgramError
from viz.language import check, run
from viz.limits import DEFAULT
from viz.trace import Backward

HEADER = """\
w = torch.tensor([1., 2.], requires_grad=True)
x = torch.tensor([3., 4.])
"""


def stopped(source: str) -> tuple[Backward, ProgramError]:
    """The pass that was interrupted, and what the person is told."""
    with Recorder(DEFAULT) as recorder, pytest.raises(ProgramError) as caught:
        run(check(HEADER + source, DEFAULT), {}, recorder, DEFAULT)
    backward = recorder.backwards[-1]
    assert backward.stop is not None
    assert all(each.stop is None for each in recorder.backwards[:-1])
    return backward, caught.value


CHANGED = {
    "its result": ("y = w.exp()\ny += 1\ny.sum().backward()", "ExpBackward0", "result", 4, "y"),
    "an input": (
        "y = w * 2\nz = y * w\nwith torch.no_grad():\n    y.mul_(3)\nz.sum().backward()",
        "MulBackward0",
        "self",
        6,
        "y",
    ),
    "a constant": (
        "z = x * w\nx.add_(1)\nz.sum().backward()",
        "MulBackward0",
        "self",
        4,
        "x",
    ),
    "one element": (
        "y = w**2\nz = y * w\ny[0] = 5.\nz.sum().backward()",
        "MulBackward0",
        "self",
        5,
        "y",
    ),
    "through a view": (
        "y = w.exp()\nz = y[0]**2\ny.zero_()\nz.backward()",
        "PowBackward0",
        "self",
        5,
        "y",
    ),
    "through detach": (
        "y = w.exp()\ny.detach()[0] = 5.\ny.sum().backward()",
        "ExpBackward0",
        "result",
        4,
        "y",
    ),
    "a leaf, by an optimizer": (
        "optimizer = torch.optim.SGD([w], lr=0.1)\nloss = (w * w).sum()\n"
        "loss.backward(retain_graph=True)\noptimizer.step()\nloss.backward()",
        "MulBackward0",
        "other",
        6,
        "w",
    ),
    "the second change": (
        "y = w * 2\nwith torch.no_grad():\n    y += 1\nz = y * w\nwith torch.no_grad():\n"
        "    y += 1\nz.sum().backward()",
        "MulBackward0",
        "self",
        8,
        "y",
    ),
}


@pytest.mark.parametrize(
    ("source", "operation", "saved", "line", "name"), CHANGED.values(), ids=CHANGED
)
def test_a_saved_tensor_that_was_changed_is_found_with_its_line(
    source, operation, saved, line, name
):
    backward, error = stopped(source)
    stop = backward.stop
    assert (stop.kind, stop.saved, stop.line) == ("changed", saved, line)
    assert backward.node(stop.node).name == operation
    assert "modified by an inplace operation" in stop.message
    assert f"line {line} changed" in error.message
    assert f"'{name}'" in error.message
    assert error.hint == stop.cure
    assert name in stop.cure


def test_the_steps_up_to_the_stop_are_those_of_the_engine():
    backward, _ = stopped("y = w.exp()\ny += 1\nz = y.sin()\nz.sum().backward()")
    fired = [backward.node(step.node).name for step in backward.steps]
    assert fired == ["SumBackward0", "SinBackward0", "AddBackward0"]
    y = (torch.tensor([1.0, 2.0]).exp() + 1).requires_grad_()
    (expected,) = torch.autograd.grad(y.sin().sum(), y)
    assert backward.steps[-1].outgoing[0].floats() == pytest.approx(expected.tolist())
    assert all(leaf.after is None for leaf in backward.leaves)


def test_a_second_backward_stops_at_the_first_node_that_had_saved_something():
    backward, error = stopped("y = w + 1\nloss = (y**2).sum()\nloss.backward()\nloss.backward()")
    stop = backward.stop
    assert (stop.kind, stop.line) == ("freed", 5)
    assert backward.node(stop.node).name == "PowBackward0"
    assert [backward.node(step.node).name for step in backward.steps] == ["SumBackward0"]
    assert error.line == 6
    assert "line 5 has freed them" in str(error)
    assert "retain_graph=True" in stop.cure


def test_the_backward_that_freed_a_shared_part_is_named():
    backward, _ = stopped("h = w.exp()\n(h * 2).sum().backward()\n(h * 3).sum().backward()")
    assert (backward.stop.kind, backward.stop.line) == ("freed", 4)
    assert backward.node(backward.stop.node).name == "ExpBackward0"


def test_of_several_backwards_the_last_is_the_one_that_freed():
    backward, _ = stopped(
        "loss = (w**2).sum()\nloss.backward(retain_graph=True)\nloss.backward()\nloss.backward()"
    )
    assert backward.stop.line == 5


def test_any_other_error_keeps_its_own_words():
    backward, error = stopped("""\
class Broken(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t):
        return t * 2
    @staticmethod
    def backward(ctx, gradient):
        return gradient[5]
Broken.apply(w).sum().backward()
""")
    assert backward.stop.kind == "other"
    assert "out of bounds" in backward.stop.message
    assert "out of bounds" in error.message
    assert backward.node(backward.stop.node).name == "BrokenBackward"


def test_a_program_that_catches_the_error_goes_on_and_both_passes_are_recorded():
    source = """\
y = w.exp()
y += 1
try:
    y.sum().backward()
except RuntimeError:
    print("caught")
(w * 2).sum().backward()
"""
    with Recorder(DEFAULT) as recorder:
        result = run(check(HEADER + source, DEFAULT), {}, recorder, DEFAULT)
    assert result.printed == "caught\n"
    stopped_pass, whole = recorder.backwards
    assert (stopped_pass.number, whole.number) == (0, 1)
    assert stopped_pass.stop.line == 4
    assert whole.stop is None
    assert whole.leaves[0].after.floats() == (2.0, 2.0)


def test_what_arrives_at_the_node_that_stops_is_shown():
    backward, _ = stopped("loss = (w**2).sum()\nloss.backward()\nloss.backward()")
    (arrived,) = [edge for edge in backward.edges if edge.downstream == backward.stop.node]
    assert arrived.contribution.floats() == (1.0, 1.0)
    at_once, _ = stopped("w2 = w[0]**2\nw2.backward()\nw2.backward()")
    assert at_once.steps == ()
    (seed,) = [edge for edge in at_once.edges if edge.upstream == at_once.output]
    assert seed.contribution.floats() == (1.0,)


def test_autograd_grad_that_stops_is_recorded_up_to_there():
    backward, _ = stopped("y = w.exp()\ny += 1\ntorch.autograd.grad(y.sum(), w)")
    assert (backward.way, backward.stop.kind, backward.stop.line) == ("grad", "changed", 4)


def test_an_error_before_the_engine_begins_leaves_no_record():
    with Recorder() as recorder:
        w = torch.ones(2, requires_grad=True)
        with pytest.raises(RuntimeError, match="scalar"):
            recorder.backward(w * 2)
    assert recorder.backwards == ()
