"""Turn the text that a person typed or pasted into a syntax tree, or into one clear sentence."""

from __future__ import annotations

import ast
import unicodedata
import warnings

from viz.errors import LimitError, ProgramError
from viz.language.syntax import explain_syntax
from viz.limits import Limits

BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""They make a reader see the text in another order than Python does."""


def read_source(source: str, limits: Limits) -> str:
    """The text as it is parsed: within its limit, without BOM, with plain newlines.

    Raises LimitError for a text that is too long, ProgramError for characters that hide something.
    """
    if len(source) > limits.source_bytes:  # before encoding: a text may be of any length
        raise too_long(limits)
    try:
        size = len(source.encode())
    except UnicodeEncodeError as error:
        raise ProgramError(
            "the program contains half of a character (a lone surrogate).",
            hint="Delete it and type it again.",
        ) from error
    if size > limits.source_bytes:
        raise too_long(limits)
    text = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(text.split("\n"), start=1):
        refuse_hidden_characters(line, number)
    return text


def too_long(limits: Limits) -> LimitError:
    return LimitError(f"the program is longer than {limits.source_bytes:,} bytes.")


def refuse_hidden_characters(line: str, number: int) -> None:
    for column, character in enumerate(line):
        control = unicodedata.category(character) == "Cc" and character not in "\t\f"
        if control or character in BIDI_CONTROLS:
            name = unicodedata.name(character, "a control character").lower()
            raise ProgramError(
                f"there is an invisible character here (U+{ord(character):04X}, {name}).",
                line=number,
                column=column,
                end_column=column + 1,
                hint="Delete it.",
            )


def parse(text: str, limits: Limits) -> ast.Module:
    """The syntax tree of a text that `read_source` let through.

    Raises ProgramError where Python can't read it, LimitError where Python's parser gives up.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "invalid escape sequence": for its author alone
            return ast.parse(text, filename="program")
    except SyntaxError as error:
        raise explain_syntax(error, text) from error
    except (RecursionError, MemoryError) as error:
        raise nested_too_deeply(limits) from error
    except (ValueError, OverflowError, SystemError) as error:
        raise ProgramError(f"Python can't read this program: {error}.") from error


def nested_too_deeply(limits: Limits, line: int | None = None) -> LimitError:
    return LimitError(
        f"the program is nested deeper than {limits.nesting} levels.",
        line=line,
        hint="Split it into several statements.",
    )
