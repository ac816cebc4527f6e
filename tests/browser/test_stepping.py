"""Stepping through a backward pass: keys, buttons, slider, playing; what follows each step."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, Route

from tests.browser import driving
from tests.browser.driving import link_to, part, press, spoken, wait_for_step, walk

NOTEBOOK = link_to("notebook-2")
LINES = NOTEBOOK["p"][0].split("\n")


def line_of(beginning: str) -> int:
    return next(number for number, line in enumerate(LINES, 1) if line.startswith(beginning))


@pytest.fixture(scope="module")
def moving_page(open_shared_page):
    return open_shared_page(NOTEBOOK)


@pytest.fixture(scope="module")
def still_page(open_shared_page):
    return open_shared_page(NOTEBOOK, reduced_motion=True)


@pytest.fixture
def moving(moving_page) -> Page:
    """The notebook's program at its first step."""
    return from_the_start(moving_page)


@pytest.fixture
def still(still_page) -> Page:
    """The same without motion."""
    return from_the_start(still_page)


def from_the_start(page: Page) -> Page:
    driving.leave(page)
    press(page, "Home", 0)
    return page


def test_the_arrow_keys_home_and_end_step(moving):
    page = moving
    last = driving.last_step(page)
    press(page, "ArrowRight", 1)
    press(page, "ArrowRight", 2)
    press(page, "ArrowLeft", 1)
    press(page, "End", last)
    press(page, "ArrowRight", last)
    press(page, "Home", 0)
    press(page, "ArrowLeft", 0)


def test_the_buttons_step_and_are_off_where_there_is_no_way(still):
    page = still
    last = driving.last_step(page)
    names = ("First step", "Step back", "Step forward", "Last step")
    first, back, forward, end = (page.get_by_role("button", name=name) for name in names)
    for button, step in ((forward, 1), (forward, 2), (back, 1), (end, last), (first, 0)):
        button.click()
        wait_for_step(page, step)
        enabled = [button.is_enabled() for button in (first, back, forward, end)]
        assert enabled == [step > 0, step > 0, step < last, step < last]


def test_the_slider_steps_by_mouse_and_says_where_it_is(still):
    page = still
    slider, last = part(page, "slider"), driving.last_step(page)
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    wait_for_step(page, last // 2)
    assert slider.get_attribute("aria-valuetext") == spoken(page)
    # It has the focus now: the same keys go on working, each of them once.
    press(page, "ArrowRight", last // 2 + 1)
    press(page, "End", last)


def test_every_step_is_said_shown_and_marked_in_the_program(still):
    page = still
    marked = [driving.active_line(page) for _ in walk(page)]
    made_by = ["loss.backward", "loss =", "s =", "y_pred =", "w ="]
    assert marked == [line_of(beginning) for beginning in made_by]
    assert spoken(page) == "Step 4 of 4: w accumulates; w.grad is now 4."
    assert part(page, "where").inner_text() == "Step 4 of 4"
    assert part(page, "say").get_attribute("aria-live") == "polite"


def test_the_card_tells_the_chain_rule_of_the_present_step_and_checks_it(still):
    page = still
    for step in walk(page):
        shown = driving.card(page).replace("\n", "")
        assert ("Start" if step == 0 else f"Step {step} of 4") in shown
        # What is sent to a leaf has no local derivative to compare; each operation here has one.
        is_operation = 0 < step < 4
        assert ("local derivative and result agree" in shown) == is_operation
        assert ("the engine sent the same" in shown) == (not is_operation)
        assert "something else" not in shown
        if step == 1:
            assert "PowBackward0" in shown
            assert "= 1 · 2·(−1) = −2" in shown


def test_gradients_appear_where_they_arrive_and_leave_when_stepping_back(still):
    page = still
    counts = [len(driving.figure_texts(page)) for _ in walk(page)]
    assert counts == sorted(counts)
    assert "grad 4" in driving.figure_texts(page)
    page.keyboard.press("Home")
    wait_for_step(page, 0)
    assert len(driving.figure_texts(page)) == counts[0]
    assert "grad 4" not in driving.figure_texts(page)


def test_a_jump_shows_the_same_as_the_way_there(moving, still):
    walked, jumped = moving, still
    last = driving.last_step(walked)
    for step in range(1, last + 1):
        press(walked, "ArrowRight", step)
    press(jumped, "End", last)
    assert driving.figure_texts(walked) == driving.figure_texts(jumped)
    assert drawn_paths(walked) == drawn_paths(jumped)


def drawn_paths(page: Page) -> list[str]:
    """All lines and markers of the figure, as drawn."""
    paths: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('.sg-chart .scatterlayer path')]"
        ".map(path => `${path.getAttribute('d')} ${path.getAttribute('transform')}`)"
    )
    return paths


def test_playing_goes_through_every_step_to_the_end_and_stops(open_page):
    page = open_page(NOTEBOOK)
    page.get_by_label("Speed").select_option("4")
    seen = part(page, "say").evaluate_handle(
        "say => { const seen = []; new MutationObserver(() => seen.push(say.textContent))"
        ".observe(say, {childList: true}); return seen }"
    )
    play = page.get_by_role("button", name="Play", exact=True)
    play.click()
    page.wait_for_selector(".sg-play:text-is('Pause')")
    wait_for_step(page, 4)
    page.wait_for_selector(".sg-play:text-is('Play')")
    assert [said.split(":")[0] for said in seen.json_value()] == [
        f"Step {step} of 4" for step in range(1, 5)
    ]
    # At the end, Play begins again.
    play.click()
    page.wait_for_function("seen => seen.at(-1).startsWith('Step 4') && seen.length == 9", arg=seen)
    assert seen.json_value()[4].startswith("Start")


@pytest.fixture
def by_hand(open_page) -> Page:
    """The page whose clock stands still: what it shows waits for the test, however slow that is."""
    page = open_page(NOTEBOOK, own_clock=True)
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    return page


def run_to(page: Page, step: int) -> None:
    """Let the page's time pass until it has arrived at this step, or stands still."""
    stage = page.locator(".sg-stage")
    for _ in range(400):
        if stage.get_attribute("data-step") == str(step):
            return
        page.clock.run_for(20)
    raise AssertionError(f"the stage did not come to step {step}")


def test_space_plays_and_pauses(by_hand):
    page = by_hand
    page.keyboard.press(" ")
    run_to(page, 2)
    assert part(page, "play").inner_text() == "Pause"
    page.keyboard.press(" ")
    assert part(page, "play").inner_text() == "Play"
    # A step that is on its way arrives; no further one begins.
    page.clock.run_for(10_000)
    assert page.locator(".sg-stage").get_attribute("data-step") == "2"
    assert page.locator(".sg-stage").get_attribute("data-state") == "idle"
    page.keyboard.press("ArrowRight")
    run_to(page, 3)
    page.clock.run_for(10_000)
    assert page.locator(".sg-stage").get_attribute("data-step") == "3"
    assert part(page, "play").inner_text() == "Play"


def test_a_key_while_playing_pauses(by_hand):
    page = by_hand
    page.keyboard.press(" ")
    run_to(page, 1)
    page.keyboard.press("Home")
    assert part(page, "play").inner_text() == "Play"
    page.clock.run_for(10_000)
    assert page.locator(".sg-stage").get_attribute("data-step") == "0"


def test_keys_pressed_faster_than_the_movement_all_count(moving):
    page = moving
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    wait_for_step(page, 3)


def test_reduced_motion_jumps(open_page):
    """No frame is asked for but the step's own, and it takes no time."""
    page = open_page(NOTEBOOK, reduced_motion=True)
    asked = page.evaluate_handle(
        """() => {
          const asked = [], animate = window.Plotly.animate
          window.Plotly.animate = (chart, names, options) => {
            asked.push([names, options.transition.duration, options.frame.duration])
            return animate(chart, names, options)
          }
          return asked
        }"""
    )
    press(page, "ArrowRight", 1)
    press(page, "ArrowRight", 2)
    press(page, "Home", 0)
    assert asked.json_value() == [[["b1"], 0, 0], [["b2"], 0, 0], [["b0"], 0, 0]]


def test_with_motion_the_gradient_travels(moving):
    page = moving
    started = page.evaluate_handle(
        "() => { const names = [];"
        " document.querySelector('.js-plotly-plot').on('plotly_animatingframe',"
        " event => names.push(event.name)); return names }"
    )
    press(page, "ArrowRight", 1)
    names = started.json_value()
    assert names[0] == "b1.0"
    assert names[-1] == "b1"
    assert len(names) > 3


TRAVELLING = """
() => {
  const [line, head] = [...document.querySelectorAll('.sg-chart .scatterlayer .trace')].slice(-2)
  const tips = [...line.querySelectorAll('.lines path')]
    .map(path => path.getAttribute('d').match(/-?[0-9.]+,-?[0-9.]+$/)[0].split(',').map(Number))
  const heads = [...head.querySelectorAll('.points path')]
    .map(path => path.getAttribute('transform').match(/-?[0-9.]+/g).slice(0, 2).map(Number))
  return {tips, heads}
}
"""


def test_the_line_of_a_travelling_gradient_ends_at_its_head_all_the_way(open_page):
    # The page's clock is moved by hand: every frame is looked at, however slow the machine is.
    page = open_page(link_to("used-three-times"), own_clock=True)
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    page.keyboard.press("ArrowRight")
    ways: list[tuple[float, ...]] = []
    while page.locator(".sg-stage[data-state=idle]").count() == 0:
        page.clock.run_for(50)
        seen = page.evaluate(TRAVELLING)
        for tip, head in zip(seen["tips"], seen["heads"], strict=False):
            assert tip == pytest.approx(head, abs=1.5)
            ways.append(tuple(head))
    assert len(set(ways)) > 8, "hardly anything has moved"


@pytest.mark.parametrize("slug", ["notebook-2", "used-three-times", "matmul-mse", "ten-tanh"])
def test_nothing_jumps_and_nothing_is_built_anew_between_steps(open_page, slug):
    page = open_page(link_to(slug), reduced_motion=True)
    page.evaluate("document.querySelector('.js-plotly-plot .main-svg').since = 'the beginning'")
    places = [driving.boxes(page) for _ in walk(page)]
    assert set(places[0]) == {"stage", "controls", "slider", "step", "card", "tabs"}
    for place in places:
        assert place == places[0]
    # Also after Python was told of the step.
    page.get_by_role("tab", name="All steps").click()
    page.wait_for_selector(f".sg-steps tr.sg-current:nth-child({driving.last_step(page)})")
    assert driving.boxes(page) == places[0]
    chart = "document.querySelector('.js-plotly-plot .main-svg').since"
    assert page.evaluate(chart) == "the beginning"


def test_the_table_of_all_steps_follows(open_page):
    page = open_page({**NOTEBOOK, "view": "steps"}, reduced_motion=True)
    for step in (1, 2, 3):
        press(page, "ArrowRight", step)
        page.wait_for_selector(f".sg-steps tr.sg-current td:first-child:text-is('{step}')")
    assert page.locator(".sg-steps tr.sg-current").count() == 1


def test_the_forward_pass_first(open_page):
    page = open_page(NOTEBOOK, reduced_motion=True)
    backward = driving.last_step(page)
    with driving.another_stage(page):
        page.get_by_text("Show the forward pass first").click()
    assert driving.last_step(page) == backward + 3
    assert part(page, "where").inner_text() == "Forward 1 of 3"
    marked = [driving.active_line(page) for _ in walk(page)]
    assert marked[:3] == [line_of("y_pred ="), line_of("s ="), line_of("loss =")]


def test_the_sum_in_a_leaf_used_three_times_grows(open_page):
    page = open_page(link_to("used-three-times"), reduced_motion=True)
    said: list[str] = []
    for _ in walk(page):
        # The caption of x is the only one with a sum.
        sums = [text for text in driving.figure_texts(page) if re.match(r"grad .*[+]", text)]
        said += [text for text in sums if text not in said]
    # The order in which the contributions arrive is the engine's.
    parts = [set(re.findall(r"−?\d+", text.split("=")[0])) for text in said]
    assert parts[-1] == {"12", "−4", "1"}
    assert all(before <= after for before, after in pairwise(parts))
    assert said[-1].endswith("= 9")


def test_keys_pressed_before_the_figure_is_there_do_no_harm(open_page):
    page = open_page(NOTEBOOK, reduced_motion=True)
    # plotly.js answers late: as over a slow line.
    held: list[Route] = []
    page.route("**/plotly*.js", lambda route: held.append(route))
    page.reload()
    page.wait_for_selector(".sg-stage[data-state=loading]", state="attached")
    for key in ("ArrowRight", "End", " ", " "):
        page.keyboard.press(key)
    assert held, "the page did not ask for plotly.js"
    for route in held:
        route.continue_()
    wait_for_step(page, 0)
    press(page, "ArrowRight", 1)
