"""Where processes can't be forked (Windows, macOS): a warm one waits, does one job and ends."""

from __future__ import annotations

import contextlib
import io
import subprocess
import threading

from viz.errors import LimitError
from viz.limits import Limits
from viz.sandbox.endings import Ending, died, too_slow, unreadable
from viz.sandbox.process import start_python
from viz.sandbox.wire import Closed, Failure, Nonsense, frame, read_frame

START_SECONDS = 60.0


class Spare:
    """The workers without fork: each run takes the process that waits, and the next one starts."""

    def __init__(self, module: str = "viz.sandbox.once") -> None:
        self._module = module
        self._waiting: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self.protections: tuple[str, ...] = ()
        self.ready = False

    @property
    def pid(self) -> int | None:
        return self._waiting.pid if self._waiting is not None else None

    def start(self) -> None:
        with self._lock:
            if self._waiting is None:
                self._waiting = self._begin()

    def stop(self) -> None:
        with self._lock:
            if self._waiting is not None:
                _kill(self._waiting)
                self._waiting = None

    def ask(self, request: bytes, limits: Limits) -> bytes:
        """The body of the answer. Raises UserError."""
        process = self._take()
        try:
            self._wait_until_ready(process)
            try:
                output, _ = process.communicate(frame(b"R", request), timeout=limits.seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                output, _ = process.communicate()
                raise too_slow(_last_phase(output), limits) from None
            return _reply(output, process.returncode, limits)
        finally:
            _kill(process)

    def _take(self) -> subprocess.Popen[bytes]:
        with self._lock:
            taken = self._waiting
            self._waiting = self._begin()
        # One that has ended while it waited is of no use.
        return taken if taken is not None and taken.poll() is None else self._begin()

    def _begin(self) -> subprocess.Popen[bytes]:
        return start_python(self._module, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        too_late = threading.Timer(START_SECONDS, process.kill)
        too_late.start()
        hello = process.stdout.readline().decode().split()
        too_late.cancel()
        if not hello:
            raise LimitError(
                "the process that runs programs could not be started.",
                hint="The server's log says why.",
            )
        self.protections, self.ready = tuple(hello[1:]), True


def _reply(output: bytes, exit_code: int, limits: Limits) -> bytes:
    receive = io.BytesIO(output).read
    try:
        while True:
            letter, body = read_frame(receive, limits.answer_bytes)
            if letter == b"A":
                return body
            if letter == b"F":
                raise Failure.from_json(body).to_user_error()
    except Nonsense as error:
        raise unreadable() from error
    except Closed:
        raise died(Ending(exit_code=exit_code), _last_phase(output), limits) from None


def _last_phase(output: bytes) -> str:
    phase = "starting"
    with contextlib.suppress(Closed):
        receive = io.BytesIO(output).read
        while True:
            letter, body = read_frame(receive)
            if letter == b"P":
                phase = body.decode(errors="replace")
    return phase


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
