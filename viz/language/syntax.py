"""Turn a SyntaxError of Python's parser into a sentence that says what would work."""

from __future__ import annotations

import re

from viz.errors import ProgramError
from viz.language.lookalikes import A_SPACE, plain
from viz.language.margins import BEGINS, PROMPT_HINT, says_prompt
from viz.language.slips import find_slip

INVISIBLE = re.compile(r"invalid non-printable character U\+([0-9A-F]+)")
NUMBER_THEN_NAME = re.compile(r"(?<![\w.])(\d+\.?\d*|\.\d+)([^\W\d]\w*)")
DOUBLE_EQUALS = re.compile(r"=[ \t]+=")
QUOTES = "“”„‘’"

HINTS = (
    (r"was never closed", "Close the bracket."),
    (r"unmatched '", "Remove this bracket, or add the opening one."),
    (r"does not match opening", "Every bracket is closed by one of its own kind."),
    (r"too many nested parentheses", "Split the expression into several statements."),
    (r"unterminated", "Close the quotes."),
    (r"EOL while scanning", "Close the quotes."),
    (r"inconsistent use of tabs", "Indent with spaces only."),
    (r"unindent does not match", "Indent every line of a block by the same number of spaces."),
    (r"unexpected indent", "Remove the spaces at the start of the line."),
    (r"expected an indented block", "Indent the lines of the block, by four spaces for instance."),
    (r"expected ':'", "A line such as 'if x > 0:' or 'def f(x):' ends with a colon."),
    (r"Maybe you meant '=='", "One '=' assigns; two compare: '=='."),
    (r"Perhaps you forgot a comma", "Is an operator such as '*', or a comma, missing?"),
    (r"cannot assign to", "On the left of '=' stands a name; '==' compares."),
    (r"invalid decimal literal|invalid .* literal", "Write a number such as 2.5 or 1e-3."),
    (r"unexpected EOF|was expected", "Something is missing at the end."),
    (r"line continuation character", "A backslash belongs to LaTeX: write a/b, sqrt(x) or x*w."),
    (r"f-string", "Inside the braces of an f-string stands one expression: f'{x}'."),
)
OTHERWISE = "Check this line and the one above: an operator, a bracket or a comma may be missing."


def explain_syntax(error: SyntaxError, text: str) -> ProgramError:
    """The same place, in plain words."""
    lines = text.split("\n")
    number = min(max(error.lineno or 1, 1), len(lines))
    line = lines[number - 1]
    column = min(max((error.offset or 1) - 1, 0), len(line))
    wrong, hint, span = what_is_wrong(error, line, column)
    return ProgramError(wrong, line=number, column=span[0], end_column=span[1], hint=hint)


def what_is_wrong(error: SyntaxError, line: str, column: int) -> tuple[str, str, tuple[int, int]]:
    """What is wrong, what would work, and the characters of the line to mark."""
    said = str(error.msg)
    here = (column, end_of_mark(error, line, column))
    if "invalid character" in said or INVISIBLE.search(said):
        return foreign_character(said, line, column)
    if found := NUMBER_THEN_NAME.search(line):
        product = f"{found[1]}*{found[2]}"
        if "literal" in said or "invalid syntax" in said:
            wrong = f"'{found[0]}' is neither a number nor a name."
            return wrong, f"Did you mean '{product}'?", found.span()
    if found := DOUBLE_EQUALS.search(line):
        return "'= =' is not an operator.", "Did you mean '==' or '='?", found.span()
    if (prompt := BEGINS.match(line)) is not None:
        return says_prompt(prompt[1]), PROMPT_HINT, prompt.span(1)
    if (slip := find_slip(line)) is not None:
        return slip
    if "4300 digits" in said:
        return "this number has too many digits.", "Write it as 1e400, for instance.", here
    hint = next((hint for pattern, hint in HINTS if re.search(pattern, said)), OTHERWISE)
    said = said.split(". Maybe you meant")[0].split(". Perhaps")[0]
    return f"Python can't read this: {said}.", hint, here


def foreign_character(said: str, line: str, column: int) -> tuple[str, str, tuple[int, int]]:
    invisible = INVISIBLE.search(said)
    character = chr(int(invisible[1], 16)) if invisible else line[column : column + 1]
    at = line.find(character, column) if character else -1
    at = column if at < 0 else at
    shown = f"U+{ord(character):04X}" if invisible and character else f"'{character}'"
    wrong = f"Python has no character {shown} outside quotes."
    if character in QUOTES:
        return wrong, with_plain_quotes(line, at), (at, at + 1)
    meant = plain(character)
    if meant is None:
        return wrong, "Delete it, or type it on a plain keyboard.", (at, at + 1)
    return wrong, f"Did you mean {meant if meant == A_SPACE else repr(meant)}?", (at, at + 1)


def with_plain_quotes(line: str, at: int) -> str:
    """The text in plain quotes, where it has an end.

    >>> with_plain_quotes("print(“a”)", 6)
    'Did you mean "a"?'
    """
    quote = "'" if line[at] in "‘’" else '"'
    found = re.match(rf"[^{QUOTES}\"']*", line[at + 1 :])
    inside = found[0] if found else ""
    if at + 1 + len(inside) < len(line):
        return f"Did you mean {quote}{inside}{quote}?"
    return f"Write plain quotes: {quote}...{quote}."


def end_of_mark(error: SyntaxError, line: str, column: int) -> int:
    end = error.end_offset
    if error.end_lineno != error.lineno or end is None or end - 1 <= column:
        return min(column + 1, max(len(line), column))
    return min(end - 1, len(line))
