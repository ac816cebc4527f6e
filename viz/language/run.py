"""Turn a checked program and its inputs into live tensors and printed text."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch._tensor_str import PRINT_OPTS

from viz.errors import InputError, ProgramError, UserError
from viz.language.calls import call_user_function
from viz.language.explain import explain, first_sentence
from viz.language.inputs import read_input
from viz.language.machine import Machine
from viz.language.margins import moved
from viz.language.names import did_you_mean
from viz.language.observer import Observer
from viz.language.outcome import backward_for_student
from viz.language.place import located
from viz.language.program import Program
from viz.language.statements import build_block
from viz.language.values import Value
from viz.limits import Limits
from viz.trace import Input, Notice, Picture

DEFAULT_TEXTS = ("1.0", "2.0", "3.0", "4.0", "5.0")
"""The values of inputs that nobody has given a value yet, by position."""

FRAMES_PER_LEVEL = 4
"""Python frames that one level of the syntax tree takes: its closure, and what it calls."""


NOT_DRAWN = "The program never calls backward() or torch.autograd.grad, so no graph is drawn."


@dataclass(frozen=True, slots=True)
class Result:
    """What a run leaves behind, beside what its observer saw.

    inputs   those that the program has, as they were used, with defaults filled in
    pictures what it plotted
    """

    printed: str
    inputs: tuple[Input, ...]
    notices: tuple[Notice, ...]
    pictures: tuple[Picture, ...] = ()


def run(
    program: Program, inputs: Mapping[str, Input], observer: Observer, limits: Limits
) -> Result:
    """Run the program; call backward for the student where it never does.

    Inputs without a value get one; values for other names are ignored. Raises a UserError, never
    anything else: InputError for an input, LimitError for a limit, ProgramError for the rest. What
    the run has left behind by then is the error's `so_far`.
    """
    machine = Machine(program, observer, limits)
    used = tuple(chosen_inputs(program, inputs))
    try:
        with (
            room_for_recursion(limits),
            warnings_as_notices(machine),
            settings_kept(),
            torch.enable_grad(),
        ):
            value = run_program(machine, used)
            if machine.ran_unseen and not machine.backwards:
                machine.notice_of_run(NOT_DRAWN)
            elif not machine.backwards:
                backward_or_notice(machine, value, used)
    except UserError as error:
        moved(error, program.margins)
        error.so_far = left_by(machine, used)
        raise
    except Exception as error:
        # What no handler foresaw is still a sentence about a line, not a lost page.
        found = explain(error, program.tree, (), program.source, limits)
        found.line = found.line or machine.line or None
        found.so_far = left_by(machine, used)
        raise found from error
    return left_by(machine, used)


def left_by(machine: Machine, inputs: tuple[Input, ...]) -> Result:
    return Result(
        "".join(machine.printed), inputs, tuple(machine.notices), machine.pictures.finished()
    )


def check_given(program: Program, inputs: Mapping[str, Input]) -> tuple[Notice, ...]:
    """What was taken for the inputs that have no value.

    Raises InputError for a value whose name is no input of the program.
    """
    for name in inputs:
        if name not in program.inputs:
            raise InputError(
                "the program has no such input.",
                name=name,
                hint=did_you_mean(name, program.inputs) or those_there_are(program),
            )
    return tuple(
        Notice(f"The input '{used.name}' was given no value: {used.text} was taken.")
        for used in chosen_inputs(program, inputs)
        if used.name not in inputs
    )


def those_there_are(program: Program) -> str:
    if program.inputs:
        return f"Its inputs: {', '.join(program.inputs)}."
    if program.kind == "program":
        return "A program of several statements has none: its values stand in the program."
    return "It has none."


def backward_or_notice(machine: Machine, value: Value, inputs: tuple[Input, ...]) -> None:
    """Call backward for the student. A program that has printed something may do without."""
    try:
        backward_for_student(machine, value, inputs)
    except ProgramError as error:
        if machine.program.kind != "program" or inputs or not machine.printed:
            raise
        machine.notice_of_run(f"There is no backward pass to show. {error}")


def chosen_inputs(program: Program, inputs: Mapping[str, Input]) -> Iterator[Input]:
    for position, name in enumerate(program.inputs):
        given = inputs.get(name, Input(name, DEFAULT_TEXTS[position % len(DEFAULT_TEXTS)]))
        yield Input(name, given.text, given.requires_grad)


def run_program(machine: Machine, inputs: tuple[Input, ...]) -> Value:
    """Create the inputs, run the statements, call the last function of mere definitions."""
    entry = machine.program.entry
    line = entry.lineno if entry is not None else 0
    tensors = {given.name: read_input(given, machine.limits) for given in inputs}
    for name, tensor in tensors.items():
        machine.observer.name_tensor(name, tensor, line)
    if machine.program.kind == "expression":
        machine.frame.variables.update(tensors)
    build_block(machine.program.tree.body)(machine)
    if entry is not None:
        function = machine.frame.variables[entry.name]
        try:
            return call_user_function(machine, entry, function, [], dict(tensors))
        except UserError as error:
            located(error, entry, machine.program.source)
            raise
    return machine.last_value[0] if machine.last_value is not None else None


@contextmanager
def room_for_recursion(limits: Limits) -> Iterator[None]:
    """The language has limits of its own for depth; Python's must not be met first."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(
        before + FRAMES_PER_LEVEL * (limits.nesting + 10) * (limits.call_depth + 1)
    )
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


@contextmanager
def settings_kept() -> Iterator[None]:
    """The default dtype and how tensors print are the program's own while it runs."""
    dtype, printing = torch.get_default_dtype(), dict(vars(PRINT_OPTS))
    try:
        yield
    finally:
        torch.set_default_dtype(dtype)
        vars(PRINT_OPTS).update(printing)


@contextmanager
def warnings_as_notices(machine: Machine) -> Iterator[None]:
    """PyTorch's warnings are for the student: of sizes that were broadcast in a loss."""

    def show(message: Warning | str, category: type[Warning], *rest: Any, **more: Any) -> None:
        if issubclass(category, (UserWarning, FutureWarning)):
            machine.notice(f"PyTorch warns: {first_sentence(Exception(str(message)))}")

    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = show
        yield
