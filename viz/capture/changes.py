"""Remember what changed a tensor in place: which operation, on which line, at which version."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from viz.capture.sources import Result, Subject, tensors_in, version_of

if TYPE_CHECKING:
    from viz.capture.calls import Calls

KEPT = 100
"""Changes of one tensor; a training loop changes each weight at every step."""


class Change(NamedTuple):
    """version: the tensor's before the change. function: "add_"."""

    version: int
    line: int | None
    function: str


class Changes:
    """The changes of each tensor, which is known by its result, or as a leaf or constant."""

    def __init__(self) -> None:
        self._found: dict[Result | Subject, deque[Change]] = {}

    def note(self, calls: Calls, func: torch._ops.OpOverload, args: Sequence[Any]) -> None:
        """An operation in place is about to run; it changes what it is called on."""
        if not args:
            return
        name = str(func).split(".")[1].removeprefix("_foreach_")
        for tensor in tensors_in(args[0]):
            base = tensor if tensor._base is None else tensor._base
            change = Change(version_of(base), calls.here().line, name)
            calls.aliases.note(calls, base)
            for key in _keys(calls, base):
                self._found.setdefault(key, deque(maxlen=KEPT)).append(change)

    def since(self, key: Result | Subject, version: int) -> Change | None:
        """The first change of the tensor when it was at this version, or a later one."""
        changes = self._found.get(key, ())
        return next((change for change in changes if change.version >= version), None)


def _keys(calls: Calls, tensor: torch.Tensor) -> Iterator[Result | Subject]:
    from viz.capture.cuts import source_of

    yield source_of(calls, tensor)
    if tensor.grad_fn is None:
        # What `detach` gives shares numbers and version with the tensor that it came from.
        alias = calls.subject(tensor).alias
        if alias is not None and alias.how == "detach":
            yield alias.of
