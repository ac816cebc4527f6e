"""The fixtures themselves: what they promise to the tests of the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import browser as browsers
from scripts import pages
from scripts.page_server import serve

BACKGROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 21, 24)"}
"""`backgroundColor` of .streamlit/config.toml."""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_follows_the_colour_scheme_of_the_browser(open_page, theme):
    page = open_page(theme=theme)
    app = page.get_by_test_id("stApp")
    assert app.evaluate("app => getComputedStyle(app).backgroundColor") == BACKGROUNDS[theme]


def test_an_opened_page_has_run_its_script_once_and_has_its_fonts(open_page):
    page = open_page()
    assert page.evaluate("window.rerunsFinished") >= 1
    assert page.evaluate("document.fonts.check('16px \"Source Sans\"')")


def test_a_rerun_is_waited_for(browser, tmp_path: Path):
    app = tmp_path / "app.py"
    app.write_text(
        "import time, streamlit as st\n"
        "clicked = st.button('Go')\n"
        "time.sleep(0.3 if clicked else 0)\n"
        "st.write('done' if clicked else 'waiting')\n"
    )
    with serve(app) as server, pages.open_page(browser, server.url) as page:
        with pages.rerun(page):
            page.get_by_role("button", name="Go").click()
        assert page.get_by_text("done").is_visible()


def test_a_server_that_cannot_start_shows_its_log(tmp_path: Path):
    with (
        pytest.raises(RuntimeError, match=r"(?s)ended while it started.*does not exist"),
        serve(tmp_path / "missing.py"),
    ):
        pass


def test_a_server_ends_with_its_block(tmp_path: Path):
    app = tmp_path / "app.py"
    app.write_text("import streamlit as st\nst.write('here')\n")
    with serve(app) as server:
        pass
    assert server.process.returncode is not None


def test_a_chosen_browser_that_cannot_run_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(browsers.VARIABLE, "/nowhere/chromium")
    with pytest.raises(browsers.BrowserMissingError, match="/nowhere/chromium"):
        browsers.find()
