"""Choose the font of each letter, and place what is written in several fonts.

A line in one font is left whole. Where signs of another font stand in it, its parts are measured
and placed one by one: the drawing library would write the whole line in the other font, or leave
boxes for what it lacks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import groupby

from PIL import ImageFont

from viz.draw.markup import Line, Run
from viz.draw.vector import Piece
from viz.raster.fonts import Font, font_for, page_font

BOLD, PLAIN = 700, 400
MISSING = "□"
MEASURED = 100
"""Size in pixels at which letters are measured."""


class Lettering:
    """The fonts of one picture; `fonts` are those that it turned out to need, the page's first."""

    def __init__(self) -> None:
        first = page_font()
        self.fonts = [first] if first else []

    def __call__(self, line: Line, size: float, anchor: str) -> Sequence[Piece]:
        parts = [part for run in line for part in _split(run)]
        first = page_font()
        if all(font is first for _, font in parts):
            return ()
        placed: list[Piece] = []
        start = 0.0
        for run, font in parts:
            if font is not None and font not in self.fonts:
                self.fonts.append(font)
            family = font.family if font is not None and font is not first else None
            placed.append((start, (run._replace(family=family),)))
            start += _width(run.text, font, run.bold) * size
        shift = {"middle": -start / 2, "end": -start}.get(anchor, 0.0)
        return [(begin + shift, part) for begin, part in placed]


def _split(run: Run) -> list[tuple[Run, Font | None]]:
    """The run in parts of one font each; what no font has becomes a box."""
    fonts: list[Font | None] = []
    for letter in run.text:
        # An accent or a joiner belongs to the letter before it, in whichever font that is.
        joins = unicodedata.combining(letter) or letter in "\u200d\ufe0e\ufe0f"
        fonts.append(fonts[-1] if joins and fonts else font_for(letter))
    parts = []
    pairs = zip(run.text, fonts, strict=True)
    for font, letters in groupby(pairs, key=lambda pair: pair[1]):
        text = "".join(letter for letter, _ in letters)
        if font is None:
            text, font = MISSING * len(text), font_for(MISSING)
        parts.append((run._replace(text=text), font))
    return parts


@lru_cache(maxsize=4096)
def _width(text: str, font: Font | None, bold: bool) -> float:
    """In its size."""
    if font is None:
        return float(len(text))
    measure = _measure(font.path, bold)
    return measure.getlength(text) / MEASURED


@lru_cache(maxsize=64)
def _measure(path: str, bold: bool) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(path, MEASURED)
    with suppress(OSError):  # A font of one weight has nothing to choose.
        font.set_variation_by_axes([BOLD if bold else PLAIN])
    return font
