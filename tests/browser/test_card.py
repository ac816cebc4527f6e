"""The rule card: elements that can be pointed at, products as pictures, and what is said in red."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.driving import boxes, part, wait_for_step
from tests.traces import backward_of
from viz.assets import STAGE_STYLES, joined
from viz.rules import explain_step
from viz.trace import Array, Backward, to_float

replace = msgspec.structs.replace

POWER = "x = torch.tensor([[1., -2.], [3., 0.5]], requires_grad=True)\nz = (x**2).sum()"
BIAS = "b = torch.zeros(2, requires_grad=True)\nz = (torch.ones(3, 2) + b).sum()"
PRODUCT = """\
x = torch.tensor([[1., 2., 3.], [4., 5., 6.]])
W = torch.tensor([[1., 0.], [-1., 2.], [0.5, 3.]], requires_grad=True)
z = (x @ W).sum()"""
DEEP = "x = torch.ones(2, 1, 2, requires_grad=True)\nz = (x * 3).sum()"


@pytest.fixture
def draw(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`draw(backward, step)`: an empty page with only the card of this step."""
    page = browser.new_page(viewport={"width": 900, "height": 600})
    styles = joined(*STAGE_STYLES)

    def one(backward: Backward, step: int) -> Page:
        page.set_content(
            f"<style>{styles}</style>"
            "<section class='sg-stage'><div class='sg-card' data-part='card'></div></section>"
        )
        page.add_script_tag(content=joined("card.js"))
        moment = {
            "heading": f"Step {step + 1}",
            "say": "",
            "card": msgspec.to_builtins(explain_step(backward, step)),
        }
        page.evaluate(
            "moment => document.querySelector('.sg-card').replaceChildren(...card(moment))", moment
        )
        return page

    yield one
    page.close()


def equation(page: Page) -> Locator:
    return page.locator(".sg-equation").first


def cells(page: Page) -> Locator:
    return page.locator("table.sg-elements").first.locator("td")


def chosen(page: Page) -> list[str]:
    return page.locator(".sg-chosen").all_text_contents()


def test_pointing_at_an_element_shows_its_equation(draw):
    page = draw(backward_of(POWER), 1)
    expect(equation(page)).to_have_text("element [0, 0]: 1 · 2 = 2")
    cells(page).nth(1).hover()
    expect(equation(page)).to_have_text("element [0, 1]: 1 · (−4) = −4")
    assert chosen(page) == ["1", "−2", "−4"]
    cells(page).nth(2).click()
    expect(equation(page)).to_have_text("element [1, 0]: 1 · 6 = 6")


def test_each_element_has_the_equation_of_its_own(draw):
    page = draw(backward_of(POWER), 1)
    for index, text in enumerate(cells(page).all_text_contents()):
        cells(page).nth(index).hover()
        place = f"element [{index // 2}, {index % 2}]: "
        expect(equation(page)).to_contain_text(place)
        assert equation(page).text_content().endswith(f" = {text}")


def test_the_keyboard_moves_among_the_elements(draw):
    page = draw(backward_of(POWER), 1)
    page.keyboard.press("Tab")
    for key, place in (
        ("ArrowRight", "[0, 1]"),
        ("ArrowRight", "[0, 1]"),
        ("ArrowDown", "[1, 1]"),
        ("Home", "[1, 0]"),
        ("End", "[1, 1]"),
        ("ArrowUp", "[0, 1]"),
        ("ArrowLeft", "[0, 0]"),
    ):
        page.keyboard.press(key)
        expect(equation(page)).to_contain_text(f"element {place}: ")


def test_nothing_moves_when_another_element_is_chosen(draw):
    page = draw(backward_of(POWER), 1)
    where = """() => [...document.querySelectorAll('.sg-card *')].map((one) => {
      const {x, y, height} = one.getBoundingClientRect()
      return one.matches('.sg-agrees, .sg-equation') ? [y, height] : [x, y, height]
    })"""
    before = page.evaluate(where)
    for index in range(4):
        cells(page).nth(index).hover()
        assert page.evaluate(where) == before


def test_a_broadcast_element_is_a_sum(draw):
    page = draw(backward_of(BIAS), 1)
    expect(equation(page)).to_have_text("element [0]: 1 + 1 + 1 = 3")


def test_an_element_of_a_product_lights_up_its_row_and_its_column(draw):
    page = draw(backward_of(PRODUCT), 1)
    tables = page.locator(".sg-picture table")
    cells(page).nth(3).hover()
    expect(equation(page)).to_have_text("element [1, 1]: 2·1 + 5·1 = 7")
    lit = [tables.nth(at).locator(".sg-chosen").all_text_contents() for at in range(3)]
    assert lit == [["2", "5"], ["1", "1"], ["7"]]


def test_the_matrices_of_a_product_have_names_and_shapes(draw):
    page = draw(backward_of(PRODUCT), 1)
    assert page.locator(".sg-picture .sg-note").all_text_contents() == [
        *("xᵀ [3×2]", "∂z/∂(x @ W) [2×2]", "∂z/∂W [3×2]")
    ]


def test_a_tensor_that_is_no_matrix_is_gone_through_with_buttons(draw):
    page = draw(backward_of(DEEP), 1)
    expect(equation(page)).to_contain_text("element [0, 0, 0]: ")
    for label, place in (
        ("Next element", "[0, 0, 1]"),
        ("Next element", "[1, 0, 0]"),
        ("Element before", "[0, 0, 1]"),
    ):
        page.get_by_role("button", name=label).click()
        expect(equation(page)).to_contain_text(f"element {place}: ")


def test_contributions_stand_above_where_they_came_from(draw):
    backward = backward_of("x = torch.tensor(3.0, requires_grad=True)\nz = x**2 + x")
    page = draw(backward, len(backward.steps) - 1)
    notes = page.locator(".sg-note")
    assert notes.all_inner_texts() == [
        "from z\nAddBackward0, line 2",
        "from x²\nPowBackward0, line 2",
    ]
    for index in range(2):
        note = notes.nth(index)
        value = note.locator("xpath=..").locator(".sg-upstream").bounding_box()
        box = note.bounding_box()
        assert abs(value["x"] + value["width"] / 2 - box["x"] - box["width"] / 2) < 2
        assert box["y"] >= value["y"] + value["height"] - 1


# --- where the engine has something else ----------------------------------------------------------


def with_another_local(backward: Backward) -> Backward:
    edges = []
    for edge in backward.edges:
        if edge.local is not None and edge.local.values is not None:
            values = tuple(to_float(value) + 1 for value in edge.local.values)
            edge = replace(edge, local=Array(edge.local.shape, edge.local.dtype, values))
        edges.append(edge)
    return replace(backward, edges=tuple(edges))


def test_another_local_derivative_is_said_in_red_with_both_numbers(draw):
    backward = backward_of("x = torch.tensor(3.0, requires_grad=True)\nz = x**2")
    page = draw(with_another_local(backward), 0)
    verdict = page.locator(".sg-differs")
    expect(verdict).to_have_text("✗ the engine has something else")
    assert page.locator(".sg-agrees").count() == 0
    said = "".join(page.locator(".sg-check").all_text_contents())
    assert said == " local derivative: the formula’s 6 ≠ the engine’s 7"
    for shown in (verdict, page.locator(".sg-check").first):
        red, green, blue = colour(shown)
        assert red > 2 * max(green, blue)


def test_nothing_is_red_where_the_engine_agrees(draw):
    page = draw(backward_of(POWER), 1)
    assert page.locator(".sg-differs, .sg-check").count() == 0
    expect(page.locator(".sg-agrees")).to_have_text("✓ local derivative and result agree")


def colour(shown: Locator) -> tuple[int, ...]:
    text = shown.evaluate("(one) => getComputedStyle(one).color")
    return tuple(int(number) for number in text.removeprefix("rgb(").removesuffix(")").split(","))


# --- on the page itself ---------------------------------------------------------------------------


def test_arrow_keys_among_the_elements_do_not_step(open_page):
    page = open_page({"p": [f"{PRODUCT}\nz.backward()"], "step": ["2"]}, reduced_motion=True)
    wait_for_step(page, 2)
    before = boxes(page)
    cells(page).first.click()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
    expect(equation(page)).to_contain_text("element [2, 1]: ")
    assert part(page, "where").text_content() == "Step 2 of 3"
    assert boxes(page) == before
    page.locator(".sg-brand").click()
    page.keyboard.press("ArrowRight")
    wait_for_step(page, 3)
