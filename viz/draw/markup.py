"""Read the texts of the figure, which are in plotly's pseudo-HTML, into lines of plain runs."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import NamedTuple

_TAGS = re.compile(r"(<[^>]*>)")
_COLOUR = re.compile(r"color:\s*([^;\"']+)")


class Run(NamedTuple):
    """Text of one look. No colour, no family of fonts: that of the whole text."""

    text: str
    bold: bool = False
    colour: str | None = None
    family: str | None = None


Line = tuple[Run, ...]


def lines_of(markup: str) -> tuple[Line, ...]:
    """The lines of a text with `<br>`, `<b>` and `<span style="color:...">`.

    >>> lines_of('w = <span style="color:red"><b>2 &lt; 3</b></span><br>[2×3]')[0][1]
    Run(text='2 < 3', bold=True, colour='red', family=None)
    """
    lines: list[list[Run]] = [[]]
    bold = 0
    colours: list[str | None] = [None]
    for part in _TAGS.split(markup):
        if not part:
            continue
        match part:
            case "<br>":
                lines.append([])
            case "<b>":
                bold += 1
            case "</b>":
                bold -= 1
            case "</span>":
                colours.pop()
            case _ if part.startswith("<span"):
                found = _COLOUR.search(part)
                colours.append(found[1] if found else colours[-1])
            case _:
                lines[-1].append(Run(html.unescape(part), bold > 0, colours[-1]))
    return tuple(map(tuple, lines))


def wrapped(text: str, room: float) -> tuple[str, ...]:
    """The text in lines of at most so many ems; a longer word stands in a line of its own.

    >>> wrapped("one two three", 5)
    ('one two', 'three')
    """
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and ems(longer) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return tuple(lines)


def ems(text: str) -> float:
    """How wide a text is, about, in any of the fonts: letters half as wide as high, signs of
    Chinese as wide as high.

    >>> ems("abcd"), ems("梯度")
    (2.0, 2.0)
    """
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.5 for c in text)


def printable(text: str) -> str:
    """The text without what XML can't hold or a reader can't see: control signs become spaces."""
    hidden = ("Cc", "Cf", "Cs", "Co", "Cn")
    return "".join(" " if unicodedata.category(c) in hidden else c for c in text)
