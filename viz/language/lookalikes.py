"""What people paste from web pages and word processors, and what Python has instead."""

from __future__ import annotations

import unicodedata

A_SPACE = "a plain space"

LOOKALIKES = {
    "×": "*",
    "·": "*",
    "⋅": "*",
    "∙": "*",
    "•": "*",
    "∗": "*",
    "÷": "/",
    "∕": "/",
    "−": "-",
    "–": "-",
    "—": "-",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "²": "**2",
    "³": "**3",
    "√": "torch.sqrt(...)",
    "∞": "inf",
    "“": '"',
    "”": '"',
    "„": '"',
    "‘": "'",
    "’": "'",
    "。": ".",
    "、": ",",
    "【": "[",
    "】": "]",
    "「": "[",
    "」": "]",
    "\u00a0": A_SPACE,
    "\u2009": A_SPACE,
    "\u202f": A_SPACE,
    "\u3000": A_SPACE,
}


def plain(character: str) -> str | None:
    """What was meant by a character that Python has no use for; None where nobody knows.

    >>> plain("−"), plain("，"), plain("２"), plain("猫")
    ('-', ',', '2', None)
    """
    if character in LOOKALIKES:
        return LOOKALIKES[character]
    # The full-width forms of Chinese and Japanese keyboards, and other compatibility characters.
    narrow = unicodedata.normalize("NFKC", character)
    return narrow if narrow.isascii() and narrow.isprintable() else None
