"""Turn a Scene at one moment into an SVG document: the stage, and the words of the step below."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from viz.draw import theme
from viz.draw.markup import Run, printable, wrapped
from viz.draw.moments import Moment
from viz.draw.scene import Scene
from viz.draw.stage import traces_at
from viz.draw.vector import (
    LINE_SPACING,
    Box,
    Lettering,
    attributes,
    drawn,
    number,
    text_elements,
    whole,
)

WORDS_SIZE = 18.0
MARGIN = 14.0
"""Around the words of the step."""
MOST_LINES = 4


def snapshot(
    scene: Scene,
    moment: Moment,
    *,
    others: Sequence[Moment] = (),
    zoom: float = 1.0,
    window: tuple[float, float] | None = None,
    lettering: Lettering = whole,
) -> str:
    """The stage at this moment as one SVG text, without scripts and without links.

    others   moments of the same film: every picture of it keeps room for the words of all
    zoom     pixels of the picture for one of the stage: in a picture that is made small, the words
             below it are still read
    window   width and height of the part that is shown, around the active node; None for all
    """
    left, upper, right, lower = seen = _seen(scene, moment, window)
    wide, high = right - left, lower - upper
    size = WORDS_SIZE / min(zoom, 1.0)
    margin = MARGIN / min(zoom, 1.0)
    room = (wide - 2 * margin) / size
    said = _lines(moment, room)
    rows = max(len(_lines(each, room)) for each in (moment, *others))
    height = high + 2 * margin + rows * size * LINE_SPACING
    words = []
    for row, line in enumerate(said):
        y = high + margin + (row + 0.8) * size * LINE_SPACING
        heading = moment.heading if row == 0 and line.startswith(moment.heading) else ""
        runs = (Run(heading, bold=True), Run(line.removeprefix(heading)))
        shown = tuple(run for run in runs if run.text)
        words += text_elements(shown, margin, y, size, "start", lettering)
    box = f"0 0 {number(wide)} {number(height)}"
    outside = attributes(
        viewBox=box,
        width=wide * zoom,
        height=height * zoom,
        font_family=escape(theme.FONT.replace('"', "'")),
        role="img",
    )
    inside = drawn(
        traces_at(scene, moment)[0],
        scene.height,
        scene.theme.background,
        lettering,
        window and seen,
    )
    marks = "".join(inside)
    if window is not None:
        part = f"{number(left)} {number(upper)} {number(wide)} {number(high)}"
        marks = f"<svg{attributes(viewBox=part, width=wide, height=high)}>{marks}</svg>"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg"{outside}>'
        f"<title>{escape(printable(moment.say))}</title>"
        f'<rect width="100%" height="100%" fill="{scene.theme.background}"/>'
        f'{marks}<g fill="{scene.theme.text}">{"".join(words)}</g></svg>'
    )


def _seen(scene: Scene, moment: Moment, window: tuple[float, float] | None) -> Box:
    """The active node in the middle, but nothing beyond the borders of the stage."""
    if window is None:
        return 0.0, 0.0, scene.width, scene.height
    wide, high = min(window[0], scene.width), min(window[1], scene.height)
    left = min(max(moment.x - wide / 2, 0.0), scene.width - wide)
    upper = min(max(moment.y - high / 2, 0.0), scene.height - high)
    return left, upper, left + wide, upper + high


def _lines(moment: Moment, room: float) -> tuple[str, ...]:
    lines = wrapped(printable(moment.say), room)
    if len(lines) <= MOST_LINES:
        return lines
    return (*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1]} …")
