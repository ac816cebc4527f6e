"""A second derivative on the stage: named gradients, the engine's own steps, what is returned."""

from __future__ import annotations

import pytest

from tests.browser import driving
from tests.browser.driving import link_to, press, spoken, wait_for_step

LARGE = {"theme": "dark", "width": 1920, "height": 1080}
STAGES = {
    "second-derivative-end": (link_to("second-derivative", backward="2", step="4"), 4, {}),
    "second-derivative-dark": (link_to("second-derivative", backward="2", step="2"), 2, LARGE),
    "gradient-penalty": (link_to("gradient-penalty", backward="2", step="8"), 8, LARGE),
    "autograd-grad-end": (link_to("autograd-grad", step="5"), 5, {}),
}


@pytest.mark.parametrize("name", STAGES)
def test_the_stage_looks_as_stored(open_page, compare_screenshot, name):
    query, step, options = STAGES[name]
    page = open_page(query, reduced_motion=True, **options)
    wait_for_step(page, step)
    compare_screenshot(page.locator(".sg-stage"), name)


def test_the_gradient_of_the_gradient_is_stepped_like_any_other(open_page):
    page = open_page(link_to("second-derivative", backward="2"), reduced_motion=True)
    assert page.get_by_role("radio", name="2: grad, line 4").is_checked()
    press(page, "End", driving.last_step(page))
    assert spoken(page).endswith("torch.autograd.grad returns 12 for x.")
    card = page.locator(".sg-stage [data-part=card]").inner_text()
    assert "∂g/∂x is returned" in card
    assert "✓" in card
