"""Turn a Trace and the places of its nodes into the text of one offline file.

The file asks for nothing: plotly.js, styles, scripts and data are inside, and its policy forbids
every request. Text of a user is either escaped, or JSON that scripts show as text.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import msgspec

from viz.assets import STAGE_MARKUP, STAGE_SCRIPTS, STAGE_STYLES, joined
from viz.draw.beside import line_notes, printed_text
from viz.draw.noticed import noticed_box
from viz.draw.scene import Scene
from viz.draw.stage import stage_of
from viz.draw.tables import leaves_table
from viz.draw.theme import THEMES, Theme, ThemeName
from viz.html.packing import packed, packed_plotly, plotly_script
from viz.layout.places import Layout
from viz.rules.surprises import surprises_of_trace
from viz.trace import Backward, Record, Trace

HERE = Path(__file__).parent

MOST_NODES = 3_000
"""Of all passes in one file together: browsers draw each mark, and step through more too slowly."""
LARGE = 300
"""Nodes of one pass, above which the page shows it better: it folds what is large."""

# The figure is drawn once, for both themes: where a colour belongs stands its name, between two
# characters that no text of a figure has (they are private, and left out of it).
COLOURS = tuple(field.name for field in msgspec.structs.fields(Theme))
NAMED = Theme(**{name: f"\ue000{name}\ue001" for name in COLOURS})


class Pass(Record, frozen=True):
    """One backward pass of the trace, and where its nodes stand."""

    index: int
    layout: Layout


def document(
    trace: Trace, passes: tuple[Pass, ...], theme: ThemeName | None = None, compact: bool = False
) -> str:
    """The text of the file.

    theme     None: as the browser is set
    compact   without the heading, for a frame in a notebook
    """
    script = joined(*STAGE_SCRIPTS, "lines.js") + _own("offline.js")
    data = packed(msgspec.json.encode(_data(trace, passes)).decode())
    return Template(_own("offline.html")).substitute(
        policy=_policy(script, plotly_script()),
        theme=theme or "",
        compact="sg-compact" if compact else "",
        styles=joined(*STAGE_STYLES, "lines.css", "tables.css") + _own("offline.css"),
        chooser=_chooser(trace, passes),
        output=printed_text(trace.printed) if trace.printed else "",
        notices=_notices(trace),
        large="".join(map(escape, _large(trace, passes))),
        tables="".join(_tables(trace, each) for each in passes),
        stage=joined(STAGE_MARKUP),
        data=data,
        plotly=packed_plotly(),
        script=script,
    )


def _own(name: str) -> str:
    return (HERE / name).read_text("utf-8")


def _policy(*scripts: str) -> str:
    """What the file may do: run these very scripts. It may not ask anybody for anything."""
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()) for text in scripts]
    allowed = " ".join(f"'sha256-{digest.decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _data(trace: Trace, passes: Iterable[Pass]) -> dict[str, Any]:
    """What offline.js shows."""
    return {
        "source": trace.source,
        "themes": {name: msgspec.to_builtins(theme) for name, theme in THEMES.items()},
        "passes": [_pass_data(trace.backwards[each.index], each.layout) for each in passes],
    }


def _pass_data(backward: Backward, layout: Layout) -> dict[str, Any]:
    stage = stage_of(Scene(backward, layout, NAMED))
    notes = {str(line): note for line, note in line_notes(backward).items()}
    return {"notes": notes, **msgspec.to_builtins(stage)}


def _chooser(trace: Trace, passes: tuple[Pass, ...]) -> str:
    if len(passes) < 2:
        return ""
    options = "".join(
        f'<option value="{position}">{escape(_title(trace.backwards[each.index]))}</option>'
        for position, each in enumerate(passes)
    )
    return f'<label>Backward pass <select data-part="pass">{options}</select></label>'


def _title(backward: Backward) -> str:
    way = "grad, " if backward.way == "grad" else ""
    line = f"line {backward.line}" if backward.line else "called at the end"
    return f"{backward.number + 1}: {way}{line}"


def _notices(trace: Trace) -> str:
    said = [
        f"<p>{escape(f'Line {notice.line}: ' if notice.line else '')}{escape(notice.text)}</p>"
        for notice in trace.notices
    ]
    return f'<div class="sg-notices">{"".join(said)}</div>' if said else ""


def _large(trace: Trace, passes: Iterable[Pass]) -> Iterable[str]:
    """What a reader of a large graph is told."""
    most = max(len(trace.backwards[each.index].nodes) for each in passes)
    if most > LARGE:
        yield (
            f"This graph has {most:,} nodes, and every one is drawn here, so that steps are slow. "
            "SeeGrad’s page folds a graph of this size: open the trace file of viz.save there."
        )


def _tables(trace: Trace, each: Pass) -> str:
    """What there is to notice in one pass, and its leaves; shown when the pass is."""
    found = surprises_of_trace(trace, each.index)
    table = leaves_table(trace.backwards[each.index], checked=False)
    return (
        f'<div class="sg-pass" hidden>{noticed_box(found)}'
        f'<div class="sg-label">Leaves</div>{table}</div>'
    )
