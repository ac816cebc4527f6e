"""The comparison of pictures can pass and can fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.browser.comparison import check, compare

SIZE = (1280, 800)


def page(text: str = "gradient = 6", box_at: int = 400, background: str = "white") -> Image.Image:
    """Something like a page: a word and a box."""
    picture = Image.new("RGB", SIZE, background)
    pen = ImageDraw.Draw(picture)
    pen.text((100, 100), text, font=ImageFont.load_default(14), fill="#1A1D21")
    pen.rectangle((box_at, 300, box_at + 60, 330), outline="#1A1D21")
    return picture


def test_the_same_picture_passes():
    assert compare(page(), page()).differing == 0


def test_slightly_other_edges_pass():
    softer = Image.blend(page(), Image.new("RGB", SIZE, "white"), 0.1)
    assert compare(page(), softer).same


def test_a_box_moved_by_one_pixel_fails():
    assert not compare(page(), page(box_at=401)).same


@pytest.mark.parametrize("other", ["gradient = 8", "gradient = 5", "gradient = 0"])
def test_one_changed_digit_on_a_whole_page_fails(other: str):
    assert not compare(page(), page(other)).same


def test_another_background_fails():
    assert not compare(page(), page(background="#121518")).same


def test_another_size_fails():
    with pytest.raises(ValueError, match="1280, 800"):
        compare(page(), page().crop((0, 0, 1280, 799)))


def test_a_page_without_a_stored_picture_fails_and_says_how_to_accept_it(tmp_path: Path):
    with pytest.raises(AssertionError, match="make screenshots"):
        check(page(), tmp_path / "new.png", tmp_path / "out", update=False)
    assert (tmp_path / "out" / "new.actual.png").exists()


def test_a_changed_page_leaves_what_it_shows_and_what_differs(tmp_path: Path):
    stored, out = tmp_path / "stored.png", tmp_path / "out"
    check(page(), stored, out, update=True)
    with pytest.raises(AssertionError, match=r"pixels differ, 5 may.*make screenshots"):
        check(page(box_at=500), stored, out, update=False)
    assert Image.open(out / "stored.difference.png").getpixel((430, 300)) == (255, 0, 0)
    assert compare(Image.open(out / "stored.actual.png"), page(box_at=500)).differing == 0


def test_an_accepted_page_passes(tmp_path: Path):
    stored = tmp_path / "stored.png"
    check(page(), stored, tmp_path / "out", update=True)
    check(page(), stored, tmp_path / "out", update=False)
    assert compare(Image.open(stored), page()).differing == 0


def test_accepting_leaves_a_picture_alone_that_looks_the_same(tmp_path: Path):
    stored = tmp_path / "stored.png"
    check(page(), stored, tmp_path / "out", update=True)
    before = stored.read_bytes()
    check(Image.blend(page(), page(background="black"), 0.01), stored, tmp_path, update=True)
    assert stored.read_bytes() == before
