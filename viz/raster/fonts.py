"""Find the font files that a picture needs: the page's own, and for other signs the computer's.

The page writes in Source Sans, which Streamlit brings along, packed for browsers. Signs that it
lacks (✂, Chinese) come from whichever font of the computer has them, the usual ones first.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from fontTools.ttLib import TTCollection, TTFont, TTLibError

FIRST = (
    "DejaVuSans.ttf", "NotoSans-Regular", "NotoSansCJK", "NotoSansSC", "SourceHanSans", "wqy",
    "segoeui.ttf", "msyh", "seguisym", "Arial.ttf", "PingFang", "Hiragino", "STHeiti",
    "Arial Unicode", "Apple Symbols", "Symbola", "NotoSansSymbols", "NotoSansMath",
)  # fmt: skip
"""Names of files that are asked first, in this order: whoever looks for a sign finds it there."""
KINDS = (".ttf", ".otf", ".ttc")


class Font(NamedTuple):
    """One font file: the name by which a picture asks for it, and the letters that it has."""

    path: str
    family: str
    letters: frozenset[int]


def font_for(letter: str) -> Font | None:
    """The font that writes this letter; None where the computer has none."""
    first = page_font()
    if first is not None and ord(letter) in first.letters:
        return first
    return _of_the_computer(ord(letter))


@lru_cache(maxsize=1)
def page_font() -> Font | None:
    """Source Sans, upright, in all its weights; None where Streamlit is not installed."""
    found = find_spec("streamlit")
    places = found.submodule_search_locations if found else None
    packed = [
        path
        for place in places or ()
        for path in Path(place, "static").rglob("SourceSansVF-Upright*.woff2")
    ]
    if not packed:
        return None
    folder = tempfile.mkdtemp(prefix="seegrad-font-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder, "SourceSans.ttf")
    font = TTFont(packed[0])
    font.flavor = None  # Unpacked: what draws the letters reads no fonts for browsers.
    font.save(path)
    return _read(str(path))


@lru_cache(maxsize=4096)
def _of_the_computer(letter: int) -> Font | None:
    return next(
        (font for font in map(_read, _files()) if font is not None and letter in font.letters), None
    )


@lru_cache(maxsize=1024)
def _read(path: str) -> Font | None:
    """What the file has; None for one that can't be read."""
    try:
        if path.lower().endswith(".ttc"):
            font = TTCollection(path, lazy=True).fonts[0]
        else:
            font = TTFont(path, lazy=True)
        names, letters = font["name"], font.getBestCmap()
        family = names.getDebugName(16) or names.getDebugName(1)
    except (OSError, TTLibError, KeyError, IndexError, ValueError, AssertionError):
        return None
    outlines = any(table in font for table in ("glyf", "CFF ", "CFF2"))
    if not family or not letters or not outlines:
        return None  # A font of little pictures, such as coloured emoji, can't be scaled.
    return Font(path, family, frozenset(letters))


@lru_cache(maxsize=1)
def _files() -> tuple[str, ...]:
    """Every font file of the computer, the usual ones first."""

    def rank(path: str) -> tuple[int, str]:
        name = os.path.basename(path)
        places = (index for index, start in enumerate(FIRST) if name.startswith(start))
        return next(places, len(FIRST)), path

    return tuple(sorted(_found(), key=rank))


def _found() -> Iterator[str]:
    for folder in _folders():
        for place, _, names in os.walk(folder):
            yield from (os.path.join(place, n) for n in names if n.lower().endswith(KINDS))


def _folders() -> tuple[str, ...]:
    home = Path.home()
    if sys.platform == "win32":
        windows = os.environ.get("WINDIR", r"C:\Windows")
        own = home / "AppData/Local/Microsoft/Windows/Fonts"
        return str(Path(windows, "Fonts")), str(own)
    if sys.platform == "darwin":
        return "/System/Library/Fonts", "/Library/Fonts", str(home / "Library/Fonts")
    data = os.environ.get("XDG_DATA_HOME") or str(home / ".local/share")
    return (
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        str(Path(data, "fonts")),
        str(home / ".fonts"),
    )
