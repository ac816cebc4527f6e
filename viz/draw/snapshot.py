"""Turn a Scene at one moment into an SVG document: the stage, and the words of the step below."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from viz.draw import theme
from viz.draw.markup import Run, printable, wrapped
from viz.draw.moments import Moment
from viz.draw.scene import Scene
from viz.draw.stage import traces_at
from viz.draw.vector import LINE_SPACING, Lettering, attributes, drawn, number, text_elements, whole

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
    lettering: Lettering = whole,
) -> str:
    """The stage at this moment as one SVG text, without scripts and without links.

    others   moments of the same film: every picture of it keeps room for the words of all
    zoom     pixels of the picture for one of the stage: in a picture that is made small, the words
             below it are still read
    """
    size = WORDS_SIZE / min(zoom, 1.0)
    margin = MARGIN / min(zoom, 1.0)
    room = (scene.width - 2 * margin) / size
    said = _lines(moment, room)
    rows = max(len(_lines(each, room)) for each in (moment, *others))
    height = scene.height + 2 * margin + rows * size * LINE_SPACING
    words = []
    for row, line in enumerate(said):
        y = scene.height + margin + (row + 0.8) * size * LINE_SPACING
        heading = moment.heading if row == 0 and line.startswith(moment.heading) else ""
        runs = (Run(heading, bold=True), Run(line.removeprefix(heading)))
        shown = tuple(run for run in runs if run.text)
        words += text_elements(shown, margin, y, size, "start", lettering)
    box = f"0 0 {number(scene.width)} {number(height)}"
    outside = attributes(
        viewBox=box,
        width=scene.width * zoom,
        height=height * zoom,
        font_family=escape(theme.FONT.replace('"', "'")),
        role="img",
    )
    marks = drawn(traces_at(scene, moment)[0], scene.height, scene.theme.background, lettering)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg"{outside}>'
        f"<title>{escape(printable(moment.say))}</title>"
        f'<rect width="100%" height="100%" fill="{scene.theme.background}"/>'
        f'{"".join(marks)}<g fill="{scene.theme.text}">{"".join(words)}</g></svg>'
    )


def _lines(moment: Moment, room: float) -> tuple[str, ...]:
    lines = wrapped(printable(moment.say), room)
    if len(lines) <= MOST_LINES:
        return lines
    return (*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1]} …")
