"""The stage in the browser: scripts and styles that the page and the offline file share.

Each script is a module of one job, without imports: they are joined to one text, in which later
ones use what earlier ones define.
"""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent

STAGE_SCRIPTS = ("library.js", "card.js", "room.js", "asks.js", "stage.js")
STAGE_STYLES = ("stage.css", "card.css")
STAGE_MARKUP = "stage.html"


def joined(*names: str) -> str:
    """The texts of these files, one after the other."""
    return "\n".join((HERE / name).read_text("utf-8") for name in names)
