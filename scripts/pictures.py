"""Make the pictures of the README from the running page: `python -m scripts.pictures`."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from scripts.browser import BrowserMissingError, find, launch
from scripts.page_server import ROOT, serve
from scripts.pages import open_page
from viz.raster.frames import gif

DOCS = ROOT / "docs"
FRAME = 60
"""Milliseconds between two frames of the animated picture."""
REST = 1500
"""Milliseconds for which a finished step stands still, so that its card can be read."""
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
            pictures, milliseconds = zip(*stepping(page), strict=True)
            (DOCS / "steps.gif").write_bytes(gif(pictures, milliseconds))
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


if __name__ == "__main__":
    sys.exit(main())
