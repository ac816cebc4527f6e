"""What a link holds, to and from the query of the address bar.

?e=(y - x*w)**2&in=x:2&in=w*:2     an expression; the star marks "requires grad"
?p=...&backward=1&view=steps       a program; ?z=... where it is long (zlib, base64url)
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import quote

from viz.limits import DEFAULT
from viz.trace import Input, Record

Mode = Literal["Expression", "Program"]
Query = dict[str, list[str]]

PLAIN_CHARACTERS = 1200
"""A longer program travels compressed."""
LINK_CHARACTERS = 8000
"""Some browsers, servers and chat programs cut longer links."""
MOST_INPUTS = 50
MOST_STEPS = 1_000_000


class Address(Record, frozen=True):
    """The whole state of the page, as a link keeps it."""

    mode: Mode
    source: str
    inputs: tuple[Input, ...] = ()
    step: int = 0
    backward: int | None = None
    forward_first: bool = False
    view: str = ""


def to_query(address: Address) -> Query:
    """The query of the link; defaults are left out."""
    query: Query = {}
    if address.mode == "Expression":
        query["e"] = [address.source]
    elif len(quote(address.source)) <= PLAIN_CHARACTERS:
        query["p"] = [address.source]
    else:
        query["z"] = [_packed(address.source)]
    if address.inputs:
        query["in"] = [
            f"{given.name}{'*' if given.requires_grad else ''}:{given.text}"
            for given in address.inputs
        ]
    if address.step:
        query["step"] = [str(address.step)]
    if address.backward is not None:
        query["backward"] = [str(address.backward + 1)]
    if address.forward_first:
        query["forward"] = ["1"]
    if address.view:
        query["view"] = [address.view]
    return query


def from_query(query: Mapping[str, Sequence[str]]) -> Address | None:
    """The state that the query asks for; None where it holds no program. Never raises.

    Anything that does not fit is left out: a link may come from anywhere.
    """

    def first(key: str) -> str:
        return query[key][0] if query.get(key) else ""

    if "e" in query:
        mode: Mode = "Expression"
        source = first("e")
    elif "p" in query or "z" in query:
        mode = "Program"
        source = first("p") or _unpacked(first("z"))
    else:
        return None
    backward = _whole(first("backward"))
    return Address(
        mode,
        source,
        _inputs(query.get("in", ())),
        _whole(first("step")) or 0,
        backward - 1 if backward else None,
        first("forward") == "1",
        first("view"),
    )


def link_length(query: Query) -> int:
    """Characters of the query as a browser writes it."""
    return sum(len(key) + len(quote(value)) + 2 for key in query for value in query[key])


def _inputs(texts: Sequence[str]) -> tuple[Input, ...]:
    found: dict[str, Input] = {}
    for text in texts[:MOST_INPUTS]:
        name, colon, value = text.partition(":")
        bare = name.removesuffix("*")
        if colon and bare.isidentifier():
            found[bare] = Input(bare, value, requires_grad=name.endswith("*"))
    return tuple(found.values())


def _whole(text: str) -> int | None:
    if text.isascii() and text.isdigit() and len(text) < 9:
        return min(int(text), MOST_STEPS)
    return None


def _packed(source: str) -> str:
    return base64.urlsafe_b64encode(zlib.compress(source.encode(), 9)).decode().rstrip("=")


def _unpacked(text: str) -> str:
    """The program; "" for damaged text. A small link cannot unfold into a large program."""
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        plain = zlib.decompressobj().decompress(packed, DEFAULT.source_bytes + 1)
        return plain.decode()
    except (binascii.Error, zlib.error, ValueError):
        return ""
