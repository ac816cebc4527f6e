"""The syntax of the language: which nodes of Python's syntax tree are part of it.

A node type that is in none of the builder tables of `expressions` and `statements`, and not in
PARTS, is refused. CHECKS holds what a node of the language must also satisfy.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from viz.errors import LimitError, ProgramError
from viz.language import assigning, attributes, calls, classes, displays, exceptions, generators
from viz.language.arithmetic import BINARY, COMPARE, UNARY
from viz.language.expressions import EXPRESSIONS
from viz.language.functions import NAMES
from viz.language.imports import NO_EFFECT
from viz.language.place import located
from viz.language.scopes import all_parameters
from viz.language.statements import STATEMENTS
from viz.language.text import whole_characters
from viz.language.values import Namespace
from viz.limits import Limits

BUILDERS = (assigning, attributes, calls, classes, displays, exceptions, generators)
"""The modules that put their builders into the two tables when they are imported."""

PARTS: frozenset[type[ast.AST]] = frozenset(
    {ast.Module, ast.Load, ast.Store, ast.Del, ast.And, ast.Or, ast.Not, ast.arguments, ast.arg}
    | {ast.keyword, ast.alias, ast.withitem, ast.Slice, ast.FormattedValue, ast.Starred}
    | {ast.comprehension, ast.ExceptHandler}
)
"""Nodes that are read by the builder of the node they belong to."""

ALLOWED = PARTS | {*EXPRESSIONS, *STATEMENTS, *BINARY, *UNARY, *COMPARE}

LONGEST_NAME = 100
LONGEST_NUMBER = 100

WORDS: Mapping[str, str] = {
    "AsyncFunctionDef": "'async def'",
    "Await": "'await'",
    "TryStar": "'except*'",
    "Match": "'match'",
    "AsyncFor": "'async for'",
    "AsyncWith": "'async with'",
    "TypeAlias": "'type'",
    "TypeVar": "a type parameter",
}

HINTS: Mapping[str, str] = {"Match": "Write 'if' and 'elif'."}

OUTSIDE: Mapping[str, str] = {
    "os": "there are no files and no other programs here.",
    "sys": "there are no files and no other programs here.",
    "pathlib": "there are no files here.",
    "torchvision": "there are no files and no network here, so no data sets of pictures.",
    "torchaudio": "there are no files and no network here, so no data sets.",
    "torchtext": "there are no files and no network here, so no data sets.",
    "sklearn": "of other libraries only numpy is here.",
    "pandas": "of other libraries only numpy is here.",
    "scipy": "of other libraries only numpy is here.",
    "seaborn": "of other libraries only numpy is here.",
    "torchviz": "the drawing of the graph is made for you.",
    "requests": "there is no network here.",
}
"""Modules that courses import, and why they are left out."""


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


SPOKEN = frozenset({"__name__", *classes.METHODS})
"""The names with two underscores that may stand in a program, each where it belongs."""


def check_name(name: str) -> None:
    if name.startswith("__") and name not in SPOKEN:
        raise ProgramError(
            f"the name '{name[:40]}' is not part of the language.",
            hint="Names here don't begin with two underscores.",
        )
    if "·" in name:
        raise ProgramError(
            "Python takes this dot for a letter of a name, not for a product.",
            hint=f"Did you mean '{name.replace('·', '*')[:40]}'?",
        )
    if len(name) > LONGEST_NAME:
        raise ProgramError(f"a name is longer than {LONGEST_NAME} characters.")


def check_constant(node: ast.Constant, limits: Limits) -> None:
    value = node.value
    if isinstance(value, (complex, bytes)):
        word = "complex numbers" if isinstance(value, complex) else "bytes"
        raise ProgramError(f"{word} are not part of the language.")
    if isinstance(value, str):
        whole_characters(value)
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
    if node.posonlyargs:
        raise ProgramError(
            "'/' among the parameters of a function is not part of the language.",
            hint="Leave it out.",
        )
    names = [parameter.arg for parameter in all_parameters(node)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ProgramError(f"the parameter '{twice}' is there twice.")


def check_parameter(node: ast.arg, limits: Limits) -> None:
    check_name(node.arg)


def check_identifier(node: ast.Name, limits: Limits) -> None:
    check_name(node.id)


def check_function(node: ast.FunctionDef, limits: Limits) -> None:
    check_name(node.name)
    if getattr(node, "type_params", None):
        raise ProgramError("type parameters are not part of the language.")


def check_class(node: ast.ClassDef, limits: Limits) -> None:
    check_name(node.name)
    if node.name.startswith("__") or node.name in classes.METHODS:
        raise ProgramError(f"the name '{node.name}' is not part of the language.")
    if node.keywords or node.decorator_list or getattr(node, "type_params", None):
        raise ProgramError(
            "decorators, metaclasses and type parameters of a class are not part of the language."
        )


def check_call(node: ast.Call, limits: Limits) -> None:
    names = [keyword.arg for keyword in node.keywords if keyword.arg is not None]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ProgramError(f"the argument '{twice}' is there twice.")


def check_handler(node: ast.ExceptHandler, limits: Limits) -> None:
    if node.name:
        check_name(node.name)


def check_comprehension(node: ast.comprehension, limits: Limits) -> None:
    if node.is_async:
        raise ProgramError("'async for' is not part of the language.")


def check_words(node: ast.Global | ast.Nonlocal, limits: Limits) -> None:
    for name in node.names:
        check_name(name)


def check_import(node: ast.Import, limits: Limits) -> None:
    for alias in node.names:
        check_module(alias.name)
        check_name(alias.asname or alias.name)


def check_module(name: str) -> None:
    if isinstance(NAMES.get(name), Namespace):
        return
    top = name.split(".")[0]
    if top in OUTSIDE:
        raise ProgramError(f"the module '{name[:60]}' is not available: {OUTSIDE[top]}")
    raise ProgramError(
        f"the module '{name[:60]}' is not available.",
        hint="The modules are torch with its parts (torch.nn, torch.optim, ...), numpy, math, "
        "random, collections and a few more.",
    )


def check_import_from(node: ast.ImportFrom, limits: Limits) -> None:
    module = node.module or ""
    if node.level:
        raise ProgramError("there are no modules beside this program.")
    if module == NO_EFFECT:
        return
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


CHECKS: Mapping[type[ast.AST], Callable[[Any, Limits], None]] = {
    ast.Constant: check_constant,
    ast.arguments: check_arguments,
    ast.arg: check_parameter,
    ast.Name: check_identifier,
    ast.FunctionDef: check_function,
    ast.Call: check_call,
    ast.Import: check_import,
    ast.ImportFrom: check_import_from,
    ast.ClassDef: check_class,
    ast.ExceptHandler: check_handler,
    ast.Global: check_words,
    ast.Nonlocal: check_words,
    ast.comprehension: check_comprehension,
}
