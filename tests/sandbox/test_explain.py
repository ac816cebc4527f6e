"""Real programs in real children: what comes back, and what it may cost."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
import torch

from tests.patience import PATIENCE, wait_until
from viz import sandbox
from viz.errors import InputError, LimitError, ProgramError, UserError
from viz.limits import DEFAULT, Limits
from viz.sandbox import Answer
from viz.trace import Input, to_float

EXPRESSION = "(y - x*w)**2"

INPUTS = (Input("x", "2.0"), Input("y", "3.0"), Input("w", "1.0"))


def expected_gradients(texts: dict[str, str]) -> dict[str, float]:
    leaves = {name: torch.tensor(float(text), requires_grad=True) for name, text in texts.items()}
    output = (leaves["y"] - leaves["x"] * leaves["w"]) ** 2
    gradients = torch.autograd.grad(output, list(leaves.values()))
    return {name: gradient.item() for name, gradient in zip(leaves, gradients, strict=True)}


def gradients_of(answer: Answer) -> dict[str, float]:
    leaves = answer.trace.backwards[-1].leaves
    return {leaf.name: leaf.after.floats()[0] for leaf in leaves if leaf.after is not None}


def test_an_expression_comes_back_with_the_gradients_of_torch() -> None:
    answer = sandbox.explain(EXPRESSION, INPUTS)
    assert gradients_of(answer) == expected_gradients({each.name: each.text for each in INPUTS})
    assert {each.name for each in answer.trace.inputs} == {"x", "y", "w"}


def test_there_is_one_layout_for_each_backward_and_a_place_for_each_node() -> None:
    program = (
        "import torch\n"
        "w = torch.tensor(2.0, requires_grad=True)\n"
        "(w * 3).backward()\n"
        "(w ** 2).backward()\n"
    )
    answer = sandbox.explain(program)
    assert len(answer.trace.backwards) == len(answer.layouts) == 2
    for backward, layout in zip(answer.trace.backwards, answer.layouts, strict=True):
        assert {node.id for node in backward.nodes} <= {place.node for place in layout.places}


def test_what_is_printed_comes_back() -> None:
    answer = sandbox.explain("import torch\nprint('hello', torch.ones(2))\n" + SOMETHING)
    assert answer.trace.printed.startswith(f"hello {torch.ones(2)}\n")


SOMETHING = "x = torch.tensor(1.0, requires_grad=True)\n(x * 2).backward()\n"


@pytest.mark.parametrize(
    ("source", "inputs", "kind"),
    [
        ("x^2", (), ProgramError),
        ("x * w", (Input("x", "two"),), InputError),
        ("while True:\n    pass\n", (), LimitError),
        ("x = '\ud800'", (), ProgramError),
        ("x * 2", (Input("x", "\udfff"),), InputError),
        ("x" * (DEFAULT.source_bytes + 1), (), LimitError),
    ],
)
def test_each_kind_of_error_comes_back_as_itself(
    source: str, inputs: tuple[Input, ...], kind: type[UserError]
) -> None:
    with pytest.raises(kind) as caught:
        sandbox.explain(source, inputs)
    assert type(caught.value) is kind
    assert caught.value.message


def test_a_broken_character_is_found_on_its_line() -> None:
    with pytest.raises(ProgramError) as caught:
        sandbox.explain("x = 1\ny = '\ud800'\n")
    assert caught.value.line == 2


@pytest.mark.parametrize(
    "source",
    [
        "while True:\n    pass\n",
        "def f():\n    for i in range(10**12):\n        x = i * 2\n\nf()\n",
    ],
)
def test_an_endless_loop_is_ended_on_time(source: str) -> None:
    limits = Limits(seconds=1.0, steps=10**15)
    sandbox.explain(EXPRESSION, INPUTS)
    begin = time.monotonic()
    with pytest.raises(LimitError, match="1 seconds"):
        sandbox.explain(source, limits=limits)
    assert time.monotonic() - begin < limits.seconds + PATIENCE


def test_a_long_computation_inside_torch_is_ended_on_time() -> None:
    # One call that no check of the interpreter can interrupt.
    source = "import torch\ntorch.ones(1).expand(10**12).sum()\n"
    limits = Limits(seconds=1.0)
    begin = time.monotonic()
    with pytest.raises(UserError):
        sandbox.explain(source, limits=limits)
    assert time.monotonic() - begin < limits.seconds + PATIENCE


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux")
@pytest.mark.parametrize(
    "source",
    [
        "import torch\nkept = []\nfor i in range(1000):\n"
        "    kept = kept + [torch.ones(1000000) + i]\n",
        "kept = []\nfor i in range(100000):\n    kept = kept + [[i] * 90000]\n",
    ],
)
def test_a_memory_bomb_is_a_sentence_about_memory(source: str) -> None:
    limits = Limits(seconds=PATIENCE, memory_bytes=200 << 20)
    with pytest.raises(LimitError, match="200 MiB"):
        sandbox.explain(source, limits=limits)


def test_an_answer_that_is_too_large_is_refused() -> None:
    program = "import torch\nx = torch.tensor(1.0, requires_grad=True)\ny = x\n"
    program += "for i in range(50):\n    y = y * 2\ny.backward()\n"
    size = len(sandbox.explain(program).trace.to_json())
    with pytest.raises(LimitError, match="the record of this run would have"):
        sandbox.explain(program, limits=Limits(answer_bytes=size // 2))


@pytest.mark.parametrize(
    ("poison", "probe"),
    [
        ("torch.manual_seed(7)\ntorch.randn(5)\n", "print(torch.randn(3))\n"),
        ("torch.randn(1000)\n", "print(torch.randn(3))\n"),
        ("x = torch.ones(3)\nx.add_(1)\n", "print(torch.ones(3))\n"),
    ],
)
def test_no_run_leaves_a_trace_in_the_next(poison: str, probe: str) -> None:
    start = "import torch\n"
    fresh = sandbox.explain(start + probe + SOMETHING).trace.printed
    poisoned = sandbox.explain(start + poison + probe + SOMETHING).trace.printed
    again = sandbox.explain(start + probe + SOMETHING).trace.printed
    assert again == fresh
    # The first two differ in what is drawn: the poison works, and only inside its own run.
    assert (poisoned != fresh) == ("randn" in poison)


def test_twenty_threads_each_get_their_own_answer() -> None:
    answers: dict[int, dict[str, float]] = {}

    def ask(number: int) -> None:
        inputs = (Input("x", f"{number}.0"), *INPUTS[1:])
        answers[number] = gradients_of(sandbox.explain(EXPRESSION, inputs))

    threads = [threading.Thread(target=ask, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(20):
        expected = expected_gradients({"x": str(number), "y": "3", "w": "1"})
        assert answers[number] == pytest.approx(expected)


@pytest.mark.skipif(sys.platform != "linux", reason="children are found in /proc")
def test_one_program_that_loops_does_not_hold_up_the_next() -> None:
    sandbox.explain(EXPRESSION, INPUTS)
    server = sandbox._SANDBOX.workers.pid
    children = Path(f"/proc/{server}/task/{server}/children")
    wait_until(lambda: not children.read_text().strip())
    endless = Limits(seconds=2 * PATIENCE, steps=10**15)

    def loop() -> None:
        with pytest.raises(LimitError, match="SIGKILL"):
            sandbox.explain("while True:\n    pass\n", limits=endless)

    looping = threading.Thread(target=loop)
    looping.start()
    wait_until(lambda: children.read_text().strip())
    child = int(children.read_text())
    for _ in range(3):
        sandbox.explain(EXPRESSION, INPUTS)
    # All three are answered, and the first still runs.
    assert child in map(int, children.read_text().split())
    os.kill(child, signal.SIGKILL)
    looping.join()


def test_status_tells_what_is_active() -> None:
    sandbox.explain(EXPRESSION, INPUTS)
    status = sandbox.status()
    assert status.ready
    assert {*status.protections, *status.missing} == {"rlimits", "seccomp"}
    assert (status.running, status.waiting) == (0, 0)


def test_numbers_that_json_lacks_come_back() -> None:
    answer = sandbox.explain("x / (x - x)", (Input("x", "1.0"),))
    output = answer.trace.backwards[0].node(answer.trace.backwards[0].output)
    values = [node.value for node in answer.trace.backwards[0].nodes if node.value is not None]
    assert output.kind == "output"
    assert any(to_float(v) == float("inf") for value in values for v in value.values or ())


def test_shutdown_ends_the_server_and_the_next_run_starts_another() -> None:
    sandbox.shutdown()
    assert not sandbox.status().ready
    sandbox.explain(EXPRESSION, INPUTS)
    assert sandbox.status().ready


def test_an_optimizer_steps_in_a_child_as_it_does_outside() -> None:
    """Its first step imports torch's compiler, which a locked-down child could not."""
    source = (
        "import torch\n"
        "torch.manual_seed(0)\n"
        "model = torch.nn.Linear(2, 1)\n"
        "optimizer = torch.optim.Adam(model.parameters(), lr=0.1)\n"
        "for step in range(3):\n"
        "    optimizer.zero_grad()\n"
        "    loss = (model(torch.ones(3, 2)) - 1).pow(2).mean()\n"
        "    loss.backward()\n"
        "    optimizer.step()\n"
        "    print(loss.item())\n"
    )
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(source, {})
    assert sandbox.explain(source).trace.printed == printed.getvalue()


STOPS = """\
w = torch.tensor(2., requires_grad=True)
print("before")
y = w.exp()
y += 1
loss = y**2
loss.backward()
"""


def test_an_engine_that_stops_in_the_middle_leaves_its_trace_with_the_error() -> None:
    with pytest.raises(ProgramError) as caught:
        sandbox.explain(STOPS)
    error = caught.value
    assert (error.line, error.trace.printed) == (6, "before\n")
    (backward,) = error.trace.backwards
    assert (backward.stop.kind, backward.stop.line) == ("changed", 4)
    assert len(backward.steps) == 2
    assert error.answer.trace == error.trace
    assert {place.node for place in error.answer.layouts[0].places} == {
        node.id for node in backward.nodes
    }


def test_any_other_mistake_leaves_no_trace() -> None:
    with pytest.raises(ProgramError) as caught:
        sandbox.explain(SOMETHING + "torch.sinn(x)\n")
    assert (caught.value.trace, caught.value.answer) == (None, None)


def test_a_trace_that_is_too_large_for_the_way_is_left_out() -> None:
    with pytest.raises(ProgramError, match="line 4 changed it") as caught:
        sandbox.explain(STOPS, limits=Limits(answer_bytes=2000))
    assert caught.value.trace is None


def test_an_error_after_a_backward_pass_brings_along_what_there_was() -> None:
    with pytest.raises(ProgramError, match="stop") as caught:
        sandbox.explain(
            "w = torch.tensor(2., requires_grad=True)\nloss = w**3\nprint('hi')\n"
            "loss.backward()\nraise ValueError('stop')"
        )
    w = torch.tensor(2.0, requires_grad=True)
    (expected,) = torch.autograd.grad(w**3, w)
    assert caught.value.trace.printed == "hi\n"
    assert caught.value.trace.backwards[0].leaves[0].after.floats() == (expected.item(),)
