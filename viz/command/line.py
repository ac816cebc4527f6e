"""The command line itself: its options, their meaning, and how it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from viz.command import outputs
from viz.command.endings import BROKEN_PIPE, INTERRUPTED, OK, code_of, is_broken_pipe, sentence
from viz.command.giving import Given, Limiting
from viz.command.reading import program_of
from viz.command.running import run
from viz.command.telling import told
from viz.draw.theme import ThemeName
from viz.errors import UserError
from viz.limits import DEFAULT, Limits
from viz.trace import Input

ENDINGS = """\b
Exit codes:
  0    done
  1    the program, an input or the trace file is wrong; one sentence says where
  2    the command line is wrong
  3    a limit was reached: time, memory, steps, size
  4    a file could not be read or written
  130  stopped by Ctrl-C
  141  whoever read the output has left
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """SeeGrad: watch the real autograd engine run a PyTorch program backward."""


@cli.command(epilog=ENDINGS)
@click.argument("program")
@click.option(
    "--input", "inputs", type=Given(), multiple=True, metavar="NAME=VALUE",
    help="The value of a free name, such as x=2, w=[[1,2],[3,4]] or h='randn(2, 3)'. It requires "
    "grad; with :fixed behind it, as in x=2:fixed, it does not. May be repeated.",
)  # fmt: skip
@click.option("--html", metavar="FILE", help="One offline file with all steps to play.")
@click.option("--svg", metavar="FILE", help="The graph at one step.")
@click.option("--png", metavar="FILE", help="The same in pixels.")
@click.option("--gif", metavar="FILE", help="All steps, one after another.")
@click.option(
    "--json", metavar="FILE", help="The trace: everything, as data; compressed as FILE.json.gz."
)
@click.option(
    "--backward", type=int, metavar="N",
    help="Which backward pass, from 0; below 0 from the last. The last one by default.",
)  # fmt: skip
@click.option(
    "--step", type=int, default=-1, metavar="N",
    help="Step of --svg and --png: 0 is where backward starts, -1 (the default) the end.",
)  # fmt: skip
@click.option(
    "--theme", type=click.Choice(["light", "dark"]),
    help="Colours of the files; light by default, and for --html what the reader's browser has.",
)  # fmt: skip
@click.option(
    "--limit", "limits", type=Limiting(), multiple=True, metavar="NAME=NUMBER,...",
    help="What the run may cost, such as seconds=60,memory_bytes=4_000_000_000.",
)  # fmt: skip
@click.option("--open", "opens", is_flag=True, help="Open the file that was made in the browser.")
def explain(
    program: str,
    inputs: tuple[Input, ...],
    html: str | None,
    svg: str | None,
    png: str | None,
    gif: str | None,
    json: str | None,
    backward: int | None,
    step: int,
    theme: ThemeName | None,
    limits: tuple[str, ...],
    opens: bool,
) -> int:
    """Run PROGRAM in a process of its own, and show how the engine ran it backward.

    PROGRAM is a file, "-" for what is typed or piped in, an expression such as "(y - x*w)**2", or a
    trace file (.json, .json.gz). Without a FILE the backward pass is told as text. A FILE of "-" is
    written to the standard output.
    """
    read = program_of(program)
    wanted = outputs.wanted({"html": html, "svg": svg, "png": png, "gif": gif, "json": json}, read)
    if opens:
        wanted = outputs.with_one_to_open(wanted)
    try:
        trace, failure = run(read, inputs, limits_of(limits))
        if wanted:
            look = outputs.Look(backward, step, theme)
            made = [(each, outputs.make(each, trace, look)) for each in wanted]
            for each, data in made:
                outputs.write(each, data)
        else:
            click.echo(told(trace, -1 if backward is None else backward, read.name), nl=False)
    except UserError as error:
        click.echo(sentence(error, read.name), err=True)
        return code_of(error)
    except OSError as error:
        if is_broken_pipe(error):
            return reader_left()
        click.echo(f"{error.filename or read.name}: {error.strerror}.", err=True)
        return outputs.NOT_WRITTEN
    if opens:
        outputs.open_first(wanted)
    if failure is not None:
        click.echo(sentence(failure, read.name), err=True)
        return code_of(failure)
    return OK


def limits_of(texts: tuple[str, ...]) -> Limits:
    return Limiting.read(",".join(texts)) if texts else DEFAULT


def reader_left() -> int:
    """Nobody reads the rest, which Python would try to write once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE


def main(arguments: Sequence[str] | None = None) -> int:
    """What `python -m viz` does with these words; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a sign shows another one, rather than stop the command.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        code = cli.main(arguments, prog_name="python -m viz", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return INTERRUPTED
    return code if isinstance(code, int) else OK
