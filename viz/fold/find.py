"""Search a graph by name, variable, module, operation, family or shape, and for NaN."""

from __future__ import annotations

import re
from collections.abc import Collection

from viz.fold.columns import Columns
from viz.fold.drawing import overview
from viz.fold.family import FAMILIES, family_of
from viz.fold.opening import path_to
from viz.fold.overview import Overview
from viz.fold.tree import Group, Tree

NONFINITE = {"nan", "inf", "nonfinite", "non-finite"}

_SHAPE = re.compile(r"\d+(?:[x×,]\d+)+")


def find(tree: Tree, words: str) -> tuple[str, ...]:
    """Ids of the groups and nodes that all of the words fit, outer ones and earlier ones first.

    A word fits where it is a part of a name, whatever its case: of the operation, the program's own
    variable, the module path or, for a group, its title. A shape ("64x768", "64×768") has to be
    equal, and so has a family ("matrix"). "nan" and "nonfinite" find what holds NaN or an infinite
    number. Nodes that nothing but their module's name tells apart from others are left out where a
    group of that module is found. No words find nothing.
    """
    asked = [_plain(word) for word in words.split()]
    if not asked:
        return ()
    groups = [group for group in tree.groups.values() if _fits_group(group, asked)]
    columns = tree.columns
    nodes = [node for node in _in_order(tree) if _fits_node(columns, node, asked)]
    named = {group.module for group in groups if group.kind == "module"}
    if groups:
        nodes = [
            node
            for node in nodes
            if _fits_itself(columns, node, asked) or not _is_in(columns.module[node], named)
        ]
    return (*(group.id for group in groups), *(columns.id[node] for node in nodes))


def searched(tree: Tree, opened: Collection[str], words: str, show: str = "") -> Overview:
    """The Overview with these groups open, and those around the first match and around `show`.

    Raises InputError where there is no node or group `show`.
    """
    matches = find(tree, words)
    wanted = [*opened]
    for item in (*matches[:1], *filter(None, [show])):
        wanted += path_to(tree, item)
    return overview(tree, wanted, matches)


def _plain(word: str) -> str:
    """
    >>> _plain("64X768"), _plain("Tanh"), _plain("(2,3)")
    ('64×768', 'tanh', '2×3')
    """
    word = word.lower()
    shape = word.strip("()[]")
    if _SHAPE.fullmatch(shape):
        return re.sub("[x,]", "×", shape)
    return word


def _fits_group(group: Group, asked: list[str]) -> bool:
    if group.kind != "module":
        return False
    path = f"{group.module} {group.title}".lower()
    # What fits the module around as well is found there.
    own = f"{group.module.rpartition('.')[2]} {group.title}".lower()
    return all(word in path for word in asked) and any(word in own for word in asked)


def _fits_node(columns: Columns, node: int, asked: list[str]) -> bool:
    own = _own_words(columns, node)
    module = columns.module[node].lower()
    return all(_fits(columns, node, word, own) or word in module for word in asked)


def _fits_itself(columns: Columns, node: int, asked: list[str]) -> bool:
    """Without its module's path, which the name of a parameter may begin with."""
    variable = columns.variable[node].removeprefix(f"{columns.module[node]}.")
    own = _own_words(columns, node, variable)
    return any(_fits(columns, node, word, own) for word in asked)


def _own_words(columns: Columns, node: int, variable: str | None = None) -> str:
    called = columns.variable[node] if variable is None else variable
    return f"{columns.name[node]}\n{called}\n{columns.value[node]}".lower()


def _fits(columns: Columns, node: int, word: str, own: str) -> bool:
    if word in NONFINITE and columns.nonfinite[node]:
        return True
    if "×" in word:
        return columns.shape[node] == word
    if word in FAMILIES and columns.kind[node] == "operation":
        return family_of(columns.name[node]) == word
    return word in own or word == columns.id[node]


def _is_in(module: str, named: set[str]) -> bool:
    parts = module.split(".")
    return any(".".join(parts[:length]) in named for length in range(1, len(parts) + 1))


def _in_order(tree: Tree) -> list[int]:
    """Operations as in the forward pass, then the output, leaves and constants."""
    others = [node for node, place in enumerate(tree.line.place.tolist()) if place < 0]
    return [*tree.line.nodes.tolist(), tree.columns.output, *others]
