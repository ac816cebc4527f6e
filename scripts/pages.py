"""Open the page in a browser and wait until it stands still: on its state, never on time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, TimeoutError

Theme = Literal["light", "dark"]

PATIENCE = 120_000
"""Milliseconds after which a page that is not idle has failed."""
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
UNREST = """
() => {
  const app = document.querySelector('[data-testid="stApp"]');
  if (app === null) return 'there is no app yet';
  const script = app.getAttribute('data-test-script-state');
  if (script !== 'notRunning') return `its script is ${script}`;
  const connection = app.getAttribute('data-test-connection-state');
  if (connection !== 'CONNECTED') return `its connection is ${connection}`;
  if (document.querySelector('[data-testid="stSkeleton"]')) return 'an element is still loading';
  if (document.querySelector('[data-stale="true"]')) return 'an element is of an earlier run';
  if (document.querySelector('.sg-stage:not([data-state="idle"])')) return 'the stage is moving';
  if (document.fonts.status !== 'loaded') return 'a font is still loading';
  return '';
}
"""
"""What still moves; "" once the page is idle."""


@contextmanager
def open_page(
    browser: Browser,
    url: str,
    query: Mapping[str, str | Sequence[str]] | None = None,
    *,
    theme: Theme = "light",
    width: int = 1280,
    height: int = 800,
    reduced_motion: bool = False,
    own_clock: bool = False,
    watch: Callable[[Page], None] = lambda page: None,
) -> Iterator[Page]:
    """A window of its own (no cookies, no storage) on the page, once the page is idle.

    own_clock   the page's clock can be stopped and moved by hand (`page.clock`)
    watch       is called with the window while it is still empty
    """
    page = new_window(browser)
    try:
        set_up(page, theme=theme, width=width, height=height, reduced_motion=reduced_motion)
        watch(page)
        if own_clock:
            page.clock.install()
        visit(page, url, query)
        yield page
    finally:
        page.context.close()


def new_window(browser: Browser) -> Page:
    """An empty window of its own: no cookies, no storage."""
    context = browser.new_context(device_scale_factor=1, locale="en-US", timezone_id="UTC")
    context.set_default_timeout(PATIENCE)
    context.add_init_script(COUNT_RERUNS)
    return context.new_page()


def set_up(
    page: Page,
    *,
    theme: Theme = "light",
    width: int = 1280,
    height: int = 800,
    reduced_motion: bool = False,
) -> None:
    """What a person has chosen before the page is opened."""
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(
        color_scheme=theme, reduced_motion="reduce" if reduced_motion else "no-preference"
    )


def visit(page: Page, url: str, query: Mapping[str, str | Sequence[str]] | None = None) -> None:
    """Load the page and wait until it is idle."""
    page.goto(f"{url}/?{urlencode(query, doseq=True)}" if query else url)
    wait_until_idle(page)


def wait_until_idle(page: Page) -> None:
    """The script has run, the stage stands still, the fonts are there; else AssertionError."""
    try:
        page.wait_for_function(f"() => ({UNREST})() === ''", timeout=PATIENCE)
    except TimeoutError as error:
        raise AssertionError(f"the page did not come to rest: {page.evaluate(UNREST)}") from error


@contextmanager
def rerun(page: Page) -> Iterator[None]:
    """Wait for the rerun that the block causes: `with rerun(page): box.press("Enter")`."""
    before = page.evaluate("window.rerunsFinished")
    yield
    page.wait_for_function("before => window.rerunsFinished > before", arg=before)
    wait_until_idle(page)
