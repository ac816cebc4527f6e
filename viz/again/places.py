"""Watch one run: which call uses a leaf first, so that another run can change the leaf there.

A place is a number of a call, counted from the start of the run, and a position among the tensors
that it was passed. Runs of one program have the same calls, unless a branch is taken otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.parameter import is_lazy
from torch.utils._pytree import tree_map
from torch.utils.weak import WeakTensorKeyDictionary

from viz.again.wide import QuietMode
from viz.capture.sources import tensors_in

FINGERPRINT_ELEMENTS = 4096
"""A larger leaf is known by its version alone."""


@dataclass(frozen=True, slots=True)
class Place:
    """Just before call `call`, the leaf is tensor `position` among its arguments."""

    call: int
    position: int


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a leaf; `value` is its bytes, or what changes when a large leaf does.

    writes   whether the call changes the leaf in place
    """

    place: Place
    value: Any
    writes: bool


class Counting(QuietMode):
    """Counts the calls of a run; what happens before one is up to the kinds of it."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(
        self,
        func: torch._ops.OpOverload,
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        call, self.count = self.count, self.count + 1
        args, kwargs = self.before(call, func, args, kwargs or {})
        return func(*args, **kwargs)

    def before(
        self, call: int, func: Any, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> tuple[Sequence[Any], dict[str, Any]]:
        return args, kwargs


class Watching(Counting):
    """Remembers every use of every leaf."""

    def __init__(self) -> None:
        super().__init__()
        self._uses: MutableMapping[torch.Tensor, list[Use]] = WeakTensorKeyDictionary()
        self._grad_fns: list[int] = []
        self._with_gradient: list[bool] = []
        self._last_backward = 0

    def passed_backward(self) -> None:
        self._last_backward = self.count

    def before(
        self, call: int, func: Any, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> tuple[Sequence[Any], dict[str, Any]]:
        # The grad_fn of a call is made just before the call passes here.
        self._grad_fns.append(torch._C._autograd._get_sequence_nr() - 1)
        self._with_gradient.append(torch.is_grad_enabled())
        for position, tensor in enumerate(tensors_in((args, kwargs))):
            # A lazy parameter has no elements before its first input.
            if tensor.requires_grad and tensor.is_leaf and not is_lazy(tensor):
                writes = position == 0 and func._schema.is_mutable
                use = Use(Place(call, position), _fingerprint(tensor), writes)
                self._uses.setdefault(tensor, []).append(use)
        return args, kwargs

    def calls_of(self, operations: Iterable[Any], *, inside: bool = False) -> frozenset[int]:
        """The calls that made these grad_fns; or those inside of torch.autograd.Functions, which
        run without gradient."""
        numbers = {grad_fn._sequence_nr() for grad_fn in operations}
        made = zip(self._grad_fns, self._with_gradient, strict=True)
        return frozenset(
            call
            for call, (number, with_gradient) in enumerate(made)
            if number in numbers and with_gradient is not inside
        )

    def first_use(self, leaf: torch.Tensor, calls: Container[int]) -> Use | None:
        """Where the graph's leaf is used first: by the graph, or by what was cut off from it.

        Earlier uses count as long as the leaf has kept its value since, and no backward has run:
        before that it was an earlier step of training.
        """
        uses = self._uses.get(leaf, [])
        first = next((use for use in uses if use.place.call in calls), None)
        if first is None:
            return None
        for use in reversed([use for use in uses if use.place.call < first.place.call]):
            if use.place.call < self._last_backward or use.writes or use.value != first.value:
                break
            first = use
        return first


class Changing(Counting):
    """Changes leaves at their places."""

    def __init__(self, changes: dict[Place, Callable[[torch.Tensor], None]]) -> None:
        super().__init__()
        self._changes: dict[int, list[tuple[int, Callable[[torch.Tensor], None]]]] = {}
        for place, change in changes.items():
            self._changes.setdefault(place.call, []).append((place.position, change))

    def before(
        self, call: int, func: Any, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> tuple[Sequence[Any], dict[str, Any]]:
        for position, change in self._changes.get(call, ()):
            tensors = tensors_in((args, kwargs))
            if position >= len(tensors) or not tensors[position].requires_grad:
                raise AnotherWay
            change(tensors[position])
        return args, kwargs


class AnotherWay(BaseException):
    """The run has other calls than the one that was watched."""


def value_of(use: Use, leaf: torch.Tensor) -> torch.Tensor:
    """What the leaf held at this use; for a large leaf what it holds now."""
    if not isinstance(use.value, bytes) or not use.value:
        return leaf.detach().clone()
    return torch.frombuffer(bytearray(use.value), dtype=leaf.dtype).reshape(leaf.shape)


def _fingerprint(tensor: torch.Tensor) -> Any:
    if tensor.numel() > FINGERPRINT_ELEMENTS:
        return tensor._version, tensor.data_ptr()
    return tensor.detach().numpy().tobytes()


KEPT = object()
"""Stands for a tensor that carries a gradient: it is what the run at hand makes it."""


class Noting(Counting):
    """Notes the constants and the other leaves of the calls that make a graph, and the value of
    one leaf at each.

    What a torch.autograd.Function does inside is one operation to autograd: nothing that it
    computes on the way is a constant.

    meant    the calls that make the graph
    inside   those of them that such a Function makes
    """

    def __init__(self, meant: Container[int], inside: Container[int], place: Place) -> None:
        super().__init__()
        self._meant = meant
        self._inside = inside
        self._place = place
        self._leaf: torch.Tensor | None = None
        self.calls: dict[int, tuple[Any, Any, Any]] = {}
        self.leaf_at: dict[int, torch.Tensor] = {}

    def before(
        self, call: int, func: Any, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> tuple[Sequence[Any], dict[str, Any]]:
        tensors = tensors_in((args, kwargs))
        if call == self._place.call:
            self._leaf = tensors[self._place.position]
        if call in self._meant and (torch.is_grad_enabled() or call in self._inside):
            self.calls[call] = (func, *self._constants(func, args, kwargs))
            if self._leaf is not None and any(tensor is self._leaf for tensor in tensors):
                self.leaf_at[call] = self._leaf.detach().clone()
        return args, kwargs

    def _constants(
        self, func: Any, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> tuple[list[Any], dict[str, Any]]:
        if not torch.is_grad_enabled():
            return [KEPT] * len(args), dict.fromkeys(kwargs, KEPT)
        noted_args, noted_kwargs = tree_map(self._noted, (list(args), dict(kwargs)))
        if func._schema.is_mutable and noted_args:
            noted_args[0] = KEPT  # it is not read, but changed
        return noted_args, noted_kwargs

    def _noted(self, item: Any) -> Any:
        """Other leaves too: an earlier step of training may have moved them."""
        if not isinstance(item, torch.Tensor):
            return item
        moves = item.requires_grad and (not item.is_leaf or item is self._leaf)
        return KEPT if moves else item.detach().clone()


class Holding(Counting):
    """Replaces constants by what another run noted; the leaf is as it was then, but changed."""

    def __init__(self, noted: Noting, place: Place, change: Callable[[torch.Tensor], None]) -> None:
        super().__init__()
        self._noted = noted
        self._place = place
        self._change = change
        self._leaf: torch.Tensor | None = None

    def before(
        self, call: int, func: Any, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> tuple[Sequence[Any], dict[str, Any]]:
        if call == self._place.call:
            self._leaf = tensors_in((args, kwargs))[self._place.position]
        if call not in self._noted.calls:
            return args, kwargs
        noted_func, noted_args, noted_kwargs = self._noted.calls[call]
        if noted_func is not func:
            raise AnotherWay
        if call in self._noted.leaf_at and self._leaf is not None:
            self._leaf.data.copy_(self._noted.leaf_at[call])
            self._change(self._leaf)
        return _choose(noted_args, list(args)), _choose(noted_kwargs, kwargs)


def _choose(noted: Any, present: Any) -> Any:
    """What was noted, but the present tensors wherever they are kept."""
    if noted is KEPT:
        return present
    if isinstance(noted, dict):
        return {name: _choose(noted[name], present[name]) for name in noted}
    if isinstance(noted, list | tuple):
        return type(noted)(_choose(*pair) for pair in zip(noted, present, strict=True))
    return noted
