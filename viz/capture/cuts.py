"""Where the graph was cut: remember what a tensor without a gradient was computed from.

`detach`, an operation under `no_grad` and a number taken out of a tensor leave PyTorch's graph;
what comes out of them keeps an Origin, and so does everything that is computed from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import torch

from viz.capture.schemas import signature_of
from viz.capture.sources import (
    Operand,
    Origin,
    Origins,
    Result,
    Sighting,
    Source,
    Subject,
    result_made_by,
    tensors_in,
)
from viz.trace import Cut, CutKind

if TYPE_CHECKING:
    from viz.capture.calls import Calls
    from viz.capture.graph import Graph
    from viz.capture.records import Nodes

NO_GRAPH = "does not require grad"
"""What PyTorch says of a result that has no graph."""

MOST_ORIGINS = 4
"""Of one tensor; more would not be read."""

MOST_LOOKED_AT = 20_000
"""Calls that are looked at for the leaves behind the cuts of one backward pass."""

SHAPE_ONLY = ("_like.", "new_", "empty", "size", "stride", "is_")
"""Operations that read the shape of a tensor and not its numbers."""


def origins_of(calls: Calls, tensors: Sequence[torch.Tensor], how: CutKind, word: str) -> Origins:
    """What these tensors would bring along, if the graph were cut here: each origin once."""
    found: dict[Origin, None] = {}
    cut = [tensor for tensor in tensors if tensor.requires_grad]
    line = calls.here().line if cut else None
    for tensor in tensors:
        if tensor.requires_grad:
            found[Origin(how, line, source_of(calls, tensor), word)] = None
        else:
            found.update(dict.fromkeys(calls.subject(tensor).origins))
    return tuple(found)[:MOST_ORIGINS]


def source_of(calls: Calls, tensor: torch.Tensor) -> Result | Subject:
    return calls.subject(tensor) if tensor.grad_fn is None else result_made_by(tensor)


def mark(calls: Calls, answer: Any, origins: Origins) -> bool:
    """Results that need no gradient keep the origins. Returns whether there was such a result."""
    marked = False
    for tensor in tensors_in(answer):
        # Whole numbers and truth values have no gradient, whoever computes them.
        if not tensor.requires_grad and (tensor.is_floating_point() or tensor.is_complex()):
            calls.subject(tensor).origins = origins
            marked = marked or bool(origins)
    return marked


def read_by(func: torch._ops.OpOverload, args: Any, kwargs: Any) -> list[torch.Tensor]:
    """The tensors whose numbers the operation reads."""
    signature = signature_of(func)
    if any(word in signature.name.removeprefix("aten.") for word in SHAPE_ONLY):
        return []
    return tensors_in((args[1:] if signature.overwrites else args, kwargs))


def cuts_of(graph: Graph, nodes: Nodes, calls: Calls) -> tuple[Cut, ...]:
    """Every constant of the graph with an origin, once for each origin."""
    behind = _Behind(calls)
    return tuple(
        _cut(graph, nodes, calls, constant, origin, behind)
        for constant in graph.constants
        for origin in constant.origins
    )


def _cut(
    graph: Graph,
    nodes: Nodes,
    calls: Calls,
    constant: Sighting | Operand,
    origin: Origin,
    behind: _Behind,
) -> Cut:
    source = origin.source
    if isinstance(source, Result):
        node, name = nodes.operation(source), calls.name(source)
    else:
        node, name = nodes.leaves.get(source), source.name
    return Cut(
        node=graph.ids[constant],
        how=origin.how,
        line=origin.line,
        source=node,
        name=name.text if name is not None else "",
        leaves=behind.leaves(source),
        word=origin.word,
    )


def why_no_graph(calls: Calls, tensor: torch.Tensor) -> tuple[str, str] | None:
    """Why backward can't begin at this result, and what would work; None where it is not known."""
    if not isinstance(tensor, torch.Tensor) or tensor.requires_grad:
        return None
    if not (tensor.is_floating_point() or tensor.is_complex()):
        kind = str(tensor.dtype).removeprefix("torch.")
        return (
            f"the result is of dtype {kind}: only floating-point numbers have a gradient.",
            "Write 2. instead of 2; what counts or chooses (argmax, .long()) has no slope.",
        )
    origins = calls.subject(tensor).origins if calls.awake else ()
    if not origins:
        return None
    origin = origins[0]
    name = calls.name(origin.source) if isinstance(origin.source, Result) else origin.source.name
    source = f"'{name.text}'" if name is not None else "a tensor that requires grad"
    place = f" on line {origin.line}" if origin.line else ""
    cure = {
        "detach": f"Leave out {origin.word}.",
        "data": "Leave out .data.",
        "no_grad": f"Take line {origin.line} out of {origin.word}.",
        "item": f"Compute with the tensor itself, without {origin.word}.",
    }[origin.how]
    return (
        f"the result comes from {source}, but {origin.word}{place} cut the graph, so there is "
        "nothing to go backward through.",
        cure,
    )


class _Behind:
    """The leaves below a result, found in the recorded calls: its graph may be gone."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._left = MOST_LOOKED_AT

    def leaves(self, source: Result | Subject) -> tuple[str, ...]:
        names = {
            subject.name.text: subject.order for subject in self._below(source) if subject.name
        }
        return tuple(sorted(names, key=names.__getitem__))

    def _below(self, source: Result | Subject) -> Iterator[Subject]:
        waiting: list[Source | Subject] = [source]
        seen: set[int] = set()
        while waiting and self._left > 0:
            item = waiting.pop()
            if isinstance(item, Subject):
                yield item
            elif isinstance(item, Sighting) and item.requires_grad:
                yield item.subject
            elif isinstance(item, Result) and item.number not in seen:
                seen.add(item.number)
                self._left -= 1
                call = self._calls.call(item.number)
                waiting.extend(call.sources() if call is not None else ())
