"""Fold a large Backward into few nodes: blocks by module, chains, repeats. Plain data only.

tree = tree_of(backward)                        once
overview(tree, first_view(tree))                what is seen at first
overview(tree, {*opened, *path_to(tree, "n7")}) ... with a node in sight
find(tree, "attn 64x768")                       ids of groups and nodes
"""

from viz.fold.build import tree_from, tree_of
from viz.fold.columns import Columns, columns_of
from viz.fold.drawing import overview
from viz.fold.family import FAMILIES, Family, family_of
from viz.fold.find import find
from viz.fold.opening import first_view, path_to
from viz.fold.tree import Group, Tree

__all__ = [
    "FAMILIES",
    "Columns",
    "Family",
    "Group",
    "Tree",
    "columns_of",
    "family_of",
    "find",
    "first_view",
    "overview",
    "path_to",
    "tree_from",
    "tree_of",
]
