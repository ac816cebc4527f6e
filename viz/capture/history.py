"""Keep every call of backward in a few numbers: the loss, and each leaf's value and gradient norm.

A training loop asks for this a thousand times, so it costs next to nothing: no graph is walked, no
tensor is kept alive, and nothing but the columns grows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from weakref import ref

import torch

from viz.capture.arrays import Scalar
from viz.capture.kinds import has_own_code, shape_of
from viz.limits import Limits
from viz.trace import Curve, History, Number, to_number

NOTHING: Mapping[int, torch.Tensor | None] = {}

Column = list[Scalar | None]

NamedTensor = tuple[str, torch.Tensor]


class _Hold:
    """A tensor that is known, but not kept alive."""

    __slots__ = ("_reference", "identity")

    def __init__(self, tensor: torch.Tensor) -> None:
        self._reference = ref(tensor)
        self.identity = id(tensor)

    def holds(self, tensor: torch.Tensor) -> bool:
        return self._reference() is tensor

    def tensor(self) -> torch.Tensor | None:
        found = self._reference()
        if found is not None:
            # PyTorch asks for this: the graph may have kept the tensor while Python had dropped it.
            found._fix_weakref()  # type: ignore[attr-defined]
        return found


class NamedHold(_Hold):
    """A tensor with all its names, the first one first, and the line that gave it."""

    __slots__ = ("line", "names")

    def __init__(self, name: str, tensor: torch.Tensor, line: int) -> None:
        super().__init__(tensor)
        self.names = [name]
        self.line = line


class Names:
    """The leaves and constants that the program named, and what it calls them."""

    def __init__(self) -> None:
        self._holds: dict[str, NamedHold] = {}
        self._known: dict[int, NamedHold] = {}
        self.changed = False

    def add(self, name: str, tensor: torch.Tensor, line: int) -> None:
        """The name leaves the tensor that had it before. Results of operations are passed over."""
        if not tensor.is_leaf:
            return
        known = self._known.get(id(tensor))
        if known is not None and known.holds(tensor):
            if name not in known.names:
                known.names.append(name)
                self.changed = True
            return
        before = self._holds.pop(name, None)
        if before is not None and self._known.get(before.identity) is before:
            del self._known[before.identity]
        self._holds[name] = self._known[id(tensor)] = NamedHold(name, tensor, line)
        self.changed = True

    def living(self) -> Iterator[tuple[NamedHold, torch.Tensor]]:
        """In the order of naming."""
        for hold in self._holds.values():
            tensor = hold.tensor()
            if tensor is not None:
                yield hold, tensor


class _Track:
    """One leaf, or those that had its name one after another, over the calls."""

    __slots__ = ("gradients", "hold", "name", "shape", "values")

    def __init__(self, name: str, tensor: torch.Tensor, earlier: int) -> None:
        self.name = name
        self.hold = _Hold(tensor)
        self.shape = shape_of(tensor)
        self.gradients: Column = [None] * earlier
        self.values: Column | None = [None] * earlier if _is_one(tensor) else None

    def read(self, returned: Mapping[int, torch.Tensor | None]) -> None:
        tensor = self.hold.tensor()
        gradient = value = None
        if tensor is not None and _is_leaf(tensor):
            arrived = returned.get(id(tensor), tensor.grad)
            if arrived is not None:
                gradient = _norm(arrived)
            if self.values is not None:
                value = _item(tensor)
        self.gradients.append(gradient)
        if self.values is not None:
            self.values.append(value)

    def curve(self) -> Curve:
        values = None if self.values is None else _numbers(self.values)
        return Curve(self.name, self.shape, _numbers(self.gradients), values)


class Chronicle:
    """What becomes a History: told of every call of backward, after it has run."""

    def __init__(self, names: Names, limits: Limits) -> None:
        self.calls = 0
        self._names = names
        self._limits = limits
        self._stride = 1
        self._numbers: list[int] = []
        self._lines: list[int | None] = []
        self._losses: Column = []
        self._norms: Column = []
        self._tracks: list[_Track] = []
        self._constants: list[_Hold] = []
        self._left_out = 0

    def add(
        self,
        outputs: Sequence[torch.Tensor],
        line: int | None,
        reached: Sequence[NamedTensor] = (),
        returned: Mapping[int, torch.Tensor | None] = NOTHING,
    ) -> None:
        """One more call, of backward or of `torch.autograd.grad`.

        reached    the leaves below the outputs, where their graph was walked
        returned   what `grad` returned for a tensor, by the tensor's `id`: it fills no `.grad`
        """
        self._make_room()
        if self._names.changed or reached or any(map(_has_become_a_leaf, self._constants)):
            self._meet(reached)
        self._lines.append(line)
        self._numbers.append(self.calls)
        self.calls += 1
        # No mode must see this look, neither ours nor one of the user's.
        with torch._C._DisableTorchDispatch():
            is_one = len(outputs) == 1 and _is_one(outputs[0])
            self._losses.append(_item(outputs[0]) if is_one else None)
            self._norms.append(None if is_one else _norm_of_all(outputs))
            for track in self._tracks:
                track.read(returned)

    def history(self) -> History:
        return History(
            calls=self.calls,
            numbers=tuple(self._numbers),
            lines=tuple(self._lines),
            losses=_numbers(self._losses),
            norms=() if set(self._norms) <= {None} else _numbers(self._norms),
            curves=tuple(track.curve() for track in self._tracks),
            leaves_left_out=self._left_out,
        )

    def _make_room(self) -> None:
        """The columns hold every `_stride`th call, and the last: that one makes room."""
        if self._numbers and self._numbers[-1] % self._stride:
            for column in self._columns():
                column.pop()
        while len(self._numbers) >= max(2, self._limits.history_calls):
            self._stride *= 2
            for column in self._columns():
                del column[1::2]

    def _columns(self) -> Iterator[list[int] | list[int | None] | Column]:
        yield from (self._numbers, self._lines, self._losses, self._norms)
        for track in self._tracks:
            yield track.gradients
            if track.values is not None:
                yield track.values

    def _meet(self, reached: Sequence[NamedTensor]) -> None:
        """New leaves get a curve; one that took over the name of another goes on with its curve."""
        living = {
            id(tensor) for track in self._tracks if (tensor := track.hold.tensor()) is not None
        }
        left_out = 0
        self._names.changed = False
        self._constants = []
        for hold, tensor in self._names.living():
            if not _is_leaf(tensor):
                self._constants.append(hold)
            elif id(tensor) not in living:
                living.add(id(tensor))
                left_out += not (
                    self._go_on(hold.names, tensor) or self._begin(hold.names[0], tensor)
                )
        for name, tensor in reached:
            if id(tensor) not in living:
                living.add(id(tensor))
                left_out += not self._begin(name, tensor)
        self._left_out = max(self._left_out, left_out)

    def _go_on(self, names: Sequence[str], tensor: torch.Tensor) -> bool:
        for track in self._tracks:
            # A second name may be that of a parameter, while the first is still another leaf's.
            if track.name == names[0] or (track.name in names and track.hold.tensor() is None):
                track.hold = _Hold(tensor)
                return True
        return False

    def _begin(self, name: str, tensor: torch.Tensor) -> bool:
        if len(self._tracks) >= self._limits.history_leaves:
            return False
        self._tracks.append(_Track(name, tensor, earlier=len(self._numbers)))
        return True


def _is_leaf(tensor: torch.Tensor) -> bool:
    return tensor.requires_grad and tensor.is_leaf


def _has_become_a_leaf(hold: _Hold) -> bool:
    tensor = hold.tensor()
    return tensor is not None and _is_leaf(tensor)


def _is_one(tensor: torch.Tensor) -> bool:
    return not has_own_code(type(tensor)) and tensor.numel() == 1


def _item(tensor: torch.Tensor) -> Scalar | None:
    """The one element; None where there are more, or none that is plain."""
    if not _is_one(tensor):
        return None
    try:
        return tensor.item()
    except (RuntimeError, TypeError):
        return None


def _norm(tensor: torch.Tensor) -> float | None:
    """The Euclidean norm as PyTorch computes it; NaN and infinity stay what they are."""
    one = _item(tensor)
    if isinstance(one, float):
        return abs(one)
    if has_own_code(type(tensor)):
        return None
    try:
        elements = tensor.coalesce().values() if tensor.is_sparse else tensor.detach()
        return torch.linalg.vector_norm(elements).item()
    except (RuntimeError, TypeError):  # some layouts have no norm
        return None


def _norm_of_all(tensors: Sequence[torch.Tensor]) -> float | None:
    """The norm of several tensors as if they were one."""
    norms = [_norm(tensor) for tensor in tensors]
    if len(norms) == 1:
        return norms[0]
    return None if None in norms else math.hypot(*(norm for norm in norms if norm is not None))


def _numbers(column: Column) -> tuple[Number | None, ...]:
    return tuple(None if value is None else to_number(value) for value in column)
