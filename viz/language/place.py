"""Where in the text a syntax node stands, and what was written there."""

from __future__ import annotations

import ast
from typing import TypeVar

from viz.errors import UserError

Error = TypeVar("Error", bound=UserError)

LONGEST = 40
"""Characters of the program that a sentence quotes."""


def located(error: Error, node: ast.AST, source: str) -> Error:
    """The same error, with the place of the node where it has none yet."""
    if error.line is None and isinstance(
        node, (ast.expr, ast.stmt, ast.arg, ast.keyword, ast.alias)
    ):
        error.line = node.lineno
        line = source.split("\n")[node.lineno - 1]
        error.column = characters(line, node.col_offset)
        one_line = node.end_lineno == node.lineno and node.end_col_offset is not None
        error.end_column = characters(line, node.end_col_offset or 0) if one_line else len(line)
    return error


def characters(line: str, offset: int) -> int:
    """Python counts the columns of its syntax tree in bytes of UTF-8."""
    return len(line.encode()[:offset].decode(errors="ignore"))


def text_at(node: ast.AST, source: str) -> str:
    """What the student wrote there, on one line and not too long."""
    text = " ".join((ast.get_source_segment(source, node) or "this").split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
