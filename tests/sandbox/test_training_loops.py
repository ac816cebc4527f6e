"""Training loops in real children: the last call by a second run, within one time limit."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable

import msgspec
import pytest
import torch

import viz
from tests.loops import LINEAR_REGRESSION, LOOPS, calls_in_python, loop
from tests.patience import PATIENCE, Clock
from viz import sandbox
from viz.errors import InputError, LimitError, UserError
from viz.layout.places import Layout, Place
from viz.limits import DEFAULT, Limits
from viz.sandbox import loops
from viz.sandbox.forked import Forked
from viz.sandbox.front import Sandbox
from viz.sandbox.loops import with_the_last
from viz.sandbox.wire import Answer, Explain
from viz.trace import Backward, History, Node, Number, Trace, to_number

IMPORTS = "import torch\nimport torch.nn.functional as F\n"
SEEDED = IMPORTS + "torch.manual_seed(3)\n"


def program(name: str, steps: int, start: str = SEEDED) -> str:
    return start + loop(name, steps)


def number(value: float | None) -> Number | None:
    return None if value is None else to_number(value)


def numbers(trace: Trace) -> list[int]:
    return [backward.number for backward in trace.backwards]


# The language has no complex numbers.
IN_THE_LANGUAGE = [name for name in LOOPS if "complex" not in name]


@pytest.mark.parametrize("name", IN_THE_LANGUAGE)
def test_a_loop_comes_back_with_what_python_computes_and_its_last_call(name: str) -> None:
    source = program(name, 60)
    calls = calls_in_python(source)
    trace = viz.explain(source)
    assert trace.notices == ()
    assert trace.history.calls == len(calls)
    assert numbers(trace) == [0, 1, 2, len(calls) - 1]
    outputs = [call.output for call in calls]
    expected = [number(each.item() if each.numel() == 1 else None) for each in outputs]
    assert list(trace.history.losses) == expected
    for curve in trace.history.curves:
        states = [call.leaves[curve.name] for call in calls]
        assert list(curve.gradients) == [number(norm) for norm, _ in states]
        if curve.values is not None:
            assert list(curve.values) == [to_number(value.item()) for _, value in states]
    last = trace.backwards[-1]
    after = {leaf.name: leaf.after for leaf in last.leaves if leaf.requires_grad}
    for leaf, (norm, _) in calls[-1].leaves.items():
        array = after[leaf]
        assert (array is None) == (norm is None)
        if array is not None and norm is not None:
            found = torch.tensor([float(value) for value in array.values or ()])
            assert torch.allclose(found.norm(), torch.tensor(norm), equal_nan=True)


def test_ten_thousand_steps_keep_every_loss_and_the_last_step() -> None:
    """How long they take is measured by the benchmarks; here a busy machine has its time."""
    patient = msgspec.structs.replace(DEFAULT, seconds=2 * PATIENCE)
    trace = viz.explain(program("linear regression", 10_000), limits=patient)
    assert trace.history.calls == 10_000
    assert numbers(trace) == [0, 1, 2, 9_999]
    assert trace.notices == ()


def test_random_numbers_without_a_seed_are_the_same_in_both_runs() -> None:
    source = IMPORTS + loop("two losses of one graph", 60)
    trace = viz.explain(source)
    last = trace.backwards[-1]
    assert last.number == trace.history.calls - 1 == 119
    (output,) = [node for node in last.nodes if node.id == last.output]
    assert output.value is not None
    assert output.value.values == (trace.history.losses[-1],)


def test_a_chosen_call_is_recorded_as_it_is_where_all_are() -> None:
    source = program("two losses of one graph", 40)
    everything = viz.explain(source, limits=Limits(backwards=80, recorded_operations=10_000))
    assert numbers(everything) == list(range(80))
    trace = viz.explain(source, record=[30, 7, 30])
    assert numbers(trace) == [0, 1, 2, 7, 30, 79]
    for backward in trace.backwards:
        assert backward == everything.backwards[backward.number]


def test_layouts_fit_their_calls() -> None:
    source = SEEDED + textwrap.dedent("""
        w = torch.tensor(0.5, requires_grad=True)
        for step in range(60):
            y = w * 2
            if step % 2:
                y = y.tanh()
            y.backward()
    """)
    answer = sandbox.explain(source, record=[11])
    assert numbers(answer.trace) == [0, 1, 2, 11, 59]
    for backward, layout in zip(answer.trace.backwards, answer.layouts, strict=True):
        assert [place.node for place in layout.places] == [node.id for node in backward.nodes]


class Counted:
    """The real workers; `runs` counts what they are asked."""

    def __init__(self) -> None:
        self._workers = Forked()
        self.runs: list[Explain] = []
        self.ready, self.protections, self.pid = True, (), None
        self.start, self.stop = self._workers.start, self._workers.stop

    def ask(self, request: bytes, limits: Limits) -> bytes:
        self.runs.append(msgspec.json.decode(request, type=Explain))
        return self._workers.ask(request, limits)


def test_the_program_runs_again_only_for_a_last_call_that_is_not_recorded() -> None:
    workers = Counted()
    front = Sandbox(workers)
    try:
        for calls, record, runs in ((50, (), 1), (51, (), 2), (51, (50,), 1), (60, (55,), 2)):
            workers.runs.clear()
            answer = front.explain(program("linear regression", calls), record=record)
            assert len(workers.runs) == runs
            assert numbers(answer.trace)[-1] == calls - 1
        assert workers.runs[1].limits.seconds < workers.runs[0].limits.seconds
    finally:
        workers.stop()


def test_a_call_that_is_never_made_is_said_to_be_missing() -> None:
    trace = viz.explain(program("linear regression", 5), record=[7])
    assert numbers(trace) == [0, 1, 2, 3, 4]
    (notice,) = trace.notices
    assert notice.text == "The program calls backward only 5 times."


@pytest.mark.parametrize(
    ("record", "kind"),
    [([-1], InputError), ([DEFAULT.backward_calls], InputError), (range(51), LimitError)],
)
def test_numbers_that_can_not_be_recorded_are_refused(
    record: list[int], kind: type[UserError]
) -> None:
    with pytest.raises(kind):
        viz.explain("x * 2", {"x": 1}, record=record)


def test_too_many_calls_are_one_sentence_with_the_limit() -> None:
    source = program("linear regression", 30)
    with pytest.raises(LimitError, match="calls backward more than 20 times") as refusal:
        viz.explain(source, limits=Limits(backward_calls=20))
    assert source.splitlines()[refusal.value.line - 1].strip() == "loss.backward()"


def test_a_thinned_history_says_so() -> None:
    trace = viz.explain(program("linear regression", 100), limits=Limits(history_calls=30))
    assert trace.history.is_thinned
    assert trace.history.numbers == (*range(0, 100, 4), 99)
    (notice,) = trace.notices
    assert "100 times" in notice.text
    assert "26 of them" in notice.text


def test_a_training_loop_that_is_cut_off_by_time_is_a_sentence() -> None:
    source = program("linear regression", 10**6)
    limits = Limits(seconds=1.0, steps=10**9, backward_calls=10**9)
    begin = time.monotonic()
    with pytest.raises(LimitError, match="1 seconds"):
        viz.explain(source, limits=limits)
    assert time.monotonic() - begin < limits.seconds + PATIENCE


# The joining of two runs, without a child.


def answer_with(*recorded: int, calls: int = 100, loss: float = 1.0) -> Answer:
    backwards = tuple(
        Backward("n0", 1, nodes=(NODE,), edges=(), steps=(), forward=(), leaves=(), number=number)
        for number in recorded
    )
    history = History(calls, tuple(range(calls)), (1,) * calls, (loss,) * calls)
    trace = Trace(source="x", backwards=backwards, history=history)
    return Answer(trace=trace, layouts=(LAYOUT,) * len(recorded), overviews=(None,) * len(recorded))


NODE = Node("n0", "output", "")
LAYOUT = Layout(100, 100, places=(Place("n0", 50, 50, 20, 20),), routes=())
REQUEST = Explain(source="x", inputs=(), limits=Limits(seconds=10))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time that passes between two runs, as the test says."""
    own = Clock()
    monkeypatch.setattr(loops, "time", own)
    return own


def joined(clock: Clock, second: Callable[[Explain], Answer], first_seconds: float = 0.0) -> Answer:
    def run(request: Explain) -> Answer:
        if not request.beginning:
            return second(request)
        clock.pass_by(first_seconds)
        return answer_with(0, 1, 2)

    return with_the_last(REQUEST, run)


def test_the_second_run_asks_for_the_last_call_within_the_time_that_is_left(
    clock: Clock,
) -> None:
    asked = []

    def second(request: Explain) -> Answer:
        asked.append(request)
        return answer_with(99)

    answer = joined(clock, second, first_seconds=2)
    assert numbers(answer.trace) == [0, 1, 2, 99]
    assert len(answer.layouts) == 4
    assert answer.trace.notices == ()
    (request,) = asked
    assert (request.record, request.beginning) == ((99,), False)
    assert request.limits.seconds == 8


def too_slow(request: Explain) -> Answer:
    raise LimitError("the program did not finish within 8 seconds and was stopped.")


def not_to_be_run(request: Explain) -> Answer:
    raise AssertionError("there is no time for a second run")


@pytest.mark.parametrize(
    ("second", "first_seconds", "why"),
    [
        (not_to_be_run, 6, "longer than the 10 seconds"),
        (too_slow, 0.0, "did not finish within"),
        (lambda request: answer_with(99, loss=2.0), 0.0, "something else"),
    ],
)
def test_without_a_second_run_the_first_answer_stands_and_a_notice_says_why(
    clock: Clock, second: Callable[[Explain], Answer], first_seconds: float, why: str
) -> None:
    answer = joined(clock, second, first_seconds)
    assert numbers(answer.trace) == [0, 1, 2]
    (notice,) = answer.trace.notices
    assert notice.text.startswith("The last call of backward is not recorded step by step:")
    assert why in notice.text


def test_linear_regression_learns_what_made_its_data() -> None:
    history = viz.explain(SEEDED + textwrap.dedent(LINEAR_REGRESSION).format(steps=300)).history
    curves = {curve.name: curve.values for curve in history.curves}
    assert curves["w"] is not None
    assert curves["b"] is not None
    assert (round(curves["w"][-1], 3), round(curves["b"][-1], 3)) == (3.0, 1.0)
