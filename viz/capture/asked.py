"""What one call of the engine was asked: where to begin, with which gradients, and for whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

Tensors = torch.Tensor | Sequence[torch.Tensor]
Gradients = torch.Tensor | Sequence[torch.Tensor | None] | None


@dataclass(frozen=True, slots=True)
class Asked:
    """One call of `backward` or of `torch.autograd.grad`.

    outputs    the tensors that it begins at
    seeds      the gradient that each of them begins with; None stands for a 1
    inputs     for whom the gradients are; None: for every leaf
    returned   whether they are returned (`grad`), and not accumulated in `.grad`
    creates    whether the gradients get a graph of their own (`create_graph`)
    """

    outputs: tuple[torch.Tensor, ...]
    seeds: tuple[torch.Tensor | None, ...]
    inputs: tuple[torch.Tensor, ...] | None = None
    returned: bool = False
    creates: bool = False

    @property
    def can_be_recorded(self) -> bool:
        """Whether the engine can begin; where it can't, PyTorch says what is missing."""
        asked = (*self.outputs, *(self.inputs or ()))
        return bool(self.outputs) and all(
            isinstance(tensor, torch.Tensor) and tensor.requires_grad for tensor in asked
        )

    @property
    def captured(self) -> tuple[torch.Tensor, ...]:
        """The tensors whose gradients the engine takes out where they arrive, each once."""
        inputs = (self.inputs or ()) if self.returned else ()
        return tuple({id(tensor): tensor for tensor in inputs}.values())


def asked_of(
    outputs: Any,
    seeds: Any = None,
    inputs: Any = None,
    *,
    returned: bool = False,
    creates: bool = False,
) -> Asked:
    """The same with tuples in place of what PyTorch takes as well: one tensor, a dict of inputs."""
    begins = as_tuple(outputs)
    given = as_tuple(seeds)
    wanted = tuple(inputs.values()) if isinstance(inputs, Mapping) else as_tuple(inputs)
    return Asked(
        begins,
        given if len(given) == len(begins) else (None,) * len(begins),
        None if inputs is None else wanted,
        returned,
        creates,
    )


def returned_for(asked: Asked, answer: Any) -> dict[int, torch.Tensor | None]:
    """What `grad` returned for each tensor that it was asked about, by the tensor's `id`."""
    if not asked.returned:
        return {}
    answers = answer.values() if isinstance(answer, Mapping) else answer
    return {
        id(tensor): gradient for tensor, gradient in zip(asked.inputs or (), answers, strict=True)
    }


def held(tensors: Any) -> Any:
    """What can be gone through more than once, as `model.parameters()` can't."""
    return tuple(tensors) if isinstance(tensors, Iterator) else tensors


def as_tuple(tensors: Any) -> tuple[Any, ...]:
    """One tensor as a tuple of one; nothing as an empty one."""
    if tensors is None:
        return ()
    is_one = isinstance(tensors, torch.Tensor) or not isinstance(tensors, Iterable)
    return (tensors,) if is_one else tuple(tensors)
