"""The figure can be read: no text over another, none cut off, whatever the example and the step."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.driving import choose, link_to, walk
from viz.page.examples import BY_SLUG

TEXTS = """
() => {
  const box = (thing) => {
    const {left, right, top, bottom} = thing.getBoundingClientRect()
    return {left, right, top, bottom}
  }
  const texts = [...document.querySelectorAll('.sg-chart text')]
    // The box of the scissors is far taller than the sign itself.
    .filter(text => text.textContent.trim() && text.textContent != '✂')
  return {
    frame: box(document.querySelector('.sg-frame')),
    texts: texts.map(text => ({...box(text), text: text.textContent})),
  }
}
"""
SOFT = 1.0
"""Pixels that boxes may share: they hold more than the letters."""

Box = dict[str, Any]


def crowded(texts: list[Box]) -> list[str]:
    """The pairs of texts of which one lies over the other."""
    return [
        f"{one['text']!r} over {other['text']!r}"
        for one, other in combinations(texts, 2)
        if min(one["right"], other["right"]) - max(one["left"], other["left"]) > SOFT
        and min(one["bottom"], other["bottom"]) - max(one["top"], other["top"]) > SOFT
    ]


def cut_off(texts: list[Box], frame: Box) -> list[str]:
    return [
        f"{text['text']!r} is cut off"
        for text in texts
        if text["left"] < frame["left"] - SOFT
        or text["right"] > frame["right"] + SOFT
        or text["top"] < frame["top"] - SOFT
        or text["bottom"] > frame["bottom"] + SOFT
    ]


def flaws(page: Page) -> list[str]:
    found = page.evaluate(TEXTS)
    assert len(found["texts"]) > 5, "there is hardly any text in the figure"
    return crowded(found["texts"]) + cut_off(found["texts"], found["frame"])


@pytest.fixture(scope="module")
def examples(open_shared_page):
    return open_shared_page(link_to("notebook-2"), reduced_motion=True)


ONE_PROGRAM = [slug for slug, example in BY_SLUG.items() if not example.second]


@pytest.mark.parametrize("slug", ONE_PROGRAM)
def test_no_text_lies_over_another_or_is_cut_off_at_any_step(examples, slug):
    choose(examples, slug)
    assert [(step, flaw) for step in walk(examples) for flaw in flaws(examples)] == []


MOVE = """
([moved, target]) => {
  const named = (name) =>
    [...document.querySelectorAll('.sg-chart text')].find(one => one.textContent == name)
  const text = named(moved)
  const box = text.getBoundingClientRect()
  const scale = box.width / text.getBBox().width
  const left = target ? named(target).getBoundingClientRect().left : -1000
  text.style.translate = `${(left - box.left) / scale}px`
}
"""


def test_the_search_for_flaws_finds_them(open_page):
    """A pill's text moved onto its neighbour, and out of the figure."""
    page = open_page(link_to("notebook-2"), reduced_motion=True)
    assert flaws(page) == []
    page.evaluate(MOVE, ["y = 3", "x = 2"])
    assert flaws(page) == ["'x = 2' over 'y = 3'"]
    page.evaluate(MOVE, ["y = 3", None])
    assert flaws(page) == ["'y = 3' is cut off"]
