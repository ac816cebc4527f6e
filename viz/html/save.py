"""Write the offline file of a trace."""

from __future__ import annotations

import os
from pathlib import Path

from viz.draw.theme import ThemeName, theme_of
from viz.errors import LimitError
from viz.html.document import MOST_NODES, Pass, document
from viz.layout import arrange
from viz.trace import Trace


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

    Above some hundred nodes the file says that the page shows such a graph better.

    Raises InputError where the trace has no such backward pass, or none, LimitError for more than
    3,000 nodes in all, OSError where the file can't be written.
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
    nodes = sum(len(trace.backwards[index].nodes) for index in chosen)
    if nodes > MOST_NODES:
        one = " Save one of them by its index: backward=0." if len(chosen) > 1 else ""
        raise LimitError(
            f"an offline file holds {MOST_NODES:,} nodes; these backward passes have {nodes:,}.",
            hint=f"Save the trace by viz.save, and open that file on the page.{one}",
        )
    return tuple(Pass(index, arrange(trace.backwards[index])) for index in chosen)
