"""What goes between the page's process and the child: frames of JSON, and back again.

A frame is one letter that says what it is, the length of its body, and the body.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable
from typing import Literal

import msgspec

from viz.errors import UserError
from viz.fold.columns import Columns
from viz.fold.overview import Overview
from viz.layout.places import Layout
from viz.limits import Limits
from viz.trace import Input, Number, Record, Trace

LOGGER = logging.getLogger("viz.sandbox")

Form = Literal["svg", "png", "pdf"]

Phase = Literal["starting", "checking", "running", "drawing", "rendering", "repeating"]
"""What the child is busy with: the sentence about a child that had to be ended names it."""


class Explain(Record, frozen=True, tag="explain"):
    """Run this program and record it.

    record      the numbers of calls of backward to record step by step
    beginning   whether to record the first calls as well: all of them in a short program
    exact       whether an input that the program lacks is an error, and a value that was chosen for
                a missing one a notice
    """

    source: str
    inputs: tuple[Input, ...]
    limits: Limits
    record: tuple[int, ...] = ()
    beginning: bool = True
    exact: bool = False


class Render(Record, frozen=True, tag="render"):
    """Make a picture of this DOT text."""

    dot: str
    form: Form
    limits: Limits


class Fold(Record, frozen=True, tag="fold"):
    """Draw a graph with some of its groups open.

    opened   ids of groups; None for a first view
    find     words to search for; the groups around the first match are opened as well
    show     the id of a node or group; the groups around it are opened as well
    """

    columns: Columns
    limits: Limits
    opened: tuple[str, ...] | None = None
    find: str = ""
    show: str = ""


class Arrange(Record, frozen=True, tag="arrange"):
    """Give the nodes of a recorded trace their places: it came out of a file."""

    trace: Trace
    limits: Limits


class Prove(Record, frozen=True, tag="prove"):
    """Compare the gradients of one call of backward with slopes, by running the program again.

    number   which call, from 0; below 0 from the last
    shown    the loss of the run that the proof will stand beside, where there is one
    """

    source: str
    inputs: tuple[Input, ...]
    limits: Limits
    number: int
    shown: Number | None = None


class Survey(Record, frozen=True, tag="survey"):
    """Measure the loss over one or two scalar leaves.

    leaves   their positions in the order in which the graph reaches the leaves; at first the first
    seen     for each of them, values that must be in sight
    zoom     how much wider than that the landscape is
    """

    source: str
    inputs: tuple[Input, ...]
    limits: Limits
    number: int
    leaves: tuple[int, ...] = ()
    seen: tuple[tuple[Number, ...], ...] = ()
    zoom: float = 1.0


class Descend(Record, frozen=True, tag="descend"):
    """Take steps of gradient descent from where the program stands."""

    source: str
    inputs: tuple[Input, ...]
    limits: Limits
    number: int
    rate: float
    steps: int
    leaves: tuple[int, ...] = ()


Repeat = Prove | Survey | Descend
"""What runs the program again and again; see `viz.study` for the answers."""

Request = Explain | Render | Fold | Arrange | Repeat


class Answer(Record, frozen=True):
    """What happened, and where its nodes stand: one layout for each backward.

    overviews   the first view of each graph with more than `viz.fold.overview.LARGE` nodes
    """

    trace: Trace
    layouts: tuple[Layout, ...]
    overviews: tuple[Overview | None, ...]

    def __post_init__(self) -> None:
        count = len(self.trace.backwards)
        if len(self.layouts) != count or len(self.overviews) != count:
            drawn = f"{len(self.layouts)} layouts, {len(self.overviews)} overviews"
            raise ValueError(f"{drawn}, {count} backwards")


class Sentence(Record, frozen=True):
    """A UserError on its way: what `UserError.to_wire` gives, held to its types."""

    kind: Literal["program", "input", "limit"]
    message: str
    line: int | None = None
    column: int | None = None
    end_column: int | None = None
    hint: str | None = None
    name: str | None = None


class Failure(Record, frozen=True):
    """Why there is no answer, and what belongs in the server's log but never on the page.

    answer   what there is all the same: the engine stopped in the middle of a backward pass
    """

    error: Sentence
    log: str = ""
    answer: Answer | None = None

    @staticmethod
    def of(error: UserError, log: str = "") -> Failure:
        sentence = msgspec.convert(error.to_wire(), Sentence)
        return Failure(error=sentence, log=log, answer=error.answer)

    def to_json(self, limit: int | None = None) -> bytes:
        """Without the answer where that would make more than `limit` bytes."""
        data = msgspec.json.encode(self)
        if limit is None or len(data) <= limit or self.answer is None:
            return data
        return msgspec.json.encode(Failure(error=self.error, log=self.log))

    @staticmethod
    def from_json(data: bytes) -> Failure:
        """Raises Nonsense for data that is no failure."""
        try:
            return msgspec.json.decode(data, type=Failure)
        except msgspec.DecodeError as error:
            raise Nonsense("a failure that can't be read") from error

    def to_user_error(self) -> UserError:
        """The error to raise; the log is written on the way."""
        if self.log:
            LOGGER.error("A run failed inside SeeGrad:\n%s", self.log)
        error = UserError.from_wire(msgspec.to_builtins(self.error))
        if self.answer is not None:
            error.answer, error.trace = self.answer, self.answer.trace
        return error


class Closed(Exception):
    """The other side ended in the middle."""


class Nonsense(Exception):
    """The other side sent what it may not send."""


# R is a request, P a phase that begins, A the body of the answer, F a failure.
HEADER = struct.Struct(">cQ")


def frame(letter: bytes, body: bytes) -> bytes:
    return HEADER.pack(letter, len(body)) + body


def read_frame(receive: Callable[[int], bytes], limit: int | None = None) -> tuple[bytes, bytes]:
    """The next frame from `receive`, which returns up to that many bytes, and b"" at the end.

    Raises Closed where the stream ends, Nonsense where it announces more than `limit` bytes.
    """
    letter, length = HEADER.unpack(_exactly(receive, HEADER.size))
    if limit is not None and length > limit:
        raise Nonsense(f"a frame of {length} bytes; {limit} are allowed")
    return letter, _exactly(receive, length)


def _exactly(receive: Callable[[int], bytes], count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        part = receive(min(count - len(received), 1 << 20))
        if not part:
            raise Closed(f"the stream ended after {len(received)} of {count} bytes")
        received += part
    return bytes(received)


class Channel:
    """The child's side of the conversation: one request in, phases and one reply out."""

    def __init__(self, receive: Callable[[int], bytes], send: Callable[[bytes], object]) -> None:
        self._receive = receive
        self._send = send

    def request(self) -> Request:
        _, body = read_frame(self._receive)
        return msgspec.json.decode(body, type=Request)

    def phase(self, phase: Phase) -> None:
        self._send(frame(b"P", phase.encode()))

    def answer(self, body: bytes) -> None:
        self._send(frame(b"A", body))

    def fail(self, failure: Failure, limit: int | None = None) -> None:
        self._send(frame(b"F", failure.to_json(limit)))
