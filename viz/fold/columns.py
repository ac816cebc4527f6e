"""Turn a Backward into columns: what folding needs of it, a tenth of its size.

Plain data without numpy, so that the page can send it to the process that folds.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable

from viz.record import Array, Record, to_float
from viz.trace import Backward, Node, NodeKind

MOST_CHARACTERS = 60
"""Of a name that a person gave: it stands on one line."""


class Columns(Record, frozen=True):
    """The nodes and edges of one backward pass, as columns of equal length.

    id, kind, name, module, variable   as in `viz.trace.Node`; "" where there is none
    value      of a constant number, as text: "2"; else ""
    shape      as text: "64×768", "scalar"; "" where unknown
    norm       of the gradient that arrived, Euclidean over all results of the node; None where none
               did
    nonfinite  NaN and infinite numbers in the values and in the gradient that arrived
    upstream, downstream   positions of the nodes of each edge
    sent       norm of the contribution
    forward    positions of the operations in the order of the forward pass
    fired      position of the node of each step
    output     position of the output
    """

    id: tuple[str, ...]
    kind: tuple[NodeKind, ...]
    name: tuple[str, ...]
    module: tuple[str, ...]
    variable: tuple[str, ...]
    value: tuple[str, ...]
    shape: tuple[str, ...]
    norm: tuple[float | None, ...]
    nonfinite: tuple[int, ...]
    upstream: tuple[int, ...]
    downstream: tuple[int, ...]
    sent: tuple[float | None, ...]
    forward: tuple[int, ...]
    fired: tuple[int, ...]
    output: int


def columns_of(backward: Backward) -> Columns:
    """In time and size linear in the nodes and edges."""
    nodes = backward.nodes
    at = {node.id: position for position, node in enumerate(nodes)}
    norms: list[float | None] = [None] * len(nodes)
    nonfinite = [_nonfinite(node.values) for node in nodes]
    for step in backward.steps:
        norms[at[step.node]] = norm_of(step.incoming)
        nonfinite[at[step.node]] += _nonfinite(step.incoming)
    return Columns(
        id=tuple(node.id for node in nodes),
        kind=tuple(node.kind for node in nodes),
        name=tuple(node.name for node in nodes),
        module=tuple(node.module for node in nodes),
        variable=tuple((node.variable or "")[:MOST_CHARACTERS] for node in nodes),
        value=tuple(_value(node) for node in nodes),
        shape=tuple(shape_text(node.shape) for node in nodes),
        norm=tuple(norms),
        nonfinite=tuple(nonfinite),
        upstream=tuple(at[edge.upstream] for edge in backward.edges),
        downstream=tuple(at[edge.downstream] for edge in backward.edges),
        sent=tuple(norm_of((edge.contribution,)) for edge in backward.edges),
        forward=tuple(at[node] for node in backward.forward),
        fired=tuple(at[step.node] for step in backward.steps),
        output=at[backward.output],
    )


def shape_text(shape: tuple[int, ...] | None) -> str:
    """
    >>> shape_text((64, 768)), shape_text(()), shape_text(None)
    ('64×768', 'scalar', '')
    """
    if shape is None:
        return ""
    return "×".join(map(str, shape)) if shape else "scalar"


def norm_of(arrays: Iterable[Array | None]) -> float | None:
    """Euclidean over all finite entries of all of them; None where there is none.

    >>> norm_of([Array((), "float32", norm=3.0), None, Array((), "float32", norm=4.0)])
    5.0
    """
    norms = [to_float(array.norm) for array in arrays if array and array.norm is not None]
    if not norms:
        return None
    # JSON has no infinity: a norm that is too large to be written stands at the end of the scale.
    return min(math.hypot(*norms), sys.float_info.max)


def _nonfinite(arrays: Iterable[Array | None]) -> int:
    return sum(array.nonfinite for array in arrays if array)


def _value(node: Node) -> str:
    value = node.value
    if node.kind != "constant" or value is None or not value.is_scalar or not value.values:
        return ""
    number = value.values[0]
    return f"{number:.4g}" if isinstance(number, float) else str(number)
