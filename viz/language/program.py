"""Turn source text into a checked program: nothing outside the language is left in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from viz.errors import LimitError, ProgramError, UserError
from viz.language.functions import PREDEFINED
from viz.language.grammar import check_node
from viz.language.margins import Margins, moved, without_margins
from viz.language.names import Dotted, check_attribute
from viz.language.scopes import (
    COMPREHENSIONS,
    FunctionNode,
    local_names,
    parameters_of,
    required_parameters,
)
from viz.language.source import nested_too_deeply, parse, read_source
from viz.limits import Limits

Kind = Literal["expression", "program", "functions"]


@dataclass(frozen=True, slots=True)
class Program:
    """A program that has passed the check.

    source   the text as it was parsed; errors tell the lines and columns of the text as given
    kind     expression: one expression, whose free names are the inputs.
             functions: only definitions; the parameters of the last one are the inputs.
             program: statements.
    inputs   names, in order of appearance
    locals   the names that belong to each function
    margins  how many characters were taken off the lines that were given, where any were
    """

    source: str
    tree: ast.Module
    kind: Kind
    inputs: tuple[str, ...]
    locals: Mapping[FunctionNode, frozenset[str]]
    margins: Margins = ()

    @property
    def entry(self) -> ast.FunctionDef | None:
        """The function that is called for the student; None where the program runs as it stands."""
        return last_function(self.tree) if self.kind == "functions" else None


def check(source: str, limits: Limits) -> Program:
    """Read the text and let through only what is part of the language. No torch object is touched.

    Raises ProgramError for what is not Python or not part of the language, with its place and what
    would work; LimitError for a text that is too long or nested too deeply.
    """
    text, margins = without_margins(read_source(source, limits))
    try:
        return check_text(text, margins, limits)
    except UserError as error:
        moved(error, margins)
        raise


def check_text(text: str, margins: Margins, limits: Limits) -> Program:
    tree = parse(text, limits)
    if not tree.body:
        raise ProgramError(
            "there is no program yet.", hint="Type an expression such as (y - x*w)**2."
        )
    functions: dict[FunctionNode, frozenset[str]] = {}
    nodes = list(walk(tree, limits))
    dotted = Dotted.of(nodes)
    for node in nodes:
        check_node(node, text, limits)
        if isinstance(node, ast.Attribute):
            check_attribute(node, dotted, text)
        if isinstance(node, FunctionNode):
            functions[node] = local_names(node)
    refuse_stray_jumps(tree)
    kind = kind_of_program(tree)
    return Program(text, tree, kind, inputs_of(tree, kind), functions, margins)


def walk(tree: ast.Module, limits: Limits) -> Iterator[ast.AST]:
    """Every node that can run, in source order, with a stack of its own."""
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
    count = 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        line = getattr(node, "lineno", None)
        if count > limits.syntax_nodes:
            raise too_many_parts(tree, line, limits)
        if depth > limits.nesting:
            raise nested_too_deeply(limits, line)
        yield node
        waiting.extend((child, depth + 1) for child in reversed(list(running_children(node))))


def too_many_parts(tree: ast.Module, line: int | None, limits: Limits) -> LimitError:
    """How long the program is, and how much of it would fit."""
    parts = 0
    waiting: list[ast.AST] = [tree]
    while waiting:
        parts += 1
        waiting.extend(running_children(waiting.pop()))
    whole = tree.body[-1].end_lineno or 1
    first = line or 1
    return LimitError(
        f"the program has {parts:,} parts (names, numbers, operators, ...); "
        f"at most {limits.syntax_nodes:,} are possible.",
        line=line,
        hint=f"The first {first - 1:,} of its {whole:,} lines would fit."
        if first > 1
        else "Write a loop instead, or several shorter programs.",
    )


def running_children(node: ast.AST) -> Iterator[ast.AST]:
    """The children, without annotations: those are never evaluated."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child


def refuse_stray_jumps(tree: ast.Module) -> None:
    """Refuse `return` outside a function and so on, which Python's parser lets through."""
    waiting: list[tuple[ast.AST, bool, bool]] = [(tree, False, False)]
    while waiting:
        node, in_function, in_loop = waiting.pop()
        if isinstance(node, ast.Return) and not in_function:
            raise ProgramError(
                "'return' stands outside a function.",
                line=node.lineno,
                hint="Indent it into a 'def', or leave the value alone on its line.",
            )
        if isinstance(node, (ast.Break, ast.Continue)) and not in_loop:
            word = type(node).__name__.lower()
            raise ProgramError(f"'{word}' stands outside a loop.", line=node.lineno)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            in_function, in_loop = isinstance(node, ast.FunctionDef), False
        if isinstance(node, (ast.For, ast.While)):
            # The `else` of a loop is outside it.
            waiting.extend((child, in_function, in_loop) for child in node.orelse)
            waiting.extend((child, in_function, True) for child in node.body)
        else:
            waiting.extend((child, in_function, in_loop) for child in ast.iter_child_nodes(node))


def kind_of_program(tree: ast.Module) -> Kind:
    if len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr):
        return "expression"
    if last_function(tree) is not None and all(map(only_defines, tree.body)):
        return "functions"
    return "program"


def last_function(tree: ast.Module) -> ast.FunctionDef | None:
    found = (node for node in reversed(tree.body) if isinstance(node, ast.FunctionDef))
    return next(found, None)


def only_defines(statement: ast.stmt) -> bool:
    """A definition, an import, or a text that stands alone."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    return isinstance(statement, (ast.FunctionDef, ast.Import, ast.ImportFrom))


def inputs_of(tree: ast.Module, kind: Kind) -> tuple[str, ...]:
    function = last_function(tree)
    if kind == "functions" and function is not None:
        return required_parameters(function)
    only = tree.body[0]
    if kind == "expression" and isinstance(only, ast.Expr):
        return free_names(only.value)
    return ()


def free_names(expression: ast.expr) -> tuple[str, ...]:
    """The names of an expression that stand for values, in order of appearance.

    A name that is called is looked up instead, and so is a module in front of a dot.
    """
    found: list[ast.Name] = []
    looked_up: set[str] = set()
    waiting: list[tuple[ast.AST, frozenset[str]]] = [(expression, frozenset())]
    while waiting:
        node, bound = waiting.pop()
        if isinstance(node, ast.Name) and node.id not in bound:
            found.append(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            looked_up.add(node.func.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            looked_up |= {node.value.id} & PREDEFINED.keys()
        if isinstance(node, ast.Lambda):
            waiting.extend((default, bound) for default in node.args.defaults)
            waiting.append((node.body, bound | set(parameters_of(node))))
        elif isinstance(node, COMPREHENSIONS):
            inside = bound | {name.id for name in stored_names(node)}
            waiting.extend((child, inside) for child in ast.iter_child_nodes(node))
        else:
            waiting.extend((child, bound) for child in ast.iter_child_nodes(node))
    found.sort(key=lambda name: (name.lineno, name.col_offset))
    return tuple(dict.fromkeys(name.id for name in found if name.id not in looked_up))


def stored_names(node: ast.AST) -> Iterator[ast.Name]:
    """The names that a comprehension gives values to."""
    for found in ast.walk(node):
        if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Store):
            yield found
