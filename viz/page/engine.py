"""Ask the sandbox, and keep its answers: a program is run once, however often it is shown."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from typing import Literal

import msgspec
import streamlit as st

from viz import sandbox
from viz.draw.picture import draw
from viz.draw.stage import Stage, stage
from viz.draw.theme import ThemeName
from viz.draw.together import Together, together
from viz.errors import UserError
from viz.fold.overview import Overview
from viz.limits import DEFAULT
from viz.rules.surprises import Surprise, surprises_of_trace
from viz.sandbox import Answer
from viz.trace import Backward, Input

KEPT = 256
_on_wait: ContextVar[Callable[[int], None] | None] = ContextVar("on_wait", default=None)
PICTURE = msgspec.structs.replace(DEFAULT, seconds=5.0)
"""What drawing torchviz's picture may cost."""


def answer(
    source: str, inputs: tuple[Input, ...], call: int | None, on_wait: Callable[[int], None]
) -> Answer:
    """What the program did; this call of backward (from 0) is recorded step by step.

    Raises UserError.
    """
    token = _on_wait.set(on_wait)
    try:
        first = _answer(source, inputs, ())
        recorded = {backward.number for backward in first.trace.backwards}
        if call is None or call in recorded or call >= first.trace.history.calls:
            return first
        return _answer(source, inputs, (call,))
    finally:
        _on_wait.reset(token)


# Streamlit's own caches would replay the message to a person who waits for nothing.
@lru_cache(maxsize=KEPT)
def _answer(source: str, inputs: tuple[Input, ...], record: tuple[int, ...]) -> Answer:
    return sandbox.explain(source, inputs, DEFAULT, on_wait=_on_wait.get(), record=record)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def drawn_stage(
    run: str, backward: int, theme: ThemeName, forward_first: bool, _answer: Answer
) -> Stage:
    """The animated figure of one backward pass."""
    layout = _answer.layouts[backward]
    return stage(_answer.trace.backwards[backward], layout, theme, forward_first)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def overview(
    run: str,
    backward: int,
    opened: tuple[str, ...] | None,
    find: str,
    show: str,
    _answer: Answer,
) -> Overview:
    """What is seen of a graph where these groups are open; see `viz.sandbox.overview`.

    Raises UserError.
    """
    first = _answer.overviews[backward]
    if first is not None and opened is None and not find and not show:
        return first
    return sandbox.overview(_answer.trace, backward, opened, find, show)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def stages_together(
    contents: tuple[str, ...],
    forward_first: bool,
    _stages: tuple[Stage, Stage],
    _backwards: tuple[Backward, Backward],
) -> Together:
    """How two stages step in time."""
    return together(*_stages, *_backwards)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def surprises(run: str, backward: int, _answer: Answer) -> tuple[Surprise, ...]:
    """What there is to notice in one backward pass."""
    return surprises_of_trace(_answer.trace, backward)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def picture_text(
    run: str, backward: int, attributes: bool, saved: bool, theme: ThemeName, _answer: Answer
) -> str:
    """torchviz's own picture as DOT text."""
    picture = draw(_answer.trace, backward, attributes=attributes, saved=saved, theme=theme)
    return str(picture.source)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def rendered(dot: str, form: Literal["svg", "png"]) -> bytes | str:
    """The picture in a format; or, as text, why there is none (that is kept as well: dot may need
    minutes for a graph, and would need them again)."""
    try:
        return sandbox.render(dot, form, PICTURE)
    except UserError as error:
        return str(error)
