"""Stage and overview in the browser: scripts and styles that page and offline file share.

Each script is a module of one job, without imports: they are joined to one text, in which later
ones use what earlier ones define.
"""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent

COMMON_SCRIPTS = ("card.js", "controls.js")
"""What both use."""

STAGE_SCRIPTS = ("library.js", "room.js", "asks.js", "stage.js")
STAGE_STYLES = ("stage.css", "card.css")
STAGE_MARKUP = ("stage.html", "controls.html")

OVERVIEW_SCRIPTS = (
    *(f"overview_{part}.js" for part in ("words", "places", "room", "lines", "routes", "crowd")),
    *(
        f"overview_{part}.js"
        for part in ("colours", "paint", "moves", "steps", "search", "card", "scene", "frames")
    ),
    "overview.js",
)
"""Of a large graph."""
OVERVIEW_STYLES = (*STAGE_STYLES, "overview.css")
OVERVIEW_MARKUP = ("overview.html", "controls.html")


def joined(*names: str) -> str:
    """The texts of these files, one after the other."""
    return "\n".join((HERE / name).read_text("utf-8") for name in names)
