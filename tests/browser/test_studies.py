"""Proof and descent as a person sees and plays them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from scripts.pages import wait_until_idle
from tests.browser.driving import link_to, wait_for_step

PARABOLA = {"e": "(x - 3)**2", "in": ["x*:1"], "view": "descent"}
TWO = {"e": "(y - x*w)**2", "in": ["x*:2", "y:3", "w*:2"], "view": "descent"}


def part(page: Page, name: str):
    return page.locator(f".sg-player [data-part={name}]")


def wait_for_descent(page: Page, step: int) -> None:
    page.wait_for_selector(f'.sg-player[data-state=idle][data-shown][data-step="{step}"]')


def caption(page: Page) -> str:
    return part(page, "caption").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_proof_looks_as_stored(open_page, compare_screenshot, theme):
    page = open_page(link_to("matmul-mse", view="proof"), theme=theme, reduced_motion=True)
    wait_for_step(page, 0)
    page.locator(".sg-proof").wait_for()
    compare_screenshot(page.locator(".sg-proof"), f"proof-{theme}")


@pytest.mark.parametrize(
    ("name", "query", "options"),
    [
        ("descent-curve", PARABOLA, {}),
        ("descent-map", TWO, {}),
        ("descent-map-dark", TWO, {"theme": "dark"}),
    ],
)
def test_a_descent_looks_as_stored(open_page, compare_screenshot, name, query, options):
    page = open_page(query, reduced_motion=True, height=1300, **options)
    wait_for_descent(page, 0)
    for step in (1, 2, 3):
        part(page, "next").click()
        wait_for_descent(page, step)
    page.mouse.move(5, 5)
    compare_screenshot(page.locator(".sg-player"), name)


def test_the_descent_is_played_by_keys_and_the_graph_above_stays(open_page):
    page = open_page(PARABOLA, reduced_motion=True)
    wait_for_descent(page, 0)
    part(page, "slider").focus()
    page.keyboard.press("ArrowRight")
    wait_for_descent(page, 1)
    assert "x = 1 − 0.1 × (−4) = 1.4" in caption(page)
    page.keyboard.press("End")
    wait_for_descent(page, 30)
    page.keyboard.press("Home")
    wait_for_descent(page, 0)
    page.keyboard.press("Space")
    page.wait_for_function("Number(document.querySelector('.sg-player').dataset.step) >= 2")
    page.keyboard.press("Space")
    stopped = int(part(page, "slider").input_value())
    assert part(page, "play").inner_text() == "Play"
    wait_for_descent(page, stopped)
    wait_for_step(page, 0)


def test_moving_the_learning_rate_keeps_the_picture_and_the_place_on_the_page(open_page):
    page = open_page(PARABOLA, reduced_motion=True, height=1300)
    wait_for_descent(page, 0)
    part(page, "next").click()
    wait_for_descent(page, 1)
    before = page.locator(".sg-player-chart").bounding_box()
    axis = page.locator(".sg-player .xtick text").all_text_contents()
    shown = page.locator(".sg-player").get_attribute("data-shown")
    page.get_by_role("slider", name="Learning rate").press("ArrowRight")
    page.wait_for_function(
        "before => document.querySelector('.sg-player').dataset.shown !== before", arg=shown
    )
    wait_until_idle(page)
    wait_for_descent(page, 1)
    assert "0.2 ×" in caption(page)
    assert page.locator(".sg-player .xtick text").all_text_contents() == axis
    after = page.locator(".sg-player-chart").bounding_box()
    assert before
    assert after
    assert (before["x"], before["width"], before["height"]) == (
        after["x"],
        after["width"],
        after["height"],
    )


def test_a_diverging_descent_is_called_so(open_page):
    page = open_page({"e": "x**4", "in": ["x*:10"], "view": "descent"}, reduced_motion=True)
    wait_for_descent(page, 0)
    assert "Diverging" in page.locator(".sg-said").inner_text()
    part(page, "last").click()
    page.wait_for_selector(".sg-player[data-state=idle]")
    assert "outside the picture" in caption(page)
