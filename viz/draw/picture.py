"""Turn a Backward into torchviz's picture, with the student's names, the values and the gradients.

The look is torchviz's: grey operations, blue leaves, a green output, orange saved tensors.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import graphviz

from viz.draw.theme import ThemeName, theme_of
from viz.draw.torchviz_text import Link, Mark, Picture, read
from viz.rules.numbers import format_array
from viz.trace import Array, Backward, Leaf, Node, Trace

LINE_CHARACTERS = 60
"""A longer line of a label is cut; torchviz cuts an attribute at 50."""
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")
"""Unicode categories that can't be drawn, or that change how their neighbours are drawn."""
INCHES = 12
INCHES_PER_STATEMENT = 0.15
"""torchviz's rule for the size of the paper."""
LIGHT_LINES = "black"


def draw(
    trace: Trace,
    backward: int = -1,
    *,
    attributes: bool = False,
    saved: bool = False,
    theme: ThemeName = "light",
) -> graphviz.Digraph:
    """torchviz's picture of one backward pass, names, values and gradients added.

    backward     which backward pass, as an index into `trace.backwards`; the last one by default
    attributes   also what each operation keeps: torchviz's `show_attrs`
    saved        also the tensors that each operation keeps: torchviz's `show_saved`
    theme        the surroundings: dark lines on white, or light lines on black

    Where torchviz could not draw (a graph of many operations), the same picture is made from the
    trace, without attributes and saved tensors.

    Raises InputError where the trace has no such backward pass.
    """
    chosen = trace.chosen(backward)
    picture = read(chosen.dot)
    if not picture.marks:
        picture = _picture_of(chosen)
    if not saved:
        picture = _without_saved_tensors(picture)
    return _digraph(picture, _labels(picture, chosen, attributes), theme)


def _digraph(picture: Picture, labels: dict[str, str], theme: ThemeName) -> graphviz.Digraph:
    colours = theme_of(theme)
    lines = LIGHT_LINES if theme == "light" else colours.edge
    side = max(INCHES, INCHES_PER_STATEMENT * (len(picture.marks) + len(picture.links)))
    digraph = graphviz.Digraph(
        graph_attr={"size": f"{side:g},{side:g}", "bgcolor": colours.background},
        node_attr={
            "style": "filled",
            "shape": "box",
            "fontname": "monospace",
            "fontsize": "10",
            "height": "0.2",
            # The boxes stay as light as torchviz's in both themes, and what is in them dark.
            "fontcolor": "black",
            "color": lines,
        },
        edge_attr={"color": lines},
    )
    for name, mark in picture.marks.items():
        digraph.node(name, label=labels[name], fillcolor=mark.fill)
    styles = {"gradient": {}, "saved": {"dir": "none"}, "view": {"style": "dotted"}}
    for link in picture.links:
        digraph.edge(link.tail, link.head, **styles[link.line])
    return digraph


def _labels(picture: Picture, backward: Backward, attributes: bool) -> dict[str, str]:
    """The label of each mark, safe for Graphviz."""
    ours = _lines_of_nodes(backward) | _lines_of_leaves(picture, backward)
    labels = {}
    for name, mark in picture.marks.items():
        own, torchvizs = ours.get(name, ()), mark.lines
        if mark.fill == "lightgrey":
            # torchviz's first line is the operation's name, which ours begin with.
            extra = torchvizs[1:] if own else torchvizs
            lines = (*own, *(extra if attributes or not own else ()))
        else:
            # torchviz's first line is a name, its last one the size.
            lines = (*own, torchvizs[-1]) if own else torchvizs
        labels[name] = safe_label(lines)
    return labels


def _lines_of_nodes(backward: Backward) -> dict[str, tuple[str, ...]]:
    """What is said of operations, of AccumulateGrad and of the output."""
    incoming = {step.node: step.incoming for step in backward.steps}
    kept: dict[str | None, tuple[str, ...]] = {
        leaf.node: (_gradient_line(leaf, backward),) for leaf in backward.leaves if leaf.retained
    }
    lines = {}
    for node in backward.nodes:
        values, gradients = node.values, incoming.get(node.id, ())
        if node.kind == "output":
            gradients = _seeds(backward)
            lines[node.id] = (_named(node.variable or "output", values), *_gradient(gradients))
        elif node.kind == "leaf":
            lines[node.id] = (node.name, *_gradient(gradients))
        elif node.kind == "operation":
            value = _named(node.variable or "value", values)
            lines[node.id] = (node.name, value, *_gradient(gradients), *kept.get(node.id, ()))
    return lines


def _lines_of_leaves(picture: Picture, backward: Backward) -> dict[str, tuple[str, ...]]:
    """What is said of the tensor above each AccumulateGrad."""
    leaves = {leaf.node: leaf for leaf in backward.leaves if leaf.node is not None}
    return {
        link.tail: _leaf_lines(leaves[link.head], backward)
        for link in picture.links
        if link.head in leaves and picture.marks[link.tail].fill == "lightblue"
    }


def _leaf_lines(leaf: Leaf, backward: Backward) -> tuple[str, ...]:
    return (_named(leaf.name or "leaf", (leaf.value,)), _gradient_line(leaf, backward))


def _gradient_line(leaf: Leaf, backward: Backward) -> str:
    """What backward left in `.grad`, or what `torch.autograd.grad` returned."""
    if backward.way == "grad":
        return "not asked for" if leaf.after is None else f"returned {format_array(leaf.after)}"
    after = "None" if leaf.after is None else format_array(leaf.after)
    before = "" if leaf.before is None else f" (before {format_array(leaf.before)})"
    return f".grad {after}{before}"


def _seeds(backward: Backward) -> tuple[Array | None, ...]:
    """The gradient that backward began with."""
    return tuple(e.contribution for e in backward.edges if e.upstream == backward.output)


def _named(name: str, values: Iterable[Array | None]) -> str:
    known = _joined(values)
    return f"{name} = {known}" if known else name


def _gradient(gradients: Iterable[Array | None]) -> tuple[str, ...]:
    known = _joined(gradients)
    return (f"gradient {known}",) if known else ()


def _joined(arrays: Iterable[Array | None]) -> str:
    return "; ".join(format_array(array) for array in arrays if array is not None)


def safe_label(lines: Iterable[str]) -> str:
    """The lines as a label that Graphviz draws as they are: no HTML, no entities, no escapes.

    >>> safe_label(["<b>", "", "a&lt;"])
    '<b>\\na&amp;lt;'
    """
    # Graphviz 14.1.5 frees memory that it never set where a label has an empty line, as torchviz's
    # label of a tensor without a name has: at times the process ends with SIGSEGV.
    return graphviz.escape("\n".join(line for line in map(_safe_line, lines) if line.strip()))


def _safe_line(line: str) -> str:
    seen = "".join(_drawable(character) for character in line)
    if len(seen) > LINE_CHARACTERS:
        seen = seen[: LINE_CHARACTERS - 1] + "…"
    # Graphviz reads HTML's entities in every label.
    return seen.replace("&", "&amp;")


def _drawable(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in UNSEEN else character


def _without_saved_tensors(picture: Picture) -> Picture:
    marks = {name: mark for name, mark in picture.marks.items() if mark.fill != "orange"}
    links = tuple(link for link in picture.links if link.line != "saved")
    return Picture(marks, links)


def _size(node: Node) -> str:
    """As torchviz writes it; several results have one each."""
    several = node.shape is None and len(node.values) > 1
    shapes = [value.shape for value in node.values if value] if several else [node.shape or ()]
    return "; ".join(f" ({', '.join(map(str, shape))})" for shape in shapes)


def _picture_of(backward: Backward) -> Picture:
    """What torchviz would draw, from the trace alone."""
    sizes = {node.id: _size(node) for node in backward.nodes}
    marks: dict[str, Mark] = {}
    links = []
    for node in backward.nodes:
        if node.kind == "output":
            marks[node.id] = Mark(("", sizes[node.id]), "darkolivegreen1")
        elif node.kind != "constant":
            marks[node.id] = Mark((node.name,), "lightgrey")
    for index, leaf in enumerate(leaf for leaf in backward.leaves if leaf.node in marks):
        tensor = f"t{index}"
        marks[tensor] = Mark(("", sizes[str(leaf.node)]), "lightblue")
        links.append(Link(tensor, str(leaf.node), "gradient"))
    for edge in backward.edges:
        if edge.downstream in marks and edge.upstream in marks:
            links.append(Link(edge.downstream, edge.upstream, "gradient"))
    return Picture(marks, tuple(links))
