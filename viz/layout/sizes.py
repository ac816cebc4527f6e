"""How large each thing of the drawing is, in pixels, before any number is known.

Only names and shapes decide: the drawing of a program stays the same when its inputs change.
"""

from __future__ import annotations

from viz.layout.places import block
from viz.trace import Backward, Edge, Node

CIRCLE = 76.0
CHARACTER = 7.9
LINE = 19.0
NAME_CHARACTERS = 14
CAPTION_LINES = 2

Size = tuple[float, float]


def outline(node: Node) -> Size:
    """Width and height of the node's outline: a circle for operations, a pill for the rest."""
    if node.kind == "operation":
        return CIRCLE, CIRCLE
    columns, lines = block(node.shape)
    name = min(len(node.variable or ""), NAME_CHARACTERS)
    if node.kind == "output":
        return max(name, columns) * CHARACTER + 12, (lines + 1) * (LINE + 2) + 16
    equals = 3 if name else 0
    return max(64.0, (name + equals + columns) * CHARACTER + 20), lines * LINE + 26


def caption(node: Node) -> float:
    """Height kept free below the outline, for the engine's name and the gradient of a leaf."""
    if node.kind == "operation":
        return LINE * CAPTION_LINES
    return LINE * (block(node.shape)[1] + 1) if node.kind == "leaf" else 0.0


def label(edge: Edge, backward_nodes: dict[str, Node]) -> Size | None:
    """Room for the numbers on an edge: forward value above the line, gradient below it.

    None for an edge to a constant: no gradient flows there, and its value stands in its pill.
    """
    node = backward_nodes[edge.downstream]
    if node.kind == "constant":
        return None
    columns, lines = block(node.shape)
    if node.kind == "leaf" or backward_nodes[edge.upstream].kind == "output":
        return max(48.0, columns * CHARACTER), 2 * lines * LINE
    name = min(len(node.variable or ""), NAME_CHARACTERS)
    equals = 3 if name else 0
    return max(64.0, (name + equals + columns) * CHARACTER), 2 * lines * LINE


def node_index(backward: Backward) -> dict[str, Node]:
    return {node.id: node for node in backward.nodes}
