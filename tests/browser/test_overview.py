"""The view of large graphs, alone in a window: stepping, folding, searching, colours, keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, Page

from scripts import overview_alone as alone
from viz.fold.overview import Overview

Open = Callable[..., Page]
FOLDED = alone.transformer(blocks=6)
OPENED = alone.transformer(blocks=6, opened=2)
TITLES = FOLDED.items.title


@pytest.fixture
def open_alone(browser: Browser) -> Iterator[Open]:
    """`open_alone(overview, theme="dark")` gives a window with it; no error may be written."""
    problems: list[str] = []
    pages: list[Page] = []

    def open_one(
        drawn: Overview = FOLDED,
        theme: str = "light",
        size: tuple[int, int] = (900, 780),
        **more: Any,
    ) -> Page:
        page = browser.new_page(
            viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
        )
        pages.append(page)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.extend([said.text] * (said.type == "error")))
        page.set_content(alone.html(theme, size[0] - 24))
        alone.show(page, drawn, **more)
        return page

    yield open_one
    for page in pages:
        page.close()
    assert not problems, "\n".join(problems)


def said(page: Page) -> str:
    return page.locator("[data-part=say]").text_content() or ""


def card(page: Page) -> str:
    return page.locator("[data-part=card]").inner_text()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
    settle(page)


def settle(page: Page) -> None:
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_selector(".sg-overview[data-state=idle]")


def told(page: Page, name: str) -> list[Any]:
    """What Python would have been told under this name so far."""
    found: list[list[Any]] = page.evaluate("window.told ?? []")
    return [value for said, value in found if said == name]


def walk_to(page: Page, title: str, key: str) -> None:
    """Press a key of the graph until this box is selected."""
    for _ in FOLDED.items.id:
        if card(page).split("\n")[0].startswith(title):
            return
        press(page, key)
    pytest.fail(f"{title} was never selected: {card(page)}")


def middle_of(page: Page, title: str) -> tuple[float, float]:
    """Where a box stands in the window, by the numbers that draw it."""
    x, y = page.evaluate(
        """(title) => {
          const shown = document.querySelector('.sg-overview').shown
          const i = shown.overview.items.title.indexOf(title)
          const box = shown.place.getBoundingClientRect()
          const { x, y, scale } = shown.moves.view
          return [box.x + x + shown.places.x[i] * scale, box.y + y + shown.places.y[i] * scale]
        }""",
        title,
    )
    return float(x), float(y)


def colour_at(page: Page, x: float, y: float) -> tuple[int, ...]:
    """The colour of the boxes' own layer at a place of the window."""
    return tuple(
        page.evaluate(
            """([x, y]) => {
              const box = document.querySelector('[data-part=view]').getBoundingClientRect()
              const copy = document.createElement('canvas').getContext('2d')
              copy.drawImage(document.querySelector('[data-part=crowd]'), box.x - x, box.y - y)
              return [...copy.getImageData(0, 0, 1, 1).data].slice(0, 3)
            }""",
            [x, y],
        )
    )


def test_every_step_is_told_in_words_and_its_box_takes_its_colour(open_alone):
    page = open_alone()
    items, ways = FOLDED.items, FOLDED.ways
    x, y = middle_of(page, "h.3")
    grey = colour_at(page, x, y + 14)
    for number, beat in enumerate(FOLDED.beats, 1):
        press(page, "ArrowRight")
        sends = [
            down for up, down in zip(ways.upstream, ways.downstream, strict=True) if up == beat.item
        ]
        assert said(page).startswith(
            f"Step {number} of {len(FOLDED.beats)}: {items.title[beat.item]} "
        )
        assert all(items.title[down] in said(page) for down in sends)
        fired = "h.3" in {items.title[one.item] for one in FOLDED.beats[:number]}
        assert (colour_at(page, x, y + 14) != grey) == fired
    assert page.locator("[data-part=next]").is_disabled()
    press(page, "Home")
    assert said(page).startswith("Start")
    assert colour_at(page, x, y + 14) == grey


def test_steps_count_firings_so_that_folding_leaves_them_where_they_are(open_alone):
    page = open_alone(start=FOLDED.beats[4].stop)
    assert page.locator(".sg-overview").get_attribute("data-step") == "5"
    assert page.locator(".sg-overview").get_attribute("data-moment") == f"b{FOLDED.beats[4].stop}"
    alone.show(page, OPENED, look="opened")
    beat = OPENED.beats[int(page.locator(".sg-overview").get_attribute("data-step") or 0) - 1]
    assert beat.start < FOLDED.beats[4].stop <= beat.stop


def test_a_click_opens_a_block_which_stays_under_the_pointer_and_its_frame_closes_it(open_alone):
    page = open_alone()
    x, y = middle_of(page, "h.2")
    page.mouse.click(x, y)
    assert told(page, "folding")[-1]["ids"] == ["transformer.h.2"]
    alone.show(page, OPENED, look="opened")
    left, top, right, bottom = page.evaluate(
        """() => {
          const shown = document.querySelector('.sg-overview').shown
          const { x, y, scale } = shown.moves.view
          const place = shown.place.getBoundingClientRect()
          const at = shown.places.around('transformer.h.2')
          return [at.left * scale + x + place.x, at.top * scale + y + place.y,
                  at.right * scale + x + place.x, at.bottom * scale + y + place.y]
        }"""
    )
    assert left <= x <= right
    assert top <= y <= bottom
    page.get_by_role("button", name="Fold h.2 again").click()
    assert told(page, "folding")[-1]["ids"] == []
    alone.show(page, FOLDED, look="folded")
    back = middle_of(page, "h.2")
    assert left <= back[0] <= right
    assert top <= back[1] <= bottom


def test_the_keyboard_alone_selects_opens_and_folds(open_alone):
    page = open_alone()
    page.locator("[data-part=view]").focus()
    walk_to(page, "h.2", "ArrowUp")
    assert "h.2" in card(page)
    press(page, "Enter")
    assert told(page, "folding")[-1]["ids"] == ["transformer.h.2"]
    alone.show(page, OPENED, look="opened")
    walk_to(page, "attn", "ArrowDown")
    assert page.locator("[data-part=crumbs]").inner_text().split("\n")[-1].endswith("h.2")
    press(page, "Backspace")
    assert told(page, "folding")[-1]["ids"] == []


def test_a_leaf_that_is_drawn_at_each_use_lights_everywhere(open_alone):
    items = FOLDED.items
    one, other = [i for i, kind in enumerate(items.kind) if kind == "leaf"][:2]
    tied = {one: "n901@n1", other: "n901@n2"}
    ids = tuple(tied.get(i, name) for i, name in enumerate(items.id))
    drawn = msgspec.structs.replace(FOLDED, items=msgspec.structs.replace(items, id=ids))
    page = open_alone(drawn)
    for beat in drawn.beats:
        press(page, "ArrowRight")
        ringed = page.evaluate("document.querySelector('.sg-overview').shown.paint.twins")
        assert sorted(ringed) == ([one, other] if beat.item in tied else [beat.item])


def test_boxes_are_wide_enough_for_their_names_and_meet_no_other(open_alone):
    page = open_alone(alone.transformer(blocks=12, opened=1), size=(1000, 780))
    boxes = page.evaluate(
        """() => {
          const { places } = document.querySelector('.sg-overview').shown
          const { x, y, halfWidth, halfHeight, usual } = places
          return [...x].map((_, i) => [x[i], y[i], halfWidth[i], halfHeight[i], usual[i]])
        }"""
    )
    assert any(wide > usual for _, _, wide, _, usual in boxes)
    for i, (x, y, wide, high, _) in enumerate(boxes):
        for x2, y2, wide2, high2, _ in boxes[:i]:
            assert abs(x - x2) >= wide + wide2 - 0.01 or abs(y - y2) >= high + high2 - 0.01


def test_a_search_rings_what_it_finds_and_opens_what_hides_it(open_alone):
    page = open_alone()
    page.locator("[data-part=search]").fill("ln_f")
    assert page.locator("[data-part=hits]").inner_text().startswith("1 in sight")
    page.locator("[data-part=search]").fill("nan")
    assert page.locator("[data-part=hits]").inner_text().startswith("1 in sight")
    page.locator("[data-part=search]").fill("attn")
    press(page, "Enter")
    assert told(page, "folding")[-1]["find"] == "attn"
    found = OPENED.items.title.index("attn")
    hits = msgspec.structs.replace(OPENED, matches=("transformer.h.2.attn",), found=(found,))
    alone.show(page, hits, look="found")
    assert "Selected: attn," in said(page)
    assert page.locator("[data-part=hits]").inner_text() == "1 of 1"


def test_zoom_and_pan_move_the_view_and_fit_shows_all_again(open_alone):
    page = open_alone()
    x, y = middle_of(page, "h.1")
    page.mouse.move(x, y)
    page.mouse.wheel(0, -600)
    settle(page)
    assert middle_of(page, "h.1") == pytest.approx((x, y), abs=2)
    assert page.locator("[data-part=map]").is_visible()
    page.mouse.down()
    page.mouse.move(x + 50, y + 30, steps=3)
    page.mouse.up()
    settle(page)
    assert middle_of(page, "h.1") == pytest.approx((x + 50, y + 30), abs=2)
    page.locator("[data-part=fit]").click()
    settle(page)
    assert middle_of(page, "h.1") == pytest.approx((x, y), abs=2)
    assert not page.locator("[data-part=map]").is_visible()


def test_ten_thousand_boxes_are_drawn_in_few_bytes(open_alone):
    drawn = alone.made_up(10_000)
    page = open_alone(drawn)
    size = page.evaluate("document.querySelector('.sg-overview').shown.data.overview.length")
    assert size <= 500 * len(drawn.items.id)
    press(page, "ArrowRight")
    assert said(page).startswith("Step 1 of 10000")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_overview_looks_as_stored(open_alone, compare_screenshot, theme):
    page = open_alone(OPENED, theme, start=60)
    compare_screenshot(page.locator(".sg-overview"), f"overview-{theme}")
