"""In headless Chromium: the first page of a cold server, one arrow key to the finished frame."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.measure import Row, milliseconds
from benchmarks.programs import edited
from scripts import browser, overview_alone, pages
from scripts.page_server import serve

COLD_RUNS, WARM_RUNS, ROUNDS = 5, 10, 8
PAGE_AIM, KEY_AIM = 5000, 50
SETTLED = '.sg-stage[data-state="idle"]'

SIZES = (1_000, 10_000)
RENDERER = """() => {
  const gl = document.querySelector('[data-part=crowd]').getContext('webgl2')
  return gl.getParameter(gl.getExtension('WEBGL_debug_renderer_info').UNMASKED_RENDERER_WEBGL)
}"""
TIMES = """async (way) => {
  const view = document.querySelector('[data-part=view]')
  const { x, y } = view.getBoundingClientRect()
  const next = { key: 'ArrowRight', bubbles: true }
  const at = { clientX: x + 300, clientY: y + 150, bubbles: true, cancelable: true }
  const act = {
    step: () => view.dispatchEvent(new KeyboardEvent('keydown', next)),
    zoom: (k) => view.dispatchEvent(new WheelEvent('wheel', { deltaY: k % 2 ? 90 : -90, ...at })),
  }[way]
  const found = []
  for (let k = 0; k < 20; k++) {
    const began = performance.now()
    act(k)
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
    found.push(performance.now() - began)
  }
  return found
}"""

WATCH = """
() => {
  const stage = document.querySelector('.sg-stage');
  let asked = 0;
  window.keyTimes = [];
  window.addEventListener('keydown', () => { asked = performance.now(); }, true);
  new MutationObserver(() => {
    if (stage.dataset.state !== 'idle') return;
    // What a step is meant to take is not waiting: it is taken off.
    const began = asked, movement = Number(stage.dataset.meant);
    // A timer that is set while a frame is made fires once that frame has been handed over.
    requestAnimationFrame(() => setTimeout(
      () => window.keyTimes.push({ whole: performance.now() - began, movement })));
  }).observe(stage, { attributes: true, attributeFilter: ['data-state'] });
}
"""


def rows() -> list[Row]:
    path = browser.find()
    with sync_playwright() as playwright:
        chromium = browser.launch(playwright, path)
        try:
            started, loaded = zip(*(cold_page(chromium) for _ in range(COLD_RUNS)), strict=True)
            with serve() as server:
                page_load(chromium, server.url, 0)  # warms it up
                again = tuple(page_load(chromium, server.url, 1 + n) for n in range(WARM_RUNS))
                moving = key_times(chromium, server.url, reduced_motion=False)
                still = key_times(chromium, server.url, reduced_motion=True)
            overviews = [row for count in SIZES for row in overview_rows(chromium, count)]
        finally:
            chromium.close()
    return [
        Row("first page of a server that has just started", loaded, PAGE_AIM),
        Row("`streamlit run` to the finished page", started),
        Row("a page of a server that is warm, with a new program", again),
        Row("arrow key to finished frame, beyond its movement", moving, KEY_AIM),
        Row("arrow key to finished frame, without movement", still, KEY_AIM),
        *overviews,
    ]


def overview_rows(chromium: Browser, count: int) -> list[Row]:
    """An overview of so many boxes: one step, and one turn of the wheel, to the painted frame."""
    page = chromium.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    try:
        page.set_content(overview_alone.html())
        overview_alone.show(page, overview_alone.made_up(count))
        stepped, zoomed = (tuple(page.evaluate(TIMES, way)) for way in ("step", "zoom"))
        renderer = "SwiftShader" if "SwiftShader" in page.evaluate(RENDERER) else "WebGL"
    finally:
        page.close()
    aim = KEY_AIM if count == SIZES[0] else None
    return [
        Row(f"overview of {count:,} boxes ({renderer}): one step", stepped, aim),
        Row(f"overview of {count:,} boxes ({renderer}): one turn of the wheel", zoomed),
    ]


def cold_page(chromium: Browser) -> tuple[float, float]:
    """Milliseconds from the server's start, and from its first answer, to the finished page."""
    before = time.perf_counter()
    with serve() as server:
        loaded = page_load(chromium, server.url, 0)
        return (time.perf_counter() - before) * 1000, loaded


def page_load(chromium: Browser, url: str, edit: int) -> float:
    """Milliseconds from the address to the drawn, idle stage."""
    return milliseconds(lambda: with_page(chromium, url, edit, lambda page: None))


def with_page(
    chromium: Browser,
    url: str,
    edit: int,
    use: Callable[[Page], None],
    *,
    reduced_motion: bool = False,
) -> None:
    query = {"p": edited(edit)}
    with pages.open_page(chromium, url, query, reduced_motion=reduced_motion) as page:
        page.wait_for_selector(SETTLED)
        use(page)


def key_times(chromium: Browser, url: str, *, reduced_motion: bool) -> tuple[float, ...]:
    """Milliseconds of each press of the right arrow, without those of the movement itself."""
    found: list[float] = []

    def walk(page: Page) -> None:
        page.evaluate(WATCH)
        last = int(page.locator('[data-part="slider"]').get_attribute("max") or 0)
        for _ in range(ROUNDS):
            found.extend(press(page, "ArrowRight", index + 1) for index in range(last))
            press(page, "Home", 0)

    with_page(chromium, url, 0, walk, reduced_motion=reduced_motion)
    return tuple(found)


def press(page: Page, key: str, step: int) -> float:
    """Press the key; milliseconds until the frame of this step was painted, movement taken off."""
    page.keyboard.press(key)
    page.wait_for_selector(f'{SETTLED}[data-step="{step}"]')
    times = page.wait_for_function("() => window.keyTimes.shift()").json_value()
    return float(times["whole"] - times["movement"])
