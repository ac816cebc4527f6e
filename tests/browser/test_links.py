"""The address bar holds the page; the page holds nothing that an address could turn against it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import driving
from tests.browser.driving import another_stage, field, link_to, press, rewrite, wait_for_step


def query_of(page: Page) -> str:
    return page.url.partition("?")[2]


def open_link(open_page, link: str) -> Page:
    """A new window, as somebody else opens it who was sent the link."""
    page = open_page(reduced_motion=True)
    page.goto(link)
    page.wait_for_selector(".sg-stage[data-shown]")
    return page


def test_a_copied_link_shows_the_same_page_in_another_window(open_page):
    page = open_page({"e": "x*w", "in": ["x:2", "w*:3"]}, reduced_motion=True)
    with another_stage(page):
        rewrite(page, "((y - x*w)**2).sum()", "Expression")
    with another_stage(page):
        page.get_by_label("Value of y").fill("[3, 4]")
        page.keyboard.press("Enter")
    with another_stage(page):
        page.get_by_text("Show the forward pass first").click()
    press(page, "ArrowRight", 1)
    press(page, "ArrowRight", 2)
    page.get_by_role("tab", name="All steps").click()
    page.wait_for_url("**step=2*view=steps*")
    other = open_link(open_page, page.url)
    wait_for_step(other, 2)
    assert field(other, "Expression").input_value() == "((y - x*w)**2).sum()"
    assert other.get_by_label("Value of y").input_value() == "[3, 4]"
    assert driving.spoken(other) == driving.spoken(page)
    assert driving.figure_texts(other) == driving.figure_texts(page)
    assert other.get_by_role("tab", name="All steps").get_attribute("aria-selected") == "true"
    expect(other.locator(".sg-steps")).to_be_visible()
    assert other.get_by_label("Show the forward pass first").is_checked()
    assert query_of(other) == query_of(page)


def test_the_step_is_in_the_address_at_once_and_a_reload_keeps_it(open_page):
    page = open_page(link_to("notebook-2"), reduced_motion=True)
    press(page, "ArrowRight", 1)
    press(page, "ArrowRight", 2)
    assert "step=2" in query_of(page)
    page.reload()
    wait_for_step(page, 2)
    press(page, "Home", 0)
    assert "step" not in query_of(page)


def test_back_returns_to_the_program_before(open_page):
    page = open_page({"e": "x**2", "in": ["x*:3"]}, reduced_motion=True)
    with another_stage(page):
        rewrite(page, "x**3", "Expression")
    page.wait_for_url("**e=x**3*")
    with another_stage(page):
        page.go_back()
    assert field(page, "Expression").input_value() == "x**2"
    assert driving.leaf_row(page, "x")[-1] == "6"
    with another_stage(page):
        page.go_forward()
    assert field(page, "Expression").input_value() == "x**3"
    assert driving.leaf_row(page, "x")[-1] == "27"


MARKUP = (
    "<script>window.taken = 1</script><img src=x onerror='window.taken = 1'>"
    "<a href='//evil.example'>x</a>"
)
HOSTILE = {
    "program": {
        "p": f'print("""{MARKUP}""")  # {MARKUP}\n'
        "ﷺ_script = torch.tensor(2., requires_grad=True)\n(ﷺ_script**2).backward()",
    },
    "mistake": {"p": f'x = 1\nint("""{MARKUP}""")'},
    "everything": {
        "e": "x*2",
        "in": [f"x*:{MARKUP}", f"{MARKUP}:1"],
        **dict.fromkeys(("view", "step", "backward", "forward"), MARKUP),
    },
}


@pytest.mark.parametrize("query", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_never_becomes_markup(open_page, query):
    page = open_page(query)
    made = page.evaluate(
        """() => ({
          taken: window.taken ?? null,
          scripts: [...document.scripts].filter(one => one.text.includes('taken')).length,
          links: document.querySelectorAll("a[href*=evil]").length,
          pictures: document.querySelectorAll("img[src=x]").length,
          inFigure: document.querySelectorAll(
            ".sg-chart :is(a, script, image, foreignObject, iframe)").length,
        })"""
    )
    assert made == {"taken": None, "scripts": 0, "links": 0, "pictures": 0, "inFigure": 0}
