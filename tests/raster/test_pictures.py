"""Pictures in pixels: the right size, the right colours at the right places, every letter."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageColor

import viz
from tests.traces import trace_of
from viz.draw.markup import Run
from viz.draw.moments import moments_of, step_count
from viz.draw.scene import Scene
from viz.draw.theme import THEMES, ThemeName
from viz.draw.vector import text_elements
from viz.layout import arrange
from viz.raster import film, fonts, picture
from viz.raster.lettering import Lettering
from viz.raster.pictures import PNG_SCALE
from viz.raster.pixels import LONGEST, MOST_PIXELS, png, scale_within
from viz.trace import Trace

ROOT = Path(__file__).parents[2]
PROGRAM = """
x = torch.tensor(3., requires_grad=True)
y = torch.tensor(2., requires_grad=True)
loss = (x**2 - 2*x)*y + x
loss.backward()
"""


@pytest.fixture(scope="module")
def trace() -> Trace:
    return trace_of(PROGRAM)


def scene_of(trace: Trace, theme: ThemeName = "light") -> Scene:
    backward = trace.backwards[-1]
    return Scene.of(backward, arrange(backward), theme, legend=True)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def colour_at(image: Image.Image, x: float, y: float) -> tuple[int, ...]:
    found = image.convert("RGB").getpixel((round(x), round(y)))
    assert isinstance(found, tuple)
    return found


def near(one: tuple[int, ...], other: str) -> bool:
    return all(abs(a - b) <= 12 for a, b in zip(one, ImageColor.getrgb(other), strict=True))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_png_shows_the_active_node_in_amber(trace: Trace, theme: ThemeName) -> None:
    scene = scene_of(trace, theme)
    colours = THEMES[theme]
    for step in range(1, step_count(scene)):
        image = opened(picture(trace, step, "png", theme=theme))
        assert image.format == "PNG"
        assert image.width == round(scene.width * PNG_SCALE)
        assert near(colour_at(image, 1, 1), colours.background)
        for node, place in scene.places.items():
            # On the outline, to the left: the ring is there, and nowhere else.
            x = (place.x - place.width / 2) * PNG_SCALE
            y = (scene.height - place.y) * PNG_SCALE
            ringed = near(colour_at(image, x, y), colours.active)
            assert ringed == (node == scene.firing_node(step)), (node, step)


def test_words_are_written_at_their_places(trace: Trace) -> None:
    scene = scene_of(trace)
    image = opened(picture(trace, 0, "png")).convert("L")
    for node in scene.backward.nodes:
        if node.kind != "leaf":
            continue
        place = scene.places[node.id]
        left, upper = place.x - 20, scene.height - place.y - 10
        box = [round(PNG_SCALE * side) for side in (left, upper, left + 40, upper + 20)]
        darkest, _ = image.crop((box[0], box[1], box[2], box[3])).getextrema()
        assert isinstance(darkest, int | float)
        assert darkest < 60, node.variable


def test_an_svg_and_a_png_show_the_same_step(trace: Trace) -> None:
    for step in (0, 3, -1):
        svg = picture(trace, step).decode()
        first = page_fonts()
        drawn = opened(png(svg, first)).convert("L")
        other = opened(picture(trace, step, "png", scale=1.0)).convert("L")
        assert drawn.size == other.size
        difference = ImageChops.difference(drawn, other).getextrema()[1]
        assert isinstance(difference, int | float)
        assert difference < 60
    assert picture(trace, 0) != picture(trace, 1)


def page_fonts() -> list[fonts.Font]:
    first = fonts.page_font()
    assert first is not None
    return [first]


def test_a_film_has_a_frame_for_each_step(trace: Trace) -> None:
    scene = scene_of(trace)
    image = opened(film(trace))
    assert image.format == "GIF"
    assert getattr(image, "n_frames", 1) == step_count(scene)
    assert image.info["loop"] == 0
    frames = []
    for number in range(step_count(scene)):
        image.seek(number)
        assert image.info["duration"] >= 1000
        frames.append(image.convert("RGB"))
    for step in range(1, step_count(scene)):
        place = scene.places[scene.firing_node(step)]
        spot = place.x - place.width / 2, scene.height - place.y
        assert near(colour_at(frames[step], *spot), scene.theme.active), step
    forward = film(trace, forward_first=True)
    longer = Scene.of(scene.backward, scene.layout, "light", True, True)
    assert getattr(opened(forward), "n_frames", 1) == len(moments_of(longer))


def test_a_long_film_shows_evenly_chosen_steps(
    trace: Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viz.raster.pictures.MOST_FRAMES", 3)
    image = opened(film(trace, scale=0.3))
    assert getattr(image, "n_frames", 1) == 3


def test_a_film_of_a_large_graph_follows_the_active_node(
    trace: Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide, high = 300.0, 200.0
    monkeypatch.setattr("viz.raster.pictures.FILM_WIDTH", wide)
    monkeypatch.setattr("viz.raster.pictures.FILM_HEIGHT", high)
    scene = scene_of(trace)
    assert scene.width > wide
    image = opened(film(trace))
    assert image.width == wide
    for step in range(1, step_count(scene)):
        image.seek(step)
        place = scene.places[scene.firing_node(step)]
        left = min(max(place.x - wide / 2, 0), scene.width - wide)
        upper = min(max(scene.height - place.y - high / 2, 0), scene.height - high)
        x, y = place.x - place.width / 2 - left, scene.height - place.y - upper
        assert near(colour_at(image, x, y), scene.theme.active), step


def test_drawing_needs_no_torch(tmp_path: Path, trace: Trace) -> None:
    file = tmp_path / "trace.json"
    file.write_text(trace.to_json(), "utf-8")
    script = (
        "import sys, viz\n"
        f"trace = viz.Trace.from_json(open({str(file)!r}, 'rb').read())\n"
        "assert viz.picture(trace, form='png').startswith(b'\\x89PNG')\n"
        "assert viz.film(trace).startswith(b'GIF8')\n"
        "assert not {'torch', 'streamlit'} & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_what_is_not_there_is_refused_in_a_sentence(trace: Trace) -> None:
    with pytest.raises(viz.InputError, match="no step 99"):
        picture(trace, 99)
    with pytest.raises(viz.InputError, match="no backward pass 3"):
        film(trace, 3)
    with pytest.raises(viz.InputError, match="no backward pass"):
        picture(Trace("1"))
    with pytest.raises(viz.InputError, match="unknown form 'bmp'"):
        picture(trace, form="bmp")  # type: ignore[arg-type]
    with pytest.raises(viz.LimitError, match="too large"):
        picture(trace, form="png", scale=1000)
    with pytest.raises(viz.LimitError, match="too large"):
        film(trace, scale=100)


def test_a_scale_that_fits_is_found_for_every_size() -> None:
    for width, height in [(10.0, 10.0), (1e6, 100.0), (1e5, 1e5)]:
        scale = scale_within(width, height, 2.0)
        assert width * height * scale**2 <= MOST_PIXELS * 1.0001
        assert max(width, height) * scale <= LONGEST * 1.0001


def ink(text: str, bold: bool = False) -> tuple[int, int, int, int]:
    """Where the letters of a line are, that is written from (10, 30) in 20 pixels."""
    lettering = Lettering()
    line = "".join(text_elements((Run(text, bold),), 10, 30, 20, "start", lettering))
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="40" '
        f'font-family="sans-serif"><rect width="400" height="40" fill="#fff"/>{line}</svg>'
    )
    found = ImageChops.invert(opened(png(svg, lettering.fonts)).convert("L")).getbbox()
    assert found is not None, text
    return found


def test_signs_of_other_fonts_leave_the_rest_as_it_is() -> None:
    """Whole lines in another font, or gaps and overlaps at the sign, are what must not be."""
    alone, mixed = ink("gradient"), ink("gradient ✂")
    assert mixed[:1] == alone[:1]
    assert mixed[2] > alone[2] + 8
    after = ink("✂ gradient")
    # The word is as wide as alone: in the other font it would be a third wider.
    assert after[2] - ink("✂")[2] == pytest.approx(alone[2] - 10, abs=8)
    assert ink("gradient", bold=True)[2] > alone[2]


def test_a_letter_that_no_font_has_is_a_box() -> None:
    assert ink("a\U000e0fffb")[2] > ink("ab")[2]


def test_without_the_pages_font_the_computers_own_is_taken(
    trace: Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "page_font", lambda: None)
    monkeypatch.setattr("viz.raster.lettering.page_font", lambda: None)
    found = fonts.font_for("a")
    if found is None:
        pytest.skip("this computer has no font at all")
    test_words_are_written_at_their_places(trace)
