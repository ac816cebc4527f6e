"""Turn values into text: `str`, f-strings and `%`, each within the limits."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping, Sequence

from viz.errors import ProgramError
from viz.language.capacity import need_items
from viz.language.values import Value
from viz.limits import Limits

FORMAT = re.compile(r"(?:.?[<>=^])?[-+ ]?#?0?(\d{0,4})[,_]?(?:\.(\d{1,4}))?[a-zA-Z%]?", re.DOTALL)
"""Python's format mini-language: fill and alignment, sign, width, grouping, precision, type."""

WIDEST = 200
"""Characters of a width or precision in a format."""

PERCENT = re.compile(r"%(?:%|([-+ 0#]*)(\d{0,4})(?:\.(\d{1,4}))?([sdiufgeGErxXoc]))")


HALF = re.compile("[\ud800-\udfff]")


def to_text(value: Value, limits: Limits) -> str:
    """`str(value)`. Raises LimitError for lists whose text would be too long."""
    count_items(value, limits)
    return str(value)


def to_literal(value: Value, limits: Limits) -> str:
    """`repr(value)`. Raises LimitError for lists whose text would be too long."""
    count_items(value, limits)
    return repr(value)


def whole_characters(text: str) -> str:
    """The text itself. Half of a character (a lone surrogate) can be neither shown nor stored."""
    half = None if text.isascii() else HALF.search(text)
    if half is None:
        return text
    raise ProgramError(
        f"U+{ord(half[0]):04X} is half of a character (a lone surrogate), so it is no text.",
        hint=r"Write the whole character, such as '\U0001F600'.",
    )


def count_items(value: Value, limits: Limits) -> None:
    """A list that holds one list twice, and so on, has a short history and an endless text."""
    count = 0
    for found in walk(value):
        count += len(found) + 1 if isinstance(found, str) else 1
        need_items(count, limits)


def walk(value: Value) -> Iterator[Value]:
    """The value and everything in it, again for each time it is there; without recursion."""
    waiting = [iter((value,))]
    while waiting:
        for found in waiting[-1]:
            yield found
            if isinstance(found, (list, tuple, set)):
                waiting.append(iter(found))
                break
            if isinstance(found, dict):
                waiting.append(iter([*found.keys(), *found.values()]))
                break
        else:
            waiting.pop()


def format_value(value: Value, specification: str, limits: Limits) -> str:
    """`format(value, specification)` of an f-string, without the tricks.

    >>> format_value(2.5, ".2f", Limits())
    '2.50'
    """
    if not specification:
        count_items(value, limits)
        return format(value)
    found = FORMAT.fullmatch(specification)
    if found is None:
        raise ProgramError(
            f"the format '{specification}' is not known here.",
            hint="Formats such as '.4f', 'd' and '>8' work.",
        )
    check_width(found[1], found[2])
    return whole_characters(format(value, specification))


def check_width(*numbers: str | None) -> None:
    if any(number and int(number) > WIDEST for number in numbers):
        raise ProgramError(f"a format may be at most {WIDEST} characters wide.")


def percent_format(template: str, values: Value, limits: Limits) -> str:
    """`template % values` for %s, %d, %f, %g and %e.

    >>> percent_format("%s is %.1f", ("x", 2), Limits())
    'x is 2.0'
    """
    for found in PERCENT.finditer(template):
        check_width(found[2], found[3])
    if "%" in PERCENT.sub("", template):
        raise ProgramError(
            "this '%' format is not known here.",
            hint="Write an f-string: f'{x:.4f}'.",
        )
    count_items((template, values), limits)
    return whole_characters(template % values)


FIELD = re.compile(r"\w*(?:\[\d+\])?")
"""What may stand between the braces: nothing, a position, a name, and one index."""


def format_text(
    template: str, values: Sequence[Value], named: Mapping[str, Value], limits: Limits
) -> str:
    """`template.format(*values, **named)`, without attributes: a field names a value, no more.

    >>> format_text("{} {1:.1f} {n:>3}", ("a", 2), {"n": 5}, Limits())
    Traceback (most recent call last):
    ValueError: cannot switch from automatic field numbering to manual field specification
    >>> format_text("{0} {1:.1f} {n:>3}", ("a", 2), {"n": 5}, Limits())
    'a 2.0   5'
    """
    parts: list[str] = []
    automatic = 0  # -1 once a position was written
    size = 0
    for literal, field, specification, conversion in string.Formatter().parse(template):
        parts.append(literal)
        if field is not None:
            if not FIELD.fullmatch(field):
                raise ProgramError(
                    f"the field '{field[:40]}' of a format is not part of the language.",
                    hint="Between the braces stands a position or a name: '{0:.4f}'.",
                )
            key, _, index = field.partition("[")
            if not key or key.isdecimal():
                if (automatic == -1 and not key) or (automatic not in (0, -1) and key):
                    raise ValueError(
                        "cannot switch from automatic field numbering to manual field specification"
                        if key
                        else "cannot switch from manual field specification to automatic field "
                        "numbering"
                    )
                at = int(key) if key else automatic
                automatic = -1 if key else at + 1
                if at >= len(values):
                    raise IndexError(
                        f"Replacement index {at} out of range for positional args tuple"
                    )
                value = values[at]
            else:
                value = named[key]
            if index:
                value = value[int(index[:-1])]
            parts.append(one_field(value, conversion, specification or "", limits))
        size += sum(map(len, parts[-2:]))
        need_items(size, limits)
    return "".join(parts)


def one_field(
    value: Value,
    conversion: str | None,
    specification: str,
    limits: Limits,
) -> str:
    if conversion == "s":
        value = to_text(value, limits)
    elif conversion:
        value = to_literal(value, limits)
    if "{" in specification:
        raise ProgramError(
            "a format inside a format is not part of the language.",
            hint="Write the format out: '{:.4f}'.",
        )
    return format_value(value, specification, limits)
