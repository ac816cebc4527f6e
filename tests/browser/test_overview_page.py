"""The overview on the page: what opens in it, its link, its card, and the chart that follows it."""

from __future__ import annotations

from playwright.sync_api import Page

from scripts.pages import rerun
from tests.browser.driving import part, spoken

DEEP = {
    "p": """\
import torch
import torch.nn as nn

class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(4)
        self.up = nn.Linear(4, 8)
        self.down = nn.Linear(8, 4)

    def forward(self, x):
        return x + self.down(torch.tanh(self.up(self.norm(x))))

torch.manual_seed(0)
net = nn.Sequential(*[Block() for _ in range(40)])
loss = net(torch.ones(2, 4)).sum()
loss.backward()"""
}


def items(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "document.querySelector('.sg-overview').shown.overview.items.title"
    )
    return found


def test_a_large_graph_opens_folded_and_its_blocks_open_and_close(open_page):
    page = open_page(DEEP, reduced_motion=True)
    assert page.locator(".sg-overview").count() == 1
    before = items(page)
    title, x, y = page.evaluate(
        """() => {
          const shown = document.querySelector('.sg-overview').shown
          const i = shown.overview.items.kind.indexOf('group')
          const { x, y, scale } = shown.moves.view
          const box = shown.place.getBoundingClientRect()
          return [shown.overview.items.title[i],
                  box.x + shown.places.x[i] * scale + x, box.y + shown.places.y[i] * scale + y]
        }"""
    )
    with rerun(page):
        page.mouse.click(x, y)
    assert len(items(page)) > len(before)
    assert "open=" in page.url
    with rerun(page):
        page.get_by_role("button", name=f"Fold {title} again", exact=True).click()
    assert items(page) == before


def test_the_link_keeps_what_is_open_and_the_step(open_page):
    page = open_page(DEEP, reduced_motion=True)
    with rerun(page):
        part(page, "unfold").click()
    with rerun(page):
        page.keyboard.press("ArrowRight")
    shown, said, link = items(page), spoken(page), page.url
    assert said.startswith("Step 1 of")
    page.goto(link)
    page.wait_for_selector(".sg-overview[data-state=idle][data-step='1']")
    assert items(page) == shown
    assert spoken(page) == said


def test_a_step_has_its_card_from_python_and_the_chart_follows(open_page):
    page = open_page(DEEP, reduced_motion=True)
    with rerun(page):
        part(page, "foldall").click()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".sg-overview [data-part=card]:not([data-item=''])")
    assert "gradient" in part(page, "card").inner_text()
    page.wait_for_selector(".sg-flow[data-state=idle]")
    moment = page.locator(".sg-overview").get_attribute("data-moment")
    page.wait_for_function(
        "moment => document.querySelector('.sg-flow').dataset.moment === moment", arg=moment
    )
    page.locator("[data-go=b3]").click()
    page.wait_for_function("document.querySelector('.sg-overview').dataset.step !== '1'")


def test_a_click_on_a_point_of_the_chart_goes_to_the_block_that_fires_then(open_page):
    page = open_page(DEEP, reduced_motion=True)
    page.wait_for_selector(".sg-flow[data-state=idle]")
    point = page.locator(".sg-flow .scatterlayer .points path").filter(visible=True).nth(40)
    point.scroll_into_view_if_needed()
    page.evaluate(
        "document.querySelector('.sg-flow [data-part=chart]')"
        ".on('plotly_hover', (event) => { window.pointed = event.points[0].customdata })"
    )
    box = point.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector(".sg-flow .hovertext")
    page.mouse.down()
    page.mouse.up()
    page.wait_for_selector(".sg-overview[data-state=idle]:not([data-step='0'])")
    firing = int(page.evaluate("window.pointed").removeprefix("b"))
    beat = page.evaluate(
        "(() => { const { beats, steps } = document.querySelector('.sg-overview').shown;"
        " return beats[steps.index - 1] })()"
    )
    assert beat["start"] < firing <= beat["stop"]


def test_a_graph_with_modules_may_be_shown_both_ways(open_page):
    small = {"p": DEEP["p"].replace("range(40)", "range(2)")}
    page = open_page(small, reduced_motion=True)
    assert page.locator(".sg-overview").count() == 0
    with rerun(page):
        page.get_by_role("radio", name="Overview").click()
    page.wait_for_selector(".sg-overview[data-state=idle]")
    assert "show=overview" in page.url
    with rerun(page):
        page.get_by_role("radio", name="Step by step").click()
    assert page.locator(".sg-overview").count() == 0
