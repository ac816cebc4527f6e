"""Do what `import` says: give a name to a row of the closed table."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from viz.language.functions import NAMES

if TYPE_CHECKING:
    from viz.language.machine import Machine

NO_EFFECT = "__future__"


def import_modules(machine: Machine, node: ast.Import) -> None:
    for alias in node.names:
        name = alias.asname or alias.name.split(".")[0]
        machine.bind(name, NAMES[alias.name if alias.asname else name], node.lineno)


def import_names(machine: Machine, node: ast.ImportFrom) -> None:
    if node.module == NO_EFFECT:
        return
    for alias in node.names:
        machine.bind(alias.asname or alias.name, NAMES[f"{node.module}.{alias.name}"], node.lineno)
