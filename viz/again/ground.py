"""Look around at one call of backward: loss, leaves, gradients, and who uses a leaf first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch.autograd.function import BackwardCFunction

from viz.again.places import Place, Watching, value_of
from viz.again.rerun import Again, Lost, Program, calls_of_backward, total
from viz.capture.asked import Asked
from viz.capture.calls import Calls
from viz.capture.graph import Graph, name_of, walk
from viz.errors import InputError
from viz.limits import Limits


@dataclass
class Ground:
    """What one run without any change has found: the loss, the leaves, where each is used first."""

    loss: float = math.nan
    output: float | None = None
    digits: float = torch.finfo(torch.float64).eps
    names: list[str] = field(default_factory=list)
    values: list[torch.Tensor] = field(default_factory=list)
    gradients: list[torch.Tensor] = field(default_factory=list)
    places: list[Place | None] = field(default_factory=list)
    custom: list[tuple[str, ...]] = field(default_factory=list)
    calls: frozenset[int] = frozenset()
    inside: frozenset[int] = frozenset()


def explore(again: Again, limits: Limits) -> Ground:
    """Run once, and look around where backward is called. Raises Lost."""
    ground = _explore(again, limits)
    if None in ground.places and again.ahead < again.number:
        # The graph is older than what was watched.
        again.ahead = again.number
        ground = _explore(again, limits)
    return ground


def _explore(again: Again, limits: Limits) -> Ground:
    ground = Ground()
    watching = Watching()
    leaves: list[torch.Tensor] = []

    def arrive(asked: Asked) -> None:
        graph = walk(asked.outputs, Calls(limits), limits)
        leaves.extend(leaf.variable for leaf in graph.leaves)
        ground.loss = total(asked)
        if len(asked.outputs) == 1 and asked.outputs[0].numel() == 1:
            ground.output = asked.outputs[0].item()
        ground.inside = watching.calls_of(_functions(graph), inside=True)
        ground.calls = watching.calls_of(graph.operations) | ground.inside
        ground.gradients = gradients_of(asked, leaves)
        for leaf in leaves:
            use = watching.first_use(leaf, ground.calls)
            ground.places.append(use.place if use is not None else None)
            ground.values.append(value_of(use, leaf) if use is not None else leaf.detach().clone())
        ground.custom = [_custom(graph)] * len(leaves)
        kinds = [tensor.dtype for tensor in (*asked.outputs, *leaves) if tensor.is_floating_point()]
        ground.digits = max(torch.finfo(kind).eps for kind in kinds)

    names = again.until_backward(watching, arrive)
    found = {id(tensor): hold.names[0] for hold, tensor in names.living()}
    ground.names = [found.get(id(leaf), "") for leaf in leaves]
    return ground


def in_the_order_of(own: Ground, other: Ground) -> Ground:
    """The other ground with its leaves in the order of the first: another precision may have other
    operations, and so another way through the graph. Raises ValueError where leaves can't be told
    from one another.
    """
    order = []
    for name, value in zip(own.names, own.values, strict=True):
        same = [
            index
            for index, (other_name, other_value) in enumerate(
                zip(other.names, other.values, strict=True)
            )
            if index not in order and other_name == name and _alike(value, other_value)
        ]
        order.append(same[0])
    if len(order) != len(other.names):
        raise ValueError("another number of leaves")
    return replace(
        other,
        names=own.names,
        values=[other.values[index] for index in order],
        gradients=[other.gradients[index] for index in order],
        places=[other.places[index] for index in order],
    )


def _alike(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.shape == other.shape and torch.allclose(
        one.double(), other.double(), rtol=1e-2, atol=1e-4, equal_nan=True
    )


def gradients_of(asked: Asked, leaves: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    """What the engine sends to each leaf; nothing is accumulated. Raises Lost."""
    try:
        found = torch.autograd.grad(
            asked.outputs, leaves, asked.seeds, retain_graph=True, allow_unused=True
        )
    except RuntimeError as error:
        raise Lost(f"the engine stops: {str(error).partition('. ')[0].rstrip('.')}.") from error
    return [
        torch.zeros_like(leaf) if each is None else each.detach().clone()
        for leaf, each in zip(leaves, found, strict=True)
    ]


def _custom(graph: Graph) -> tuple[str, ...]:
    names = (name_of(each).removesuffix("Backward") for each in _functions(graph))
    return tuple(dict.fromkeys(names))


def _functions(graph: Graph) -> list[Any]:
    """The torch.autograd.Functions of the program."""
    return [each for each in graph.operations if isinstance(each, BackwardCFunction)]


def number_from_start(program: Program, number: int) -> int:
    """The number of the call from 0, also for one that counts from the last. Raises InputError."""
    if number >= 0:
        return number
    calls = calls_of_backward(program)
    if calls + number < 0:
        raise InputError(
            f"there is no call {number} of backward: the program calls it {calls} times."
        )
    return calls + number


def set_element(leaf: torch.Tensor, flat: int, value: float) -> None:
    """Change the number itself: PyTorch does not count it as a change in place."""
    with torch._C._DisableTorchDispatch():
        leaf.data[unravel(flat, tuple(leaf.shape))] = value


def move_element(leaf: torch.Tensor, flat: int, step: float) -> None:
    with torch._C._DisableTorchDispatch():
        leaf.data[unravel(flat, tuple(leaf.shape))] += step


def unravel(flat: int, shape: Sequence[int]) -> tuple[int, ...]:
    """
    >>> unravel(5, (2, 3)), unravel(0, ())
    ((1, 2), ())
    """
    index: list[int] = []
    for length in reversed(shape):
        flat, place = divmod(flat, length)
        index.insert(0, place)
    return tuple(index)
