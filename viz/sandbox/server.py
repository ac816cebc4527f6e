"""The fork server: one child for each request, fresh and warm, ended when nobody waits for it.

The page's process starts it as `python -m viz.sandbox.server FD`, with one end of a socket pair.
Each message on that control socket carries two sockets of a new request: the child's conversation,
and a lifeline. When the lifeline is closed, the child is killed; when the child has ended, its
Ending is written there. When the control socket is closed, the server ends, and the kernel ends
its children with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

from viz.sandbox.endings import Ending
from viz.sandbox.wire import Channel

PR_SET_PDEATHSIG = 1

MESSAGE_BYTES = 16

MAXIMUM_OPEN_FILES = 4096

LEISURE_SECONDS = 2.0


class ForkServer:
    """Forks, watches and reaps. It has one thread and touches no request."""

    def __init__(
        self,
        control: socket.socket,
        work: Callable[[Channel], None],
        at_leisure: Callable[[], None] = lambda: None,
    ) -> None:
        """`at_leisure` is called once, as soon as nobody has asked for a while."""
        self._control = control
        self._work = work
        self._at_leisure: Callable[[], None] | None = at_leisure
        self._lifelines: dict[int, socket.socket] = {}
        self._wakeup, self._reaped = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def serve(self, hello: bytes) -> None:
        """Until the page's process closes the control socket."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._reaped, warn_on_full_buffer=False)
        self._control.sendall(hello)
        with selectors.DefaultSelector() as selector:
            self._selector = selector
            selector.register(self._control, selectors.EVENT_READ, self._accept)
            selector.register(self._wakeup, selectors.EVENT_READ, self._reap)
            with contextlib.suppress(ConnectionError, EOFError):
                while True:
                    # While a child runs there is no leisure: it may have to be killed on time.
                    idle = self._at_leisure is not None and not self._lifelines
                    ready = selector.select(LEISURE_SECONDS if idle else None)
                    if not ready and self._at_leisure:
                        leisure, self._at_leisure = self._at_leisure, None
                        leisure()
                    for key, _ in ready:
                        key.data()

    def _accept(self) -> None:
        message, descriptors, _, _ = socket.recv_fds(self._control, MESSAGE_BYTES, 2)
        if not message:
            raise EOFError
        conversation, lifeline = (socket.socket(fileno=each) for each in descriptors)
        try:
            child = os.fork()
        except OSError as error:
            # Short of memory or of processes, which others on this machine may have taken.
            self._tell(lifeline, Ending(exit_code=None, problem=str(error)))
            conversation.close()
            return
        if child == 0:
            _live_as_child(conversation, self._work)
        conversation.close()
        self._lifelines[child] = lifeline
        self._selector.register(lifeline, selectors.EVENT_READ, lambda: self._end(child))

    def _end(self, child: int) -> None:
        """Nobody waits for this child any more. Until it is reaped, the number is its own."""
        if child in self._lifelines:
            self._selector.unregister(self._lifelines[child])
            os.kill(child, signal.SIGKILL)
            # And what it may have started, where nothing kept it from starting processes.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wakeup, 4096)
        with contextlib.suppress(ChildProcessError):
            while True:
                child, status = os.waitpid(-1, os.WNOHANG)
                if child == 0:
                    return
                lifeline = self._lifelines.pop(child, None)
                if lifeline is not None:
                    with contextlib.suppress(KeyError):
                        self._selector.unregister(lifeline)
                    self._tell(lifeline, Ending(exit_code=os.waitstatus_to_exitcode(status)))

    def _tell(self, lifeline: socket.socket, ending: Ending) -> None:
        # The one who asked may have left: that is how most children end.
        with lifeline, contextlib.suppress(OSError):
            lifeline.setblocking(False)
            lifeline.send(ending.to_json())


def _live_as_child(conversation: socket.socket, work: Callable[[Channel], None]) -> NoReturn:
    """The whole life of a child. It never returns into the server's loop."""
    code = 1
    try:
        # The server's group must not be hit by a signal to the child's, nor the other way round.
        os.setsid()
        die_with_parent(os.getppid())
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        volunteer_for_the_out_of_memory_killer()
        with socket.socket(fileno=_close_all_but(conversation)) as kept:
            work(Channel(kept.recv, kept.sendall))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        # Neither exit handlers nor destructors: they belong to the server.
        os._exit(code)


def _close_all_but(conversation: socket.socket) -> int:
    """Leaves standard input, output and error to /dev/null, and the conversation as 3."""
    kept = os.dup(conversation.detach())
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    if kept != 3:
        os.dup2(kept, 3)
    os.closerange(4, MAXIMUM_OPEN_FILES)
    return 3


def die_with_parent(parent: int) -> None:
    """Has the kernel kill this process when `parent` ends; at once where it has ended already."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def volunteer_for_the_out_of_memory_killer() -> None:
    """Where memory runs out, the child goes first, not the page that serves everyone."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def take_control() -> socket.socket:
    """The control socket: the command line has its number, and the process to die with."""
    descriptor, parent = int(sys.argv[1]), int(sys.argv[2])
    die_with_parent(parent)
    return socket.socket(fileno=descriptor)


def main() -> None:
    control = take_control()

    from viz.sandbox import lockdown
    from viz.sandbox.job import do_one_job
    from viz.sandbox.warm import warm_up, warm_up_more

    warm_up()
    protections = lockdown.available()
    server = ForkServer(control, lambda channel: do_one_job(channel, protections), warm_up_more)
    server.serve(" ".join(("ready", *protections)).encode())


if __name__ == "__main__":
    main()
