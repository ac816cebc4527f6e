"""User text as Markdown that shows just its characters."""

from __future__ import annotations


def markdown_safe(text: str) -> str:
    """The text as Markdown that shows just these characters: no link, image, colour or formula.

    >>> markdown_safe("**a** ![x](http://b)")
    '\\\\*\\\\*a\\\\*\\\\* \\\\!\\\\[x\\\\]\\\\(http\\\\://b\\\\)'
    """
    marks = set("\\`*_{}[]()#+-.!|<>~$:^&=\"'")
    shown = "".join("\\" + c if c in marks else c for c in text)
    return shown.replace("\n", "  \n")
