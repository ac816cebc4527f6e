"""Turn a request into an answer, in a child process that lives for one run."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Callable, Collection, Iterable

from viz.fold.columns import columns_of
from viz.fold.overview import Overview
from viz.limits import DEFAULT, Limits
from viz.sandbox.forked import Forked
from viz.sandbox.front import Sandbox, Status
from viz.sandbox.spare import Spare
from viz.sandbox.wire import Answer, Descend, Fold, Form, Prove, Survey
from viz.study import Descent, Landscape, Proof
from viz.trace import Input, Number, Trace

__all__ = [
    "Answer",
    "Form",
    "Status",
    "arrange",
    "descend",
    "explain",
    "overview",
    "prove",
    "render",
    "shutdown",
    "start",
    "status",
    "survey",
]

# Elsewhere fork is missing, or unsafe once the system's libraries have started threads.
_SANDBOX = Sandbox(Forked() if sys.platform == "linux" else Spare())


def start() -> None:
    """Begins to warm up in the background and returns at once. Otherwise the first run does it."""
    _SANDBOX.workers.start()


def explain(
    source: str,
    inputs: Iterable[Input] = (),
    limits: Limits = DEFAULT,
    on_wait: Callable[[int], None] | None = None,
    record: Iterable[int] = (),
    exact: bool = False,
) -> Answer:
    """Runs the program and returns what the engine did, and where its nodes stand.

    on_wait   is called with the place in the queue while others run; 1 is next
    record    numbers of calls of backward, from 0, to be recorded step by step; of a short program
              all are, of a training loop else only the first and the last
    exact     whether an input that the program lacks is an error, and a value that was chosen for a
              missing one a notice

    Raises ProgramError, InputError or LimitError, within `limits.seconds` of its start.
    """
    return _SANDBOX.explain(source, inputs, limits, on_wait, record, exact)


def render(
    dot: str,
    form: Form,
    limits: Limits = DEFAULT,
    on_wait: Callable[[int], None] | None = None,
) -> bytes:
    """The picture of a DOT text, drawn by Graphviz.

    Raises ProgramError for text that is no DOT, LimitError where it is too large or takes too long.
    """
    return _SANDBOX.render(dot, form, limits, on_wait)


def overview(
    trace: Trace,
    backward: int,
    opened: Collection[str] | None = None,
    find: str = "",
    show: str = "",
    limits: Limits = DEFAULT,
    on_wait: Callable[[int], None] | None = None,
) -> Overview:
    """What is seen of one backward pass where these groups are open, and where it stands.

    opened   ids of groups, as `Overview.opened` has them; None for a first view
    find     words to search for (see `viz.fold.find`); the groups around the first match are opened
             as well, and what is or holds a match is told in the answer
    show     the id of a node or group: the groups around it are opened as well

    Raises InputError where there is no such node, LimitError where it takes too long.
    """
    columns = columns_of(trace.backwards[backward])
    chosen = None if opened is None else tuple(opened)
    return _SANDBOX.fold(Fold(columns, limits, chosen, find, show), on_wait)


def arrange(
    trace: Trace,
    limits: Limits = DEFAULT,
    on_wait: Callable[[int], None] | None = None,
) -> Answer:
    """Where the nodes of a trace stand that was recorded elsewhere. Nothing of it is run.

    Raises LimitError where the drawing is too large or takes too long.
    """
    return _SANDBOX.arrange(trace, limits, on_wait)


def prove(
    source: str,
    inputs: Iterable[Input] = (),
    number: int = -1,
    limits: Limits = DEFAULT,
    shown: Number | None = None,
    on_wait: Callable[[int], None] | None = None,
) -> Proof:
    """The gradients of one call of backward beside slopes that were measured.

    number   which call, from 0; below 0 from the last
    shown    the loss of the run that the proof will stand beside
    """
    request = Prove(source, tuple(inputs), limits, number, shown)
    return _SANDBOX.study(request, Proof, on_wait)


def survey(
    source: str,
    inputs: Iterable[Input],
    number: int,
    leaves: Iterable[int],
    limits: Limits = DEFAULT,
    seen: Iterable[Iterable[Number]] = (),
    zoom: float = 1.0,
    on_wait: Callable[[int], None] | None = None,
) -> Landscape:
    """The loss over one or two scalar leaves; see `viz.again.survey`."""
    places = tuple(map(tuple, seen))
    request = Survey(source, tuple(inputs), limits, number, tuple(leaves), places, zoom)
    return _SANDBOX.study(request, Landscape, on_wait)


def descend(
    source: str,
    inputs: Iterable[Input],
    number: int,
    leaves: Iterable[int],
    rate: float,
    steps: int,
    limits: Limits = DEFAULT,
    on_wait: Callable[[int], None] | None = None,
) -> Descent:
    """Steps of gradient descent from where the program stands."""
    request = Descend(source, tuple(inputs), limits, number, rate, steps, tuple(leaves))
    return _SANDBOX.study(request, Descent, on_wait)


def status() -> Status:
    """Which protections are active, and how many run and wait. Never waits itself."""
    return _SANDBOX.status()


def shutdown() -> None:
    """Ends the processes; the next run starts them again."""
    _SANDBOX.workers.stop()


atexit.register(shutdown)
