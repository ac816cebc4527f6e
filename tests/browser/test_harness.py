"""The fixtures themselves: what they promise to the tests of the page."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from PIL import ImageColor

from scripts import browser as browsers
from scripts import pages
from scripts.page_server import ROOT, serve
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
    monkeypatch.setattr(pages, "PATIENCE", 1000)
    with (
        serve(app) as server,
        pytest.raises(AssertionError, match="its script is running"),
        pages.open_page(browser, server.url),
    ):
        pass


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
