"""One warm process, one job, one answer: `python -m viz.sandbox.once`, where there is no fork.

Says "ready" and its protections on one line of standard output, then reads a request from standard
input, and answers with frames.
"""

from __future__ import annotations

import io
import os
import threading

from viz.sandbox import lockdown
from viz.sandbox.wire import Channel, Closed, frame, read_frame

# The clock of the page's process ends a run on time; this one ends it where that process is gone.
ORPHAN_SECONDS = 300.0


def main() -> None:
    # The answer's own way out: whatever a library prints goes nowhere near it.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)

    from viz.sandbox.job import do_one_job
    from viz.sandbox.warm import warm_up

    warm_up()
    protections = lockdown.available()
    answers.write(" ".join(("ready", *protections)).encode() + b"\n")
    try:
        letter, body = read_frame(lambda count: os.read(0, count))
    except Closed:
        # The page's process ended, and this one was not needed.
        return
    _end_when_orphaned()
    request = io.BytesIO(frame(letter, body))
    do_one_job(Channel(request.read, lambda data: _send(answers, data)), protections)


def _send(answers: io.FileIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[answers.write(rest) :]


def _end_when_orphaned() -> None:
    timer = threading.Timer(ORPHAN_SECONDS, os._exit, [1])
    timer.daemon = True
    timer.start()


if __name__ == "__main__":
    main()
