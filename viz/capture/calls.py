"""Remember the forward calls that make grad_fns: function, arguments and results, as they were.

A call is known by the sequence number of the grad_fn that it made: one number, instead of the
grad_fn itself, which would keep the whole graph and its saved tensors in memory. What is kept of a
tensor is a Subject, which does not keep the tensor alive either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch.nn.parameter import is_lazy

from viz.capture.aliases import Aliases
from viz.capture.arrays import Reader, Snapshot
from viz.capture.changes import Changes
from viz.capture.cuts import mark, origins_of, read_by, source_of
from viz.capture.depth import Depths
from viz.capture.kinds import has_own_code, shape_of
from viz.capture.mode import Mode
from viz.capture.schemas import Signature, signature_of
from viz.capture.sources import (
    UNREAD,
    Alias,
    Call,
    Here,
    Made,
    Operand,
    Origins,
    Result,
    Sighting,
    Source,
    tensors_in,
    version_of,
)
from viz.capture.subjects import Subjects
from viz.capture.uncompiled import never_compiled
from viz.errors import LimitError
from viz.limits import Limits
from viz.trace import CutKind

DETACH = torch.ops.aten.detach.default


UNCOUNTED = {torch.ops.aten.native_batch_norm.default: (3, 4)}
"""Positions of the arguments that a call changes without a new version of them."""


Pending = tuple[Call, list[tuple[torch.Tensor, Snapshot]]]
"""A call that has run, with its results, which have no grad_fn yet."""


class Calls(Subjects, Mode):
    """The record of the forward pass. Active as a context manager; changes nothing it sees.

    line     the line of the program that runs
    locate   asked instead where the program's lines are not known beforehand, at each call that
             can make a grad_fn, changes a tensor in place or cuts the graph, and at no other; it is
             called inside PyTorch's dispatch
    """

    def __init__(self, limits: Limits) -> None:
        Subjects.__init__(self)
        Mode.__init__(self)
        self.line: int | None = None
        self.locate: Callable[[], Here] | None = None
        self.reader = Reader(limits)
        self._limits = limits
        self._made: dict[int, Made] = {}
        self._count = 0
        self._pending: Pending | None = None
        self._depths = Depths(self._made)
        self._last = Here(None)
        self._any_cut = False
        self.changes = Changes()
        self.aliases = Aliases()
        self.numbers: Mapping[Any, Origins] = {}

    # What the recorder asks.

    def here(self) -> Here:
        """Where in the program the present call is made."""
        if self.locate is not None:
            return self.locate()
        if self._last.line != self.line:
            self._last = Here(self.line)  # one for all calls of a line
        return self._last

    def call(self, number: int) -> Call | None:
        made = self._made.get(number)
        return None if made is None else made.call

    def see(self, tensor: torch.Tensor) -> None:
        """Take the value of a result, in case that its call was out of sight."""
        self._source(tensor)

    def result(self, result: Result) -> Snapshot | None:
        made = self._made.get(result.number)
        return None if made is None else made.result(result.output)

    def woken(self) -> None:
        for subject in self.subjects():
            subject.sighting = None

    # What PyTorch tells.

    @never_compiled
    def __torch_dispatch__(
        self,
        func: torch._ops.OpOverload,
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        self.settle()
        if not isinstance(func, torch._ops.OpOverload):
            return func(*args, **kwargs)  # `torch.cond` and its like run operations of their own.
        signature = signature_of(func)
        if signature.in_place:
            self.changes.note(self, func, args)
        if not torch.is_grad_enabled():
            return self._run_unrecorded(func, args, kwargs)
        # Before the call: an operation in place changes its arguments.
        call = self._read(signature, args, kwargs)
        if call is not None and types and any(map(has_own_code, types)):
            call.has_hooks = True
        answer = func(*args, **kwargs)
        if signature.mutable or func in UNCOUNTED:
            self._forget_changed(func, signature, args, kwargs)
        if func is DETACH:
            self.shares("detach", answer, args[0])
        if call is not None:
            made = (answer, signature.filled_by(args, kwargs)) if signature.filled else answer
            source = args[0] if args and isinstance(args[0], torch.Tensor) else None
            self._pending = (
                call,
                [(each, self.reader.snapshot(each, source)) for each in tensors_in(made)],
            )
            if func is DETACH:
                self.leave(answer, origins_of(self, args, "detach", "detach()"))
        elif self._any_cut:
            self.leave(answer, origins_of(self, read_by(func, args, kwargs), "no_grad", ""))
        return answer

    def _run_unrecorded(
        self, func: torch._ops.OpOverload, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> Any:
        """A call while gradients are off: its results only remember what they come from."""
        tensors = read_by(func, args, kwargs)
        inference = torch.is_inference_mode_enabled()
        word = "torch.inference_mode()" if inference else "torch.no_grad()"
        origins = origins_of(self, tensors, "no_grad", word)
        answer = func(*args, **kwargs)
        self._forget_changed(func, signature_of(func), args, kwargs)
        if func is DETACH:
            self.shares("detach", answer, args[0])
        if origins or self._any_cut:
            self.leave(answer, origins)
        return answer

    def _forget_changed(
        self,
        func: torch._ops.OpOverload,
        signature: Signature,
        args: Sequence[Any],
        kwargs: dict[str, Any],
    ) -> None:
        """What was changed has other numbers, also where PyTorch counts no new version of it: the
        running statistics of a batch norm, and a tensor that is changed through its `.data`."""
        if signature.mutable:
            for tensor in tensors_in((args, kwargs)):
                self.reader.changed(tensor)
        for position in UNCOUNTED.get(func, ()):
            if isinstance(args[position], torch.Tensor):
                self.subject(args[position]).sighting = None
                self.reader.changed(args[position])

    def shares(self, how: CutKind, alias: torch.Tensor, tensor: torch.Tensor) -> None:
        """The one holds the very numbers of the other, outside of the graph."""
        self.subject(alias).alias = Alias(how, source_of(self, tensor))

    def leave(self, answer: Any, origins: Origins) -> None:
        """The numbers of these results come from there, outside of the graph."""
        self._any_cut = mark(self, answer, origins) or self._any_cut

    def settle(self) -> None:
        """Learn which grad_fns the last call made.

        PyTorch attaches a grad_fn to a result after the call has passed here, and before the next
        one does.
        """
        if self.aliases:
            self.aliases.read(self._made, self.reader)
        pending, self._pending = self._pending, None
        if pending is None:
            return
        call, results = pending
        for tensor, snapshot in results:
            if call.target is not None and tensor._base is not None:
                # A change of a view is a change of its base, which gets the grad_fn (CopySlices).
                tensor = tensor._base
                snapshot = self.reader.snapshot(tensor)
            grad_fn = tensor.grad_fn
            if grad_fn is None:
                call.extras = (*call.extras, snapshot)
            else:
                self._keep(grad_fn, call).keep(tensor.output_nr, snapshot)
        if self._count > self._limits.total_operations:
            raise LimitError(
                f"the program runs more than {self._limits.total_operations:,} operations"
                " that need a gradient.",
                line=call.line,
            )

    def _keep(self, grad_fn: Any, call: Call) -> Made:
        """This call made the grad_fn."""
        number = grad_fn._sequence_nr()
        made = self._made.get(number)
        if made is None:
            made = self._made[number] = Made()
        if made.call is not call:
            self._count += made.call is None
            made.call = call
            made.depth = self._depths.depth_of_new(grad_fn)
        return made

    def _read(
        self, signature: Signature, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> Call | None:
        """The call, or None where no argument requires grad, so that no grad_fn can be made."""
        if not _any_requires_grad(args) and not (kwargs and _any_requires_grad(kwargs.values())):
            return None
        call = Call(
            signature,
            tuple(
                [
                    self._argument(signature, name, value)
                    for name, value in zip(signature.names, args, strict=False)
                ]
            ),
            {name: self._argument(signature, name, kwargs[name]) for name in kwargs}
            if kwargs
            else None,
            self.here(),
            has_hooks=torch._C._autograd._top_saved_tensors_default_hooks(True) is not None,
        )
        if signature.in_place and args and isinstance(args[0], torch.Tensor):
            changed = args[0]
            call.target = self.subject(changed if changed._base is None else changed._base)
        return call

    def _argument(self, signature: Signature, name: str, value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            # A lazy layer's parameter has no shape until its first input gives it one.
            overwritten = (signature.overwrites and name == "self") or name in signature.filled
            return UNREAD if overwritten or is_lazy(value) else self._source(value)
        if isinstance(value, list | tuple):
            return tuple([self._source(v) if isinstance(v, torch.Tensor) else v for v in value])
        if name in signature.operands and isinstance(value, int | float | complex):
            return Operand(value, self.numbers.get(value, ()))
        return value

    def _source(self, tensor: torch.Tensor) -> Source:
        grad_fn: Any = tensor.grad_fn
        if grad_fn is not None:
            number, output = grad_fn._sequence_nr(), tensor.output_nr
            made = self._made.get(number)
            if made is None:
                made = self._made[number] = Made()
            if made.result(output) is None:
                # Made out of sight, by a custom Function or by the engine: seen here first.
                made.keep(output, self.reader.snapshot(tensor))
            return Result(number, output)
        subject = self.subject(tensor)
        last = subject.sighting
        state = (version_of(tensor), tensor.requires_grad)
        if last is None or (last.version, last.requires_grad) != state:
            last = Sighting(
                subject,
                *state,
                self.reader.snapshot(tensor),
                shape_of(tensor),
                subject.origins,
            )
            subject.sighting = last
        return last


def _any_requires_grad(values: Iterable[Any]) -> bool:
    for value in values:
        if isinstance(value, torch.Tensor):
            if value.requires_grad:
                return True
        elif isinstance(value, list | tuple | dict) and any(
            tensor.requires_grad for tensor in tensors_in(value)
        ):
            return True
    return False
