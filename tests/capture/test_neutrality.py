"""Recording changes nothing: values, gradients, random numbers, hooks, memory."""

import gc
import textwrap
import weakref

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode, _get_current_dispatch_mode

from tests.traces import trace_of
from viz.capture import Recorder

PROGRAMS = {
    "a network with dropout": """
        torch.manual_seed(1)
        data, target = torch.randn(16, 20), torch.randint(0, 3, (16,))
        w1 = torch.randn(20, 30, requires_grad=True)
        w2 = torch.randn(30, 3, requires_grad=True)
        hidden = F.dropout((data @ w1).relu(), 0.3)
        loss = F.cross_entropy(hidden @ w2, target)
        record(loss)
        result = [loss, w1.grad, w2.grad, torch.rand(3)]
    """,
    "training": """
        torch.manual_seed(2)
        w = torch.randn(50, 50, requires_grad=True)
        for step in range(3):
            loss = (w @ w.T).softmax(1).norm() + (w * torch.rand(50)).std()
            record(loss)
            with torch.no_grad():
                w -= 0.1 * w.grad
        result = [w, w.grad, torch.rand(3)]
    """,
    "in place and views": """
        torch.manual_seed(3)
        x = torch.randn(6, 6, requires_grad=True)
        y = x * 2
        y[0] *= x[1]
        y.view(4, 9).transpose(0, 1).add_(1)
        row = y[2]
        row.sigmoid_()
        loss = (y.diagonal() * row).sum() + y.expand(2, 6, 6).mean()
        record(loss)
        result = [y, x.grad, torch.rand(3)]
    """,
    "second derivatives": """
        x = torch.tensor([0.3, 0.7], requires_grad=True)
        loss = (x.tanh() * x).sum() ** 2
        record(loss, create_graph=True)
        first = x.grad
        x.grad = None
        record(first.sum())
        result = [first, x.grad]
    """,
    "formulas that PyTorch changes under a mode": """
        torch.manual_seed(5)
        x = torch.rand(6, 6, requires_grad=True)
        loss = x.prod() + x.cumprod(0).norm() + (x @ x.T + torch.eye(6)).det()
        record(loss)
        result = [x.grad]
    """,
    "broadcasting in low precision": """
        torch.manual_seed(4)
        x = torch.randn(7, 1, dtype=torch.bfloat16, requires_grad=True)
        b = torch.randn(5, dtype=torch.float16, requires_grad=True)
        total = ((x + b) * x).exp().sum()
        record(total)
        result = [x.grad, b.grad]
    """,
}


def run(source, backward):
    """Run a program with `record(tensor, ...)` in place of `tensor.backward(...)`."""
    scope = {"torch": torch, "F": torch.nn.functional, "record": backward}
    exec(textwrap.dedent(source), scope)
    return scope["result"]


@pytest.mark.filterwarnings("ignore:Using backward")
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_results_gradients_and_random_numbers_are_the_same_bit_for_bit(program):
    expected = run(program, torch.Tensor.backward)
    with Recorder() as recorder:
        found = run(program, recorder.backward)
    assert recorder.backwards
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == other.dtype
        assert torch.equal(one, other)


def test_no_hook_is_left_after_a_backward_pass_that_ends_well_or_badly():
    counted = []
    for program in ["record(y)", "record(y, torch.ones(7))"]:
        with Recorder() as recorder:
            x = torch.tensor([2.0], requires_grad=True)
            y = (x * 3).sin()
            seen = []
            nodes = [y.grad_fn, y.grad_fn.next_functions[0][0]]
            try:
                exec(program, {"record": recorder.backward, "torch": torch, "y": y})
            except RuntimeError:
                seen.append("raised")
            before = len(recorder.backwards)
            calls = []
            handle = nodes[0].register_hook(lambda *gradients, calls=calls: calls.append(1))
            (x * 3).sin().backward()
            handle.remove()
            counted.append((before, seen, calls))
    assert counted == [(1, [], []), (0, ["raised"], [])]


def test_the_mode_is_gone_after_the_recording_whatever_happens():
    with pytest.raises(ZeroDivisionError), Recorder():
        raise ZeroDivisionError
    assert _get_current_dispatch_mode() is None


def test_the_recorder_keeps_no_tensor_and_no_graph_alive():
    with Recorder() as recorder:
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        recorder.name_tensor("w", w, 1)
        constant = torch.ones(2)
        recorder.name_tensor("constant", constant, 2)
        hidden = (w * constant).exp()
        recorder.name_tensor("hidden", hidden, 3)
        loss = hidden.sum()
        gc.disable()
        try:
            recorder.backward(loss)
            dead = [weakref.ref(tensor) for tensor in (constant, hidden)]
            del constant, hidden, loss
            torch.ones(1)
            assert [reference() for reference in dead] == [None, None]
        finally:
            gc.enable()


def test_two_recorders_inside_each_other_both_see_everything():
    with Recorder() as outer, Recorder() as inner:
        x = torch.tensor(2.0, requires_grad=True)
        y = x**3
        outer.backward(y, retain_graph=True)
        inner.backward(y)
    (from_outer,), (from_inner,) = outer.backwards, inner.backwards
    assert from_outer.nodes == from_inner.nodes
    assert from_outer.steps == from_inner.steps


def test_a_mode_of_the_users_own_stays_where_it_was():
    class Counting(TorchDispatchMode):
        calls = 0

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            self.calls += 1
            return func(*args, **(kwargs or {}))

    def count(backward):
        counting = Counting()
        with counting:
            x = torch.ones(100, requires_grad=True)
            backward((x * 2).sum())
        return counting.calls

    expected = count(torch.Tensor.backward)
    with Recorder() as recorder:
        assert count(recorder.backward) == expected
        with Counting():
            torch.ones(1)
    assert _get_current_dispatch_mode() is None
    assert len(recorder.backwards) == 1


def test_the_same_program_gives_the_same_trace():
    for program in PROGRAMS.values():
        if "create_graph" not in program:
            source = program.replace("record(loss)", "loss.backward()")
            source = source.replace("record(total)", "total.backward()")
            assert trace_of(source) == trace_of(source)
