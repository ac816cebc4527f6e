"""Write the offline file of a trace."""

from __future__ import annotations

import os
from pathlib import Path

from viz.draw.theme import ThemeName, theme_of
from viz.html.document import Pass, document, is_large
from viz.layout import arrange
from viz.trace import Backward, Trace


def save_html(
    trace: Trace,
    path: str | os.PathLike[str],
    *,
    backward: int | None = None,
    theme: ThemeName | None = None,
) -> Path:
    """Write one file that plays the trace in any browser, without a network. Returns its path.

    It has the stepper with its keys, the program with the present line marked, the rule cards and
    the leaves, for every recorded backward pass.

    backward   only this pass, an index into `trace.backwards`
    theme      "light" or "dark"; None follows the browser, and the reader may switch

    A pass of more than 300 nodes is an overview, whose blocks open as on the page, but one at a
    time, and without the deepest of very large graphs. Its cards have the numbers, and the rules
    where there is room.

    Raises InputError where the trace has no such backward pass, or none, OSError where the file
    can't be written.
    """
    target = Path(path)
    if theme is not None:
        theme_of(theme)  # It says what is wrong.
    text = document(trace, passes_of(trace, backward), theme)
    target.write_bytes(text.encode())  # The same line ends everywhere: scripts are known by hash.
    return target


def passes_of(trace: Trace, backward: int | None = None) -> tuple[Pass, ...]:
    """All passes of the trace, or the one with this index, with the places of their nodes."""
    trace.chosen(0 if backward is None else backward)
    count = len(trace.backwards)
    chosen = range(count) if backward is None else (backward % count,)
    return tuple(_placed(index, trace.backwards[index]) for index in chosen)


def _placed(index: int, backward: Backward) -> Pass:
    return Pass(index, None if is_large(backward) else arrange(backward))
