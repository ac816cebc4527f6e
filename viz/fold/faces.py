"""What stands on each item: titles, kinds and figures of an operation, a leaf or a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from viz.fold.columns import Columns
from viz.fold.family import family_of
from viz.fold.overview import ItemKind
from viz.fold.tree import Group

NAMES = 4
"""Of leaves that are one chip: so many names stand below it."""


@dataclass(frozen=True, slots=True)
class Face:
    """The columns of Items that do not depend on what else is open."""

    id: str
    kind: ItemKind
    title: str
    detail: str
    module: str
    family: str
    variable: str
    shape: str
    count: int


def face_of_group(group: Group) -> Face:
    return Face(group.id, "group", group.title, group.detail, group.module, "", "", "", group.count)


def face_of_node(columns: Columns, node: int) -> Face:
    kind, variable, shape = columns.kind[node], columns.variable[node], columns.shape[node]
    is_operation = kind == "operation"
    written = variable or columns.value[node]
    # A constant without a name or a number, such as a tensor of indices, is told by its shape.
    name = (
        columns.name[node]
        if is_operation
        else written or (f"[{shape}]" if kind == "constant" and shape else kind)
    )
    return Face(
        columns.id[node],
        kind,
        name,
        shape if shape != name.strip("[]") else "",
        columns.module[node],
        family_of(name) if is_operation else "",
        variable,
        shape,
        int(is_operation),
    )


def face_of_leaves(columns: Columns, nodes: Sequence[int], beside: Face) -> Face:
    """Several leaves and constants beside one closed group."""
    kinds = {columns.kind[node] for node in nodes}
    what = {frozenset({"leaf"}): "leaves", frozenset({"constant"}): "constants"}
    named = what.get(frozenset(kinds), "tensors")
    kind: ItemKind = "leaf" if "leaf" in kinds else "constant"
    names = ", ".join(filter(None, (columns.variable[node] for node in nodes[:NAMES])))
    return Face(
        f"{named}@{beside.id}", kind, f"{len(nodes)} {named}", names, beside.module, "", "", "", 0
    )
