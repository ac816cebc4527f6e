"""Which names belong to which function, as Python decides it: a name that is assigned is local."""

from __future__ import annotations

import ast
from collections.abc import Iterator

FunctionNode = ast.FunctionDef | ast.Lambda

DEFINING = (ast.FunctionDef, ast.ClassDef, ast.ExceptHandler)
"""Statements with a name of their own; `except` may be without."""


def walk_scope(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run in the scope of `node`, in source order, nested functions left out.

    Defaults of a nested function run outside it, so they are here; annotations never run.
    """
    if isinstance(node, ast.Lambda):
        waiting: list[ast.AST] = [node.body]
    else:
        waiting = (
            list(reversed(node.body)) if isinstance(node, (ast.FunctionDef, ast.Module)) else [node]
        )
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(reversed(list(children_in_scope(found))))


COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def children_in_scope(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, FunctionNode):
        yield from node.args.defaults
        yield from (default for default in node.args.kw_defaults if default is not None)
        yield from getattr(node, "decorator_list", ())
    elif isinstance(node, ast.ClassDef):
        yield from node.bases
    elif isinstance(node, COMPREHENSIONS):
        # Its own names end with it; what `:=` names inside it does not.
        yield node.generators[0].iter
        yield from (part for part in ast.walk(node) if isinstance(part, ast.NamedExpr))
    elif isinstance(node, ast.AnnAssign):
        yield node.target
        if node.value is not None:
            yield node.value
    else:
        yield from ast.iter_child_nodes(node)


def parameters_of(node: FunctionNode) -> tuple[str, ...]:
    return tuple(parameter.arg for parameter in all_parameters(node.args))


def all_parameters(node: ast.arguments) -> list[ast.arg]:
    stars = [parameter for parameter in (node.vararg, node.kwarg) if parameter is not None]
    return [*node.args, *node.kwonlyargs, *stars]


def required_parameters(node: FunctionNode) -> tuple[str, ...]:
    """The parameters without a default that can be given by name."""
    plain = [parameter.arg for parameter in node.args.args]
    named = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    return (
        *plain[: len(plain) - len(node.args.defaults)],
        *(parameter.arg for parameter, default in named if default is None),
    )


def assigned_names(node: ast.AST) -> Iterator[str]:
    """The names that the scope of `node` binds by its statements."""
    for found in walk_scope(node):
        if isinstance(found, ast.Name) and isinstance(found.ctx, (ast.Store, ast.Del)):
            yield found.id
        elif isinstance(found, DEFINING):
            if found.name:
                yield found.name
        elif isinstance(found, (ast.Import, ast.ImportFrom)):
            for alias in found.names:
                yield alias.asname or alias.name.split(".")[0]


def local_names(node: FunctionNode) -> frozenset[str]:
    elsewhere = {
        name
        for found in walk_scope(node)
        if isinstance(found, (ast.Global, ast.Nonlocal))
        for name in found.names
    }
    return frozenset({*parameters_of(node), *assigned_names(node)} - elsewhere)
