"""The chain rule and the gradient flow: rows light paths, points and rows go to steps."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.driving import link_to, part, press, wait_for_step

CHART = ".sg-flow[data-state=idle]"
RECURRENT = {
    "p": """\
w = torch.tensor(0.9, requires_grad=True)
h = torch.tensor(0.5)
for step in range(100):
    h = torch.tanh(h * w + h)
loss = h
loss.backward()""",
    "view": "chain",
}
MATRICES = {
    "p": """\
x = torch.tensor([[1., 2.], [3., 4.]])
W = torch.tensor([[0.5, 1.], [-0.25, 2.]], requires_grad=True)
y = x @ W
loss = (y @ W).mean()
loss.backward()""",
    "view": "chain",
}
BROKEN = {
    "p": """\
x = torch.tensor(0.0, requires_grad=True)
z = torch.tensor(-2.0, requires_grad=True)
a = torch.sqrt(x)
b = torch.relu(z * 3)
loss = a * 2 + b * 4
loss.backward()""",
    "view": "flow",
    "step": "4",
}
PROJECTOR = {"width": 1920, "height": 1080}


def lit(page: Page) -> str:
    """The line over the stage."""
    return part(page, "way").locator("path").get_attribute("d") or ""


def ringed(page: Page) -> str | None:
    return page.locator(".sg-flow").get_attribute("data-moment")


def marked(page: Page) -> list[str]:
    """The rows of the table that are marked as the present step."""
    rows = page.locator(".sg-stations [aria-current=step]")
    return [row.get_attribute("data-go") or "" for row in rows.all()]


def on_whole_pixels(page: Page) -> None:
    """A chart that begins between two pixels is drawn softer: what stands above it decides."""
    page.locator(".sg-flow").evaluate(
        "chart => { chart.style.marginTop = `${1 - chart.getBoundingClientRect().y % 1}px` }"
    )


def test_a_row_that_is_pointed_at_lights_its_path_in_the_stage(open_page):
    page = open_page(link_to("used-three-times", view="chain"), reduced_motion=True)
    rows = page.locator(".sg-chain-path")
    assert rows.count() == 3
    assert lit(page) == ""
    lines = []
    for row in rows.all():
        row.hover()
        page.wait_for_function(
            "line => document.querySelector('.sg-way path').getAttribute('d') === line",
            arg=row.get_attribute("data-way"),
        )
        lines.append(lit(page))
    assert len(set(lines)) == 3
    page.locator(".sg-chain-sum").hover()
    assert lit(page) == ""


def test_a_row_with_the_focus_stays_lit(open_page):
    page = open_page(link_to("used-three-times", view="chain"), reduced_motion=True)
    row = page.locator(".sg-chain-path").nth(1)
    row.focus()
    assert lit(page) == row.get_attribute("data-way")
    page.locator(".sg-chain-sum").hover()
    assert lit(page) == row.get_attribute("data-way")
    page.keyboard.press("Tab")
    assert lit(page) == page.locator(".sg-chain-path").nth(2).get_attribute("data-way")


def test_stepping_moves_the_ring_and_draws_nothing_anew(open_page):
    page = open_page(link_to("ten-tanh", view="flow"), reduced_motion=True)
    page.wait_for_selector(CHART)
    page.evaluate("document.querySelector('.sg-flow .main-svg').dataset.kept = 'yes'")
    assert ringed(page) == "b0"
    for step in (1, 2, 3):
        press(page, "ArrowRight", step)
        assert ringed(page) == f"b{step}"
        assert marked(page) == [f"b{step}"]
    assert page.locator(".sg-flow .main-svg[data-kept=yes]").count() == 1


def test_a_click_on_a_point_goes_to_its_step(open_page):
    page = open_page(link_to("ten-tanh", view="flow"), reduced_motion=True)
    page.wait_for_selector(CHART)
    before = page.locator(".sg-stage").get_attribute("data-shown")
    point = page.locator(".sg-flow .scatterlayer .points path").filter(visible=True).nth(7)
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    # As for a person: the chart says what the point is before it is pressed.
    page.wait_for_selector(".sg-flow .hovertext")
    page.mouse.down()
    page.mouse.up()
    wait_for_step(page, 7)
    assert ringed(page) == "b7"
    assert page.locator(".sg-stage").get_attribute("data-shown") == before
    assert "step=7" in page.url


def test_the_keyboard_goes_to_a_step_by_the_table(open_page):
    page = open_page(link_to("ten-tanh", view="flow"), reduced_motion=True)
    page.wait_for_selector(CHART)
    page.locator("[data-go=b5]").focus()
    page.keyboard.press("Enter")
    wait_for_step(page, 5)
    assert marked(page) == ["b5"]
    page.locator("[data-go=b2]").click()
    wait_for_step(page, 2)
    assert ringed(page) == "b2"


def test_a_step_of_the_forward_pass_is_no_point_of_the_chart(open_page):
    page = open_page(link_to("two-paths", view="flow", forward="1"), reduced_motion=True)
    page.wait_for_selector(CHART)
    assert ringed(page) == ""
    page.locator("[data-go=b1]").click()
    page.wait_for_function("document.querySelector('.sg-flow').dataset.moment === 'b1'")


CHAINS = {
    "chain-three-paths": (link_to("used-three-times", view="chain"), {}),
    "chain-three-paths-dark": (
        link_to("used-three-times", view="chain"),
        {"theme": "dark", **PROJECTOR},
    ),
    # In a window that is high enough for all of it.
    "chain-recurrent": (RECURRENT, {"height": 2400}),
    "chain-matrices": (MATRICES, {"theme": "dark"}),
    "chain-one-element": (link_to("sigmoid-neuron", view="chain"), PROJECTOR),
}
FLOWS = {
    "flow-vanishes": (link_to("sigmoid-layers", step="9"), {}),
    "flow-explodes-dark": (link_to("recurrent-product", step="3"), {"theme": "dark", **PROJECTOR}),
    "flow-zero-and-infinite": (BROKEN, {}),
    "flow-vanishes-dark": (link_to("ten-tanh", view="flow"), {"theme": "dark"}),
}


@pytest.mark.parametrize("name", CHAINS)
def test_the_chain_rule_looks_as_stored(open_page, compare_screenshot, name):
    query, options = CHAINS[name]
    page = open_page(query, reduced_motion=True, **options)
    compare_screenshot(page.locator(".sg-chain"), name)


@pytest.mark.parametrize("name", FLOWS)
def test_the_gradient_flow_looks_as_stored(open_page, compare_screenshot, name):
    query, options = FLOWS[name]
    page = open_page(query, reduced_motion=True, **options)
    page.wait_for_selector(CHART)
    on_whole_pixels(page)
    compare_screenshot(page.locator(".sg-flow"), name)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chain_rule_fits_into_a_small_window(open_page, theme):
    page = open_page(RECURRENT, theme=theme, reduced_motion=True)
    wide = "row => row.scrollWidth <= row.clientWidth + 1"
    assert all(row.evaluate(wide) for row in page.locator(".sg-chain-path").all())
