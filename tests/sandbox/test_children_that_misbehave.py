"""Whatever a child does, the page gets one sentence, on time, and goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.patience import PATIENCE, wait_until
from viz.errors import InputError, LimitError, ProgramError
from viz.limits import Limits
from viz.sandbox.forked import Forked
from viz.sandbox.wire import Explain

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the fork server is Linux's")

Ask = Callable[..., str]

LIMITS = Limits(seconds=0.5)

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "job",
    ["loop_for_ever", "ignore_every_signal_and_exception", "draw_for_ever", "answer_drop_by_drop"],
)
def test_a_child_that_does_not_end_is_ended_on_time(ask: Ask, job: str) -> None:
    ask("say")
    begin = time.monotonic()
    with pytest.raises(LimitError, match=r"0\.5 seconds"):
        ask(job, LIMITS)
    assert LIMITS.seconds <= time.monotonic() - begin < LIMITS.seconds + PATIENCE
    assert ask("say") == "said"


def test_a_child_that_was_ended_is_gone(ask: Ask, odd_jobs: Forked) -> None:
    with pytest.raises(LimitError):
        ask("loop_for_ever", LIMITS)
    children = Path(f"/proc/{odd_jobs.pid}/task/{odd_jobs.pid}/children")
    wait_until(lambda: children.read_text().strip() == "")


def test_the_sentence_names_what_took_so_long(ask: Ask) -> None:
    with pytest.raises(LimitError, match="the program did not finish"):
        ask("loop_for_ever", LIMITS)
    with pytest.raises(LimitError, match="drawing the graph took longer"):
        ask("draw_for_ever", LIMITS)


@pytest.mark.parametrize(
    ("job", "sentence"),
    [
        ("read_address_zero", "crashed at this point .SIGSEGV"),
        ("abort", "crashed at this point .SIGABRT"),
        ("be_killed", "the operating system stopped this program .SIGKILL"),
        ("leave_without_a_word", "ended without an answer .exit code 7"),
        ("promise_a_huge_answer", "an answer that can't be read"),
        ("speak_gibberish", "an answer that can't be read"),
        ("end_the_server", "the process that runs programs ended, and so did the one after it"),
    ],
)
def test_a_child_that_dies_costs_one_run_and_says_how(ask: Ask, job: str, sentence: str) -> None:
    with pytest.raises(LimitError, match=sentence):
        ask(job)
    assert ask("say") == "said"


def test_a_user_error_comes_back_as_it_was(ask: Ask) -> None:
    with pytest.raises(InputError) as caught:
        ask("raise_input_error")
    sent = InputError("is no number.", name="x", hint="Write 1.5.")
    assert caught.value.to_wire() == sent.to_wire()


def test_a_fault_of_ours_is_told_to_the_log_and_not_to_the_page(
    ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ProgramError) as caught:
        ask("fail_inside")
    assert "Traceback" not in str(caught.value)
    assert "in some file of ours" in caplog.text


def test_every_run_has_a_process_of_its_own(ask: Ask) -> None:
    assert len({ask("say_pid") for _ in range(5)}) == 5


def test_a_child_has_no_open_file_but_its_conversation(ask: Ask) -> None:
    assert json.loads(ask("list_open_files")) == [0, 1, 2, 3]


def test_standard_streams_lead_nowhere(ask: Ask) -> None:
    assert json.loads(ask("write_to_standard_streams")) == ["/dev/null"] * 3


def test_no_secret_of_the_environment_reaches_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEEGRAD_SECRET", "hidden")
    workers = Forked("tests.sandbox.odd_jobs")
    try:
        assert "hidden" not in do(workers, "show_environment")
    finally:
        workers.stop()


def test_a_server_that_was_killed_is_replaced(ask: Ask, odd_jobs: Forked) -> None:
    before = odd_jobs.pid
    assert before is not None
    ask("say")
    os.kill(before, signal.SIGKILL)
    assert ask("say") == "said"
    assert odd_jobs.pid != before


def test_a_run_whose_server_is_killed_is_run_again_by_the_next(ask: Ask, odd_jobs: Forked) -> None:
    before = odd_jobs.pid
    assert before is not None
    killer = threading.Timer(0.2, os.kill, [before, signal.SIGKILL])
    killer.start()
    assert ask(f"say elsewhere than at: {before}") == "said"
    killer.join()
    assert odd_jobs.pid != before


def test_a_server_that_can_not_start_is_one_sentence() -> None:
    workers = Forked("tests.sandbox.no_such_module")
    with pytest.raises(LimitError, match="the process that runs programs ended"):
        do(workers, "say")
    workers.stop()


def test_the_server_outlives_the_thread_that_asked_first() -> None:
    # The kernel would end it with the thread that started it; a page's thread ends soon.
    script = """
import os, sys, threading, time
import msgspec
from viz.limits import DEFAULT
from viz.sandbox.forked import Forked
from viz.sandbox.wire import Explain
workers = Forked("tests.sandbox.odd_jobs")
body = msgspec.json.encode(Explain(source="say", inputs=(), limits=DEFAULT))
thread = threading.Thread(target=workers.ask, args=(body, DEFAULT))
thread.start(); thread.join()
first = workers.pid
time.sleep(0.3)
workers.ask(body, DEFAULT)
sys.exit(0 if workers.pid == first else 1)
"""
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0


def test_server_and_child_die_with_the_process_that_started_them() -> None:
    script = """
import sys, threading, time
import msgspec
from viz.limits import DEFAULT
from viz.sandbox.forked import Forked
from viz.sandbox.wire import Explain
workers = Forked("tests.sandbox.odd_jobs")
def ask(job):
    return workers.ask(msgspec.json.encode(Explain(source=job, inputs=(), limits=DEFAULT)), DEFAULT)
ask("say")
children = f"/proc/{workers.pid}/task/{workers.pid}/children"
while open(children).read().strip():
    time.sleep(0.01)
threading.Thread(target=ask, args=("loop_for_ever",), daemon=True).start()
while not (child := open(children).read().strip()):
    time.sleep(0.01)
print(workers.pid, child, flush=True)
time.sleep(100)
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as page:
        assert page.stdout is not None
        server, child = map(int, page.stdout.readline().split())
        before = alive(server), alive(child)
        page.kill()
    assert before == (True, True)
    wait_until(lambda: not alive(server) and not alive(child))


def do(workers: Forked, job: str) -> str:
    limits = Limits(seconds=PATIENCE)
    request = Explain(source=job, inputs=(), limits=limits)
    return workers.ask(msgspec.json.encode(request), limits).decode()


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
