"""Turn an SVG of ours into the bytes of a PNG file, with resvg."""

from __future__ import annotations

from collections.abc import Sequence

import resvg_py

from viz.raster.fonts import Font

MOST_PIXELS = 64_000_000
"""Of one picture: 256 MB while it is drawn."""
LONGEST = 32_000
"""Pixels of one side: more is not shown by many programs."""


def scale_within(width: float, height: float, wished: float) -> float:
    """The wished scale, or the largest at which a picture of this size can be drawn and shown.

    >>> scale_within(1000, 500, 2.0), scale_within(100_000, 10, 2.0)
    (2.0, 0.32)
    """
    area = (MOST_PIXELS / (width * height)) ** 0.5
    return min(wished, area, LONGEST / max(width, height))


def png(svg: str, fonts: Sequence[Font]) -> bytes:
    """The picture at the size that the SVG says, written with these fonts alone.

    fonts   the first of them stands for "sans-serif", with which the stage's list of fonts ends
    """
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            skip_system_fonts=True,
            font_files=[font.path for font in fonts],
            sans_serif_family=fonts[0].family if fonts else None,
        )
    )
