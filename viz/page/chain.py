"""Turn the paths to a leaf into HTML: one row for each, and their sum. All text is escaped."""

from __future__ import annotations

from base64 import b64encode
from html import escape

from viz.draw.scene import Scene
from viz.draw.ways import small_picture, way
from viz.rules.card import Box, Line, Matrix, Part
from viz.rules.written_paths import Chain, Link, Written


def chain_html(chain: Chain, scene: Scene) -> str:
    """Sentence, rows and sum. A row that is pointed at or focused is lit in the stage."""
    total = f'<div class="sg-chain-sum">{line_html(chain.total)}</div>' if chain.total else ""
    rows = "".join(_row(row, scene) for row in chain.rows)
    closing = f'<p class="sg-chain-words">{escape(chain.closing)}</p>' if chain.closing else ""
    return (
        f'<div class="sg-chain"><p class="sg-chain-words">{escape(chain.words)}</p>'
        f'<div class="sg-chain-paths" role="list">{rows}</div>{total}{closing}</div>'
    )


def _row(row: Written, scene: Scene) -> str:
    line = way(scene, row.edges)
    first, *others = map(_link, row.links)
    links = first + "".join(f'<span class="sg-chain-times">· {link}</span>' for link in others)
    product = f'= <b class="sg-chain-product">{escape(row.product)}</b>' if row.product else ""
    return (
        f'<div class="sg-chain-path" role="listitem" tabindex="0" data-way="{line}" '
        f'aria-label="{escape(row.text)}">{_picture(scene, line)}'
        f'<div class="sg-chain-row" aria-hidden="true">{links}'
        f"<span>{product}</span></div></div>"
    )


def _picture(scene: Scene, line: str) -> str:
    """The graph, with this path in it."""
    picture = small_picture(scene, line)
    if not picture:
        return ""
    packed = b64encode(picture.encode()).decode()
    return f'<img class="sg-chain-picture" alt="" src="data:image/svg+xml;base64,{packed}">'


def _link(link: Link) -> str:
    """A local derivative: its symbol, below it what it is."""
    formula, number = escape(link.formula), escape(link.number)
    if number:
        beginning = f"{formula} = " if formula else ""
        below = f'{beginning}<b class="sg-chain-number">{number}</b>'
    else:
        below = f'{formula} <span class="sg-chain-shape">{escape(link.shape)}</span>'
    return (
        f'<span class="sg-chain-link" title="{escape(link.said)}">'
        f'<span class="sg-chain-symbol">{escape(link.symbol)}</span><span>{below}</span></span>'
    )


def line_html(line: Line) -> str:
    """An equation, and whether the engine has the same."""
    parts = "".join(_part(part) for part in line.parts)
    says = {
        "agrees": '<span class="sg-chain-agrees">✓ the engine has the same gradient</span>',
        "differs": '<span class="sg-chain-differs">✗ the engine has another gradient</span>',
        "unchecked": "",
    }
    return f"{parts}{says[line.engine]}"


def _part(part: Part | Matrix | Box) -> str:
    if not isinstance(part, Matrix):
        text = part.text if isinstance(part, Part) else part.note
        return f'<span class="sg-chain-{part.role}">{escape(text)}</span>'
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in part.rows
    )
    return f'<span class="sg-chain-matrix sg-chain-{part.role}"><table>{rows}</table></span>'
