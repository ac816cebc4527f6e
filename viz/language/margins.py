"""Take off what stands before every line of a pasted program: an indentation, or a prompt."""

from __future__ import annotations

import re
import textwrap

from viz.errors import ProgramError, UserError

BEGINS = re.compile(r"[ \t]*(>>>|In \[\d+\]:)(?: |$)")
GOES_ON = re.compile(r"[ \t]*\.\.\.:?(?: |$)")
"""`>>> ` and `... ` of Python, `In [1]: ` and `   ...: ` of IPython."""

PROMPT_HINT = "Paste the program without the prompts, and without what was printed."

Margins = tuple[int, ...]
"""How many characters were taken off each line; empty where none were."""


def without_margins(text: str) -> tuple[str, Margins]:
    """The program itself, with as many lines as before.

    Raises ProgramError where only some lines have a prompt: the others may be what was printed.

    >>> without_margins(">>> def f(x):\\n...     return x")
    ('def f(x):\\n    return x', (4, 4))
    >>> without_margins("    x = 1\\n    y = 2")
    ('x = 1\\ny = 2', (4, 4))
    """
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return text, ()
    if prompt := BEGINS.match(lines[first]):
        return without_prompts(lines, first, prompt)
    if lines[first][0] not in " \t":
        return text, ()
    shorter = textwrap.dedent(text)
    return shorter, taken_off(lines, shorter.split("\n"))


def without_prompts(lines: list[str], first: int, prompt: re.Match[str]) -> tuple[str, Margins]:
    shorter = []
    for line in lines:
        found = BEGINS.match(line) or GOES_ON.match(line)
        if found is None and line.strip():
            raise ProgramError(
                says_prompt(prompt[1]),
                line=first + 1,
                column=prompt.start(1),
                end_column=prompt.end(1),
                hint=PROMPT_HINT,
            )
        shorter.append(line[found.end() :] if found else "")
    return "\n".join(shorter), taken_off(lines, shorter)


def says_prompt(prompt: str) -> str:
    return f"'{prompt}' is the prompt of an interactive session, no part of a program."


def taken_off(lines: list[str], shorter: list[str]) -> Margins:
    return tuple(len(a) - len(b) for a, b in zip(lines, shorter, strict=True))


def moved(error: UserError, margins: Margins) -> None:
    """Give the error the columns that it has in the text as it was pasted."""
    if error.line is None or error.column is None or not margins:
        return
    margin = margins[error.line - 1]
    error.column += margin
    if error.end_column is not None:
        error.end_column += margin
