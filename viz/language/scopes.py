"""Which names belong to which function, as Python decides it: a name that is assigned is local."""

from __future__ import annotations

import ast
from collections.abc import Iterator

FunctionNode = ast.FunctionDef | ast.Lambda


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


def children_in_scope(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, FunctionNode):
        yield from node.args.defaults
    elif isinstance(node, ast.AnnAssign):
        yield node.target
        if node.value is not None:
            yield node.value
    else:
        yield from ast.iter_child_nodes(node)


def parameters_of(node: FunctionNode) -> tuple[str, ...]:
    return tuple(parameter.arg for parameter in node.args.args)


def required_parameters(node: FunctionNode) -> tuple[str, ...]:
    """The parameters without a default."""
    parameters = parameters_of(node)
    return parameters[: len(parameters) - len(node.args.defaults)]


def assigned_names(node: ast.AST) -> Iterator[str]:
    """The names that the scope of `node` binds by its statements."""
    for found in walk_scope(node):
        if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Store):
            yield found.id
        elif isinstance(found, ast.FunctionDef):
            yield found.name
        elif isinstance(found, (ast.Import, ast.ImportFrom)):
            for alias in found.names:
                yield alias.asname or alias.name.split(".")[0]


def local_names(node: FunctionNode) -> frozenset[str]:
    return frozenset(parameters_of(node)) | frozenset(assigned_names(node))
