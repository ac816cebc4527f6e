"""Training loops: plain PyTorch beside the recorder, and a whole run in the sandbox.

`python -m benchmarks training`. The recorder is driven by hand here, so that its own cost is
measured and not that of the language.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from benchmarks.measure import Row, side_by_side
from viz import sandbox
from viz.capture import Plan, Recorder
from viz.limits import DEFAULT

CALLS = 1_000
RUNS = 15
SHARE = 1.2
"""How much longer a loop may take where no call is recorded step by step."""

PROGRAM = """\
import torch
x = torch.randn(20)
y = 3 * x + 1
w = torch.tensor(0.0, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
for step in range({calls}):
    loss = ((x * w + b - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
    w.grad.zero_()
    b.grad.zero_()
"""


def rows() -> list[Row]:
    torch.set_num_threads(1)
    last = CALLS - 1
    works = (
        plain,
        lambda: recorded(Plan(DEFAULT, beginning=False)),
        lambda: recorded(Plan(DEFAULT)),
        lambda: recorded(Plan(DEFAULT, [last], beginning=False)),
    )
    side_by_side(works, runs=3)  # until all are warm
    bare, numbers, beginning, end = side_by_side(works, RUNS)
    sandbox.explain("x * 2")
    whole, long = side_by_side([lambda: whole_run(CALLS), lambda: whole_run(10 * CALLS)], runs=5)
    aim = SHARE * Row("plain", bare).median
    return [
        Row(f"plain PyTorch, {CALLS:,} steps of linear regression", bare),
        Row("with the recorder: every call in numbers", numbers, aim),
        Row(f"· and the first {DEFAULT.backwards} step by step, until it is a loop", beginning),
        Row("· or the last one step by step (the second run)", end),
        Row(f"the page's run of {CALLS:,} steps: language, both runs, layouts", whole, 3_000),
        Row(f"the page's run of {10 * CALLS:,} steps", long, 1000 * DEFAULT.seconds),
    ]


def plain() -> None:
    train(torch.Tensor.backward)


def recorded(plan: Plan) -> None:
    with Recorder(DEFAULT, plan) as recorder:
        train(recorder.backward, recorder)


def train(backward: Callable[[torch.Tensor], None], recorder: Recorder | None = None) -> None:
    """The same steps as in `PROGRAM`; the recorder is told what the language would tell it."""
    torch.manual_seed(0)
    x = torch.randn(20)
    y = 3 * x + 1
    w = torch.tensor(0.0, requires_grad=True)
    b = torch.tensor(0.0, requires_grad=True)
    if recorder is not None:
        for line, (name, tensor) in enumerate({"x": x, "y": y, "w": w, "b": b}.items(), 2):
            recorder.name_tensor(name, tensor, line)
    for _ in range(CALLS):
        loss = ((x * w + b - y) ** 2).mean()
        if recorder is not None:
            recorder.enter_line(7)
            recorder.name_tensor("loss", loss, 7)
        backward(loss)
        with torch.no_grad():
            w -= 0.1 * w.grad
            b -= 0.1 * b.grad
        if recorder is not None:
            recorder.name_tensor("w", w, 10)
            recorder.name_tensor("b", b, 11)
        w.grad.zero_()
        b.grad.zero_()


def whole_run(calls: int) -> None:
    trace = sandbox.explain(PROGRAM.format(calls=calls)).trace
    if trace.history.calls != calls or trace.backwards[-1].number != calls - 1:
        raise RuntimeError(f"not the whole loop was recorded: {trace.notices}")
