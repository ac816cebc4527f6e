"""Say what a name may have meant that has no value."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from viz.errors import ProgramError
from viz.language.builtins import BUILTINS
from viz.language.functions import NAMES, PREDEFINED, bare_function
from viz.language.names import nearest_of
from viz.language.program import Program
from viz.language.values import Function

WORDS = ("False", "None", "True")

LONGEST_FACTOR = 2
"""Letters of a name that may be a factor, where it stands before brackets: `x(y + 1)`."""


def unknown_name(
    name: str, program: Program, variables: Iterable[str], *, called: bool
) -> ProgramError:
    """A name that nothing gave a value; `called` where it stands before `(...)`."""
    is_expression = program.kind == "expression"
    known = {word: word for word in (*variables, *WORDS, *PREDEFINED, *BUILTINS)}
    if called or is_expression:
        for row in NAMES:
            short = row.rpartition(".")[2]
            if (function := bare_function(short)) is not None:
                known.setdefault(short, short if is_expression else written(function))
    # A function that is named without its module is meant, however near another name may be.
    exact = bare_function(name)
    meant = known.get(nearest_of(name, known) or "") if exact is None else written(exact)
    hint = f"Did you mean '{meant}'?" if meant else None
    if not called:
        wrong = f"unknown name '{name}'."
        return ProgramError(wrong, hint=hint or how_to_give_a_value(name, program.tree))
    if hint is None and len(name) <= LONGEST_FACTOR:
        hint = f"To multiply, write '{name}*(...)'."
    return ProgramError(f"unknown function '{name}'.", hint=hint)


def written(function: Function) -> str:
    """`torch.sin`, `F.mse_loss`."""
    return function.name.replace("torch.nn.functional", "F")


def how_to_give_a_value(name: str, tree: ast.Module) -> str:
    only = tree.body[0]
    if len(tree.body) == 1 and isinstance(only, ast.Assign):
        target = only.targets[0]
        if isinstance(target, ast.Name):
            return f"Leave out '{target.id} =': then {name} is an input that you give a value."
    return f"Give it a value first: {name} = torch.tensor(1.0, requires_grad=True)."
