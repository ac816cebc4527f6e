"""From an edit to the drawing on the server, beside torchviz in a warm and in a cold Python."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Row, milliseconds, side_by_side
from benchmarks.programs import edited
from viz import sandbox
from viz.draw.picture import draw
from viz.draw.stage import stage
from viz.limits import DEFAULT

WORKER = Path(__file__).with_name("torchviz_worker.py")
WARM_RUNS, COLD_RUNS = 40, 5
AIM = 150


def rows() -> list[Row]:
    edits = itertools.count()
    sandbox.start()
    first = milliseconds(lambda: sandbox.explain(edited(next(edits))))
    with torchviz_process() as ask:
        works = (
            lambda: whole_edit(edited(next(edits))),
            lambda: ask(edited(next(edits))),
        )
        side_by_side(works, runs=5)  # until both are warm
        ours, theirs = side_by_side(works, WARM_RUNS)
    explained, drawn, pictured = zip(
        *(parts_of_an_edit(edited(next(edits))) for _ in range(WARM_RUNS)), strict=True
    )
    (cold,) = side_by_side([lambda: cold_script(edited(next(edits)))], COLD_RUNS)
    return [
        Row("SeeGrad: edit to animated drawing and cards", ours, AIM),
        Row("· of that: run, record and place, in the child", explained),
        Row("· of that: figure, frames and rule cards", drawn),
        Row("SeeGrad: torchviz's picture with values, as SVG", pictured),
        Row("SeeGrad: the first run after the server's start", (first,)),
        Row("torchviz + Graphviz in a Python that is warm: no values, no steps", theirs),
        Row("torchviz + Graphviz by `python script.py`: no values, no steps", cold),
    ]


def whole_edit(program: str) -> None:
    answer = sandbox.explain(program)
    stage(answer.trace.backwards[-1], answer.layouts[-1])


def parts_of_an_edit(program: str) -> tuple[float, float, float]:
    """Milliseconds for the child's work, for figure and cards, and for torchviz's picture."""
    answers = []
    explained = milliseconds(lambda: answers.append(sandbox.explain(program)))
    answer = answers[0]
    drawn = milliseconds(lambda: stage(answer.trace.backwards[-1], answer.layouts[-1]))
    pictured = milliseconds(lambda: sandbox.render(draw(answer.trace).source, "svg", DEFAULT))
    return explained, drawn, pictured


@contextmanager
def torchviz_process() -> Iterator[Callable[[str], None]]:
    """A function that has a warm Python draw a program with torchviz."""
    command = [sys.executable, "-W", "ignore", str(WORKER)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        to_process, from_process = process.stdin, process.stdout
        assert to_process is not None
        assert from_process is not None

        def ask(program: str) -> None:
            to_process.write(json.dumps(program) + "\n")
            if not from_process.readline().strip():
                raise RuntimeError("torchviz's process has ended")

        yield ask
        to_process.close()


def cold_script(program: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "program.py"
        script.write_text(program)
        command = [sys.executable, "-W", "ignore", str(WORKER), str(script)]
        subprocess.run(command, check=True, capture_output=True)
