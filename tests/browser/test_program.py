"""Writing a program, making mistakes, inputs, examples and backward passes, as a person does."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser import driving
from tests.browser.driving import another_stage, field, link_to, part, press, rewrite, wait_for_step

NOTEBOOK = link_to("notebook-2")
SQUARE = {"e": "x**2", "in": ["x*:3"]}


def stale(page: Page) -> bool:
    return page.locator(".sg-stage.sg-stale").count() == 1


def error(page: Page) -> str:
    sentence = page.get_by_test_id("stAlertContentError").get_by_test_id("stMarkdownContainer")
    expect(sentence).to_have_count(1)
    return sentence.inner_text()


def test_a_typed_program_is_drawn(open_page):
    page = open_page(NOTEBOOK, reduced_motion=True)
    with another_stage(page):
        rewrite(page, "a = torch.tensor(3., requires_grad=True)\nif a > 0:\nb = torch.exp(a)\n")
        # After a colon the next line is indented by itself, and so is the one after it.
        for _ in range(4):
            page.keyboard.press("Backspace")
        page.keyboard.type("b.backward()")
    assert field(page).input_value().split("\n")[1:] == [
        "if a > 0:",
        "    b = torch.exp(a)",
        "b.backward()",
    ]
    assert "ExpBackward0" in driving.figure_texts(page)
    assert "MulBackward0" not in driving.figure_texts(page)
    assert driving.leaf_row(page, "a")[0] == "3"
    driving.leave(page)
    press(page, "End", 2)
    assert driving.active_line(page) == 1


def test_a_typed_expression_asks_for_its_inputs(open_page):
    page = open_page(SQUARE, reduced_motion=True)
    with another_stage(page):
        rewrite(page, "x**2 * k", "Expression")
    expect(page.get_by_label("Value of x")).to_have_value("3")
    expect(page.get_by_label("Value of k")).to_be_visible()
    with another_stage(page):
        page.get_by_label("Value of k").fill("4")
        page.keyboard.press("Enter")
    # d/dx kx² = 2kx
    assert driving.leaf_row(page, "x")[-1] == "24"


def test_enter_runs_an_expression_at_once(open_page):
    page = open_page(SQUARE, reduced_motion=True)
    with another_stage(page):
        rewrite(page, "x**3\n", "Expression")
    assert field(page, "Expression").input_value() == "x**3"
    assert driving.leaf_row(page, "x")[-1] == "27"


def test_keys_in_the_editor_move_the_cursor_not_the_graph(open_page):
    page = open_page(NOTEBOOK, reduced_motion=True)
    press(page, "ArrowRight", 1)
    field(page).click()
    for key in ("ArrowRight", "ArrowRight", "End", "Home", " "):
        page.keyboard.press(key)
    page.keyboard.press("Backspace")
    assert page.locator(".sg-stage").get_attribute("data-step") == "1"
    assert part(page, "play").inner_text() == "Play"
    assert field(page).input_value() == NOTEBOOK["p"][0]
    driving.leave(page)
    press(page, "ArrowRight", 2)


def test_keys_in_an_input_move_its_cursor_not_the_graph(open_page):
    page = open_page(SQUARE, reduced_motion=True)
    press(page, "ArrowRight", 1)
    page.get_by_label("Value of x").click()
    for key in ("ArrowRight", "End", "Home"):
        page.keyboard.press(key)
    assert page.locator(".sg-stage").get_attribute("data-step") == "1"


def test_a_mistake_is_said_and_marked_and_the_last_graph_stays_until_it_is_repaired(open_page):
    page = open_page(NOTEBOOK, reduced_motion=True)
    graph = driving.figure_texts(page)
    broken = NOTEBOOK["p"][0].replace("s**2", "torch.sinn(s)")
    with another_stage(page):
        rewrite(page, broken)
    assert error(page) == "Line 6: unknown function 'torch.sinn'. Did you mean 'torch.sin'?"
    assert driving.wrong_line(page) == 6
    mark = page.locator(".sg-wrong mark")
    assert mark.inner_text() == "torch.sinn"
    assert field(page).get_attribute("aria-invalid") == "true"
    assert stale(page)
    assert page.locator(".sg-stale-note").is_visible()
    opacity = page.locator(".sg-frame").evaluate("frame => getComputedStyle(frame).opacity")
    assert float(opacity) < 0.5
    assert driving.figure_texts(page) == graph
    with another_stage(page):
        rewrite(page, NOTEBOOK["p"][0])
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    assert driving.wrong_line(page) is None
    assert not stale(page)
    assert driving.figure_texts(page) == graph


def test_a_wrong_input_is_said_and_the_page_goes_on(open_page):
    page = open_page(SQUARE, reduced_motion=True)
    value = page.get_by_label("Value of x")
    with another_stage(page):
        value.fill("[1, 2")
        value.press("Enter")
    assert error(page).startswith("Input 'x': ")
    assert stale(page)
    with another_stage(page):
        value.fill("5")
        value.press("Enter")
    assert not stale(page)
    assert driving.leaf_row(page, "x")[-1] == "10"


def test_requires_grad_can_be_switched_off_and_on(open_page):
    page = open_page({"e": "x*w", "in": ["x*:2", "w*:3"]}, reduced_motion=True)
    switch = page.get_by_text("requires grad", exact=True).first
    with another_stage(page):
        switch.click()
    assert driving.leaf_row(page, "x")[-1] == "does not require grad"
    assert driving.leaf_row(page, "w")[-1] == "2"
    assert "x:2" in page.url.replace("%3A", ":")
    with another_stage(page):
        switch.click()
    assert driving.leaf_row(page, "x")[-1] == "3"


def test_an_example_is_chosen_from_the_menu(open_page):
    page = open_page(NOTEBOOK, reduced_motion=True)
    driving.choose(page, "used-three-times")
    assert field(page, "Expression").input_value() == "(x**2 - 2*x)*y + x"
    assert driving.leaf_row(page, "x")[-1] == "9"


def test_a_backward_pass_is_chosen(open_page):
    page = open_page(link_to("notebook-1"), reduced_motion=True)
    assert driving.leaf_row(page, "w")[1:] == ["None", "−2", "−2"]
    with another_stage(page):
        page.get_by_role("radio", name="2: line 15").click()
    assert driving.leaf_row(page, "w")[1:] == ["−2", "−2", "−4"]
    assert "backward=2" in page.url
    driving.leave(page)
    press(page, "End", 4)
    assert "−2 + (−2) = −4" in driving.card(page).replace("\n", "")


def test_what_the_program_prints_is_shown(open_page):
    page = open_page(link_to("notebook-1"))
    printed = page.locator(".sg-output").inner_text().split("\n")
    assert printed == [
        "tensor(1., grad_fn=<PowBackward0>)",
        "tensor(-2.)",
        "tensor(-4.)",
        "tensor(0.)",
    ]


def test_the_step_starts_again_with_another_program(open_page):
    page = open_page(SQUARE, reduced_motion=True)
    press(page, "End", 2)
    with another_stage(page):
        rewrite(page, "x**2 + x", "Expression")
    wait_for_step(page, 0)
