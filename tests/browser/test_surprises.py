"""The surprises of autograd on the page: what is said, what is marked, how it looks."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import driving
from tests.browser.driving import link_to, part, wait_for_step

DEEP = """\
w = torch.tensor(0.5, requires_grad=True)
h = w * 1
for layer in range(20):
    h = torch.tanh(h * w + h.detach())
h.backward()"""


def surprise(name: str, step: int = 0) -> dict[str, list[str]]:
    more = {"step": str(step)} if step else {}
    return link_to(f"surprise-{name}", **more)


# By the name of the stored picture: the link, the step, and the window.
PICTURES = {
    "surprise-adds-up": (surprise("adds-up", 3) | {"backward": ["2"]}, 3, {}),
    "surprise-detach": (surprise("detach", 1), 1, {}),
    "surprise-detach-dark": (surprise("detach", 1), 1, {"theme": "dark"}),
    "surprise-data": (surprise("data", 1), 1, {}),
    "surprise-item": (surprise("item", 2), 2, {}),
    "surprise-none-or-zero": (surprise("none-or-zero", 2), 2, {}),
    "surprise-saturated": (surprise("saturated", 3), 3, {}),
    "surprise-in-place": (surprise("in-place", 3), 3, {}),
    "surprise-in-place-dark": (
        surprise("in-place", 3),
        3,
        {"theme": "dark", "width": 1920, "height": 1080},
    ),
    "surprise-twice": (surprise("twice", 1), 1, {}),
    "surprise-no-leaf": (surprise("no-leaf"), 0, {}),
    "surprise-nan": (surprise("nan", 3), 3, {"width": 1920, "height": 1080}),
    "surprise-infinite-slope": (surprise("infinite-slope", 1), 1, {}),
    "surprise-where": (surprise("where", 3), 3, {}),
    "surprise-explodes": (surprise("explodes", 4), 4, {}),
    "surprise-many-cuts": ({"p": [DEEP]}, 0, {}),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_surprise_looks_as_stored(open_page, compare_screenshot, name):
    query, step, options = PICTURES[name]
    page = open_page(query, reduced_motion=True, **options)
    wait_for_step(page, step)
    compare_screenshot(page, name)


def test_what_to_notice_leads_to_its_step(open_page):
    page = open_page(surprise("none-or-zero"), reduced_motion=True)
    wait_for_step(page, 0)
    box = page.locator(".sg-noticed")
    expect(box).to_contain_text("v gets no gradient: None, not 0")
    expect(box).to_contain_text("w gets a gradient of exactly 0")
    page.get_by_role("button", name="Step 2").click()
    wait_for_step(page, 2)
    assert "ReluBackward0" in driving.card(page)


def test_an_ordinary_program_has_nothing_to_notice(open_page):
    page = open_page(link_to("notebook-2"), reduced_motion=True)
    wait_for_step(page, 0)
    expect(page.locator(".sg-noticed")).to_have_count(0)


def test_a_pass_that_stopped_is_shown_up_to_there_with_its_lines(open_page):
    page = open_page(surprise("in-place"), reduced_motion=True)
    wait_for_step(page, 0)
    assert page.locator(".sg-stage.sg-stale").count() == 0
    sentence = page.get_by_test_id("stAlertContentError")
    expect(sentence).to_contain_text("line 3 changed it in place")
    assert driving.wrong_line(page) == 5
    assert page.locator(".sg-line.sg-blamed .sg-line-number").all_text_contents() == ["3"]
    driving.press(page, "End", driving.last_step(page))
    assert "stopped" in (part(page, "where").text_content() or "")
    assert "saved tensor changed on line 3" in driving.card(page)
    assert driving.active_line(page) == 3


def test_the_card_says_that_the_gradient_ends_at_a_cut(open_page):
    page = open_page(surprise("detach", 1), reduced_motion=True)
    wait_for_step(page, 1)
    assert "The gradient ends at target: it comes from y, but detach() on line 4" in (
        driving.card(page).replace("\n", " ")
    )
    assert "✂" in driving.figure_texts(page)
