"""The syntax of the language: which nodes of Python's syntax tree are part of it.

A node type that is in none of the handler tables of `expressions` and `statements`, and not in
PARTS, is refused. CHECKS holds what a node of the language must also satisfy.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from viz.errors import LimitError, ProgramError
from viz.language.arithmetic import BINARY, COMPARE, UNARY
from viz.language.expressions import EXPRESSIONS
from viz.language.functions import NAMES
from viz.language.place import located
from viz.language.statements import STATEMENTS
from viz.language.values import Namespace
from viz.limits import Limits

PARTS: frozenset[type[ast.AST]] = frozenset(
    {ast.Module, ast.Load, ast.Store, ast.And, ast.Or, ast.Not, ast.arguments, ast.arg, ast.keyword}
    | {ast.alias, ast.withitem, ast.Slice, ast.FormattedValue}
)
"""Nodes that are read by the handler of the node they belong to."""

ALLOWED = PARTS | {*EXPRESSIONS, *STATEMENTS, *BINARY, *UNARY, *COMPARE}

LONGEST_NAME = 100
LONGEST_NUMBER = 100

WORDS: Mapping[str, str] = {
    "ClassDef": "a class",
    "AsyncFunctionDef": "'async def'",
    "Await": "'await'",
    "Try": "'try'",
    "TryStar": "'try'",
    "Raise": "'raise'",
    "Delete": "'del'",
    "Global": "'global'",
    "Nonlocal": "'nonlocal'",
    "ListComp": "a list comprehension",
    "SetComp": "a set comprehension",
    "DictComp": "a dict comprehension",
    "GeneratorExp": "a generator expression",
    "Dict": "a dict",
    "Set": "a set",
    "Yield": "'yield'",
    "YieldFrom": "'yield'",
    "Starred": "a star argument",
    "NamedExpr": "':='",
    "Match": "'match'",
    "AsyncFor": "'async for'",
    "AsyncWith": "'async with'",
    "TypeAlias": "'type'",
    "TypeVar": "a type parameter",
    "Del": "'del'",
}

HINTS: Mapping[str, str] = {
    "ListComp": "Write a 'for' loop that appends to a list.",
    "GeneratorExp": "Write a 'for' loop.",
    "Dict": "Use separate variables, a list or a tuple.",
    "ClassDef": "Use functions and tensors.",
    "Starred": "Write the values one by one.",
    "Raise": "Use 'assert' to stop a program.",
}


def check_node(node: ast.AST, source: str, limits: Limits) -> None:
    """Raises ProgramError for a node outside the language, LimitError for one too large."""
    kind = type(node)
    try:
        if kind not in ALLOWED:
            word = WORDS.get(kind.__name__, f"'{kind.__name__}'")
            raise ProgramError(
                f"{word} is not part of the language.", hint=HINTS.get(kind.__name__)
            )
        if kind in CHECKS:
            CHECKS[kind](node, limits)
    except (ProgramError, LimitError) as error:
        raise located(error, node, source) from error


def check_name(name: str) -> None:
    if name.startswith("__"):
        raise ProgramError(
            f"the name '{name[:40]}' is not part of the language.",
            hint="Names here don't begin with two underscores.",
        )
    if len(name) > LONGEST_NAME:
        raise ProgramError(f"a name is longer than {LONGEST_NAME} characters.")


def check_constant(node: ast.Constant, limits: Limits) -> None:
    value = node.value
    if isinstance(value, (complex, bytes)):
        word = "complex numbers" if isinstance(value, complex) else "bytes"
        raise ProgramError(f"{word} are not part of the language.")
    written = (node.end_col_offset or 0) - node.col_offset
    if isinstance(value, (int, float)) and written > LONGEST_NUMBER:
        raise LimitError(
            f"a number is written with more than {LONGEST_NUMBER} characters.",
            hint="Write it with an exponent: 1e30.",
        )
    if isinstance(value, int) and value.bit_length() > limits.integer_bits:
        raise LimitError(
            f"a whole number has more than {limits.integer_bits:,} binary digits.",
            hint="Write it with a decimal point or an exponent: 1e400.",
        )


def check_arguments(node: ast.arguments, limits: Limits) -> None:
    if node.posonlyargs or node.kwonlyargs or node.vararg or node.kwarg:
        raise ProgramError(
            "'*' and '/' among the parameters of a function are not part of the language.",
            hint="Name each parameter.",
        )
    names = [parameter.arg for parameter in node.args]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ProgramError(f"the parameter '{twice}' is there twice.")


def check_parameter(node: ast.arg, limits: Limits) -> None:
    check_name(node.arg)


def check_identifier(node: ast.Name, limits: Limits) -> None:
    check_name(node.id)


def check_function(node: ast.FunctionDef, limits: Limits) -> None:
    check_name(node.name)
    if node.decorator_list:
        raise ProgramError("decorators are not part of the language.", hint="Remove the '@' line.")
    if getattr(node, "type_params", None):
        raise ProgramError("type parameters are not part of the language.")


def check_call(node: ast.Call, limits: Limits) -> None:
    names = [keyword.arg for keyword in node.keywords]
    if None in names:
        raise ProgramError("'**' arguments are not part of the language.", hint=HINTS["Starred"])
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ProgramError(f"the argument '{twice}' is there twice.")


def check_with(node: ast.withitem, limits: Limits) -> None:
    if node.optional_vars is not None:
        raise ProgramError("'with ... as' is not part of the language.", hint="Leave out the 'as'.")


def check_import(node: ast.Import, limits: Limits) -> None:
    for alias in node.names:
        check_module(alias.name)
        check_name(alias.asname or alias.name)


def check_module(name: str) -> None:
    if not isinstance(NAMES.get(name), Namespace):
        raise ProgramError(
            f"the module '{name[:60]}' is not available.",
            hint="The modules are torch, torch.nn, torch.nn.functional and math.",
        )


def check_import_from(node: ast.ImportFrom, limits: Limits) -> None:
    module = node.module or ""
    if node.level:
        raise ProgramError("there are no modules beside this program.")
    check_module(module)
    for alias in node.names:
        if alias.name == "*":
            raise ProgramError(
                "'import *' is not part of the language.",
                hint=f"Write 'import {module}', or name what you need.",
            )
        if f"{module}.{alias.name}" not in NAMES:
            raise ProgramError(f"'{module}.{alias.name[:60]}' is not part of the language.")
        check_name(alias.asname or alias.name)


def check_format(node: ast.FormattedValue, limits: Limits) -> None:
    specification = node.format_spec
    if specification is None:
        return
    parts = specification.values if isinstance(specification, ast.JoinedStr) else [specification]
    if not all(isinstance(part, ast.Constant) for part in parts):
        raise ProgramError(
            "a format inside a format is not part of the language.",
            hint="Write the format out: f'{x:.4f}'.",
        )


CHECKS: Mapping[type[ast.AST], Callable[[Any, Limits], None]] = {
    ast.Constant: check_constant,
    ast.arguments: check_arguments,
    ast.arg: check_parameter,
    ast.Name: check_identifier,
    ast.FunctionDef: check_function,
    ast.Call: check_call,
    ast.withitem: check_with,
    ast.Import: check_import,
    ast.ImportFrom: check_import_from,
    ast.FormattedValue: check_format,
}
