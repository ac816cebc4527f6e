"""Paused states of the page look as stored, in the light and the dark theme."""

from __future__ import annotations

import pytest

from tests.browser.driving import another_stage, link_to, rewrite, wait_for_step

ERROR = link_to("notebook-2")["p"][0].replace("s**2", "torch.sinn(s)")
TWICE = link_to("notebook-1", backward="2", step="4")


# A picture is opened by a link to its step, without motion: nothing is on its way anywhere.
WHOLE_PAGES = {
    "notebook-start": (link_to("notebook-2"), 0, {}),
    "notebook-step-2": (link_to("notebook-2", step="2"), 2, {}),
    "notebook-step-2-dark": (link_to("notebook-2", step="2"), 2, {"theme": "dark"}),
    "second-backward-end": (TWICE, 4, {}),
    "expression-end": (link_to("used-three-times", step="7"), 7, {}),
    "matrices-step-2": (link_to("matmul-mse", step="2"), 2, {}),
    "matrices-step-2-dark": (link_to("matmul-mse", step="2"), 2, {"theme": "dark"}),
    "broadcast-projector": (
        link_to("broadcast-bias", step="3"),
        3,
        {"width": 1920, "height": 1080},
    ),
}


@pytest.mark.parametrize("name", WHOLE_PAGES)
def test_the_page_looks_as_stored(open_page, compare_screenshot, name):
    query, step, options = WHOLE_PAGES[name]
    page = open_page(query, reduced_motion=True, **options)
    wait_for_step(page, step)
    compare_screenshot(page, name)


def test_the_forward_pass_looks_as_stored(open_page, compare_screenshot):
    page = open_page(link_to("sigmoid-neuron", forward="1", step="2"), reduced_motion=True)
    wait_for_step(page, 2)
    compare_screenshot(page.locator(".sg-stage"), "forward-step-3")


def test_a_mistake_looks_as_stored(open_page, compare_screenshot):
    page = open_page(link_to("notebook-2", step="2"), reduced_motion=True)
    with another_stage(page):
        rewrite(page, ERROR)
    compare_screenshot(page, "mistake")


def test_all_steps_look_as_stored(open_page, compare_screenshot):
    page = open_page(link_to("used-three-times", view="steps", step="6"), reduced_motion=True)
    wait_for_step(page, 6)
    compare_screenshot(page.locator(".sg-steps"), "all-steps")


def test_torchviz_picture_looks_as_stored(open_page, compare_screenshot):
    page = open_page(link_to("notebook-2"))
    compare_screenshot(page.get_by_test_id("stImage"), "torchviz")
