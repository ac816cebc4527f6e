"""Paths to a leaf -> the sentences around them: how many there are, and what is done with them."""

from __future__ import annotations

import math

from viz.rules.graph import Graph
from viz.rules.paths import Paths
from viz.rules.wording import superscript
from viz.rules.words import sentences

LONGEST_COUNT = 10**36
"""Up to this number, paths are counted with all digits."""


def words(graph: Graph, paths: Paths) -> str:
    name = element_name(graph, paths)
    if not paths.count and graph.backward.stop is not None:
        return f"No gradient reached {name}: the engine stopped before it got there."
    if not paths.count:
        return f"No gradient reached {name}: no path leads from {graph.loss} to it."
    if len(paths.paths) == 1 and len(paths.paths[0].edges) == 1:
        return f"Backward was called on {name} itself: its gradient is the one that it begins with."
    several = len(graph.edges_from[graph.backward.output]) > 1
    start = "the outputs" if several else graph.loss
    leads = "path leads" if paths.count == 1 else "paths lead"
    beginning = f"{count_text(paths.count)} {leads} from {start} to {name}."
    shown = len(paths.paths)
    is_part = paths.count > shown
    if not paths.numeric:
        matrices = (
            "Tensors lie on the way, so a local derivative is a matrix (a Jacobian) and a path is "
            "a product of matrices. PyTorch never builds them: it carries the gradient along, and "
            "( ) marks where it enters each rule."
        )
        return sentences(beginning, f"{shown} of them are shown." if is_part else "", matrices)
    if paths.count == 1:
        return f"{beginning} The local derivatives along it are multiplied: that is the chain rule."
    rule = "The local derivatives along each path are multiplied, and the products are added up."
    kept = (
        f"The {shown} strongest are shown; all others are added up in one term." if is_part else ""
    )
    return sentences(beginning, rule, kept)


def count_text(count: int) -> str:
    """The exact number of paths as far as a person would read it.

    >>> count_text(1), count_text(1234567), count_text(2**400)
    ('1', '1,234,567', 'About 2.58 · 10¹²⁰')
    """
    if count <= LONGEST_COUNT:
        return f"{count:,}"
    # An integer of any length has a logarithm, though it may be too large for a float.
    exponent = int(math.log10(count))
    leading = count // 10 ** (exponent - 2) / 100
    return f"About {leading:g} · 10{superscript(exponent)}"


def closing(paths: Paths) -> str:
    if paths.overflow:
        return (
            "A product on the way is infinite or NaN. The engine adds up before it multiplies on, "
            "so it may have another number there than the sum over single paths."
        )
    if not paths.numeric and len(paths.arrivals) > 1:
        return "The sum is over what the last edges bring: each carries all paths that end with it."
    return ""


def element_name(graph: Graph, paths: Paths) -> str:
    """ "x", or "x[0, 1]" where the paths are those of one element."""
    name, arrived = graph.name(paths.node), paths.arrived
    if not paths.numeric or arrived is None or not arrived.shape:
        return name
    return name + index_text(paths.element, arrived.shape)


def index_text(element: int, shape: tuple[int, ...]) -> str:
    """The index of an element of a tensor, as Python writes it.

    >>> index_text(5, (2, 3))
    '[1, 2]'
    """
    places = []
    for size in reversed(shape):
        element, place = divmod(element, size)
        places.append(place)
    return f"[{', '.join(map(str, reversed(places)))}]"
