"""Turn a long text into a short one that may stand in a script element; the browser unpacks it.

Compressed by gzip, which browsers read (DecompressionStream), and written in base 85: four bytes
become five characters, where base 64 needs more.
"""

from __future__ import annotations

import base64
import gzip
from functools import cache

# RFC 1924's digits, but for those that HTML reads: "<" begins an element, "&" a character.
_HTML_READS = bytes.maketrans(b"<&", b",.")


def packed(text: str) -> str:
    """The text for `unpacked` in offline.js: none of its characters means anything in HTML."""
    # A time stamp would make two files of one trace differ.
    data = gzip.compress(text.encode(), compresslevel=9, mtime=0)
    return base64.b85encode(data).translate(_HTML_READS).decode()


@cache
def plotly_script() -> str:
    """plotly.js as the installed plotly package brings it."""
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs())


@cache
def packed_plotly() -> str:
    return packed(plotly_script())
