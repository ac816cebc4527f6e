"""Read torchviz's DOT text into plain marks and links.

A trace may come from a file that anybody wrote, so nothing of the text is passed on as it is: what
does not look like a statement of torchviz's is left out.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Fill = Literal["lightgrey", "orange", "darkolivegreen3", "lightblue", "darkolivegreen1"]
"""Operation, saved tensor, base of a view, leaf, output: torchviz's colours. Where one tensor plays
two parts, the later one tells more."""
Line = Literal["gradient", "saved", "view"]

_PLAIN: Fill = "lightgrey"
_RANKS: dict[str, tuple[int, Fill]] = {
    "lightgrey": (0, "lightgrey"),
    "orange": (1, "orange"),
    "darkolivegreen3": (2, "darkolivegreen3"),
    "lightblue": (3, "lightblue"),
    "darkolivegreen1": (4, "darkolivegreen1"),
}
_STATEMENT = re.compile(
    r"""^\t(?P<tail>[nst][0-9]+)(?:\ ->\ (?P<head>[nst][0-9]+))?
        (?:\ \[(?P<attributes>(?:\ ?\w+=(?:"(?:[^"\\]|\\.)*+"|\w+))*+)\])?$""",
    re.MULTILINE | re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r'(\w+)=(?:"((?:[^"\\]|\\.)*+)"|(\w+))', re.DOTALL)
_ESCAPED = re.compile(r'\\([\\"])')


class Mark(NamedTuple):
    """A box: the lines of its label as torchviz wrote them, and its colour."""

    lines: tuple[str, ...]
    fill: Fill


class Link(NamedTuple):
    """A line between two boxes."""

    tail: str
    head: str
    line: Line


class Picture(NamedTuple):
    marks: dict[str, Mark]
    links: tuple[Link, ...]


def read(dot: str) -> Picture:
    """The marks and links of torchviz's text, in its order.

    >>> picture = read('\\tn1 [label=AccumulateGrad]\\n\\tt0 [label=w]\\n\\tt0 -> n1')
    >>> picture.marks["n1"].lines, picture.links[0].line
    (('AccumulateGrad',), 'gradient')
    """
    marks: dict[str, Mark] = {}
    links = []
    for statement in _STATEMENT.finditer(dot):
        tail, head = statement["tail"], statement["head"]
        attributes = _read_attributes(statement["attributes"] or "")
        if head:
            links.append(Link(tail, head, _line(attributes)))
        else:
            marks[tail] = _more_telling(marks.get(tail), _mark(attributes))
    drawn = tuple(link for link in links if link.tail in marks and link.head in marks)
    return Picture(marks, drawn)


def _read_attributes(text: str) -> dict[str, str]:
    return {
        found[1]: found[3] if found[3] is not None else _ESCAPED.sub(r"\1", found[2])
        for found in _ATTRIBUTE.finditer(text)
    }


def _mark(attributes: dict[str, str]) -> Mark:
    _, fill = _RANKS.get(attributes.get("fillcolor", _PLAIN), _RANKS[_PLAIN])
    return Mark(tuple(attributes.get("label", "").split("\n")), fill)


def _line(attributes: dict[str, str]) -> Line:
    if attributes.get("dir") == "none":
        return "saved"
    return "view" if attributes.get("style") == "dotted" else "gradient"


def _more_telling(one: Mark | None, other: Mark) -> Mark:
    if one is None or _RANKS[other.fill] >= _RANKS[one.fill]:
        return other
    return one
