"""Compare two pictures of the page: the softer edge of a letter passes, a changed digit fails."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

CHANNEL_DIFFERENCE = 40
"""Steps of 256 by which a colour channel may be off: the soft edges of letters and lines."""
DIFFERING_SHARE = 5e-6
"""Share of the pixels that may differ: 5 of a page of 1280 x 800. A 0 in place of a 6 is more."""


@dataclass(frozen=True)
class Comparison:
    """How many pixels differ, and where: `marked` shows them red on the faded expected picture."""

    differing: int
    allowed: int
    marked: Image.Image

    @property
    def same(self) -> bool:
        return self.differing <= self.allowed


def compare(expected: Image.Image, actual: Image.Image) -> Comparison:
    """Raises ValueError where the sizes differ."""
    if expected.size != actual.size:
        raise ValueError(f"the stored picture is {expected.size}, the page is {actual.size}")
    expected, actual = expected.convert("RGB"), actual.convert("RGB")
    red, green, blue = ImageChops.difference(expected, actual).split()
    strongest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    mask = strongest.point([255 if step > CHANNEL_DIFFERENCE else 0 for step in range(256)])
    differing = mask.histogram()[255]
    allowed = round(expected.width * expected.height * DIFFERING_SHARE)
    return Comparison(differing, allowed, marked(expected, mask))


def marked(expected: Image.Image, mask: Image.Image) -> Image.Image:
    faded = Image.blend(expected, Image.new("RGB", expected.size, "white"), 0.7)
    # Single pixels would be overlooked.
    return Image.composite(
        Image.new("RGB", expected.size, "red"), faded, mask.filter(ImageFilter.MaxFilter(5))
    )


def check(actual: Image.Image, stored: Path, out: Path, *, update: bool) -> None:
    """Compare with the stored picture, or store this one.

    Raises AssertionError, and leaves the picture and what differs in `out`.
    """
    if update:
        stored.parent.mkdir(parents=True, exist_ok=True)
        # A picture that looks the same stays as it is: only real changes are committed.
        if not (stored.exists() and looks_the_same(Image.open(stored), actual)):
            actual.save(stored, optimize=True)
        return
    seen = out / f"{stored.stem}.actual.png"
    difference = out / f"{stored.stem}.difference.png"
    out.mkdir(parents=True, exist_ok=True)
    for left in (seen, difference):
        left.unlink(missing_ok=True)
    accept = "Look at it; if it is right, accept it with: make screenshots"
    if not stored.exists():
        actual.save(seen)
        raise AssertionError(f"no stored picture {stored.name}; this one is in {seen}. {accept}")
    try:
        found = compare(Image.open(stored), actual)
    except ValueError as error:
        actual.save(seen)
        raise AssertionError(f"{stored.name}: {error}; see {seen}. {accept}") from error
    if not found.same:
        actual.save(seen)
        found.marked.save(difference)
        raise AssertionError(
            f"{stored.name}: {found.differing} pixels differ, {found.allowed} may; "
            f"see {seen} and {difference}. {accept}"
        )


def looks_the_same(stored: Image.Image, actual: Image.Image) -> bool:
    return stored.size == actual.size and compare(stored, actual).same
