"""Open the page in a browser and wait until it stands still: on its state, never on time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Literal
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page

Theme = Literal["light", "dark"]

COUNT_RERUNS = """
window.rerunsFinished = 0;
let before = null;
new MutationObserver(() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const state = app && app.getAttribute('data-test-script-state');
  if (before === 'running' && state === 'notRunning') window.rerunsFinished += 1;
  before = state;
}).observe(document, {subtree: true, childList: true, attributes: true,
                      attributeFilter: ['data-test-script-state']});
"""
IDLE = """
() => {
  const app = document.querySelector('[data-testid="stApp"]');
  return app !== null
    && app.getAttribute('data-test-script-state') === 'notRunning'
    && app.getAttribute('data-test-connection-state') === 'CONNECTED'
    && document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]') === null
    && document.fonts.status === 'loaded';
}
"""


@contextmanager
def open_page(
    browser: Browser,
    url: str,
    query: Mapping[str, str] | None = None,
    *,
    theme: Theme = "light",
    width: int = 1280,
    height: int = 800,
    reduced_motion: bool = False,
) -> Iterator[Page]:
    """A window of its own (no cookies, no storage) on the page, once the page is idle."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=1,
        locale="en-US",
        timezone_id="UTC",
        color_scheme=theme,
        reduced_motion="reduce" if reduced_motion else "no-preference",
    )
    context.add_init_script(COUNT_RERUNS)
    try:
        page = context.new_page()
        page.goto(f"{url}/?{urlencode(query)}" if query else url)
        wait_until_idle(page)
        yield page
    finally:
        context.close()


def wait_until_idle(page: Page) -> None:
    """The script has run, its elements and the fonts are there."""
    page.wait_for_function(IDLE)


@contextmanager
def rerun(page: Page) -> Iterator[None]:
    """Wait for the rerun that the block causes: `with rerun(page): box.press("Enter")`."""
    before = page.evaluate("window.rerunsFinished")
    yield
    page.wait_for_function("before => window.rerunsFinished > before", arg=before)
    wait_until_idle(page)
