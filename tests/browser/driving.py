"""What a person does with the page and sees on it, as functions: press, type, read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page

from scripts.pages import PATIENCE, wait_until_idle
from viz.page.address import to_query
from viz.page.examples import BY_SLUG
from viz.page.state import of_example

Box = dict[str, float]


def link_to(slug: str, **more: str) -> dict[str, list[str]]:
    """The query of the link to an example of the menu."""
    return to_query(of_example(BY_SLUG[slug])) | {key: [value] for key, value in more.items()}


# --- the stage ------------------------------------------------------------------------------------


def part(page: Page, name: str) -> Locator:
    return page.locator(f".sg-stage [data-part={name}]")


def wait_for_step(page: Page, step: int) -> None:
    """The stage stands still at this step."""
    page.wait_for_selector(
        f'.sg-stage[data-state=idle][data-step="{step}"]', state="attached", timeout=PATIENCE
    )


def last_step(page: Page) -> int:
    return int(part(page, "slider").get_attribute("max") or 0)


def press(page: Page, key: str, step: int) -> None:
    """Press a key and wait until the stage stands still at this step."""
    page.keyboard.press(key)
    wait_for_step(page, step)


def walk(page: Page) -> Iterator[int]:
    """Go through all steps of the opened page by the arrow key, from its start."""
    wait_for_step(page, 0)
    yield 0
    for step in range(1, last_step(page) + 1):
        press(page, "ArrowRight", step)
        yield step


@contextmanager
def another_stage(page: Page) -> Iterator[None]:
    """The block brings another program, pass, theme or state: wait until that is drawn."""
    before = page.locator(".sg-stage").get_attribute("data-shown")
    yield
    page.wait_for_function(
        "before => document.querySelector('.sg-stage')?.dataset.shown !== before", arg=before
    )
    wait_until_idle(page)


def choose(page: Page, slug: str) -> None:
    """Choose an example from the menu; leave the menu."""
    example = BY_SLUG[slug]
    with another_stage(page):
        # The menu is long, and only what is in sight of it exists: typing finds the entry.
        page.get_by_role("combobox", name="Examples").fill(example.title)
        page.get_by_role("option", name=example.title, exact=True).click()
    leave(page)


def leave(page: Page) -> None:
    """Give up the focus, as by a click beside everything: keys step again."""
    page.locator(".sg-brand").click()


def figure_texts(page: Page) -> list[str]:
    texts: list[str] = page.locator(".sg-chart text").all_text_contents()
    return [text for text in texts if text.strip()]


def spoken(page: Page) -> str:
    return part(page, "say").text_content() or ""


def card(page: Page) -> str:
    return part(page, "card").inner_text()


def boxes(page: Page) -> dict[str, Box]:
    """Where the things of the right side stand that must never move, from the top of the page."""
    found: dict[str, Box] = page.evaluate(
        """() => {
          const things = {stage: '.sg-view', controls: '.sg-controls', slider: '[data-part=slider]',
                          step: '[data-part=where]', card: '.sg-card', tabs: '[role=tablist]'}
          const top = document.querySelector('.sg-brand').getBoundingClientRect().y
          const box = (thing) => {
            const {x, y, width, height} = document.querySelector(thing).getBoundingClientRect()
            return {x, y: y - top, width, height}
          }
          const named = Object.entries(things).map(([name, thing]) => [name, box(thing)])
          return Object.fromEntries(named)
        }"""
    )
    return found


# --- the editor -----------------------------------------------------------------------------------


def field(page: Page, mode: str = "Program") -> Locator:
    return page.get_by_role("textbox", name=mode, exact=True)


def rewrite(page: Page, text: str, mode: str = "Program") -> None:
    """Select all and type, as a person does; line breaks indent by themselves."""
    field(page, mode).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def active_line(page: Page) -> int | None:
    return _marked_line(page, "sg-active")


def wrong_line(page: Page) -> int | None:
    return _marked_line(page, "sg-wrong")


def _marked_line(page: Page, mark: str) -> int | None:
    numbers = page.locator(f".sg-line.{mark} .sg-line-number").all_text_contents()
    assert len(numbers) < 2, f"{len(numbers)} lines are marked {mark}"
    return int(numbers[0]) if numbers else None


# --- the tables -----------------------------------------------------------------------------------


def leaf_row(page: Page, name: str) -> list[str]:
    """Value, .grad before, arriving, .grad after."""
    row = page.locator(".sg-table:not(.sg-steps) tbody tr").filter(
        has=page.locator("th", has_text=name)
    )
    cells: list[str] = row.locator("td:not(.sg-check)").all_text_contents()
    return cells
