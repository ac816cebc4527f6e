"""Windows that are used again: a second page in one loads in a third of the time of the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from scripts.pages import new_window, set_up

Listeners = Mapping[str, Callable[[Any], object]]


class Windows:
    """Lends windows; each comes back empty: no page, no cookies, no storage, nothing pointed at."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: list[Page] = []

    @contextmanager
    def lent(
        self, listeners: Listeners, *, own_clock: bool = False, **choices: Any
    ) -> Iterator[Page]:
        """An empty window; see `set_up` for the choices.

        own_clock   the page's clock can be stopped and moved by hand (`page.clock`): such a window
                    can't be set right again, and is not lent to another
        """
        page = self._free.pop() if self._free and not own_clock else new_window(self._browser)
        set_up(page, **choices)
        if own_clock:
            page.clock.install()
        for event, listener in listeners.items():
            page.on(event, listener)  # type: ignore[call-overload]
        try:
            yield page
        finally:
            for event, listener in listeners.items():
                page.remove_listener(event, listener)
            if own_clock or not emptied(page):
                page.context.close()
            else:
                self._free.append(page)


def emptied(page: Page) -> bool:
    """Whether the window could be emptied: one that has crashed can't."""
    if page.is_closed():
        return False
    page.unroute_all()
    # Pages that the test has opened beside it.
    for other in page.context.pages:
        if other is not page:
            other.close()
    page.evaluate("() => { if (location.host) { localStorage.clear(); sessionStorage.clear() } }")
    page.goto("about:blank")
    page.context.clear_cookies()
    page.mouse.move(0, 0)
    return True
