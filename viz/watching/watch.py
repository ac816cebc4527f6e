"""Record a person's own PyTorch code, without changing what it computes.

with viz.watch() as watch:
    loss = model(x)
trace = watch.backward(loss)
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from types import FrameType, TracebackType
from typing import Any
from weakref import ref

import msgspec
import torch

from viz.capture import Recorder
from viz.capture.asked import Asked, Gradients, Tensors
from viz.errors import InputError
from viz.limits import DEFAULTS, Limits
from viz.trace import Backward, Notice, Trace
from viz.watching.caller import Caller, tensors_and_modules
from viz.watching.engine import Engine
from viz.watching.notices import notices_of
from viz.watching.plan import OwnPlan

MUCH = 1 << 60
"""On a person's own machine nothing is refused for its size."""


class Watch:
    """Active as a context manager; what it records is in `trace`, also after the block.

    While active it sees each operation of this thread: its values, its module, its line, and what
    the caller's variables hold. Every call of the engine is recorded, whoever makes it.
    """

    def __init__(self, frame: FrameType, array_values: int) -> None:
        """`frame` wrote `with viz.watch()`."""
        limits = _limits(array_values)
        self._plan = OwnPlan(limits)
        self._recorder = Recorder(limits, self._plan, self._where)
        self._caller = Caller(frame, self._look)
        self._engine = Engine(self._record)
        self._held: dict[str, int] = {}
        # A module's own name for it is better than that of a loop: "head.bias", not "p".
        self._parameters: dict[int, tuple[ref[torch.nn.Parameter], str, int]] = {}
        self._state = "new"
        self._block = ExitStack()

    def __enter__(self) -> Watch:
        if self._state != "new":
            raise InputError(
                "this watch has been used already.", hint="Write a new one: with viz.watch() as w:"
            )
        self._state = "active"
        self._caller.look()
        with ExitStack() as stack:
            stack.enter_context(self._recorder)
            stack.enter_context(self._engine.in_between())
            self._block = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._state = "done"
        try:
            self._caller.leave()
        finally:
            self._block.__exit__(kind, error, traceback)

    @property
    def trace(self) -> Trace:
        """Every backward pass so far."""
        return self._trace(self._recorder.backwards)

    def backward(
        self,
        loss: Tensors,
        gradient: Gradients = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Tensors | None = None,
    ) -> Trace:
        """Run `loss.backward(...)`, or `torch.autograd.backward` of several tensors, and return
        the Trace of this very pass.

        Inside the block and after it. Raises what PyTorch raises; where the engine had begun,
        `trace` then shows the pass up to there. Raises InputError for what is no tensor.
        """
        tensors = (loss,) if isinstance(loss, torch.Tensor) else loss
        self._check(tensors)
        earlier = len(self._recorder.backwards)
        self._ask(
            sys._getframe(1),
            lambda: torch.autograd.backward(
                tensors, gradient, retain_graph, create_graph, inputs=inputs
            ),
            create_graph,
        )
        found = self._recorder.backwards[earlier:]
        if not found:
            raise InputError("a backward pass inside another one can't be recorded by itself.")
        return self._trace(found)

    def grad(self, outputs: Tensors, inputs: Any, *given: Any, **named: Any) -> Any:
        """Run `torch.autograd.grad` with these arguments, record it, and return the gradients."""
        self._check((outputs,) if isinstance(outputs, torch.Tensor) else outputs)
        creates = bool(named.get("create_graph", len(given) > 2 and given[2]))
        return self._ask(
            sys._getframe(1),
            lambda: torch.autograd.grad(outputs, inputs, *given, **named),
            creates,
        )

    def _check(self, tensors: Any) -> None:
        if self._state == "new":
            raise InputError(
                "nothing has been watched yet.", hint="First: with viz.watch() as watch: ..."
            )
        is_sequence = isinstance(tensors, list | tuple) and len(tensors) > 0
        if not is_sequence or not all(isinstance(each, torch.Tensor) for each in tensors):
            found = tensors[0] if is_sequence else tensors
            raise InputError(
                f"backward begins at a tensor, and this is a {type(found).__name__}.",
                hint="watch.backward(loss) takes the loss, or a list of tensors.",
            )

    def _ask(self, frame: FrameType, run: Callable[[], Any], creates: bool) -> Any:
        if self._caller.is_here(frame):
            self._caller.look_everywhere(frame)
        del frame
        self._plan.asked = True
        try:
            with ExitStack() as stack:
                if self._state == "done":
                    if creates:  # The gradients' own operations are to be seen.
                        stack.enter_context(self._recorder)
                    stack.enter_context(self._engine.in_between())
                return run()
        finally:
            self._plan.asked = False

    def _record(self, asked: Asked, run: Callable[[], Any]) -> Any:
        self._name_parameters()
        return self._recorder.run_engine(asked, run, self._caller.line())

    def _where(self) -> tuple[int | None, str]:
        return self._caller.where(self._recorder.modules.calls)

    def _look(self, variables: Mapping[str, Any], line: int) -> None:
        """A tensor or module that a variable holds since the last look gets its name."""
        for name, value in tensors_and_modules(variables):
            if self._held.get(name) == id(value):
                continue
            self._held[name] = id(value)
            if isinstance(value, torch.nn.Module):
                self._recorder.name_module(name, value)
            elif isinstance(value, torch.nn.Parameter):
                self._parameters.setdefault(id(value), (ref(value), name, line))
            else:
                self._recorder.name_tensor(name, value, line)

    def _name_parameters(self) -> None:
        """By their paths in the modules that are known; those in none, by their variables."""
        self._recorder.name_parameters()
        for reference, name, line in self._parameters.values():
            parameter = reference()
            if parameter is not None:
                self._recorder.name_tensor(name, parameter, line)
        self._parameters.clear()

    def _trace(self, backwards: tuple[Backward, ...]) -> Trace:
        source = self._caller.source
        said = notices_of(backwards, self._engine.unseen, self._plan.left_out)
        return Trace(
            source=source,
            backwards=backwards,
            notices=(*map(Notice, said), *self._recorder.notices),
            history=self._recorder.history,
        )


def _limits(array_values: int) -> Limits:
    if array_values < 1:
        raise InputError(f"array_values is a number of elements, at least 1, not {array_values}.")
    return msgspec.structs.replace(
        DEFAULTS,
        operations=MUCH,
        total_operations=MUCH,
        backward_calls=MUCH,
        array_values=array_values,
    )
