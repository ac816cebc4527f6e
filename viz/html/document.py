"""Turn a Trace and the places of its nodes into the text of one offline file.

The file asks for nothing: plotly.js, styles, scripts and data are inside, and its policy forbids
every request. Text of a user is either escaped, or JSON that scripts show as text.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import msgspec

from viz.assets import (
    COMMON_SCRIPTS,
    OVERVIEW_MARKUP,
    OVERVIEW_SCRIPTS,
    OVERVIEW_STYLES,
    STAGE_MARKUP,
    STAGE_SCRIPTS,
    joined,
)
from viz.draw.beside import line_notes, printed_text
from viz.draw.noticed import noticed_box
from viz.draw.scene import Scene
from viz.draw.stage import stage_of
from viz.draw.tables import leaves_table
from viz.draw.theme import THEMES, Theme, ThemeName
from viz.fold.overview import LARGE
from viz.html.packing import packed, packed_plotly, plotly_script
from viz.html.states import MOST_CHARACTERS, folded
from viz.layout.places import Layout
from viz.rules.surprises import surprises_of_trace
from viz.trace import Backward, Record, Trace

HERE = Path(__file__).parent

MOST_WITH_SURPRISES = 20_000
"""Steps: what is to be noticed in more takes longer to find than all the rest."""

# The figure is drawn once, for both themes: where a colour belongs stands its name, between two
# characters that no text of a figure has (they are private, and left out of it).
COLOURS = tuple(field.name for field in msgspec.structs.fields(Theme))
NAMED = Theme(**{name: f"\ue000{name}\ue001" for name in COLOURS})


class Pass(Record, frozen=True):
    """One backward pass of the trace, and where its nodes stand; None to draw it as an overview."""

    index: int
    layout: Layout | None


def is_large(backward: Backward) -> bool:
    """Whether it is drawn as an overview."""
    return len(backward.nodes) > LARGE


def document(
    trace: Trace,
    passes: tuple[Pass, ...],
    theme: ThemeName | None = None,
    compact: bool = False,
    most: int = MOST_CHARACTERS,
) -> str:
    """The text of the file.

    theme     None: as the browser is set
    compact   without the heading, for a frame in a notebook
    most      characters of the overviews of large passes, before they are packed
    """
    small = any(each.layout is not None for each in passes)
    large = any(each.layout is None for each in passes)
    script = joined(*COMMON_SCRIPTS, "lines.js") + _scripts(small, large) + _own("offline.js")
    data = packed(msgspec.json.encode(_data(trace, passes, most)).decode())
    return Template(_own("offline.html")).substitute(
        policy=_policy(script, *([plotly_script()] if small else [])),
        theme=theme or "",
        compact="sg-compact" if compact else "",
        styles=joined(*OVERVIEW_STYLES, "lines.css", "tables.css") + _own("offline.css"),
        chooser=_chooser(trace, passes),
        output=printed_text(trace.printed) if trace.printed else "",
        notices=_notices(trace),
        tables="".join(_tables(trace, each) for each in passes),
        stage=joined(*STAGE_MARKUP) if small else "",
        overview=joined(*OVERVIEW_MARKUP) if large else "",
        data=data,
        plotly=packed_plotly() if small else "",
        script=script,
    )


def _scripts(small: bool, large: bool) -> str:
    """Those of the stage and of the overview: each has words of its own under the same names."""
    stage = joined(*STAGE_SCRIPTS) if small else ""
    if not large:
        return stage
    inner = joined(*OVERVIEW_SCRIPTS) + _own("offline_overview.js")
    return f"{stage}\nconst LargeStage = (() => {{\n{inner}\nreturn OfflineOverview\n}})()\n"


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


def _data(trace: Trace, passes: tuple[Pass, ...], most: int) -> dict[str, Any]:
    """What offline.js shows."""
    room = most // max(1, sum(each.layout is None for each in passes))
    return {
        "source": trace.source,
        "themes": {name: msgspec.to_builtins(theme) for name, theme in THEMES.items()},
        "passes": [_pass_data(trace.backwards[each.index], each.layout, room) for each in passes],
    }


def _pass_data(backward: Backward, layout: Layout | None, room: int) -> dict[str, Any]:
    notes = {str(line): note for line, note in line_notes(backward).items()}
    if layout is None:
        return {"notes": notes, "folded": folded(backward, room)}
    stage = stage_of(Scene(backward, layout, NAMED))
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


def _tables(trace: Trace, each: Pass) -> str:
    """What there is to notice in one pass, and its leaves; shown when the pass is."""
    backward = trace.backwards[each.index]
    is_short = len(backward.steps) <= MOST_WITH_SURPRISES
    found = surprises_of_trace(trace, each.index) if is_short else ()
    table = leaves_table(backward, checked=False)
    return (
        f'<div class="sg-pass" hidden>{noticed_box(found)}'
        f'<div class="sg-label">Leaves</div>{table}</div>'
    )
