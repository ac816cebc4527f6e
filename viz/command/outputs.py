"""Make the files, and write each of them whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
import webbrowser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import click

import viz
from viz.command.reading import Program
from viz.command.running import counting
from viz.draw.theme import ThemeName
from viz.files import to_bytes
from viz.record import Record
from viz.trace import Trace

NOT_WRITTEN = 4
"""The exit code where a file could not be written."""

Form = Literal["html", "svg", "png", "gif", "json"]
STANDARD_OUTPUT = "-"


class Wanted(Record, frozen=True):
    """A file to be made; a trace is compressed where its name ends in ".gz"."""

    form: Form
    path: str


class Look(Record, frozen=True):
    """What the files show: which backward pass (None: the last; in HTML all), step and colours."""

    backward: int | None
    step: int
    theme: ThemeName | None


def wanted(paths: Mapping[Form, str | None], program: Program) -> list[Wanted]:
    """Raises UsageError where two files are one, or one is the program itself."""
    found = [Wanted(form, path) for form, path in paths.items() if path is not None]
    places = [Path(each.path).resolve() for each in found]
    for index, (each, place) in enumerate(zip(found, places, strict=True)):
        if place in places[:index]:
            raise click.UsageError(f"--{each.form}: {each.path!r} is written already.")
        if program.path is not None and _is_same(place, Path(program.path)):
            raise click.UsageError(f"--{each.form}: {each.path!r} is the program itself.")
        if place.is_dir():
            raise click.UsageError(f"--{each.form}: {each.path!r} is a folder.")
    return found


def _is_same(one: Path, other: Path) -> bool:
    return one == other.resolve() or (one.exists() and one.samefile(other))


def with_one_to_open(chosen: list[Wanted]) -> list[Wanted]:
    """The files, and one in a folder of its own where none of them can be opened."""
    if any(_can_be_opened(each) for each in chosen):
        return chosen
    folder = tempfile.mkdtemp(prefix="seegrad-")
    return [*chosen, Wanted("html", str(Path(folder, "backward.html")))]


def _can_be_opened(each: Wanted) -> bool:
    return each.form != "json" and each.path != STANDARD_OUTPUT


def open_first(chosen: Sequence[Wanted]) -> None:
    path = next(each.path for each in chosen if _can_be_opened(each))
    if not webbrowser.open(Path(path).resolve().as_uri()):
        click.echo(f"No browser was found to open {path}.", err=True)


def make(each: Wanted, trace: Trace, look: Look) -> bytes:
    """The content of the file. Raises InputError or LimitError."""
    backward = -1 if look.backward is None else look.backward
    theme = look.theme or "light"
    match each.form:
        case "json":
            return to_bytes(trace, packed=each.path.endswith(".gz"))
        case "gif":
            with counting("Drawing the GIF") as count:
                return viz.film(trace, backward, theme=theme, on_frame=count)
        case "svg" | "png":
            return viz.picture(trace, look.step, each.form, backward, theme=theme)
        case "html":
            from viz.html.document import document
            from viz.html.save import passes_of

            return document(trace, passes_of(trace, look.backward), look.theme).encode()


def write(each: Wanted, data: bytes) -> None:
    """Raises OSError, with the name of the file; then the file is as it was before."""
    if each.path == STANDARD_OUTPUT:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    target = Path(each.path)
    if target.exists() and not target.is_file():
        target.write_bytes(data)  # A device or a pipe, which nothing may take the place of.
        return
    # A link stays one: what it leads to is written.
    target = target.resolve()
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            file.write(data)
        part.replace(target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, each.path) from error
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"{each.path}: {len(data) / 1000:,.0f} kB", err=True)
