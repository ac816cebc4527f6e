"""The parameters of a function of the program: read once, filled at each call as Python does."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from viz.errors import ProgramError
from viz.language.expressions import build
from viz.language.names import did_you_mean
from viz.language.values import Parameters, UserFunction, Value

if TYPE_CHECKING:
    from viz.language.machine import Machine

Named = dict[str, Any]


def build_parameters(node: ast.arguments) -> Callable[[Machine], Parameters]:
    """The parameters with the values that their defaults have when the function is made."""
    plain = tuple(parameter.arg for parameter in node.args)
    keyword_only = tuple(parameter.arg for parameter in node.kwonlyargs)
    rest = node.vararg.arg if node.vararg else None
    more = node.kwarg.arg if node.kwarg else None
    with_default = plain[len(plain) - len(node.defaults) :]
    defaults = [(name, build(d)) for name, d in zip(with_default, node.defaults, strict=True)]
    defaults += [
        (name, build(d))
        for name, d in zip(keyword_only, node.kw_defaults, strict=True)
        if d is not None
    ]

    def run(machine: Machine) -> Parameters:
        values = {name: compute(machine) for name, compute in defaults}
        return Parameters(plain, keyword_only, rest, more, values)

    return run


def bind_arguments(function: UserFunction, values: list[Value], named: Named) -> dict[str, Value]:
    """Which parameter has which value, as Python decides it."""
    parameters = function.parameters
    plain = parameters.plain
    if not named and len(values) == len(plain) and not parameters.keyword_only:
        given = dict(zip(plain, values))  # noqa: B905 - of one length
        if parameters.rest is not None:
            given[parameters.rest] = ()
        if parameters.more is not None:
            given[parameters.more] = {}
        return given
    return bind_in_general(function, values, named)


def bind_in_general(function: UserFunction, values: list[Value], named: Named) -> dict[str, Value]:
    parameters = function.parameters
    plain, names = parameters.plain, parameters.names
    if len(values) > len(plain) and parameters.rest is None:
        many = f"{function.name}() takes {len(plain)} arguments but was given {len(values)}."
        hint = f"Its parameters are {', '.join(plain)}." if plain else None
        said = (
            f"{function.name}() takes {len(plain)} positional argument"
            f"{'' if len(plain) == 1 else 's'} but {len(values)} were given"
        )
        raise ProgramError(many, hint=hint) from TypeError(said)
    given = dict(zip(plain, values, strict=False))
    more: dict[str, Value] = {}
    for keyword, value in named.items():
        if keyword in given:
            raise ProgramError(f"{function.name}() was given '{keyword}' twice.") from TypeError(
                f"{function.name}() got multiple values for argument '{keyword}'"
            )
        if keyword in names:
            given[keyword] = value
        elif parameters.more is not None:
            more[keyword] = value
        else:
            raise ProgramError(
                f"{function.name}() has no parameter '{keyword}'.",
                hint=did_you_mean(keyword, names),
            ) from TypeError(f"{function.name}() got an unexpected keyword argument '{keyword}'")
    missing = [name for name in names if name not in given and name not in parameters.defaults]
    if missing:
        raise ProgramError(
            f"{function.name}() needs a value for {' and '.join(map(repr, missing))}.",
            hint=f"Write {function.name}({', '.join(names)}).",
        ) from TypeError(what_is_missing(function, missing))
    found = {name: given[name] if name in given else parameters.defaults[name] for name in names}
    if parameters.rest is not None:
        found[parameters.rest] = tuple(values[len(plain) :])
    if parameters.more is not None:
        found[parameters.more] = more
    return found


def what_is_missing(function: UserFunction, missing: list[str]) -> str:
    """Python's own words for it: a program may print them."""
    positional = [name for name in missing if name in function.parameters.plain]
    kind = "positional" if positional else "keyword-only"
    *others, last = [repr(name) for name in positional or missing]
    few = "" if len(others) == 0 else " and " if len(others) == 1 else ", and "
    many = "s" if others else ""
    listed = f"{', '.join(others)}{few}{last}"
    count = len(others) + 1
    return f"{function.name}() missing {count} required {kind} argument{many}: {listed}"
