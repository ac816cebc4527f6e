"""The figure can be read: no text over another, none cut off, whatever the example and the step."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.driving import choose, link_to, part, walk
from viz import sandbox
from viz.errors import UserError
from viz.page.example import Example
from viz.page.examples import BY_SLUG

TEXTS = """
() => {
  const box = (thing) => {
    const {left, right, top, bottom} = thing.getBoundingClientRect()
    return {left, right, top, bottom}
  }
  const pen = document.createElement('canvas').getContext('2d')
  // A sign from another font has a far taller box than its ink; of such signs the ink counts.
  const ink = (text) => {
    const style = getComputedStyle(text)
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
    pen.textAlign = {start: 'left', middle: 'center', end: 'right'}[style.textAnchor]
    const drawn = pen.measureText(text.textContent)
    const matrix = text.getScreenCTM()
    const [x, y] = [text.x.baseVal[0].value, text.y.baseVal[0].value]
    const at = (dx, dy) => new DOMPoint(x + dx, y + dy).matrixTransform(matrix)
    const first = at(-drawn.actualBoundingBoxLeft, -drawn.actualBoundingBoxAscent)
    const last = at(drawn.actualBoundingBoxRight, drawn.actualBoundingBoxDescent)
    return {left: first.x, right: last.x, top: first.y, bottom: last.y}
  }
  return [...document.querySelectorAll('.sg-stage')].map(stage => {
    const all = [...stage.querySelectorAll('.sg-chart text')]
    const texts = all.filter(text => text.textContent.trim())
    return {
      frame: box(stage.querySelector('.sg-frame')),
      texts: texts.map(text =>
        ({...(text.textContent == '✂' ? ink : box)(text), text: text.textContent})),
    }
  })
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


def flaws(page: Page, nodes: Sequence[int]) -> list[str]:
    """What is wrong in the stages of the page, whose graphs have so many nodes."""
    stages = page.evaluate(TEXTS)
    found: list[str] = []
    for stage, count in zip(stages, nodes, strict=True):
        # Each node says its name or value, and each operation has its sign besides.
        assert len(stage["texts"]) > count, "a part of the figure has no text"
        found += crowded(stage["texts"]) + cut_off(stage["texts"], stage["frame"])
    return found


def nodes_of(example: Example) -> list[int]:
    """How many nodes the graphs of an example have, as a run of it says."""
    sources = [example.source, *([example.second] if example.second else [])]
    found = []
    for source in sources:
        call = example.backward or 0
        try:
            answer = sandbox.explain(source, example.inputs, record=[call])
        except UserError as error:
            answer = error.answer
        passes = answer.trace.backwards
        # Of a program that stops, the pass that stopped is shown.
        shown = passes[-1] if example.stops else next(one for one in passes if one.number == call)
        found.append(len(shown.nodes))
    return found


@pytest.fixture(scope="module")
def examples(open_shared_page):
    return open_shared_page(link_to("notebook-2"), reduced_motion=True)


ONE_PROGRAM = [slug for slug, example in BY_SLUG.items() if not example.second]
PAIRS = [slug for slug, example in BY_SLUG.items() if example.second]


@pytest.mark.parametrize("slug", ONE_PROGRAM)
def test_no_text_lies_over_another_or_is_cut_off_at_any_step(examples, slug):
    choose(examples, slug)
    nodes = nodes_of(BY_SLUG[slug])
    assert [(step, flaw) for step in walk(examples) for flaw in flaws(examples, nodes)] == []


@pytest.mark.parametrize("slug", PAIRS)
def test_nor_in_two_graphs_side_by_side(open_page, slug):
    page = open_page(link_to(slug), reduced_motion=True)
    nodes = nodes_of(BY_SLUG[slug])
    found = []
    for step in range(int(part(page, "slider").first.get_attribute("max")) + 1):
        if step:
            page.keyboard.press("ArrowRight")
        page.wait_for_function(
            "step => [...document.querySelectorAll('.sg-stage')]"
            ".every(one => one.dataset.state == 'idle' && one.dataset.step == step)",
            arg=str(step),
        )
        found += [(step, flaw) for flaw in flaws(page, nodes)]
    assert step > 3
    assert found == []


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
    nodes = nodes_of(BY_SLUG["notebook-2"])
    assert flaws(page, nodes) == []
    page.evaluate(MOVE, ["y = 3", "x = 2"])
    assert flaws(page, nodes) == ["'x = 2' over 'y = 3'"]
    page.evaluate(MOVE, ["y = 3", None])
    assert flaws(page, nodes) == ["'y = 3' is cut off"]


def test_the_search_finds_words_over_the_scissors(open_page):
    page = open_page(link_to("surprise-detach"), reduced_motion=True)
    nodes = nodes_of(BY_SLUG["surprise-detach"])
    assert flaws(page, nodes) == []
    lower = """() => {
      const named = (name) =>
        [...document.querySelectorAll('.sg-chart text')].find(one => one.textContent == name)
      named('detach(), line 4').style.translate = '0 12px'
    }"""
    page.evaluate(lower)
    assert "'✂' over 'detach(), line 4'" in (
        flaw.replace("'detach(), line 4' over '✂'", "'✂' over 'detach(), line 4'")
        for flaw in flaws(page, nodes)
    )
