"""How large each thing of the drawing is, in pixels, before any number is known.

Only names and shapes decide: the drawing of a program stays the same when its inputs change.
"""

from __future__ import annotations

from viz.layout.places import block
from viz.trace import Backward, Cut, Edge, Node

CIRCLE = 76.0
CHARACTER = 8.4
LINE = 25.0
CAPTION_LINE = 20.0
CAPTION_CHARACTER = 7.2
NAME_CHARACTERS = 14
CAPTION_LINES = 2
SEVERAL = 7
"""Characters for each of several results that backward is called on at once."""
LABEL_OFFSET = 16.0
"""From the forward line to the numbers above it, and from the gradient line to those below."""

SCISSORS = "✂"
STUB = 44.0
"""The length of a broken line that begins nowhere, beside its words."""
STOP_WIDTH, STOP_HEIGHT = 190.0, 56.0
"""Of the words above a node that could not go on."""

Size = tuple[float, float]


def outline(node: Node) -> Size:
    """Width and height of the node's outline: a circle for operations, a pill for the rest."""
    if node.kind == "operation":
        return CIRCLE, CIRCLE
    columns, lines = block(node.shape)
    name = min(len(node.variable or ""), NAME_CHARACTERS)
    if node.kind == "output" and len(node.values) > 1:
        # Several results stand beside each other: scalars as numbers, others by their shapes.
        columns = len(node.values) * (SEVERAL + 2)
    if node.kind == "output":
        return max(name, columns) * CHARACTER + 12, (lines + 1) * (LINE + 2) + 16
    columns, lines = named_block(name, columns, lines)
    return max(64.0, columns * CHARACTER + 20), lines * LINE + 18


def chip(node: Node) -> Size:
    """Width and height of one more place of a leaf or constant: its name, without its value.

    What has no name is known by its value alone.
    """
    if not node.variable:
        return outline(node)
    return max(40.0, min(len(node.variable), NAME_CHARACTERS) * CHARACTER + 20), LINE + 11


def caption(node: Node) -> float:
    """Height kept free below the outline, for the engine's name and the gradient of a leaf."""
    if node.kind == "operation":
        return CAPTION_LINE * CAPTION_LINES
    return CAPTION_LINE * (block(node.shape)[1] + 1) if node.kind == "leaf" else 0.0


def left_extent(node: Node, uses: int, held: bool = False) -> float:
    """How far outline and caption of a node reach to the left of its centre.

    The caption of a leaf shows the sum over its uses: "grad 12 + (−4) + 1 = 9"; `held` is one more,
    the gradient of an earlier backward. It stands in the middle below a leaf that is used once, and
    to the left where several edges leave on the right.
    """
    half = outline(node)[0] / 2
    if node.kind != "leaf":
        return half
    terms = sum_characters(uses + held) if node.shape == () else 14
    if uses <= 1 or block(node.shape)[1] > 1:
        return max(half, (terms if held else 14) * CAPTION_CHARACTER / 2)
    return max(half, terms * CAPTION_CHARACTER - half)


def sum_characters(count: int) -> int:
    """The room on one line for the sum below a scalar leaf; a longer one takes two."""
    return 7 * min(count, 3) + 11


def label(edge: Edge, backward_nodes: dict[str, Node]) -> Size | None:
    """Room for the numbers on an edge: forward value above the line, gradient below it.

    None for an edge to a constant: no gradient flows there, and its value stands in its pill.
    """
    node = backward_nodes[edge.downstream]
    if node.kind == "constant":
        return None
    columns, lines = block(node.shape)
    if node.kind != "leaf" and backward_nodes[edge.upstream].kind != "output":
        name = min(len(node.variable or ""), NAME_CHARACTERS)
        columns, lines = named_block(name, columns, lines)
    return max(48.0, columns * CHARACTER), 2 * (lines * LINE + LABEL_OFFSET)


def cut_lines(cut: Cut) -> tuple[str, ...]:
    """The words at a cut; where its source is not in the graph, they say what that was.

    >>> cut_lines(Cut("n1", "detach", 3, source="n2")), cut_lines(Cut("n1", "item", 3, name="w"))
    (('✂ detach(), line 3',), ('✂ item(), line 3', 'from w'))
    """
    words = f"{SCISSORS} {cut.said}{f', line {cut.line}' if cut.line else ''}"
    if cut.source is not None or not cut.name:
        return (words,)
    return words, f"from {cut.name[:NAME_CHARACTERS]}"


def cut_label(cut: Cut) -> Size:
    """Room for these words, above the broken line or at the beginning of a stub."""
    lines = cut_lines(cut)
    width = max(map(len, lines)) * CAPTION_CHARACTER + 8
    if cut.source is None:
        return width + STUB, len(lines) * CAPTION_LINE
    return width, 2 * (CAPTION_LINE + LABEL_OFFSET)


def stop_room() -> Size:
    """Around the node that could not go on: its circle, and above it two lines of words."""
    return STOP_WIDTH, CIRCLE + 2 * STOP_HEIGHT


def named_block(name: int, columns: int, lines: int) -> tuple[int, int]:
    """Characters and lines of a name with its value: beside it, or above it if that has several.

    >>> named_block(1, 6, 1), named_block(1, 14, 2)
    ((10, 1), (14, 3))
    """
    if not name:
        return columns, lines
    return (name + 3 + columns, 1) if lines == 1 else (max(name, columns), lines + 1)


def node_index(backward: Backward) -> dict[str, Node]:
    return {node.id: node for node in backward.nodes}
