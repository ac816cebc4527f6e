"""The offline file in a browser without a network: it plays, with the numbers of the trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import viz
from tests.browser.driving import card, last_step, press, wait_for_step, walk
from tests.fold.graphs import gpt
from tests.traces import trace_of
from viz.fold.build import tree_of
from viz.fold.columns import norm_of
from viz.fold.drawing import overview
from viz.fold.opening import first_view, path_to
from viz.rules.numbers import format_value
from viz.trace import Array, Trace

LESSON = """\
x = torch.tensor(3., requires_grad=True)
w = torch.tensor(-2., requires_grad=True)
y = x * w
loss = (y - 1)**2
loss.backward()
print(x.grad)
(w * w).backward()"""
SMALL = 2_000_000

Open = Callable[..., Page]


def complaints(text: str) -> list[str]:
    """A graphics driver that software stands in for says that it is slow."""
    return [] if "GPU stall due to ReadPixels" in text else [text]


@pytest.fixture
def open_file(browser: Browser) -> Iterator[Open]:
    """`open_file(path)`: a window without any network; what it asks for, beside the file itself,
    or complains of fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    problems: list[str] = []

    def one(path: Path) -> Page:
        page = context.new_page()
        page.on("console", lambda message: problems.extend(complaints(message.text)))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(dialog.message))
        page.on("request", lambda asked: problems.append(asked.url))
        page.goto(path.as_uri())
        problems.remove(path.as_uri())
        wait_for_step(page, 0)
        return page

    yield one
    context.close()
    assert problems == []


def active_line(page: Page) -> int:
    return int(page.locator(".sg-line.sg-active .sg-line-number").inner_text())


def said(array: Array | None) -> str:
    assert array is not None
    assert array.values is not None
    return format_value(array.values[0])


def test_a_saved_file_plays_without_a_network(open_file: Open, tmp_path: Path) -> None:
    trace = trace_of(LESSON)
    path = viz.save_html(trace, tmp_path / "lesson.html")
    assert path.stat().st_size < SMALL
    page = open_file(path)
    backward = trace.backwards[0]
    nodes = {node.id: node for node in backward.nodes}
    assert last_step(page) == len(backward.steps)
    for step in walk(page):
        if not step:
            assert active_line(page) == backward.line
            continue
        fired = backward.steps[step - 1]
        assert active_line(page) == nodes[fired.node].line
        assert said(fired.outgoing[0]) in card(page)
    for leaf in backward.leaves:
        row = page.locator(".sg-pass:visible .sg-leaves tr", has_text=leaf.name)
        expect(row.locator("b")).to_have_text(said(leaf.after))
    expect(page.locator(".sg-output")).to_have_text(trace.printed.strip())


def test_all_passes_are_there_and_the_colours_may_change(open_file: Open, tmp_path: Path) -> None:
    trace = trace_of(LESSON)
    page = open_file(viz.save_html(trace, tmp_path / "lesson.html", theme="light"))
    part_of_head = page.locator("header [data-part=pass]")
    part_of_head.select_option("1")
    page.wait_for_selector(".sg-stage[data-shown='1/light']")
    assert last_step(page) == len(trace.backwards[1].steps)
    after = trace.backwards[1].leaves[-1].after
    expect(page.locator(".sg-pass:visible .sg-leaves")).to_contain_text(said(after))
    page.locator("body").press("ArrowRight")
    wait_for_step(page, 1)
    page.get_by_role("button", name="Dark").click()
    page.wait_for_selector(".sg-stage[data-shown='1/dark'][data-step='1']")
    colour = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(colour) == "rgb(18, 21, 24)"
    assert "\ue000" not in page.locator(".sg-chart").inner_html()


def items_of(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "document.querySelector('.sg-overview').shown.overview.items.id"
    )
    return found


def norm_told(page: Page) -> float:
    """What the card says, in three digits."""
    told = page.locator(".sg-fact-gradient-norm dd").inner_text()
    return float(told.replace("−", "-"))


def select(page: Page, item: str) -> None:
    """By keys alone."""
    page.locator("[data-part=view]").focus()
    for _ in items_of(page):
        away = page.evaluate(
            """(id) => {
              const {shown} = document.querySelector('.sg-overview')
              return shown.inOrder.indexOf(shown.indexOf(id)) - shown.inOrder.indexOf(shown.chosen)
            }""",
            item,
        )
        if not away:
            return
        page.keyboard.press("ArrowDown" if away > 0 else "ArrowUp")
    raise AssertionError(f"{item} can't be reached")


def test_a_large_graph_opens_block_by_block_without_python(open_file: Open, tmp_path: Path) -> None:
    backward = gpt(6)
    tree = tree_of(backward)
    first = first_view(tree)
    folded = overview(tree, first)
    path = viz.save_html(Trace(source="", backwards=(backward,)), tmp_path / "gpt.html")
    assert path.stat().st_size < SMALL
    page = open_file(path)
    assert items_of(page) == list(folded.items.id)
    assert last_step(page) == len(folded.beats)
    for step, beat in enumerate(folded.beats, 1):
        press(page, "ArrowRight", step)
        norm = folded.items.norm[beat.item]
        assert norm is None or norm_told(page) == pytest.approx(norm, rel=0.006)
    for _ in range(2):
        page.locator("header [data-part=theme]").click()
        tints = page.evaluate("document.querySelector('.sg-overview').shown.tints.surface")
        body = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert body == {"#ffffff": "rgb(255, 255, 255)", "#121518": "rgb(18, 21, 24)"}[tints]
    wait_for_step(page, len(folded.beats))
    # A block opens by a click on it, and its frame closes it.
    group = max(
        (place for place, kind in enumerate(folded.items.kind) if kind == "group"),
        key=lambda place: folded.items.count[place],
    )
    x, y = page.evaluate(
        """(i) => {
          const {shown} = document.querySelector('.sg-overview')
          const box = shown.place.getBoundingClientRect()
          const {x, y, scale} = shown.moves.view
          return [shown.places.x[i] * scale + x + box.x, shown.places.y[i] * scale + y + box.y]
        }""",
        group,
    )
    page.mouse.click(x, y)
    id = folded.items.id[group]
    opened = overview(tree, (*first, *path_to(tree, id), id))
    assert items_of(page) == list(opened.items.id)
    page.locator(f".sg-over-frame[data-id='{id}']:visible").click()
    assert items_of(page) == list(folded.items.id)
    # A block in it opens by a key; each operation in that has its own gradient on its card.
    select(page, id)
    page.keyboard.press("Enter")
    inner = next(
        child
        for place, child in enumerate(opened.items.id)
        if opened.items.kind[place] == "group" and id in path_to(tree, child)
    )
    select(page, inner)
    page.keyboard.press("Enter")
    deep = overview(tree, (*first, *path_to(tree, inner), inner))
    assert items_of(page) == list(deep.items.id)
    fired = {step.node: step for step in backward.steps}
    new = set(deep.items.id) - set(opened.items.id)
    operations = [
        place for place, each in enumerate(deep.items.id) if each in new and each in fired
    ]
    assert operations
    for place in operations:
        select(page, deep.items.id[place])
        norm = norm_of(fired[deep.items.id[place]].incoming)
        assert norm is not None
        assert norm_told(page) == pytest.approx(norm, rel=0.006)
        assert deep.items.title[place] in card(page)


HOSTILE = "</script><img src=x onerror=alert(1)><!--<script>"


def _spoiled(trace: Trace) -> Trace:
    """The same trace, in which every free text is hostile."""
    nodes = [
        node.but(name=node.name and HOSTILE, variable=node.variable and HOSTILE)
        for node in trace.backwards[0].nodes
    ]
    leaves = [leaf.but(name=HOSTILE) for leaf in trace.backwards[0].leaves]
    backward = trace.backwards[0].but(nodes=tuple(nodes), leaves=tuple(leaves))
    return trace.but(source=f"{trace.source}\n{HOSTILE}", printed=HOSTILE, backwards=(backward,))


def test_text_of_a_user_is_only_text(open_file: Open, tmp_path: Path) -> None:
    page = open_file(viz.save_html(_spoiled(trace_of(LESSON)), tmp_path / "hostile.html"))
    for _ in walk(page):
        assert page.locator("img").count() == 0
    expect(page.locator(".sg-output")).to_have_text(HOSTILE)
    assert page.locator(".sg-lines").inner_text().count(HOSTILE) == 1


def test_a_notebook_steps_by_keys_after_a_click(browser: Browser, tmp_path: Path) -> None:
    trace = trace_of(LESSON)
    path = tmp_path / "notebook.html"
    path.write_text(f"<!doctype html><h1>Cell</h1>{trace._repr_html_()}", "utf-8")
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    page.goto(path.as_uri())
    frame = page.frame_locator("iframe")
    stage = frame.locator(".sg-stage")
    expect(stage).to_have_attribute("data-step", "0", timeout=20_000)
    frame.locator(".sg-card").click()
    page.keyboard.press("End")
    expect(stage).to_have_attribute("data-step", str(len(trace.backwards[0].steps)))
    # All that a step needs is in sight.
    bottom, height = frame.locator(".sg-card").evaluate(
        "card => [card.getBoundingClientRect().bottom, innerHeight]"
    )
    assert bottom <= height
    page.close()
