"""An Overview as the text that overview.js reads."""

from __future__ import annotations

import msgspec

from viz.fold.overview import Overview

PLACES, SIZES = 3, 4
"""Digits of a coordinate, significant digits of a norm: what is drawn needs no more."""


def overview_text(overview: Overview) -> str:
    """JSON, with as many digits as are drawn: ten thousand boxes travel in little."""
    return msgspec.json.encode(_rounded(overview)).decode()


def _rounded(overview: Overview) -> Overview:
    items, ways = overview.items, overview.ways
    return msgspec.structs.replace(
        overview,
        items=msgspec.structs.replace(
            items,
            x=tuple(round(at, PLACES) for at in items.x),
            y=tuple(round(at, PLACES) for at in items.y),
            norm=tuple(map(_short, items.norm)),
        ),
        ways=msgspec.structs.replace(ways, norm=tuple(map(_short, ways.norm))),
    )


def _short(norm: float | None) -> float | None:
    return None if norm is None else float(f"{norm:.{SIZES}g}")
