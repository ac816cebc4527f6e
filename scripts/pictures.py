"""Make the pictures of the README from the running page: `python -m scripts.pictures`."""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from scripts.browser import BrowserMissingError, find, launch
from scripts.page_server import ROOT, serve
from scripts.pages import open_page

DOCS = ROOT / "docs"
FRAME = 60
"""Milliseconds between two frames of the animated picture."""
REST = 1500
"""Milliseconds for which a finished step stands still, so that its card can be read."""
COLOURS = 128
APART = 10
"""Steps of 256 between two colours of the palette, in one channel at least."""
STANDING = "document.querySelector('.sg-stage').dataset.state === 'idle'"


def main() -> int:
    try:
        path = find()
    except BrowserMissingError as error:
        print(f"{error}.", file=sys.stderr)
        return 1
    DOCS.mkdir(exist_ok=True)
    with serve() as server, sync_playwright() as playwright:
        browser = launch(playwright, path)
        with open_page(browser, server.url, {"step": "2", **first_example()}) as page:
            page.screenshot(path=DOCS / "page.png")
        query = first_example()
        with open_page(browser, server.url, query, own_clock=True) as page:
            save_gif(list(stepping(page)), DOCS / "steps.gif")
        browser.close()
    for picture in ("page.png", "steps.gif"):
        print(f"docs/{picture}: {(DOCS / picture).stat().st_size / 1000:.0f} kB")
    return 0


def first_example() -> dict[str, list[str]]:
    """The link to the notebook's program, which the page also opens with."""
    from viz.page.address import to_query
    from viz.page.examples import FIRST
    from viz.page.state import of_example

    return to_query(of_example(FIRST))


def stepping(page: Page) -> Iterator[tuple[Image.Image, int]]:
    """Pictures of the stage on its way from the first step to the last, with their durations.

    The page's clock stands still and is moved by hand: however slow the machine is, the movement is
    as smooth.
    """
    stage = page.locator(".sg-stage")

    def seen() -> Image.Image:
        return Image.open(io.BytesIO(stage.screenshot())).convert("RGB")

    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    yield seen(), REST
    for _ in range(int(page.locator("[data-part=slider]").get_attribute("max") or 0)):
        page.keyboard.press("ArrowRight")
        while not page.evaluate(STANDING):
            page.clock.run_for(FRAME)
            yield seen(), FRAME
        yield seen(), REST


def save_gif(frames: list[tuple[Image.Image, int]], path: Path) -> None:
    """One palette for all frames, no dithering: flat colours stay flat, and the file small."""
    palette = palette_of([picture for picture, _ in frames])
    pictures, durations = [], []
    for picture, duration in frames:
        shown = picture.quantize(palette=palette, dither=Image.Dither.NONE)
        if pictures and shown.tobytes() == pictures[-1].tobytes():
            durations[-1] += duration
            continue
        pictures.append(shown)
        durations.append(duration)
    pictures[0].save(
        path, save_all=True, append_images=pictures[1:], duration=durations, loop=0, optimize=True
    )


def palette_of(pictures: list[Image.Image]) -> Image.Image:
    """The most frequent colours of the first, the middle and the last picture, as they are.

    A mixture would make the page's blue a green; and of two neighbours Pillow may take the wrong
    one, so that white would become grey.
    """
    counts: Counter[tuple[int, ...]] = Counter()
    for picture in (pictures[0], pictures[len(pictures) // 2], pictures[-1]):
        colours = picture.getcolors(picture.width * picture.height) or []
        counts.update({colour: count for count, colour in colours})
    kept: list[tuple[int, ...]] = []
    for colour, _ in counts.most_common():
        if len(kept) < COLOURS and all(apart(colour, other) for other in kept):
            kept.append(colour)
    palette = Image.new("P", (1, 1))
    palette.putpalette([channel for colour in kept for channel in colour])
    return palette


def apart(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) >= APART


if __name__ == "__main__":
    sys.exit(main())
