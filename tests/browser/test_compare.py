"""Two programs side by side: they step in time, and a link restores both."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.pages import PATIENCE, wait_until_idle
from tests.browser import driving
from tests.browser.driving import link_to, rewrite

RESIDUAL = link_to("pair-residual")
LAST = 17


def side(page: Page, name: str) -> Locator:
    return page.locator(f".sg-stage[data-side={name}]")


def wait_for_beat(page: Page, beat: int) -> None:
    """Both stages stand still at this beat."""
    for name in "AB":
        page.wait_for_selector(
            f'.sg-stage[data-side={name}][data-state=idle][data-step="{beat}"]',
            state="attached",
            timeout=PATIENCE,
        )


def press(page: Page, key: str, beat: int) -> None:
    page.keyboard.press(key)
    wait_for_beat(page, beat)


def headings(page: Page) -> list[str]:
    return [side(page, name).locator(".sg-card-head strong").inner_text() for name in "AB"]


def lines(page: Page) -> list[list[str]]:
    """The marked lines in both editors, as their numbers."""
    editors = [page.get_by_role("textbox", name=f"Program {name}", exact=True) for name in "AB"]
    marked = "xpath=ancestor::*[contains(@class, 'sg-editor')]"
    return [
        field.locator(marked).locator(".sg-active .sg-line-number").all_text_contents()
        for field in editors
    ]


@pytest.fixture
def still(open_page) -> Page:
    page = open_page(RESIDUAL, reduced_motion=True)
    wait_for_beat(page, 0)
    return page


def test_the_arrow_keys_step_both(still):
    page = still
    press(page, "ArrowRight", 1)
    assert headings(page) == ["Step 1 of 14", "Step 1 of 17"]
    press(page, "ArrowRight", 2)
    press(page, "ArrowRight", 3)
    # Only B adds: A waits, and says so.
    assert headings(page) == ["Step 2 of 14", "Step 3 of 17"]
    assert side(page, "A").locator(".sg-waits").count() == 1
    assert side(page, "B").locator(".sg-waits").count() == 0
    assert lines(page) == [["11"], ["10"]]
    press(page, "ArrowRight", 4)
    titles = [side(page, name).locator(".sg-card-title").inner_text() for name in "AB"]
    assert titles == ["SigmoidBackward0", "SigmoidBackward0"]
    assert lines(page) == [["10"], ["10"]]
    press(page, "ArrowLeft", 3)
    assert headings(page) == ["Step 2 of 14", "Step 3 of 17"]
    press(page, "End", LAST)
    assert headings(page) == ["Step 14 of 14", "Step 17 of 17"]
    press(page, "Home", 0)


def test_one_row_of_buttons_and_one_slider_move_both(still):
    page = still
    button = page.get_by_role("button", name="Step forward")
    assert button.count() == 1, "the other row is hidden"
    button.click()
    wait_for_beat(page, 1)
    page.get_by_role("button", name="Last step").click()
    wait_for_beat(page, LAST)
    slider = page.get_by_role("slider", name="Step", exact=True)
    box = slider.bounding_box()
    page.mouse.click(box["x"] + 1, box["y"] + box["height"] / 2)
    wait_for_beat(page, 0)


def test_playing_takes_both_to_the_end(open_page):
    page = open_page(link_to("pair-mean-sum"))
    last = int(side(page, "A").locator("[data-part=slider]").get_attribute("max"))
    side(page, "A").get_by_label("Speed").select_option("4")
    page.get_by_role("button", name="Play", exact=True).click()
    wait_for_beat(page, last)
    assert len(set(headings(page))) == 1


def test_both_are_drawn_at_one_scale_and_the_whole_graph_of_both_can_be_seen(still):
    page = still

    def scales() -> set[str]:
        charts = page.locator(".sg-stage [data-part=chart]")
        return {chart.evaluate("chart => chart.style.transform") for chart in charts.all()}

    before = scales()
    assert len(before) == 1
    page.get_by_role("button", name="Whole graph").click()
    page.wait_for_function(
        "before => document.querySelectorAll('[data-part=chart]')[1].style.transform !== before",
        arg=before.pop(),
    )
    assert len(scales()) == 1
    for name in "AB":
        view = side(page, name).locator("[data-part=view]")
        assert view.evaluate("view => view.scrollWidth <= view.clientWidth")


def test_nothing_jumps_between_beats(still):
    page = still
    measure = """() => [...document.querySelectorAll(
        '.sg-view, .sg-controls, .sg-card, .sg-compared, [data-part=where]')].map(thing => {
          const {x, y, width, height} = thing.getBoundingClientRect()
          return [x, y - document.querySelector('.sg-brand').getBoundingClientRect().y,
                  width, height].map(Math.round)
        })"""
    first = page.evaluate(measure)
    for beat in range(1, LAST + 1):
        press(page, "ArrowRight", beat)
        assert page.evaluate(measure) == first


def test_a_copied_link_shows_both_programs_at_the_same_beat(still, open_page):
    page = still
    rewrite(page, "w = torch.tensor(2., requires_grad=True)\nloss = w**4", "Program B")
    chart = side(page, "B").locator(".sg-chart")
    expect(chart).not_to_contain_text("Sigmoid")
    expect(chart).to_contain_text("PowBackward0")
    wait_until_idle(page)
    driving.leave(page)
    press(page, "ArrowRight", 1)
    press(page, "ArrowRight", 2)
    page.wait_for_url("**step=2*")
    wait_until_idle(page)
    other = open_page(reduced_motion=True)
    other.goto(page.url)
    wait_for_beat(other, 2)
    assert headings(other) == headings(page)
    for name in "AB":
        fields = [
            one.get_by_role("textbox", name=f"Program {name}", exact=True) for one in (page, other)
        ]
        assert fields[0].input_value() == fields[1].input_value()
    assert lines(other) == lines(page)
    assert other.locator(".sg-compared").inner_text() == page.locator(".sg-compared").inner_text()
    other.reload()
    wait_for_beat(other, 2)


def test_a_mistake_in_b_leaves_a_and_its_step(still):
    page = still
    press(page, "ArrowRight", 1)
    rewrite(page, "loss = (", "Program B")
    page.wait_for_selector(".sg-stage[data-side=B].sg-stale")
    wait_until_idle(page)
    wait_for_beat(page, 1)
    assert page.locator(".sg-stage[data-side=A].sg-stale").count() == 0
    assert page.get_by_test_id("stAlert").count() == 1
    driving.leave(page)
    press(page, "ArrowRight", 2)


def test_the_other_kinds_of_text_have_the_whole_page_to_themselves(still):
    page = still
    page.get_by_role("radio", name="Program").or_(
        page.get_by_role("button", name="Program", exact=True)
    ).first.click()
    page.wait_for_selector(".sg-stage:not([data-side=A]):not([data-side=B])")
    wait_until_idle(page)
    assert page.locator(".sg-stage").count() == 1
    driving.leave(page)
    driving.press(page, "ArrowRight", 1)


def test_a_sum_with_an_earlier_gradient_lies_inside_the_figure(open_page):
    page = open_page(link_to("pair-zero-grad", step="4"), reduced_motion=True)
    wait_for_beat(page, 4)
    caption = side(page, "B").locator(".sg-chart text", has_text=re.compile(r"grad .*= "))
    frame = side(page, "B").locator("[data-part=frame]")
    inner, outer = caption.bounding_box(), frame.bounding_box()
    assert inner["x"] >= outer["x"]


PICTURES = {
    "compare-residual": (link_to("pair-residual", step="4"), 4, {}),
    "compare-relu-dark": (link_to("pair-relu", step="4"), 4, {"theme": "dark"}),
    "compare-zero-grad-projector": (
        link_to("pair-zero-grad", step="4"),
        4,
        {"width": 1920, "height": 1080},
    ),
}


@pytest.mark.parametrize("name", PICTURES)
def test_the_page_of_two_programs_looks_as_stored(open_page, compare_screenshot, name):
    query, beat, options = PICTURES[name]
    page = open_page(query, reduced_motion=True, **options)
    wait_for_beat(page, beat)
    compare_screenshot(page, name)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chart_of_both_looks_as_stored(open_page, compare_screenshot, theme):
    page = open_page(RESIDUAL, reduced_motion=True, theme=theme)
    wait_for_beat(page, 0)
    chart = page.get_by_test_id("stPlotlyChart")
    chart.scroll_into_view_if_needed()
    wait_until_idle(page)
    compare_screenshot(chart, f"compare-chart-{theme}")


def test_a_change_of_the_theme_recolours_the_chart(still):
    page = still
    line = page.locator("[data-testid=stPlotlyChart] .js-line").last

    def colour() -> str:
        return line.evaluate("line => line.style.stroke")

    before = colour()
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "before => {"
        " const lines = document.querySelectorAll('[data-testid=stPlotlyChart] .js-line');"
        " return lines.length && [...lines].at(-1).style.stroke !== before }",
        arg=before,
    )
    wait_until_idle(page)
    assert colour() != before
