"""Look up dotted names before the program runs; find the nearest known one."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch

from viz.errors import ProgramError
from viz.language.functions import CLASS_ATTRIBUTES, NAMES, PREDEFINED
from viz.language.members import MEMBER_NAMES
from viz.language.place import located
from viz.language.scopes import DEFINING
from viz.language.tables.classes_of_torch import LAYER_ATTRIBUTES
from viz.language.tables.python_names import PYPLOT
from viz.language.values import Class, Namespace

ROWS = tuple(NAMES)
LAST_PARTS = frozenset(name.rsplit(".", 1)[-1] for name in ROWS)
IN_TORCH = {
    "torch": frozenset(dir(torch)),
    "torch.nn": frozenset(dir(torch.nn)),
    "torch.nn.functional": frozenset(dir(torch.nn.functional)),
    "torch.optim": frozenset(dir(torch.optim)),
    "torch.autograd": frozenset(dir(torch.autograd)),
    "torch.linalg": frozenset(dir(torch.linalg)),
    "numpy": frozenset(dir(np)),
    "math": frozenset(dir(math)),
}
"""What the modules have beside the rows: only to tell a name that is left out from a wrong one."""
KNOWN_ATTRIBUTES = (
    MEMBER_NAMES
    | LAST_PARTS
    | frozenset(LAYER_ATTRIBUTES.split())
    | frozenset(PYPLOT.split())
    | {"apply", "fromkeys", "from_pretrained", "__init__", "__name__"}
)
LAYER_PARAMETER = re.compile(r"(weight|bias)_(ih|hh|hr)(_l\d+)?(_reverse)?|in_proj_(weight|bias)")

FOR_TENSORS_ONLY = ("item", "detach", "cpu", "numpy", "tolist")
"""Methods that make something plainer of a tensor; a number needs none of them."""

LONGEST = 60
"""Letters of a name for which a known one is looked for."""


MOVE = 2
"""What a letter too many, too few or wrong costs; a letter in the wrong case costs half."""


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """The nearest known name as a question; None where no name is really near.

    >>> did_you_mean("sinn", ["sin", "exp"]), did_you_mean("foo", ["floor"])
    ("Did you mean 'sin'?", None)
    """
    nearest = nearest_of(name, known)
    return f"Did you mean '{nearest}'?" if nearest else None


def nearest_of(name: str, known: Iterable[str]) -> str | None:
    """The name that differs in its case alone, or else the one that differs least.

    As in Python at most a third of the letters of both may differ, and three more; but one letter
    is never taken for another. Of two names that differ equally, the one that begins alike is
    nearer, and then the shorter one.

    >>> nearest_of("X", ["w", "x"]), nearest_of("true", ["True", "tree"]), nearest_of("q", ["eq"])
    ('x', 'True', None)
    """
    near = []
    for each in known:
        most = min((len(name) + len(each) + 3) * MOVE // 6, MOVE * len(name) - 1)
        if each == name or len(name) > LONGEST or abs(len(name) - len(each)) * MOVE > most:
            continue
        in_case_alone = name.lower() == each.lower()
        cost = 0 if in_case_alone else edits(name, each)
        if cost <= most:
            near.append((cost, -alike(name, each), len(each), each))
    return min(near)[-1] if near else None


def alike(name: str, other: str) -> int:
    """How many letters at the beginning are the same."""
    pairs = enumerate(zip(name, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(name), len(other)))


def edits(name: str, other: str) -> int:
    """The cost of turning one name into the other, letter by letter (Levenshtein's distance).

    >>> edits("sinn", "sin"), edits("Sin", "sin"), edits("sin", "sin")
    (2, 1, 0)
    """
    row = [MOVE * column for column in range(len(other) + 1)]
    for letter in name:
        above, row = row, [row[0] + MOVE]
        for column, its in enumerate(other):
            changed = 0 if letter == its else 1 if letter.lower() == its.lower() else MOVE
            row.append(min(above[column] + changed, above[column + 1] + MOVE, row[-1] + MOVE))
    return row[-1]


def unknown_row(full: str) -> ProgramError:
    """A dotted name that is no row of the table: `torch.sinn`."""
    module, _, last = full.rpartition(".")
    if module == "torch" and f"torch.nn.functional.{last}" in NAMES:
        return ProgramError(f"unknown function '{full}'.", hint=f"Did you mean 'F.{last}'?")
    if last in IN_TORCH.get(module, ()):
        meant = full.lower() if full.lower() in NAMES else None  # torch.Tensor, torch.tensor
        hint = f"Did you mean '{meant}'?" if meant else None
        return ProgramError(f"'{full}' is not part of the language.", hint=hint)
    near = nearest_of(last, [row[len(module) + 1 :] for row in ROWS if in_module(row, module)])
    short = "F" if module == "torch.nn.functional" else module
    hint = f"Did you mean '{short}.{near}'?" if near else None
    return ProgramError(f"unknown function '{full[:60]}'.", hint=hint)


def in_module(row: str, module: str) -> bool:
    return row.rpartition(".")[0] == module


def unknown_attribute(name: str, kind: str, known: Iterable[str]) -> ProgramError:
    if not kind:
        wrong = f"'.{name[:60]}' is not part of the language."
    else:
        wrong = f"a value of type {kind} has no '.{name[:60]}' here."
    if kind in ("method", "function") and name in MEMBER_NAMES:
        wrong = f"this is a {kind}, not what it gives, and has no '.{name}'."
        return ProgramError(wrong, hint="Did you forget the () of its call?")
    if kind in ("int", "float") and name in FOR_TENSORS_ONLY:
        return ProgramError(wrong, hint=f"It is a plain number already: leave out '.{name}()'.")
    if kind in ("int", "float") and name in MEMBER_NAMES:
        return ProgramError(wrong, hint="A tensor has: write torch.tensor(2.0), for instance.")
    return ProgramError(wrong, hint=did_you_mean(name, known))


@dataclass(frozen=True, slots=True)
class Dotted:
    """What is known of names before the program runs.

    modules   the names that always mean a module: nothing in the program binds them otherwise
    own       the names that the program itself may have given to members of its objects
    paired    the nodes of `x.__class__` inside `x.__class__.__name__`
    """

    modules: Mapping[str, str]
    own: frozenset[str]
    paired: frozenset[int]

    @staticmethod
    def of(nodes: Iterable[ast.AST]) -> Dotted:
        nodes = list(nodes)
        meanings: dict[str, set[str | None]] = {}
        for node in nodes:
            for name, meaning in bindings(node):
                meanings.setdefault(name, set()).add(meaning)
        modules = {name: space.name for name, space in PREDEFINED.items() if name not in meanings}
        for name, found in meanings.items():
            full = found.pop()
            if full is not None and not found and is_namespace(full):
                modules[name] = full
        own = frozenset(name for node in nodes for name in names_of_members(node))
        return Dotted(modules, own | meanings.keys(), frozenset(paired_nodes(nodes)))

    def name_of(self, node: ast.expr) -> str | None:
        """The full name of `torch.nn.functional` and `F.relu`; None for anything else."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.modules:
            return None
        return ".".join([self.modules[node.id], *reversed(parts)])


def names_of_members(node: ast.AST) -> Iterator[str]:
    """`self.w = ...`, and the texts from which layers take names: `add_module("fc1", ...)`."""
    if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
        yield node.attr
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        if node.value.isidentifier():
            yield node.value
    elif isinstance(node, ast.keyword) and node.arg:
        yield node.arg


def paired_nodes(nodes: Iterable[ast.AST]) -> Iterator[int]:
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr == "__name__":
            inner = node.value
            if isinstance(inner, ast.Attribute) and inner.attr == "__class__":
                yield id(inner)


def bindings(node: ast.AST) -> Iterator[tuple[str, str | None]]:
    """The names that a node binds; with the dotted name that it means, where an import binds it."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id, None
    elif isinstance(node, ast.arg):
        yield node.arg, None
    elif isinstance(node, DEFINING):
        if node.name:
            yield node.name, None
    elif isinstance(node, ast.Import):
        for alias in node.names:
            root = alias.name.split(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (root, root)
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def check_attribute(node: ast.Attribute, dotted: Dotted, source: str) -> None:
    """Raises ProgramError for an attribute that no value has here, before anything runs."""
    full = dotted.name_of(node)
    name = node.attr
    if full is not None and name != "__name__":
        # Only the whole of `torch.tensor(1.).sum` names no row; `torch.tensor` inside it does.
        if full not in NAMES and not is_row_of_class(full):
            raise located(unknown_row(full), node, source)
        return
    if name == "__init__" and isinstance(node.ctx, ast.Load):
        return
    dunder = name.startswith("__") and name != "__name__" and id(node) not in dotted.paired
    written = not isinstance(node.ctx, ast.Load) and name.startswith("__")
    known = name in KNOWN_ATTRIBUTES or name in dotted.own or LAYER_PARAMETER.fullmatch(name)
    if dunder or written or not (known or id(node) in dotted.paired):
        error = unknown_attribute(name, "", KNOWN_ATTRIBUTES)
        # What the program itself named comes first: `self.ll` is more likely `self.l` than `le`.
        error.hint = did_you_mean(name, sorted(dotted.own)) or error.hint
        raise located(error, node, source)


def is_row_of_class(full: str) -> bool:
    """`torch.nn.Module.__init__`: what a class of the table has."""
    owner, _, last = full.rpartition(".")
    is_class = isinstance(NAMES.get(owner), Class)
    return full in CLASS_ATTRIBUTES or (is_class and last == "__init__")


def is_namespace(name: str) -> bool:
    return isinstance(NAMES.get(name), Namespace)
