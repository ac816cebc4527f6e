"""Turn traces of the figure into SVG: the same marks that plotly.js draws, as plotly.js draws them.

Only what the stage uses is known: lines, filled outlines, discs, arrow heads and texts. The places
of texts and the form of arrow heads follow plotly.js (`textPointPosition`, `arrow-wide`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from typing import Any

from viz.draw.markup import Line, Run, lines_of, printable
from viz.draw.still import Drawn

LINE_SPACING = 1.3
"""Of the lines of one text, in its size."""
BASELINE = 0.25
"""From the middle of a text down to its baseline, in its size."""
HALO = 5.0
"""Width of the seam that keeps a text legible over a line: what the page does with shadows."""

Piece = tuple[float, Line]
Lettering = Callable[[Line, float, str], Sequence[Piece]]
"""Splits a line of a text, of a size in pixels, with an anchor, into pieces that each start so far
from its point: for whoever has to choose the font of each letter. One piece keeps the anchor."""

Box = tuple[float, float, float, float]
"""Left, upper, right, lower, in pixels from the upper left."""
FAR = 300.0
"""Pixels from the middle of a text to its farthest end."""

ANCHORS = {"left": "end", "right": "start"}


def whole(line: Line, size: float, anchor: str) -> Sequence[Piece]:
    """Leaves the line to whoever shows the SVG, fonts and all."""
    return ()


def drawn(
    traces: Iterable[Drawn],
    height: float,
    background: str,
    lettering: Lettering = whole,
    seen: Box | None = None,
) -> Iterator[str]:
    """The elements of an SVG, from the back to the front.

    height       of the figure, in pixels: its y grows upward, that of SVG downward
    background   colour of the seam around texts
    seen         the part that is shown; texts and heads that are far from it are left out
    """
    for whole_trace in traces:
        trace = whole_trace if seen is None else _within(whole_trace, height, seen)
        mode = trace.get("mode", "")
        if mode == "lines":
            yield from _lines(trace, height)
        elif mode == "markers" and trace["marker"].get("opacity") != 0:
            yield from _markers(trace, height)
        elif mode == "text":
            yield from _texts(trace, height, background, lettering)


def number(value: float) -> str:
    """
    >>> number(2.0), number(-0.25), number(-0.001)
    ('2', '-0.25', '0')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def attributes(**values: str | float | None) -> str:
    """
    >>> attributes(fill="none", stroke_width=2, d=None)
    ' fill="none" stroke-width="2"'
    """
    return "".join(
        f' {name.replace("_", "-")}="{number(value) if not isinstance(value, str) else value}"'
        for name, value in values.items()
        if value is not None
    )


def _within(trace: Drawn, height: float, seen: Box) -> Drawn:
    """The trace without the points outside; lines are kept whole, and clipped by whoever shows."""
    if trace.get("mode") == "lines":
        return trace
    left, upper, right, lower = seen
    ys = [
        y
        if x is not None
        and y is not None
        and left - FAR < x < right + FAR
        and upper - FAR < height - y < lower + FAR
        else None
        for x, y in zip(trace["x"], trace["y"], strict=True)
    ]
    return trace | {"y": ys}


def _points(trace: Drawn, height: float) -> Iterator[tuple[int, float, float]]:
    for index, (x, y) in enumerate(zip(trace["x"], trace["y"], strict=True)):
        if x is not None and y is not None:
            yield index, x, height - y


def _lines(trace: Drawn, height: float) -> Iterator[str]:
    parts: list[list[str]] = [[]]
    for x, y in zip(trace["x"], trace["y"], strict=True):
        if x is None or y is None:
            parts.append([])
        else:
            parts[-1].append(f"{number(x)},{number(height - y)}")
    closed = "Z" if trace.get("fill") == "toself" else ""
    path = "".join(f"M{'L'.join(part)}{closed}" for part in parts if len(part) > 1)
    if not path:
        return
    line = trace["line"]
    dash = line.get("dash")
    style = attributes(
        fill=trace.get("fillcolor", "none") if closed else "none",
        stroke=line["color"],
        stroke_width=line["width"],
        stroke_dasharray=dash.replace("px", "") if dash else None,
    )
    yield f'<path d="{path}"{style}/>'


def _markers(trace: Drawn, height: float) -> Iterator[str]:
    marker = trace["marker"]
    line = marker.get("line", {})
    edge = line.get("width") or None
    style = attributes(
        fill=marker["color"], stroke=line["color"] if edge else None, stroke_width=edge
    )
    shapes = []
    for index, x, y in _points(trace, height):
        radius = _at(marker["size"], index) / 2
        if marker.get("symbol") == "arrow-wide":
            turn = f"translate({number(x)},{number(y)}) rotate({number(marker['angle'][index])})"
            shapes.append(f'<path d="{_arrow(radius)}" transform="{turn}"/>')
        else:
            shapes.append(f"<circle{attributes(cx=x, cy=y, r=radius)}/>")
    if shapes:
        yield f"<g{style}>{''.join(shapes)}</g>"


def _arrow(radius: float) -> str:
    """An arrow head that points up, its tip at the origin."""
    far, side = 2 * radius * math.sin(math.pi / 4), 2 * radius * math.cos(math.pi / 4)
    arc = f"A{number(2 * radius)},{number(2 * radius)} 0 0 1"
    return f"M0,0L{number(-side)},{number(far)}{arc} {number(side)},{number(far)}Z"


def _texts(trace: Drawn, height: float, background: str, lettering: Lettering) -> Iterator[str]:
    font = trace["textfont"]
    texts, seams = [], []
    for index, x, y in _points(trace, height):
        place = _at(trace.get("textposition", "middle center"), index)
        anchor = ANCHORS.get(place.partition(" ")[2], "middle")
        size = _at(font["size"], index)
        lines = lines_of(trace["text"][index])
        for row, line in enumerate(lines):
            down = y + size * ((row - (len(lines) - 1) / 2) * LINE_SPACING + BASELINE)
            texts += text_elements(line, x, down, size, anchor, lettering)
            colourless = tuple(run._replace(colour=None) for run in line)
            seams += text_elements(colourless, x, down, size, anchor, lettering)
    if not texts:
        return
    if font.get("shadow", "none") != "none":
        # Seams of their own below all letters: no letter's seam covers its neighbour.
        style = attributes(fill=background, stroke=background, stroke_width=HALO)
        below = "".join(seams)
        yield f'<g{style} stroke-linejoin="round" opacity="0.85" aria-hidden="true">{below}</g>'
    yield f"<g{attributes(fill=font['color'])}>{''.join(texts)}</g>"


def text_elements(
    line: Line, x: float, y: float, size: float, anchor: str, lettering: Lettering = whole
) -> list[str]:
    """One line of text around, from or up to a point on its baseline."""
    pieces = lettering(line, size, anchor)
    if not pieces:
        return [_text(line, x, y, size, anchor)]
    return [_text(part, x + start, y, size, "start") for start, part in pieces]


def _text(line: Line, x: float, y: float, size: float, anchor: str) -> str:
    if not line:
        return ""
    style = attributes(x=x, y=y, font_size=size, text_anchor=anchor if anchor != "start" else None)
    return f"<text{style}>{''.join(map(_run, line))}</text>"


def _run(run: Run) -> str:
    text = escape(printable(run.text))
    style = f' fill="{escape(run.colour)}"' if run.colour else ""
    style += f' font-family="{escape(run.family)}"' if run.family else ""
    style += ' font-weight="700"' if run.bold else ""
    return f"<tspan{style}>{text}</tspan>" if style else text


def _at(value: Any, index: int) -> Any:
    return value[index] if isinstance(value, list | tuple) else value
