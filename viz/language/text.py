"""Turn values into text: `str`, f-strings and `%`, each within the limits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from viz.errors import ProgramError
from viz.language.capacity import need_items
from viz.language.values import Value
from viz.limits import Limits

FORMAT = re.compile(r"(?:.?[<>=^])?[-+ ]?#?0?(\d{0,4})[,_]?(?:\.(\d{1,4}))?[a-zA-Z%]?", re.DOTALL)
"""Python's format mini-language: fill and alignment, sign, width, grouping, precision, type."""

WIDEST = 200
"""Characters of a width or precision in a format."""

PERCENT = re.compile(r"%(?:%|([-+ 0#]*)(\d{0,4})(?:\.(\d{1,4}))?([sdifgeGEr]))")


def to_text(value: Value, limits: Limits) -> str:
    """`str(value)`. Raises LimitError for lists whose text would be too long."""
    count_items(value, limits)
    return str(value)


def to_literal(value: Value, limits: Limits) -> str:
    """`repr(value)`. Raises LimitError for lists whose text would be too long."""
    count_items(value, limits)
    return repr(value)


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
            if isinstance(found, (list, tuple)):
                waiting.append(iter(found))
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
    return format(value, specification)


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
    return template % values
