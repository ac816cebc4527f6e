"""A fork server whose children do what no program of the language can do. For tests alone.

The "program" of a request is the name of a job below; it is served by the same ForkServer and
reached through the same Forked as real programs are.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import resource
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable

from viz.errors import InputError, ProgramError
from viz.limits import Limits
from viz.sandbox import lockdown
from viz.sandbox.server import ForkServer, take_control
from viz.sandbox.wire import HEADER, Channel, Failure, Request

PROTECTIONS = lockdown.available()


def say(channel: Channel, limits: Limits) -> None:
    channel.answer(b"said")


def say_pid(channel: Channel, limits: Limits) -> None:
    channel.answer(str(os.getpid()).encode())


def loop_for_ever(channel: Channel, limits: Limits) -> None:
    while True:
        pass


def loop_without_a_parent_that_counts(channel: Channel, limits: Limits) -> None:
    lockdown.lock_down(Limits(seconds=0.1), PROTECTIONS)
    loop_for_ever(channel, limits)


def ignore_every_signal_and_exception(channel: Channel, limits: Limits) -> None:
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    while True:
        with contextlib.suppress(BaseException):
            time.sleep(100)


def draw_for_ever(channel: Channel, limits: Limits) -> None:
    channel.phase("drawing")
    loop_for_ever(channel, limits)


def answer_drop_by_drop(channel: Channel, limits: Limits) -> None:
    channel._send(HEADER.pack(b"A", 1000))
    while True:
        channel._send(b"x")
        time.sleep(0.05)


def promise_a_huge_answer(channel: Channel, limits: Limits) -> None:
    channel._send(HEADER.pack(b"A", 1 << 50))
    time.sleep(100)


def speak_gibberish(channel: Channel, limits: Limits) -> None:
    channel._send(HEADER.pack(b"F", 4) + b"[{]}")


def read_address_zero(channel: Channel, limits: Limits) -> None:
    import ctypes

    ctypes.string_at(0)


def abort(channel: Channel, limits: Limits) -> None:
    os.abort()


def be_killed(channel: Channel, limits: Limits) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leave_without_a_word(channel: Channel, limits: Limits) -> None:
    os._exit(7)


def end_the_server(channel: Channel, limits: Limits) -> None:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(100)


def raise_input_error(channel: Channel, limits: Limits) -> None:
    channel.fail(Failure.of(InputError("is no number.", name="x", hint="Write 1.5.")))


def fail_inside(channel: Channel, limits: Limits) -> None:
    error = ProgramError("this program could not be run.")
    channel.fail(Failure.of(error, log="Traceback: in some file of ours"))


def write_to_standard_streams(channel: Channel, limits: Limits) -> None:
    os.write(1, b"to standard output")
    os.write(2, b"to standard error")
    channel.answer(json.dumps([os.readlink(f"/proc/self/fd/{n}") for n in (0, 1, 2)]).encode())


def list_open_files(channel: Channel, limits: Limits) -> None:
    with os.scandir("/proc/self/fd") as entries:
        found = [int(entry.name) for entry in entries]
    # The listing itself holds one.
    channel.answer(json.dumps(sorted(found)[:-1]).encode())


def show_environment(channel: Channel, limits: Limits) -> None:
    channel.answer(json.dumps(dict(os.environ)).encode())


ATTEMPTS: dict[str, Callable[[], object]] = {
    "read a file": lambda: os.open("/etc/passwd", os.O_RDONLY),
    "write a file": lambda: os.open("/dev/null", os.O_WRONLY),
    "make a file": lambda: os.open("/tmp", os.O_RDWR | os.O_TMPFILE),
    "import a module": lambda: __import__("turtledemo"),
    "list a folder": lambda: os.listdir("/"),
    "make a folder": lambda: os.rmdir(tempfile.mkdtemp()),
    "change its own rights": lambda: os.umask(0),
    "fork": lambda: os.fork() or os._exit(0),
    "start a thread": lambda: threading.Thread(target=print).start(),
    "kill the server": lambda: os.kill(os.getppid(), signal.SIGTERM),
    "make a socket": lambda: socket.socket(),
    "make a socket pair": lambda: socket.socketpair(),
    "run a program": lambda: os.execv("/bin/true", ["true"]),
    "raise its limits": lambda: resource.setrlimit(resource.RLIMIT_CPU, (1, 1)),
    "take memory": lambda: mmap.mmap(-1, 2 * Limits().memory_bytes),
}
"""What a child may not do once it is locked down. Each takes effect at once, or raises."""


def attempt(channel: Channel, name: str, lock_down: Callable[[], None]) -> None:
    tempfile.gettempdir()
    lock_down()
    try:
        ATTEMPTS[name]()
    except (OSError, MemoryError, ImportError, RuntimeError, ValueError) as refused:
        channel.answer(f"refused: {type(refused).__name__}".encode())
    else:
        channel.answer(b"succeeded")


JOBS = {job.__name__: job for job in (
    say, say_pid, loop_for_ever, loop_without_a_parent_that_counts,
    ignore_every_signal_and_exception, draw_for_ever,
    answer_drop_by_drop, promise_a_huge_answer, speak_gibberish, read_address_zero, abort,
    be_killed, leave_without_a_word, end_the_server, raise_input_error, fail_inside,
    write_to_standard_streams, list_open_files, show_environment,
)}  # fmt: skip


def work(channel: Channel) -> None:
    request: Request = channel.request()
    assert hasattr(request, "source")
    channel.phase("running")
    limits = request.limits
    job, _, rest = request.source.partition(": ")
    match job:
        case "say elsewhere than at":
            if os.getppid() == int(rest):
                loop_for_ever(channel, limits)
            say(channel, limits)
        case "free":
            attempt(channel, rest, lambda: None)
        case "locked":
            attempt(channel, rest, lambda: lockdown.lock_down(limits, PROTECTIONS))
        case "reading":
            attempt(
                channel, rest, lambda: lockdown.lock_down(limits, PROTECTIONS, reads_files=True)
            )
        case _:
            JOBS[job](channel, limits)


if __name__ == "__main__":
    control = take_control()
    ForkServer(control, work).serve(b"ready odd")
