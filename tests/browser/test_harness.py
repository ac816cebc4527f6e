"""The fixtures themselves: what they promise to the tests of the page."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from PIL import ImageColor

from scripts import browser as browsers
from scripts import pages
from scripts.page_server import ROOT, serve
from tests.browser.windows import Windows
from viz.draw.theme import THEMES

CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_follows_the_colour_scheme_of_the_browser(open_page, theme):
    page = open_page(theme=theme)
    app = page.get_by_test_id("stApp")
    background = app.evaluate("app => getComputedStyle(app).backgroundColor")
    assert background == f"rgb{ImageColor.getrgb(THEMES[theme].background)}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_around_the_drawing_has_the_colours_of_the_drawing(theme):
    page, drawing = CONFIG["theme"][theme], THEMES[theme]
    assert (page["backgroundColor"], page["textColor"]) == (drawing.background, drawing.text)


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


def test_a_page_that_never_rests_says_what_it_does(browser, tmp_path: Path, monkeypatch):
    app = tmp_path / "app.py"
    app.write_text("import time\nwhile True:\n    time.sleep(0.1)\n")
    page = pages.new_window(browser)
    with serve(app) as server:
        page.goto(server.url)
        page.wait_for_selector("[data-test-script-state=running]", state="attached")
        monkeypatch.setattr(pages, "PATIENCE", 500)
        with pytest.raises(AssertionError, match="its script is running"):
            pages.wait_until_idle(page)
    page.context.close()


def test_a_window_comes_back_empty(browser, server):
    lender = Windows(browser)
    heard: list[str] = []
    with lender.lent({"console": lambda said: heard.append(said.text)}) as page:
        pages.visit(page, server.url)
        page.evaluate("() => { localStorage.left = 'here'; document.cookie = 'left=here' }")
        page.evaluate("console.log('first')")
    with lender.lent({}, theme="dark", width=900) as again:
        assert again is page
        pages.visit(again, server.url)
        assert again.evaluate("localStorage.left ?? null") is None
        assert "left=here" not in again.evaluate("document.cookie")
        assert again.evaluate("innerWidth") == 900
        again.evaluate("console.log('second')")
    assert heard[-1] == "first"
    page.context.close()


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
