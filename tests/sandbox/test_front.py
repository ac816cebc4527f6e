"""The page's side, with workers of a test: waiting, status, and the platforms without fork."""

from __future__ import annotations

import threading

import msgspec
import pytest

from tests.patience import PATIENCE, wait_until
from viz.errors import LimitError, ProgramError
from viz.limits import DEFAULT, Limits
from viz.sandbox.endings import Ending, died
from viz.sandbox.front import Sandbox
from viz.sandbox.spare import Spare
from viz.sandbox.wire import Answer
from viz.trace import Input, Trace


class Slow:
    """Workers that answer when they are told to."""

    ready = True
    pid = None
    protections = ("rlimits",)

    def __init__(self, body: bytes) -> None:
        self.go = threading.Event()
        self._body = body

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def ask(self, request: bytes, limits: Limits) -> bytes:
        assert self.go.wait(PATIENCE)
        return self._body


EMPTY = Answer(trace=Trace(source="x"), layouts=(), overviews=())


def test_one_who_waits_hears_the_place_in_the_queue_and_the_status_counts() -> None:
    workers = Slow(msgspec.json.encode(EMPTY))
    sandbox = Sandbox(workers, at_once=1)
    heard: list[int] = []
    answers: list[Answer] = []
    threads = [
        threading.Thread(target=lambda: answers.append(sandbox.explain("x", on_wait=heard.append)))
        for _ in range(2)
    ]
    threads[0].start()
    wait_until(lambda: sandbox.status().running == 1)
    threads[1].start()
    wait_until(lambda: heard == [1])
    assert (sandbox.status().running, sandbox.status().waiting) == (1, 1)
    workers.go.set()
    for thread in threads:
        thread.join()
    assert answers == [EMPTY, EMPTY]


def test_status_names_the_protections_that_are_missing() -> None:
    status = Sandbox(Slow(b"")).status()
    assert status.protections == ("rlimits",)
    assert status.missing == ("seccomp",)


@pytest.mark.parametrize("body", [b"", b"{}", b"[1, 2", b'{"trace": 1, "layouts": []}'])
def test_an_answer_that_is_none_is_a_sentence(body: bytes) -> None:
    workers = Slow(body)
    workers.go.set()
    with pytest.raises(ProgramError, match="the record of this program could not be read"):
        Sandbox(workers).explain("x")


def test_an_answer_has_one_layout_for_each_backward() -> None:
    with pytest.raises(ValueError, match="1 layouts, 0 overviews, 0 backwards"):
        Answer(trace=Trace(source="x"), layouts=(None,), overviews=())  # type: ignore[arg-type]


def test_a_child_that_could_not_be_made_is_a_sentence() -> None:
    problem = "[Errno 11] Resource temporarily unavailable"
    error = died(Ending(exit_code=None, problem=problem), "starting", DEFAULT)
    assert problem in str(error)
    assert Ending.from_json(Ending(exit_code=-9).to_json()) == Ending(exit_code=-9)


def test_without_fork_each_run_takes_a_process_of_its_own() -> None:
    spare = Spare()
    sandbox = Sandbox(spare)
    try:
        spare.start()
        first = spare.pid
        answer = sandbox.explain("x * 2", [Input("x", "1.5")])
        assert answer.trace.backwards[0].leaves[0].name == "x"
        assert spare.pid != first
        assert sandbox.status().ready
        limits = Limits(seconds=0.5, steps=10**15)
        with pytest.raises(LimitError, match=r"did not finish within 0\.5 seconds"):
            sandbox.explain("while True:\n    pass\n", limits=limits)
        assert sandbox.render("digraph { a }", "svg").startswith(b"<?xml")
    finally:
        spare.stop()
    assert spare.pid is None
