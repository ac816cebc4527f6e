"""Send requests to the fork server, keep it alive, and end children that take too long."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
import time

from viz.errors import LimitError
from viz.limits import Limits
from viz.sandbox.endings import Ending, died, too_slow, unreadable
from viz.sandbox.process import start_python
from viz.sandbox.wire import Closed, Failure, Nonsense, frame, read_frame

START_SECONDS = 60.0
"""Importing torch from a cold disk takes a while; a server that needs longer is broken."""

FORK_SECONDS = 20.0
"""A child that has not said a word by then: the server hangs."""

KILLED_SECONDS = 0.3
"""How long to wait for word that a child was killed. Freeing a gigabyte takes a third of that."""

DIED_SECONDS = 3.0
"""How long to wait for word how a child died that closed its side: it is dead already."""

ATTEMPTS = 2


class ServerGone(Exception):
    """The fork server ended, or never began; another one may do better."""


class Server:
    """One fork server, from its start to its end."""

    def __init__(self, module: str) -> None:
        self.protections: tuple[str, ...] = ()
        self.alive = True
        self._module = module
        self._said_hello = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        threading.Thread(target=self._live, args=(theirs,), name="fork server", daemon=True).start()

    def _live(self, theirs: socket.socket) -> None:
        """Starts the process and stays with it to its end.

        The kernel ends the server together with the *thread* that started it, so that thread must
        not be one that serves a page and then ends.
        """
        try:
            with theirs:
                descriptor = theirs.fileno()
                self._process = start_python(
                    self._module,
                    str(descriptor),
                    str(os.getpid()),
                    pass_fds=[descriptor],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                )
            if not self.alive:
                self._process.kill()
            with contextlib.suppress(OSError):
                hello = self._control.recv(1024).decode().split()
                self.protections = tuple(hello[1:])
                if hello:
                    self._said_hello.set()
            self._process.wait()
        finally:
            self.alive = False
            self._said_hello.set()
            self._control.close()

    @property
    def ready(self) -> bool:
        return self.alive and self._said_hello.is_set()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def wait_until_ready(self) -> None:
        if not self._said_hello.wait(START_SECONDS):
            self.kill()
        if not self.ready:
            raise ServerGone

    def kill(self) -> None:
        self.alive = False
        if self._process is not None:
            self._process.kill()

    def ask(self, request: bytes, limits: Limits) -> bytes:
        """The body of the answer. Raises UserError, and ServerGone."""
        self.wait_until_ready()
        conversation, their_conversation = socket.socketpair()
        lifeline, their_lifeline = socket.socketpair()
        with conversation, lifeline:
            with their_conversation, their_lifeline:
                descriptors = [their_conversation.fileno(), their_lifeline.fileno()]
                try:
                    socket.send_fds(self._control, [b"fork"], descriptors)
                except OSError as error:
                    raise ServerGone from error
            return _Conversation(conversation, lifeline, limits).hold(request)


class _Conversation:
    """One request and what came of it."""

    def __init__(self, child: socket.socket, lifeline: socket.socket, limits: Limits) -> None:
        self._child = child
        self._lifeline = lifeline
        self._limits = limits
        self._phase = "starting"

    def hold(self, request: bytes) -> bytes:
        try:
            self._send(request)
            return self._read_reply()
        except TimeoutError:
            if self._phase == "starting":
                raise ServerGone from None
            self._kill()
            raise too_slow(self._phase, self._limits) from None
        except Nonsense as error:
            self._kill()
            raise unreadable() from error
        except (Closed, ConnectionError):
            ending = self._wait_for_ending(DIED_SECONDS)
            if ending is None:
                raise ServerGone from None
            raise died(ending, self._phase, self._limits) from None

    def _send(self, request: bytes) -> None:
        self._child.settimeout(FORK_SECONDS)
        self._child.sendall(frame(b"R", request))

    def _read_reply(self) -> bytes:
        """The clock of the run starts with the child's first word, not with a busy machine."""
        self._deadline = time.monotonic() + FORK_SECONDS
        self._read()
        self._deadline = time.monotonic() + self._limits.seconds
        while True:
            letter, body = self._read()
            if letter == b"A":
                return body
            if letter == b"F":
                raise Failure.from_json(body).to_user_error()

    def _read(self) -> tuple[bytes, bytes]:
        letter, body = read_frame(self._receive, self._limits.answer_bytes)
        if letter == b"P":
            self._phase = body.decode(errors="replace")
        return letter, body

    def _receive(self, count: int) -> bytes:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._child.settimeout(left)
        return self._child.recv(count)

    def _kill(self) -> None:
        """Has the server kill the child, and waits for a moment, so that its memory is free."""
        with contextlib.suppress(OSError):
            self._lifeline.shutdown(socket.SHUT_WR)
        self._wait_for_ending(KILLED_SECONDS)

    def _wait_for_ending(self, seconds: float) -> Ending | None:
        self._lifeline.settimeout(seconds)
        with contextlib.suppress(OSError):
            if word := self._lifeline.recv(4096):
                return Ending.from_json(word)
        return None


class Forked:
    """The workers where processes can be forked: whichever fork server is alive."""

    def __init__(self, module: str = "viz.sandbox.server") -> None:
        self._module = module
        self._server: Server | None = None
        self._lock = threading.Lock()

    @property
    def ready(self) -> bool:
        return self._server is not None and self._server.ready

    @property
    def protections(self) -> tuple[str, ...]:
        return self._server.protections if self._server is not None else ()

    @property
    def pid(self) -> int | None:
        return self._server.pid if self._server is not None else None

    def start(self) -> None:
        """Returns at once; the server warms up meanwhile."""
        self._living_server()

    def stop(self) -> None:
        with self._lock:
            if self._server is not None:
                self._server.kill()
                self._server = None

    def ask(self, request: bytes, limits: Limits) -> bytes:
        """The body of the answer; by another server where one is lost. Raises UserError."""
        for _ in range(ATTEMPTS):
            server = self._living_server()
            try:
                return server.ask(request, limits)
            except ServerGone:
                server.kill()
        raise LimitError(
            "the process that runs programs ended, and so did the one after it.",
            hint="Try again in a moment; the server's log says more.",
        )

    def _living_server(self) -> Server:
        with self._lock:
            if self._server is None or not self._server.alive:
                self._server = Server(self._module)
            return self._server
