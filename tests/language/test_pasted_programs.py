"""A program that is pasted with its indentation or its prompts is the program without them."""

import ast
import textwrap

import pytest

from tests.language.running import SMALL, run_source
from viz.errors import LimitError, ProgramError, UserError
from viz.language import check
from viz.limits import Limits

PLAIN = (
    "x = torch.ones(2, requires_grad=True)\n\ndef f(z):\n    return z.sum()\n\nprint(f(x))\nf(x)"
)

INDENTED = textwrap.indent(PLAIN, "    ")
TABS = textwrap.indent(PLAIN, "\t")
SHELL = "\n".join(
    ("... " if line.startswith(" ") or not line else ">>> ") + line for line in PLAIN.split("\n")
)
IPYTHON = "\n".join(
    ("   ...: " if line.startswith(" ") or not line else f"In [{number}]: ") + line
    for number, line in enumerate(PLAIN.split("\n"))
)
BARE_PROMPTS = SHELL.replace("... \n", "...\n")


@pytest.mark.parametrize("source", [INDENTED, TABS, SHELL, IPYTHON, BARE_PROMPTS])
def test_a_pasted_program_is_the_program(source):
    assert check(source, SMALL).source == PLAIN
    result, observer = run_source(source)
    expected, plain_observer = run_source(PLAIN)
    assert result.printed == expected.printed
    assert observer.lines == plain_observer.lines


@pytest.mark.parametrize(
    "source",
    ["  x = 1\n  y = 2\n", "\n    x = 1\n\n    if x:\n        x = 2\n", " \t x = 1\n \t y = 2"],
)
def test_indentation_is_taken_off_as_python_does(source):
    assert check(source, SMALL).source == textwrap.dedent(source)


def test_a_program_without_indentation_stays_as_it_is():
    source = "x = '''\n   \n  a\n'''\n"
    assert check(source, SMALL).source == source


@pytest.mark.parametrize("prefix", ["    ", "\t", ">>> ", "In [1]: "])
@pytest.mark.parametrize("wrong", ["x = $", "x = spam + 1", "torch.sinn(1)", "1 / 0", "x = (1"])
def test_the_place_of_an_error_is_that_of_the_pasted_text(prefix, wrong):
    errors = []
    for margin in ("", prefix):
        with pytest.raises(UserError) as caught:
            run_source(f"{margin}y = 1\n{margin}{wrong}")
        errors.append(caught.value)
    plain, pasted = errors
    assert pasted.line == plain.line
    assert pasted.column == plain.column + len(prefix)
    assert pasted.end_column == plain.end_column + len(prefix)
    assert pasted.message == plain.message


@pytest.mark.parametrize(
    ("source", "prompt", "line"),
    [
        (">>> x = 1\n>>> x\n1", ">>>", 1),
        ("\n>>> x = 1\ny = 2", ">>>", 2),
        ("In [3]: x = 1\nOut[3]: 1", "In [3]:", 1),
        ("In [1]:\nx = 1", "In [1]:", 1),
        ("y = 1\n>>> x = 1", ">>>", 2),
    ],
)
def test_prompts_on_some_lines_are_named_and_no_line_is_dropped(source, prompt, line):
    with pytest.raises(ProgramError, match="prompt of an interactive session") as caught:
        run_source(source)
    error = caught.value
    assert error.line == line
    assert source.split("\n")[line - 1][error.column : error.end_column] == prompt
    assert "without the prompts" in error.hint


def test_examples_inside_a_docstring_stay():
    source = 'def f(x):\n    """Twice.\n\n    >>> f(1)\n    2\n    """\n    return 2 * x'
    assert check(source, SMALL).source == source


def test_a_program_that_is_too_long_says_how_long_it_is_and_what_would_fit():
    limits = Limits(syntax_nodes=100)
    lines = ["x = 1"] * 60
    with pytest.raises(LimitError) as caught:
        check("\n".join(lines), limits)
    fit = int(caught.value.hint.split()[2])
    assert "of its 60 lines" in caught.value.hint
    check("\n".join(lines[:fit]), limits)
    with pytest.raises(LimitError):
        check("\n".join(lines[: fit + 1]), limits)


def test_one_line_that_is_too_long_says_how_many_parts_it_has():
    source = "+".join("1" * 21)
    parts = len(list(ast.walk(ast.parse(source))))
    with pytest.raises(LimitError, match=f"has {parts} parts .* at most 50 are possible") as caught:
        check(source, Limits(syntax_nodes=50))
    assert "loop" in caught.value.hint
