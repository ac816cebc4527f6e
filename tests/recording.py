"""Run a text of the language through the Recorder: what the child process does, in this one."""

from __future__ import annotations

import textwrap

from viz.capture import Recorder
from viz.language import check, run
from viz.limits import DEFAULT
from viz.trace import Trace


def recorded(source: str) -> Trace:
    """The Trace of a program that ends without a mistake."""
    text = textwrap.dedent(source).strip("\n")
    with Recorder(DEFAULT) as recorder:
        result = run(check(text, DEFAULT), {}, recorder, DEFAULT)
    return Trace(
        source=text,
        printed=result.printed,
        backwards=recorder.backwards,
        notices=result.notices,
        history=recorder.history,
    )
