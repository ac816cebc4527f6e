"""Group the line of operations by the modules that they were made in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from viz.fold.columns import Columns
from viz.fold.order import Line
from viz.fold.tree import Child, Group


def by_module(columns: Columns, line: Line) -> Group:
    """The root, with a group for each stretch of operations of one module, and these nested.

    A module that was called twice, or whose operations lie on both sides of others, is as many
    groups. A wrapper around one thing alone is passed through.
    """
    owns_leaf = _own_leaves(columns, line)
    root = Group("root", 0, len(line))
    open_groups, names = [root], list[str]()
    before: str | None = None

    def close(depth: int, place: int) -> None:
        while len(names) > depth:
            group = open_groups.pop()
            names.pop()
            group.stop = place
            open_groups[-1].children.append(_worth_opening(group, owns_leaf))

    for place, node in enumerate(line.nodes.tolist()):
        module = columns.module[node]
        if module != before:
            path = module.split(".") if module else []
            close(_common(names, path), place)
            for name in path[len(names) :]:
                names.append(name)
                open_groups.append(Group("module", place, place, ".".join(names)))
            before = module
        open_groups[-1].children.append(place)
    close(0, len(line))
    while len(root.children) == 1 and isinstance(root.children[0], Group):
        root.module, root.children = root.children[0].module, root.children[0].children
    return root


def _worth_opening(group: Group, owns_leaf: Sequence[bool]) -> Child:
    """The group; or the one thing in it, where nothing else would be seen inside."""
    if len(group.children) > 1:
        return group
    (child,) = group.children
    if isinstance(child, Group):
        if not _is_list(child) or _is_number(child.module):
            return child
        # The list that a block keeps its layers in says less than the block.
        group.children = child.children
        return group
    return group if owns_leaf[child] else child


def _is_list(group: Group) -> bool:
    """Whether it holds nothing but "layer.0", "layer.1", ..."""
    return all(isinstance(child, Group) and _is_number(child.module) for child in group.children)


def _is_number(module: str) -> bool:
    return module.rpartition(".")[2].isdigit()


def _own_leaves(columns: Columns, line: Line) -> list[bool]:
    """Whether an operation uses a leaf that no other one uses."""
    users: dict[int, set[int]] = {}
    for user, used in zip(columns.upstream, columns.downstream, strict=True):
        if columns.kind[used] == "leaf":
            users.setdefault(used, set()).add(user)
    own = {user for found in users.values() if len(found) == 1 for user in found}
    return [node in own for node in line.nodes.tolist()]


def _common(names: Sequence[str], path: Sequence[str]) -> int:
    pairs = enumerate(zip(names, path, strict=False))
    shorter = min(len(names), len(path))
    return next((at for at, (name, other) in pairs if name != other), shorter)


def name_modules(groups: Sequence[Group]) -> None:
    """Titles: the path below the module around it, and which call it is if there are several."""
    modules = [group for group in groups if group.kind == "module"]
    calls = Counter(group.module for group in modules)
    seen = Counter[str]()
    for group in modules:
        group.title = below(group.module, group.parent.module if group.parent is not None else "")
        seen[group.module] += 1
        if calls[group.module] > 1:
            group.title += f" ({ordinal(seen[group.module])} call)"


def below(module: str, around: str) -> str:
    """The path without that of the module around it; a bare number with its list's name.

    >>> below("model.h.0.attn", "model.h.0"), below("model.h.0", "model.h"), below("0", "")
    ('attn', 'h.0', '0')
    """
    parts = module.split(".")
    length = len(around.split(".")) if around else 0
    if parts[length:] and parts[length].isdigit() and length:
        length -= 1
    return ".".join(parts[length:]) or parts[-1]


def ordinal(number: int) -> str:
    """
    >>> [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 21, 113)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '21st', '113th']
    """
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{ending if isinstance(ending, str) else ending.get(number % 10, 'th')}"


def all_groups(root: Group) -> Iterator[Group]:
    """Without the root, in the order of the line, outer ones first; sets their parents."""
    waiting = [root]
    while waiting:
        group = waiting.pop()
        if group is not root:
            yield group
        inner = [child for child in group.children if isinstance(child, Group)]
        for child in inner:
            child.parent = group
        waiting.extend(reversed(inner))
