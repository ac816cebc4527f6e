"""Say what a repeat, one of its rounds, or a part of a long row is."""

from __future__ import annotations

from collections.abc import Sequence

from viz.fold.columns import Columns
from viz.fold.modules import below
from viz.fold.order import Line
from viz.fold.tree import Child, Group


def name_rows(groups: Sequence[Group], columns: Columns, line: Line) -> None:
    """Titles of all groups that are no modules: "h.0 … h.95", "steps 1 … 1,000"."""
    for group in groups:
        if group.kind != "module":
            group.title = _title(group, columns, line)


def _title(group: Group, columns: Columns, line: Line) -> str:
    first, last = (_module_at(group, end, columns, line) for end in (0, -1))
    if first and last:
        return f"{first} … {last}" if first != last else first
    if group.kind == "step":
        return f"step {group.number:,}"
    if not group.times:
        return f"operations {group.start + 1:,} … {group.stop:,}"
    begin = group.number or 1
    numbers = f"{begin:,} … {begin + group.times - 1:,}"
    member: Child = group
    while isinstance(member, Group) and member.kind in ("repeat", "part"):
        member = member.children[0]
    if isinstance(member, Group):
        return f"steps {numbers}"
    name = columns.name[int(line.nodes[member])]
    return name if group.kind == "repeat" else f"{name} {numbers}"


def _module_at(group: Group, end: int, columns: Columns, line: Line) -> str:
    """The module that the group begins (0) or ends (-1) with; "" where it is in none of its own."""
    child: Child = group
    while isinstance(child, Group) and child.kind != "module":
        child = child.children[end]
    if isinstance(child, Group):
        return child.title
    module = columns.module[int(line.nodes[child])]
    return below(module, group.module) if module != group.module else ""
