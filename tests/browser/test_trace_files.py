"""Save what a program did and open it elsewhere: the same steps and numbers, the text fixed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

import viz
from tests.browser.driving import (
    active_line,
    another_stage,
    card,
    choose,
    field,
    leaf_row,
    link_to,
    walk,
)

Open = Callable[..., Page]


def menu(page: Page) -> None:
    page.get_by_role("button", name="File").click()


def saved(page: Page, button: str, path: Path) -> Path:
    menu(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button).click()
    waiting.value.save_as(path)
    page.keyboard.press("Escape")
    return path


def shown(page: Page) -> list[tuple[int | None, str]]:
    """Of each step the marked line and the card."""
    return [(active_line(page), card(page)) for _ in walk(page)]


def test_a_saved_trace_opens_in_another_window(open_page: Open, tmp_path: Path) -> None:
    first = open_page(link_to("notebook-2"), reduced_motion=True)
    path = saved(first, "Save the trace file", tmp_path / "saved.json.gz")
    trace = viz.load(path)
    expected, leaves = shown(first), leaf_row(first, "w")

    other = open_page(link_to("squared-error"), reduced_motion=True)
    address = other.url
    menu(other)
    with another_stage(other):
        other.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(path)
    expect(other.get_by_test_id("stFileUploaderDropzone")).to_be_hidden()
    text = field(other, "Program of the file")
    expect(text).to_have_value(trace.source)
    expect(text).not_to_be_editable()
    assert shown(other) == expected
    assert leaf_row(other, "w") == leaves
    assert other.url == address

    with another_stage(other):
        choose(other, "sum-and-product")
    expect(field(other, "Expression")).to_be_editable()


def test_the_page_saves_an_offline_page(open_page: Open, tmp_path: Path) -> None:
    page = open_page(link_to("notebook-2"))
    text = saved(page, "Save as an offline page", tmp_path / "page.html").read_text("utf-8")
    again = viz.save_html(viz.load(_trace(page, tmp_path)), tmp_path / "again.html")
    assert text == again.read_text("utf-8")


def _trace(page: Page, tmp_path: Path) -> Path:
    return saved(page, "Save the trace file", tmp_path / "saved.json.gz")
