"""Of a training loop a few calls of backward are recorded step by step, every one in numbers."""

import gc
import textwrap
import weakref
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils._python_dispatch import TorchDispatchMode, _get_current_dispatch_mode

from tests.loops import LOOPS, calls_in_python, loop
from tests.traces import trace_of
from viz.capture import Plan, Recorder
from viz.limits import DEFAULT, Limits
from viz.trace import Curve, History, Trace, to_number

SHORT = Limits(backwards=4, first_backwards=2)
STEPS = 30


def seeded(source, limits=DEFAULT, plan=None):
    torch.manual_seed(0)
    return trace_of(source, limits, plan)


def curve_of(history: History, name: str) -> Curve:
    (found,) = [curve for curve in history.curves if curve.name == name]
    return found


def expected_numbers(tensors):
    return tuple(None if tensor is None else to_number(tensor) for tensor in tensors)


@pytest.mark.parametrize("name", LOOPS)
def test_the_history_is_what_plain_torch_computes(name):
    source = loop(name, STEPS)
    torch.manual_seed(0)
    calls = calls_in_python(source)
    history = seeded(source, SHORT).history
    assert history.calls == len(calls) > SHORT.backwards
    assert history.numbers == tuple(range(len(calls)))
    one = [call.output.numel() == 1 for call in calls]
    assert history.losses == expected_numbers(
        call.output.item() if single else None for call, single in zip(calls, one, strict=True)
    )
    norms = expected_numbers(
        None if single else call.output.norm().item()
        for call, single in zip(calls, one, strict=True)
    )
    assert history.norms == (() if all(one) else norms)
    assert {curve.name for curve in history.curves} == calls[0].leaves.keys()
    for leaf in calls[0].leaves:
        curve = curve_of(history, leaf)
        states = [call.leaves[leaf] for call in calls]
        assert curve.gradients == expected_numbers(norm for norm, _ in states)
        assert curve.shape == tuple(states[0][1].shape)
        if states[0][1].numel() == 1:
            assert curve.values == expected_numbers(value.item() for _, value in states)
        else:
            assert curve.values is None


def test_a_loss_that_is_not_finite_stays_so_in_the_file():
    trace = seeded(loop("first infinite, then not a number", STEPS), SHORT)
    assert "inf" in trace.history.losses
    assert trace.history.losses[-1] == "nan"
    assert curve_of(trace.history, "w").values[-1] == "nan"
    assert Trace.from_json(trace.to_json()) == trace


@pytest.mark.parametrize("name", LOOPS)
def test_a_recorded_call_is_the_same_as_where_every_call_is_recorded(name):
    source = loop(name, STEPS)
    everything = seeded(source, Limits(backwards=10**6, recorded_operations=10**6))
    calls = everything.history.calls
    assert [each.number for each in everything.backwards] == list(range(calls))
    chosen = (9, 20, calls - 1)
    trace = seeded(source, SHORT, Plan(SHORT, chosen))
    assert [each.number for each in trace.backwards] == [0, 1, *chosen]
    assert trace.history.losses == everything.history.losses
    for backward in trace.backwards:
        assert backward == everything.backwards[backward.number]


@pytest.mark.parametrize("name", LOOPS)
def test_a_second_run_records_the_last_call_alone(name):
    source = loop(name, STEPS)
    first = seeded(source, SHORT)
    assert [each.number for each in first.backwards] == [0, 1]
    last = first.history.calls - 1
    second = seeded(source, SHORT, Plan(SHORT, [last], beginning=False))
    assert [each.number for each in second.backwards] == [last]
    assert second.history == first.history


def test_a_program_within_the_limit_is_recorded_whole_and_one_call_more_is_a_loop():
    for calls in (DEFAULT.backwards, DEFAULT.backwards + 1):
        trace = seeded(loop("linear regression", calls))
        recorded = calls if calls == DEFAULT.backwards else DEFAULT.first_backwards
        assert [each.number for each in trace.backwards] == list(range(recorded))
        assert trace.history.calls == calls


def test_calls_with_large_graphs_are_a_loop_sooner():
    limits = Limits(recorded_operations=50, first_backwards=2)
    operations = len(seeded(loop("linear regression", 1)).backwards[0].forward)
    fit = limits.recorded_operations // operations + 1
    assert len(seeded(loop("linear regression", fit), limits).backwards) == fit
    assert len(seeded(loop("linear regression", fit + 1), limits).backwards) == 2


def test_a_graph_that_grows_over_many_calls_is_recorded_without_what_nobody_watched():
    source = """
        w = torch.tensor(0.9, requires_grad=True)
        h = torch.tensor(0.1)
        for step in range(20):
            h = torch.tanh(h * w + 0.1)
            h.backward(retain_graph=True)
    """
    grads = [call.leaves["w"][0] for call in calls_in_python(textwrap.dedent(source).strip())]
    trace = trace_of(source, SHORT, Plan(SHORT, [19]))
    last = trace.backwards[-1]
    assert last.number == 19
    assert len(last.forward) == 3 * 20
    unseen = [node for node in last.nodes if node.kind == "operation" and node.value is None]
    assert 0 < len(unseen) < 3 * 20
    assert abs(last.leaves[0].after.floats()[0]) == grads[-1]
    assert curve_of(trace.history, "w").gradients == tuple(grads)


def loop_by_hand(recorder, calls):
    w = torch.tensor(1.0, requires_grad=True)
    recorder.name_tensor("w", w, 1)
    for _ in range(calls):
        recorder.backward((w * 2) ** 2)
    return w


def test_between_recorded_calls_no_mode_is_active():
    with Recorder(SHORT, Plan(SHORT, [20])) as recorder:
        active = []
        w = loop_by_hand(recorder, 1)
        for _ in range(1, 30):
            active.append(_get_current_dispatch_mode() is not None)
            recorder.backward(w * 2)
    # Before the chosen call three calls earlier: several losses may have one graph.
    assert [number for number, is_on in enumerate(active, 1) if is_on] == [1, 2, 3, *range(17, 21)]
    assert [each.number for each in recorder.backwards] == [0, 1, 20]
    assert _get_current_dispatch_mode() is None


class Counting(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.calls = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.calls += 1
        return func(*args, **(kwargs or {}))


def test_modes_of_the_users_own_stay_where_they_were_and_see_what_they_saw():
    with Counting() as expected:
        w = torch.tensor(1.0, requires_grad=True)
        for _ in range(30):
            ((w * 2) ** 2).backward()
    with Counting() as below, Recorder(SHORT, Plan(SHORT, [20])) as recorder:
        with Counting() as above:
            loop_by_hand(recorder, 30)
        assert _get_current_dispatch_mode() is below
        torch.ones(1)
    assert above.calls == expected.calls
    assert below.calls == above.calls + 1
    assert _get_current_dispatch_mode() is None
    assert [each.number for each in recorder.backwards] == [0, 1, 20]


def test_what_a_step_made_dies_with_it():
    gc.disable()
    try:
        with Recorder(SHORT) as recorder:
            w = torch.tensor([1.0, 2.0], requires_grad=True)
            for step in range(12):
                recorder.name_tensor("w", w, 1)
                batch = torch.randn(2)
                recorder.name_tensor("batch", batch, 2)
                hidden = (w * batch).exp()
                recorder.name_tensor("hidden", hidden, 3)
                loss = hidden.sum()
                recorder.backward(loss)
                old = [weakref.ref(tensor) for tensor in (w, batch, hidden, loss)]
                w = (w - w.grad).detach().requires_grad_()
                del batch, hidden, loss
                torch.ones(1)
                assert [reference() for reference in old] == [None] * 4, step
    finally:
        gc.enable()


def test_nothing_but_the_columns_grows():
    def objects():
        gc.collect()
        return len(gc.get_objects())

    with Recorder(SHORT) as recorder:
        w = torch.tensor(1.0, requires_grad=True)
        counts = []
        for step in range(300):
            recorder.name_tensor("w", w, 1)
            batch = torch.randn(3)
            recorder.name_tensor("batch", batch, 2)
            loss = (w * batch).sum()
            recorder.name_tensor("loss", loss, 3)
            recorder.backward(loss)
            if step in (50, 299):
                counts.append(objects())
    # Room for what the garbage collector itself and the test's own lists need.
    assert counts[1] - counts[0] < 20
    assert recorder.history.calls == 300


@given(st.integers(1, 200), st.integers(2, 20))
def test_a_long_history_is_thinned_evenly_and_keeps_the_last_call(calls, most):
    limits = Limits(backwards=0, history_calls=most)
    with Recorder(limits) as recorder:
        w = torch.tensor(1.0, requires_grad=True)
        recorder.name_tensor("w", w, 1)
        for number in range(calls):
            w.data.fill_(number)
            recorder.backward(w * 2, line=number)
    history = recorder.history
    assert history.calls == calls
    assert history.is_thinned == (calls > most)
    assert len(history.numbers) <= most
    assert (history.numbers[0], history.numbers[-1]) == (0, calls - 1)
    assert len(history.numbers) > most / 2 or calls <= most
    gaps = {after - before for before, after in pairwise(history.numbers[:-1])}
    assert len(gaps) <= 1
    assert history.lines == history.numbers
    assert history.losses == tuple(2.0 * number for number in history.numbers)
    assert curve_of(history, "w").values == tuple(float(number) for number in history.numbers)


def test_more_leaves_than_the_limit_are_counted():
    source = "leaves = [torch.tensor(float(i), requires_grad=True) for i in range(7)]\n"
    source += "for step in range(10):\n    sum(leaves).backward()"
    history = trace_of(source, Limits(history_leaves=5, backwards=2)).history
    assert len(history.curves) == 5
    assert history.leaves_left_out == 2


def test_leaves_without_a_name_have_a_curve_where_their_graph_was_recorded():
    source = "leaves = [torch.tensor(float(i), requires_grad=True) for i in (1, 2)]\n"
    source += "for step in range(10):\n    (leaves[0] * leaves[1]).backward()"
    history = trace_of(source, SHORT).history
    assert [curve.name for curve in history.curves] == ["", ""]
    assert [curve.values[-1] for curve in history.curves] == [1.0, 2.0]
    assert [curve.gradients[-1] for curve in history.curves] == [20.0, 10.0]


def test_a_leaf_has_numbers_only_while_it_is_one():
    source = """
        w = torch.tensor(1.0, requires_grad=True)
        late = torch.tensor(5.0)
        for step in range(20):
            (w * late).backward()
            if step == 9:
                late.requires_grad_()
                early = w
                w = torch.tensor(2.0)
                del early
    """
    history = trace_of(source, SHORT).history
    assert curve_of(history, "w").values == (1.0,) * 10 + (None,) * 10
    assert curve_of(history, "late").values == (None,) * 10 + (5.0,) * 10
    assert curve_of(history, "late").gradients[10:] == tuple(2.0 * n for n in range(1, 11))


def test_a_leaf_with_two_names_goes_on_with_the_curve_of_the_one_that_has_one():
    source = """
        w = torch.tensor(1.0, requires_grad=True)
        for step in range(20):
            loss = w * 2
            loss.backward()
            with torch.no_grad():
                w_new = w - 0.5 * w.grad
            w = w_new.requires_grad_()
    """
    history = trace_of(source, SHORT).history
    assert curve_of(history, "w").values == tuple(1.0 - number for number in range(20))


def test_the_name_of_a_parameter_takes_no_curve_away():
    source = """
        def square(w):
            return w ** 2
        w = torch.tensor(1.0, requires_grad=True)
        b = torch.tensor(2.0, requires_grad=True)
        for step in range(10):
            (square(w) + square(b) + square(w.detach())).backward()
    """
    history = trace_of(source, SHORT).history
    assert curve_of(history, "w").values == (1.0,) * 10
    assert curve_of(history, "b").values == (2.0,) * 10


def test_a_call_that_pytorch_refuses_is_not_counted():
    with Recorder(SHORT) as recorder:
        w = loop_by_hand(recorder, 6)
        y = w.exp()
        recorder.backward(y)
        with pytest.raises(RuntimeError, match="second time"):
            recorder.backward(y)
        with pytest.raises(RuntimeError, match="does not require grad"):
            recorder.backward(torch.ones(1))
    assert recorder.history.calls == 7


def test_a_sparse_gradient_has_the_norm_of_its_elements():
    weight = torch.ones(10, 3, requires_grad=True)
    with Recorder(SHORT) as recorder:
        recorder.name_tensor("weight", weight, 1)
        for _ in range(10):
            weight.grad = None
            index = torch.tensor([1, 1, 4])
            recorder.backward(torch.nn.functional.embedding(index, weight, sparse=True).sum())
    norm = weight.grad.to_dense().norm().item()
    assert curve_of(recorder.history, "weight").gradients == (norm,) * 10


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="differ in length"):
        History(calls=1, numbers=(0,), lines=(1,), losses=())
    with pytest.raises(ValueError, match="differ in length"):
        History(1, (0,), (1,), (2.0,), curves=(Curve("w", (), (1.0, 2.0)),))
