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
DEEP = """\
import torch
from torch import nn

class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm_1, self.norm_2 = nn.LayerNorm(16), nn.LayerNorm(16)
        self.query, self.key, self.value = (nn.Linear(16, 16) for _ in range(3))
        self.mlp = nn.Sequential(nn.Linear(16, 64), nn.GELU(), nn.Linear(64, 16))

    def forward(self, x):
        y = self.norm_1(x)
        scores = self.query(y) @ self.key(y).T / 4
        x = x + torch.softmax(scores, dim=-1) @ self.value(y)
        return x + self.mlp(self.norm_2(x))

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte = nn.Embedding(50, 16)
        self.h = nn.ModuleList([Block() for _ in range(12)])
        self.head = nn.Linear(16, 50)

    def forward(self, x):
        x = self.wte(x)
        for block in self.h:
            x = block(x)
        return self.head(x)

torch.manual_seed(0)
words = torch.arange(8)
loss = nn.functional.cross_entropy(Model()(words[:-1]), words[1:])
loss.backward()"""
"""A transformer of twelve blocks: a graph that the page folds."""
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
        with open_page(browser, server.url, {"p": DEEP, "step": "12"}) as page:
            deep(page)
            page.screenshot(path=DOCS / "overview.png")
        browser.close()
    for picture in ("page.png", "steps.gif", "overview.png"):
        print(f"docs/{picture}: {(DOCS / picture).stat().st_size / 1000:.0f} kB")
    return 0


def first_example() -> dict[str, list[str]]:
    """The link to the notebook's program, which the page also opens with."""
    from viz.page.address import to_query
    from viz.page.examples import FIRST
    from viz.page.state import of_example

    return to_query(of_example(FIRST))


def deep(page: Page) -> None:
    """Go on to where about half of the boxes have fired."""
    slider = page.locator("[data-part=slider]")
    half = int(slider.get_attribute("max") or 0) // 2
    page.keyboard.press("Home")
    for _ in range(half):
        page.keyboard.press("ArrowRight")
    page.wait_for_selector(f".sg-overview[data-state=idle][data-step='{half}']")
    page.wait_for_selector(".sg-card[data-item]:not([data-item=''])")


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
