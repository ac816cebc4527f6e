"""Turn surprises into the box "What to notice": title, sentence, cure, and a way to the step."""

from __future__ import annotations

from collections.abc import Container
from html import escape

from viz.rules.surprises import Surprise

SIGNS = {
    "stop": "✗",
    "nan_forward": "⚠",
    "nan_backward": "⚠",
    "where": "⚠",
    "cut": "✂",
    "unreached": "∅",
    "zero": "0",
    "saturated": "0",
    "vanishes": "↘",
    "explodes": "↗",
    "accumulate": "+",
}

OPEN = 2
"""More of them wait behind a click."""


def noticed_box(surprises: tuple[Surprise, ...], told: Container[str] = ()) -> str:
    """The box as HTML, all escaped; nothing where there is nothing to notice.

    told   kinds that the page tells elsewhere
    """
    surprises = tuple(each for each in surprises if each.kind not in told)
    if not surprises:
        return ""
    shown = "".join(map(_entry, surprises[:OPEN]))
    rest = surprises[OPEN:]
    if rest:
        more = "".join(map(_entry, rest))
        shown += f"<details><summary>{len(rest)} more</summary>{more}</details>"
    return (
        '<section class="sg-noticed" aria-label="What to notice">'
        f'<div class="sg-label">What to notice</div>{shown}</section>'
    )


def _entry(surprise: Surprise) -> str:
    sign = SIGNS[surprise.kind]
    # The stepper listens for clicks on what names a moment.
    jump = (
        f'<button type="button" class="sg-jump" data-sg-moment="b{surprise.step}">'
        f"{f'Step {surprise.step}' if surprise.step else 'Start'} →</button>"
        if surprise.step is not None
        else ""
    )
    line = f'<span class="sg-quiet">line {surprise.line}</span>' if surprise.line else ""
    return (
        f'<div class="sg-surprise" data-kind="{surprise.kind}">'
        '<div class="sg-surprise-head">'
        f'<span class="sg-surprise-sign" aria-hidden="true">{sign}</span>'
        f"<b>{escape(surprise.title)}</b>{line}{jump}</div>"
        f"<div>{escape(surprise.text)}</div>"
        f'<div class="sg-cure">{escape(surprise.cure)}</div></div>'
    )
