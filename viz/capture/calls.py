"""Remember the forward calls that make grad_fns: function, arguments and results, as they were.

A call is known by the sequence number of the grad_fn that it made: one number, instead of the
grad_fn itself, which would keep the whole graph and its saved tensors in memory. What is kept of a
tensor is a Subject, which does not keep the tensor alive either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn.parameter import is_lazy
from torch.utils._python_dispatch import (
    TorchDispatchMode,
    _get_current_dispatch_mode_stack,
    _pop_mode,
    _push_mode,
)
from torch.utils.weak import WeakTensorKeyDictionary

from viz.capture.aliases import Aliases
from viz.capture.arrays import Reader, Snapshot
from viz.capture.changes import Changes
from viz.capture.cuts import mark, origins_of, read_by, source_of
from viz.capture.depth import Depths
from viz.capture.kinds import has_own_code, shape_of
from viz.capture.schemas import Signature, signature_of
from viz.capture.sources import (
    UNREAD,
    Alias,
    Call,
    Here,
    Made,
    Name,
    Operand,
    Origins,
    Result,
    Sighting,
    Source,
    Subject,
    result_made_by,
    tensors_in,
    version_of,
)
from viz.capture.uncompiled import never_compiled
from viz.errors import LimitError
from viz.limits import Limits
from viz.trace import CutKind

DETACH = torch.ops.aten.detach.default


UNCOUNTED = {torch.ops.aten.native_batch_norm.default: (3, 4)}
"""Positions of the arguments that a call changes without a new version of them."""


Pending = tuple[Call, list[tuple[torch.Tensor, Snapshot]]]
"""A call that has run, with its results, which have no grad_fn yet."""


class Calls(TorchDispatchMode):
    """The record of the forward pass. Active as a context manager; changes nothing it sees.

    line     the line of the program that runs
    locate   asked instead where the program's lines are not known beforehand, at each call that
             can make a grad_fn, changes a tensor in place or cuts the graph, and at no other; it is
             called inside PyTorch's dispatch
    """

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.line: int | None = None
        self.locate: Callable[[], Here] | None = None
        self.reader = Reader(limits)
        self._limits = limits
        self._subjects: MutableMapping[torch.Tensor, Subject] = WeakTensorKeyDictionary()
        self._bound: dict[str, Subject] = {}
        self._names: dict[Result, Name] = {}
        self._suggested: dict[Result, Name] = {}
        self._made: dict[int, Made] = {}
        self._count = 0
        self._pending: Pending | None = None
        self._named = 0
        self._depths = Depths(self._made)
        self._below = 0
        self._last = Here(None)
        self._any_cut = False
        self.changes = Changes()
        self.aliases = Aliases()
        self.numbers: Mapping[Any, Origins] = {}
        self.awake = True

    supports_higher_order_operators = True

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # Else PyTorch imports its whole compiler (a second) at the first call that is watched.
        return False

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """Out of PyTorch's stack of modes, which other modes may share.

        Not looking would not be enough: where any mode is active, PyTorch takes other formulas for
        some derivatives (`prod`), which round differently.
        """
        self.settle()
        if self not in _get_current_dispatch_mode_stack():
            yield
            return
        above = self._pop_with_those_above()
        _push_all(above[:-1])
        try:
            yield
        finally:
            for _ in above[:-1]:
                _pop_mode()
            _push_all(above)

    def sleep(self) -> None:
        """Out of the stack of modes until `wake`: PyTorch runs as if nobody watched."""
        stack = _get_current_dispatch_mode_stack()
        if self in stack:
            self.settle()
            self._below = stack.index(self)
            above = self._pop_with_those_above()
            _push_all(above[:-1])
            self.awake = False

    def wake(self) -> None:
        """Back to the same place. What was called meanwhile is unknown, constants may be others."""
        if not self.awake:
            above = [_pop_mode() for _ in _get_current_dispatch_mode_stack()[self._below :]]
            _push_all([*above, self])
            self.awake = True
            for subject in self._subjects.values():
                subject.sighting = None

    def __exit__(self, *error: Any) -> None:
        self.wake()
        super().__exit__(*error)

    def _pop_with_those_above(self) -> list[TorchDispatchMode]:
        popped = [_pop_mode()]
        while popped[-1] is not self:
            popped.append(_pop_mode())
        return popped

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

    def name(self, result: Result) -> Name | None:
        """The name of this very result, or else of the tensor that the operation changed, or else
        the one that was suggested."""
        found = self._names.get(result)
        if found is None:
            call = self.call(result.number)
            if call is not None and call.target is not None:
                found = call.target.name
        return self._suggested.get(result) if found is None else found

    def name_of(self, tensor: torch.Tensor) -> Name | None:
        """The name of a tensor of whatever kind."""
        if tensor.grad_fn is None:
            return self.subject(tensor).name
        return self.name(result_made_by(tensor))

    def suggest(
        self, name: str, tensor: torch.Tensor, line: int | None, again: bool = False
    ) -> None:
        """A name for a tensor that the program may never name; `again`: rather than an earlier."""
        suggested = Name(name, line or 0)
        if tensor.grad_fn is None:
            subject = self.subject(tensor)
            if again or subject.suggested is None:
                subject.suggested = suggested
        elif again:
            self._suggested[result_made_by(tensor)] = suggested
        else:
            self._suggested.setdefault(result_made_by(tensor), suggested)

    def kept_gradients(self) -> list[torch.Tensor]:
        """The living results that the program named and that keep their gradient."""
        return [
            tensor
            for tensor, subject in self._subjects.items()
            if subject.name is not None and tensor.retains_grad
        ]

    def subject(self, tensor: torch.Tensor) -> Subject:
        found = self._subjects.get(tensor)
        if found is None:
            found = self._subjects[tensor] = Subject()
        return found

    def bound_tensors(self) -> list[tuple[Subject, torch.Tensor]]:
        """The living tensors that still own their name, in the order of naming."""
        living = [
            (subject, tensor)
            for tensor, subject in self._subjects.items()
            if subject.name is not None and self._bound.get(subject.name.text) is subject
        ]
        return sorted(living, key=lambda pair: pair[0].order)

    def bind(self, name: str, tensor: torch.Tensor, line: int) -> None:
        """The first name of a tensor stays, and so does the first name of each grad_fn's result."""
        self.settle()
        subject = self.subject(tensor)
        if subject.name is None:
            self._named += 1
            subject.name = Name(name, line)
            subject.order = self._named
            self._bound[name] = subject
        if tensor.grad_fn is not None:
            self._names.setdefault(result_made_by(tensor), Name(name, line))

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


def _push_all(popped: list[TorchDispatchMode]) -> None:
    for mode in reversed(popped):
        _push_mode(mode)
