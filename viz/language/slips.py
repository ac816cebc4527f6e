"""Find the line that was meant, where it is written as in mathematics rather than in Python."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from typing import NamedTuple

from viz.language.functions import bare_function

LONGEST_LINE = 80
"""Characters of a line that is looked at, and of a corrected line that a hint shows."""

Span = tuple[int, int]


class Slip(NamedTuple):
    """One way of writing that Python doesn't know.

    wrong     what is wrong; its fields are the groups of the pattern
    instead   what was meant; "" for what is no slip after all
    """

    pattern: re.Pattern[str]
    wrong: str
    instead: Callable[[re.Match[str]], str]


def of_latex(found: re.Match[str]) -> str:
    return found[1].strip().replace("^", "**")


def with_brackets(found: re.Match[str]) -> str:
    return f"{found[1]}({found[3]})" if bare_function(found[2]) is not None else ""


SLIPS = (
    Slip(re.compile(r"\$+([^$]+)\$+"), "'$' belongs to LaTeX, not to Python.", of_latex),
    Slip(
        re.compile(r"^\s*print[ \t]+(\S.*)$"),
        "'print' needs brackets.",
        lambda found: f"print({found[1].rstrip()})",
    ),
    Slip(
        # Not "sin 2*x": nobody knows how much of it is meant.
        re.compile(
            r"\b((?:torch\.|F\.|math\.)?([a-z_]\w*))[ \t]+([^\W\d]\w*|\d+\.?\d*)"
            r"(?![ \t]*[*/^.\w(\[])"
        ),
        "'{0}' needs brackets.",
        with_brackets,
    ),
    Slip(
        re.compile(r"\)[ \t]*(?!(?:and|or|if|else|in|is|not|for)\b)(\w+)"),
        "an operator is missing between ')' and '{1}'.",
        lambda found: f")*{found[1]}",
    ),
    Slip(
        re.compile(r"\|([^|]+)\|"),
        "'|' is no absolute value in Python.",
        lambda found: f"abs({found[1].strip()})",
    ),
    Slip(
        re.compile(r"(\w+|\([^()]*\))!(?!=)"),
        "'!' is no factorial in Python.",
        lambda found: f"torch.exp(torch.lgamma({found[1]} + 1))",
    ),
)


def find_slip(line: str) -> tuple[str, str, Span] | None:
    """What is wrong in a line, the whole line as it was meant, and the characters to mark.

    Only what makes the line readable is a slip.

    >>> find_slip("y = sin x + 1")
    ("'sin x' needs brackets.", "Did you mean 'y = sin(x) + 1'?", (4, 9))
    >>> find_slip("sin(x)cos(x)")
    ("an operator is missing between ')' and 'cos'.", "Did you mean 'sin(x)*cos(x)'?", (5, 9))
    """
    if len(line) > LONGEST_LINE:
        return None
    for slips, meant in corrections(line):
        if meant != line and len(meant) <= LONGEST_LINE and is_readable(meant):
            first = next(slip for slip in slips if corrected(line, slip) != line)
            found = next(found for found in first.pattern.finditer(line) if first.instead(found))
            wrong = first.wrong.format(found[0], *found.groups())
            return wrong, f"Did you mean '{meant.strip()}'?", found.span()
    return None


def corrections(line: str) -> Iterator[tuple[tuple[Slip, ...], str]]:
    """The line with each slip mended, and with all of them mended."""
    for slip in SLIPS:
        yield (slip,), corrected(line, slip)
    meant = line
    for slip in SLIPS:
        meant = corrected(meant, slip)
    yield SLIPS, meant


def corrected(line: str, slip: Slip) -> str:
    return slip.pattern.sub(lambda found: slip.instead(found) or found[0], line)


def is_readable(line: str) -> bool:
    """Whether Python can read the line by itself; `if x > 0:` is read with a body."""
    text = line.strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(f"{text}\n    pass" if text.endswith(":") else text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
