"""What a notebook shows of a Trace: the offline file in a frame of its own.

The frame is a sandbox that may run its scripts and nothing else: it reaches neither the notebook
nor a network. Keys work in it after a click.
"""

from __future__ import annotations

from html import escape

from viz.errors import UserError
from viz.html.document import document, is_large
from viz.html.save import passes_of
from viz.trace import Trace

HEIGHT = 760
"""Pixels: graph, controls and rule card without a scroll bar."""
MOST_NODES = 300
"""Of all small backward passes together. A notebook keeps what it shows in its own file."""
MOST_FOLDED = 1_000_000
"""Characters of the overviews of large ones, before they are packed."""


def notebook_html(trace: Trace) -> str:
    """HTML for the output of a cell; for a large trace a sentence that says how to see it."""
    count = sum(len(backward.nodes) for backward in trace.backwards)
    small = sum(len(each.nodes) for each in trace.backwards if not is_large(each))
    if not count or small > MOST_NODES:
        return _in_words(trace, count)
    try:
        text = document(trace, passes_of(trace), compact=True, most=MOST_FOLDED)
    except UserError as error:
        return f"<p>{escape(str(error))}</p>"
    return (
        f'<iframe srcdoc="{escape(text)}" sandbox="allow-scripts" title="Backward pass" '
        f'style="border:0;width:100%;height:{HEIGHT}px"></iframe>'
    )


def _in_words(trace: Trace, count: int) -> str:
    calls = len(trace.backwards)
    passes = "1 backward pass" if calls == 1 else f"{calls:,} backward passes"
    hint = (
        "Use <code>viz.save_html(trace, 'trace.html')</code> to see it in a browser."
        if count
        else "There is nothing to draw."
    )
    return f"<p>SeeGrad trace: {passes}, {count:,} nodes. {hint}</p>"
