"""Fixtures: the running page, the browser, an open window, the comparison of pictures."""

from __future__ import annotations

import io
import platform
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, sync_playwright

from scripts import pages
from scripts.browser import BrowserMissingError, find, launch, required
from scripts.page_server import PageServer, serve
from tests.browser import comparison
from tests.browser.windows import Windows

HERE = Path(__file__).parent
STORED = HERE / "screenshots"
OUT = HERE / "out"
HOLD_STILL = "*, *::before, *::after { caret-color: transparent !important; }"


@pytest.fixture(scope="session")
def server() -> Iterator[PageServer]:
    """The page's server, for all tests: each opens a session of its own."""
    with serve() as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests. Without one they are skipped, or fail where CI is set."""
    try:
        path = find()
    except BrowserMissingError as error:
        if required():
            pytest.fail(f"{error}.", pytrace=False)
        pytest.skip(f"{error}.")
    with sync_playwright() as playwright:
        running = launch(playwright, path)
        yield running
        running.close()


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Windows:
    """Windows to lend: one that is used again loads the page in a third of the time."""
    return Windows(browser)


@pytest.fixture
def open_page(
    server: PageServer, windows: Windows, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """`open_page({"example": "notebook"}, theme="dark", width=1280)` gives the idle page.

    A page that writes an error to its console, or asks another host for anything, fails the test.
    Where the test fails, what each of its pages shows is left in tests/browser/out.
    """
    with watched(server, windows) as (open_one, opened):
        yield open_one
        if request.node.stash.get(FAILED, False):
            OUT.mkdir(exist_ok=True)
            for index, page in enumerate(opened):
                page.screenshot(path=OUT / f"{request.node.name}.{index}.failed.png")


@pytest.fixture(scope="module")
def open_shared_page(server: PageServer, windows: Windows) -> Iterator[Callable[..., Page]]:
    """`open_page` for a page that all tests of a module use, and each leaves as it found it."""
    with watched(server, windows) as (open_one, _):
        yield open_one


@contextmanager
def watched(
    server: PageServer, windows: Windows
) -> Iterator[tuple[Callable[..., Page], list[Page]]]:
    """What opens pages, and what it has opened; in the end none of them may have complained."""
    problems: list[str] = []
    opened: list[Page] = []
    listeners = {
        "console": lambda message: problems.extend(_complaint(message)),
        "pageerror": lambda error: problems.append(f"uncaught: {error}"),
        "request": lambda asked: problems.extend(_foreign(asked.url, server.url)),
        "websocket": lambda asked: problems.extend(_foreign(asked.url, server.url)),
    }

    with ExitStack() as stack:

        def open_one(
            query: Mapping[str, str | Sequence[str]] | None = None, **options: Any
        ) -> Page:
            page = stack.enter_context(windows.lent(listeners, **options))
            pages.visit(page, server.url, query)
            opened.append(page)
            # A stage, or the sentence that says why there is none.
            page.wait_for_selector(".sg-stage[data-shown], [data-testid=stAlert]")
            if page.get_by_test_id("stException").count():
                pytest.fail("the page's script raised an exception; see the server's log")
            return page

        yield open_one, opened
    assert not problems, "\n".join(problems)


def _complaint(message: ConsoleMessage) -> list[str]:
    return [f"console: {message.text}"] if message.type == "error" else []


def _foreign(asked: str, home: str) -> list[str]:
    """The address that was asked, unless it is on the page's own server or inside the page."""
    socket = home.replace("http", "ws", 1)
    here = asked.startswith((f"{home}/", f"{socket}/", f"blob:{home}/", "data:"))
    return [] if here else [f"asked {asked}"]


@pytest.fixture
def compare_screenshot(request: pytest.FixtureRequest) -> Callable[[Page | Locator, str], None]:
    """`compare_screenshot(page, "notebook-dark")`: as stored in screenshots/, or the test fails."""
    update = request.config.getoption("--update-screenshots")

    def compare(shown: Page | Locator, name: str) -> None:
        if platform.system() != "Linux":
            pytest.skip(
                "pictures are compared on Linux only: other systems draw letters differently"
            )
        picture = shown.screenshot(animations="disabled", caret="hide", style=HOLD_STILL)
        actual = Image.open(io.BytesIO(picture))
        comparison.check(actual, STORED / f"{name}.png", OUT, update=update)

    return compare


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what the server has printed, and leaves a picture (see `open_page`)."""
    report = yield
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
        running = getattr(item, "funcargs", {}).get("server")
        if running is not None:
            report.sections.append(("server log", running.log))
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`pytest -m "not browser"` leaves out whatever opens the page.

    Those come last: the quick ones answer first, and look for browsers before one is running.
    """
    for item in items:
        if opens_a_page(item):
            item.add_marker(pytest.mark.browser)
    items.sort(key=opens_a_page)


def opens_a_page(item: pytest.Item) -> bool:
    return "browser" in getattr(item, "fixturenames", ())
