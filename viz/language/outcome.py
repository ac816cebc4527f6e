"""Find the result of a program that never calls backward, and say why where there is none."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import torch

from viz.errors import ProgramError
from viz.language.machine import Machine
from viz.language.program import Program, last_function
from viz.language.results import Candidate
from viz.language.values import BoundFunction, Method, Value, kind_of
from viz.trace import Input

LEAF_HINT = "Create one with torch.tensor(2.0, requires_grad=True) and compute with it."


def backward_for_student(machine: Machine, value: Value, inputs: Sequence[Input]) -> None:
    """Call backward on the last scalar result, and say so.

    value   what the expression or the called function gave; for statements, of the last one

    Raises ProgramError where there is no result, or none that backward can start from.
    """
    result = find_result(machine, value, inputs)
    if machine.program.kind == "functions" and is_constant_number(result.tensor):
        # A function may be pasted for its forward pass alone: it ran, and there is a result.
        error = nothing_to_go_to(result, inputs)
        machine.notice_of_run(f"The result is {result.tensor.item()}. {error}")
        return
    refuse_without_gradient(result, inputs)
    # Nobody expects an expression to call it.
    if machine.program.kind != "expression":
        machine.notice_of_run(
            "The program never calls backward(), so backward() was called on "
            f"{result.name} (line {result.line})."
        )
    machine.line = result.line
    machine.backward_without_line(result.tensor)


def is_constant_number(tensor: torch.Tensor) -> bool:
    return tensor.numel() == 1 and not tensor.requires_grad


def find_result(machine: Machine, value: Value, inputs: Sequence[Input]) -> Candidate:
    program = machine.program
    if program.kind != "program":
        name = (
            "the expression" if program.entry is None else f"the result of {program.entry.name}()"
        )
        line = program.tree.body[0].lineno if program.entry is None else program.entry.lineno
        return tensor_of(value, name, line)
    if machine.last_value is not None:
        last, line = machine.last_value
        if line == program.tree.body[-1].lineno and isinstance(last, torch.Tensor):
            return Candidate(last, "the last line's value", line)
    best = machine.results.best()
    if best is not None:
        return best
    function = last_function(program.tree)
    if (given := only_given_a_value(program)) is not None:
        raise ProgramError(
            f"{given} gets a value, and nothing is computed from it.",
            line=program.tree.body[0].lineno,
            hint=f"Write an expression alone, such as {given}**2: then {given} is an input.",
        )
    raise ProgramError(
        "the program computes no tensor, so there is nothing to go backward from.",
        hint=f"Call {function.name}(...) below its definition."
        if function is not None
        else "Compute a result from tensors, such as loss = (y - x*w)**2.",
    )


def only_given_a_value(program: Program) -> str | None:
    """The name of a program such as `x = 2`."""
    only = program.tree.body[0]
    if len(program.tree.body) > 1 or not isinstance(only, ast.Assign):
        return None
    target = only.targets[0]
    is_computed = isinstance(only.value, ast.Call)
    return target.id if isinstance(target, ast.Name) and not is_computed else None


def tensor_of(value: Value, name: str, line: int) -> Candidate:
    if isinstance(value, torch.Tensor):
        return Candidate(value, name, line)
    if value is None:
        raise ProgramError(
            f"there is no result: {name} is None.", line=line, hint="Return a tensor, or write one."
        )
    hint = "Give one tensor."
    if isinstance(value, (int, float)):
        hint = (
            "It must stay a tensor: leave out .item() and float(...), write torch.exp instead of "
            "math.exp, use an input."
        )
    if isinstance(value, (Method, BoundFunction)):
        hint = "Did you forget the () of its call?"
    if isinstance(value, (list, tuple)):
        hint = "Give one tensor, such as the sum of these."
    raise ProgramError(
        f"the result is not a tensor but a value of type {kind_of(value)}.", line=line, hint=hint
    )


def refuse_without_gradient(result: Candidate, inputs: Sequence[Input]) -> None:
    tensor, line = result.tensor, result.line
    if not tensor.requires_grad:
        raise nothing_to_go_to(result, inputs)
    if tensor.numel() != 1:
        raise ProgramError(
            f"{result.name} has shape {list(tensor.shape)}, but backward() starts from one number.",
            line=line,
            hint="Add .sum() or .mean().",
        )


def nothing_to_go_to(result: Candidate, inputs: Sequence[Input]) -> ProgramError:
    return ProgramError(
        f"{result.name} does not depend on any tensor that requires grad, so there is nothing "
        "to go backward to.",
        line=result.line,
        hint=how_to_require_grad(result.tensor, inputs),
    )


def how_to_require_grad(tensor: torch.Tensor, inputs: Sequence[Input]) -> str:
    if not tensor.is_floating_point():
        return (
            f"Its numbers are {str(tensor.dtype).removeprefix('torch.')}, which have no gradient."
        )
    if any(given.requires_grad for given in inputs):
        return "Is an input unused, or cut off by .detach(), .item() or torch.no_grad()?"
    if inputs:
        return "Switch on 'requires grad' (requires_grad=True) for an input."
    return LEAF_HINT
