"""What a link holds, to and from the query of the address bar.

?e=(y - x*w)**2&in=x:2&in=w*:2     an expression; the star marks "requires grad"
?p=...&backward=1&view=steps       a program; ?z=... where it is long (zlib, base64url)
?p=...&show=overview&open=g3-40.g9-12  the graph folded, and which of its groups are open
?p=...&q=...&backward=2&backward2=2    two programs side by side; the second has keys of its own:
                                   q, y (q where it is long), in2, backward2
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

Mode = Literal["Expression", "Program", "Compare"]
Query = dict[str, list[str]]

PLAIN_CHARACTERS = 1200
"""A longer program travels compressed."""
LINK_CHARACTERS = 8000
"""Some browsers, servers and chat programs cut longer links."""
MOST_INPUTS = 50
MOST_STEPS = 1_000_000
RATES = tuple(float(f"{digit}e{power}") for power in range(-4, 2) for digit in (1, 2, 5))[:-2]
"""The learning rates of the descent: a link can hold no other."""
MOST_OPEN = 500
BETWEEN = "."
"""Stands between the ids of groups."""
WAYS = ("steps", "overview")
"""How a graph may be shown."""


class Side(Record, frozen=True):
    """One of the page's programs: its text, its inputs, and which of its calls of backward."""

    source: str
    inputs: tuple[Input, ...] = ()
    backward: int | None = None


class Address(Record, frozen=True):
    """The whole state of the page, as a link keeps it.

    other   the second program, where two are compared
    rate    the learning rate of the descent; None: the first that is offered
    way     "overview" or "steps": how the graph is shown, where not as one of its size is
    opened  the groups that are open in the overview; None for its first view
    """

    mode: Mode
    source: str
    inputs: tuple[Input, ...] = ()
    step: int = 0
    backward: int | None = None
    forward_first: bool = False
    view: str = ""
    other: Side | None = None
    rate: float | None = None
    way: str = ""
    opened: tuple[str, ...] | None = None


class _Keys(Record, frozen=True):
    """Under which keys a link keeps a text; packed: where it is long."""

    plain: str
    packed: str | None
    inputs: str = "in"
    backward: str = "backward"


EXPRESSION = _Keys("e", None)
PROGRAM = _Keys("p", "z")
OTHER = _Keys("q", "y", "in2", "backward2")


def to_query(address: Address) -> Query:
    """The query of the link; defaults are left out."""
    first = Side(address.source, address.inputs, address.backward)
    query = _side_query(first, EXPRESSION if address.mode == "Expression" else PROGRAM)
    if address.other is not None:
        query |= _side_query(address.other, OTHER)
    if address.step:
        query["step"] = [str(address.step)]
    if address.forward_first:
        query["forward"] = ["1"]
    if address.view:
        query["view"] = [address.view]
    if address.rate is not None:
        query["rate"] = [f"{address.rate:g}"]
    if address.way:
        query["show"] = [address.way]
    if address.opened is not None:
        query["open"] = [BETWEEN.join(address.opened)]
    return query


def _side_query(side: Side, keys: _Keys) -> Query:
    query: Query = {}
    if keys.packed is None or len(quote(side.source)) <= PLAIN_CHARACTERS:
        query[keys.plain] = [side.source]
    else:
        query[keys.packed] = [_packed(side.source)]
    if side.inputs:
        query[keys.inputs] = [
            f"{given.name}{'*' if given.requires_grad else ''}:{given.text}"
            for given in side.inputs
        ]
    if side.backward is not None:
        query[keys.backward] = [str(side.backward + 1)]
    return query


def from_query(query: Mapping[str, Sequence[str]]) -> Address | None:
    """The state that the query asks for; None where it holds no program. Never raises.

    Anything that does not fit is left out: a link may come from anywhere.
    """
    mode: Mode = "Expression"
    first, other = _side(query, EXPRESSION), None
    if first is None:
        first, other = _side(query, PROGRAM), _side(query, OTHER)
        mode = "Program" if other is None else "Compare"
    if first is None:
        return None
    return Address(
        mode,
        first.source,
        first.inputs,
        _whole(_first(query, "step")) or 0,
        first.backward,
        _first(query, "forward") == "1",
        _first(query, "view"),
        other,
        _rate(_first(query, "rate")),
        _way(query),
        _opened(query),
    )


def _way(query: Mapping[str, Sequence[str]]) -> str:
    return way if (way := _first(query, "show")) in WAYS else ""


def _opened(query: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    if "open" not in query:
        return None
    return tuple(filter(None, _first(query, "open").split(BETWEEN)[:MOST_OPEN]))


def _side(query: Mapping[str, Sequence[str]], keys: _Keys) -> Side | None:
    """The program under these keys; None where there is none."""
    packed = keys.packed if keys.packed in query else None
    if keys.plain not in query and packed is None:
        return None
    source = _first(query, keys.plain) or (_unpacked(_first(query, packed)) if packed else "")
    backward = _whole(_first(query, keys.backward))
    return Side(source, _inputs(query.get(keys.inputs, ())), backward - 1 if backward else None)


def _first(query: Mapping[str, Sequence[str]], key: str) -> str:
    return query[key][0] if query.get(key) else ""


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


def _rate(text: str) -> float | None:
    """One of the learning rates that are offered."""
    return next((rate for rate in RATES if text == f"{rate:g}"), None)


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
