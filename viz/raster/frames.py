"""Turn pictures into one animated GIF with few, flat colours."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence

from PIL import Image

COLOURS = 128
APART = 10
"""Steps of 256 between two colours of the palette, in one channel at least."""


def gif(pictures: Sequence[Image.Image], milliseconds: Sequence[int]) -> bytes:
    """One palette for all frames, no dithering: flat colours stay flat, and the file small.

    pictures       in RGB, all of one size
    milliseconds   how long each stands; equal pictures in a row become one
    """
    palette = palette_of(pictures)
    frames: list[Image.Image] = []
    durations: list[int] = []
    for picture, duration in zip(pictures, milliseconds, strict=True):
        shown = picture.quantize(palette=palette, dither=Image.Dither.NONE)
        if frames and shown.tobytes() == frames[-1].tobytes():
            durations[-1] += duration
            continue
        frames.append(shown)
        durations.append(duration)
    written = io.BytesIO()
    frames[0].save(
        written,
        "GIF",
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=0,
        optimize=True,
    )
    return written.getvalue()


def palette_of(pictures: Sequence[Image.Image]) -> Image.Image:
    """The most frequent colours of the first, the middle and the last picture, as they are.

    A mixture would make the page's blue a green; and of two neighbours Pillow may take the wrong
    one, so that white would become grey.
    """
    counts: Counter[tuple[int, ...]] = Counter()
    for picture in (pictures[0], pictures[len(pictures) // 2], pictures[-1]):
        for count, colour in picture.getcolors(picture.width * picture.height) or []:
            if isinstance(colour, tuple):
                counts[colour] += count
    kept: list[tuple[int, ...]] = []
    for colour, _ in counts.most_common():
        if len(kept) < COLOURS and all(_apart(colour, other) for other in kept):
            kept.append(colour)
    palette = Image.new("P", (1, 1))
    palette.putpalette([channel for colour in kept for channel in colour])
    return palette


def _apart(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) >= APART
