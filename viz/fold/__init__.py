"""Fold a large Backward into few nodes: blocks by module, chains, repeats. Plain data only.

    tree = build.tree_of(backward)                          once
    drawing.overview(tree, opening.first_view(tree))        what is seen at first
    opening.path_to(tree, "n7")                             what to open to see a node
    find.find(tree, "attn 64x768")                          ids of groups and nodes

The page reads Overviews (overview.py) and makes Columns (columns.py); the rest is for the child.
"""
