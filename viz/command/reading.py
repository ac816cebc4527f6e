"""Find out what the command is given: a file, standard input, an expression, or a trace."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from viz.limits import DEFAULT
from viz.record import Record

TRACES = (".json", ".json.gz")
PROGRAMS = (".py", ".txt")


class Program(Record, frozen=True):
    """What to explain.

    name   as errors call it: "program.py", "<stdin>", "<expression>"
    text   the program; "" where `path` is a trace file
    path   the file that it was read from
    """

    name: str
    text: str = ""
    path: str | None = None
    is_trace: bool = False


def program_of(word: str) -> Program:
    """Raises UsageError for a file that isn't there, can't be read, or is no text."""
    if word == "-":
        return Program("<stdin>", _text(sys.stdin.buffer.read(_most()), "<stdin>"))
    path = Path(word)
    if word.endswith(TRACES):
        return Program(word, path=word, is_trace=True) if _is_file(path) else _missing(word)
    if not _is_file(path):
        if _is_folder(path):
            raise click.UsageError(f"{word!r} is a folder.")
        if word.endswith(PROGRAMS) or not word.strip():
            return _missing(word)
        return Program("<expression>", word)
    try:
        with path.open("rb") as file:
            data = file.read(_most())
    except OSError as error:
        raise click.UsageError(f"{word}: {error.strerror}.") from error
    return Program(word, _text(data, word), word)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False  # Too long for a name, or with signs that none has: an expression.


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _most() -> int:
    """Enough to be told that it is too long, whatever limit is chosen."""
    return 64 * DEFAULT.source_bytes


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{name} is no text in UTF-8 (byte {error.start}).") from error


def _missing(word: str) -> Program:
    raise click.UsageError(f"there is no file {word!r}.")
