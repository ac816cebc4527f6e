"""Record a running program: its forward calls, its names, and its backward passes.

While no call of backward is near that is to be recorded step by step, PyTorch runs unwatched, and a
call leaves no more than a few numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import Any

import torch

from viz.capture.asked import Asked, returned_for
from viz.capture.calls import Calls
from viz.capture.collecting import collector_off
from viz.capture.cuts import NO_GRAPH, cuts_of, origins_of, why_no_graph
from viz.capture.firing import InterruptedPass, fire
from viz.capture.formulas import are_the_same
from viz.capture.gradient_names import GradientNames
from viz.capture.graph import Graph, walk
from viz.capture.history import Chronicle, NamedTensor, Names
from viz.capture.leaves import Leaves
from viz.capture.local import local_derivatives
from viz.capture.modules import Modules
from viz.capture.observer import Observer
from viz.capture.owners import note_owners, suggest_buffers, tell_apart, unnamed_parameters
from viz.capture.plan import Plan
from viz.capture.records import Nodes, edges_of
from viz.capture.sources import Here, Origins
from viz.capture.stops import Freed, stop_of
from viz.capture.torchviz_dot import draw
from viz.errors import LimitError
from viz.limits import DEFAULT, Limits
from viz.trace import Backward, CutKind, History, Notice, Step, Stop


class Recorder(Observer):
    """While active, watches PyTorch without changing values, gradients or random numbers.

    with Recorder() as recorder:
        w = torch.tensor(2.0, requires_grad=True)
        recorder.name_tensor("w", w, line=1)
        recorder.backward(w**2)
    recorder.backwards[0].leaves[0].after
    """

    def __init__(
        self,
        limits: Limits = DEFAULT,
        plan: Plan | None = None,
        where: Callable[[], tuple[int | None, str]] | None = None,
    ) -> None:
        """`where` is asked for line and place of each call, where nobody tells of lines."""
        self._limits = limits
        self._plan = plan or Plan(limits)
        self._where = where
        self._calls = Calls(limits)
        self._calls.locate = self._here
        self.modules = Modules(partial(note_owners, self._calls))
        self._names = Names()
        self._chronicle = Chronicle(self._names, limits)
        self._backwards: list[Backward] = []
        self._freed = Freed()
        self._lent: torch.Tensor | None = None
        self._notices: dict[Notice, None] = {}

    def __enter__(self) -> Recorder:
        self._calls.__enter__()
        self.modules.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.modules.__exit__(kind, error, traceback)
        self._calls.__exit__(kind, error, traceback)
        if kind is None:
            self._calls.settle()

    @property
    def backwards(self) -> tuple[Backward, ...]:
        """The calls so far that were recorded step by step, in order."""
        return tuple(self._backwards)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a reader has to know of the values that are shown."""
        return tuple(self._notices)

    @property
    def history(self) -> History:
        """All calls so far, in a few numbers each."""
        return self._chronicle.history()

    def enter_line(self, line: int) -> None:
        """From now on, operations are made by this line of the program."""
        self._calls.line = line

    def name_module(self, name: str, module: torch.nn.Module) -> None:
        """The program gave a module a name."""
        self.modules.name(name, module)

    def name_tensor(self, name: str, tensor: torch.Tensor, line: int) -> None:
        """The program gave a tensor a name. The first name of a result stays."""
        self._names.add(name, tensor, line)
        if self._calls.awake:
            self._calls.bind(name, tensor, line)

    def name_parameters(self) -> None:
        """Parameters and buffers without a name are called by their paths."""
        suggest_buffers(self._calls, self.modules)
        for path, parameter in unnamed_parameters(self._calls, self.modules):
            self.name_tensor(path, parameter, 0)

    def takes(self, tensor: torch.Tensor, how: CutKind, word: str) -> Origins:
        """The program takes numbers out of the graph; what is returned names where they come from.

        how, word   as in `viz.trace.Cut`
        """
        if not self._calls.awake:
            return ()
        self._calls.settle()
        self._lent = tensor if how == "data" else None
        return origins_of(self._calls, (tensor,), how, word)

    def brings(self, numbers: Mapping[Any, Origins]) -> None:
        """The next operations get these numbers, which came out of tensors, as operands."""
        self._calls.numbers = numbers

    def brought(self, tensor: torch.Tensor, origins: Origins) -> None:
        """A tensor was made of numbers that came out of tensors."""
        lent, self._lent = self._lent, None
        if self._calls.awake:
            self._calls.leave(tensor, origins)
            if lent is not None and tensor.data_ptr() == lent.data_ptr():
                self._calls.shares("data", tensor, lent)

    def run_engine(self, asked: Asked, run: Callable[[], Any], line: int | None) -> Any:
        """Call `run`, which runs the engine as `asked`, and record it step by step or in few
        numbers, as the plan wants. Returns what it returns.

        Raises what PyTorch raises, with the steps up to there recorded where the engine had begun,
        and LimitError where the graph or the number of calls is larger than allowed. Where more
        is known than PyTorch says, the error has it in plain words as `plain`, and as `cure` what
        would work.
        """
        if not asked.can_be_recorded:
            with self._told_why(asked), self._calls.asleep():
                return run()  # PyTorch says what is missing.
        # With create_graph the engine's own operations are forward calls, to be watched too.
        watched = asked.creates and self._calls.awake and are_the_same(asked.outputs)

        def run_apart() -> Any:
            if watched or not self._calls.awake:
                return run()
            with self._calls.asleep():
                return run()

        self._check_count(line)
        error = None
        if self._plan.wants(self._chronicle.calls):
            reached, answer, error = self._record(asked, run_apart, line)
        else:
            reached, answer = [], run_apart()
            self._backwards = self._plan.passed_over(self._backwards)
        returned = returned_for(asked, answer) if error is None else {}
        self._chronicle.add(asked.outputs, line, reached, returned)
        self._watch_what_is_near()
        if error is not None:
            raise error
        return answer

    def _record(
        self, asked: Asked, run: Callable[[], Any], line: int | None
    ) -> tuple[list[NamedTensor], Any, Exception | None]:
        """Run the engine step by step; gives the leaves that it reached, and its answer, or the
        error that ended it in the middle."""
        reader = self._calls.reader
        with self._calls.asleep(), collector_off():
            for output in asked.outputs:
                self._calls.see(output)
            graph = walk(asked.outputs, self._calls, self._limits, line)
            tell_apart(self._calls, (leaf.variable for leaf in graph.leaves))
            self._notices.update(dict.fromkeys(self._calls.aliases.notices(graph)))
            dot = draw(graph, self._calls)
            nodes = Nodes(graph, self._calls)
            records = nodes.all()
            leaves = Leaves(graph, asked, nodes, self._calls)
            cuts = cuts_of(graph, nodes, self._calls)
            local = local_derivatives(graph, self._limits)
            names = GradientNames(graph, asked, self._calls) if asked.creates else None
        arrived = None if names is None else names.arrived
        answer, interrupted = None, None
        arrived_last: tuple[Step, ...] = ()
        try:
            steps, answer = fire(graph, asked, run, reader, arrived)
        except InterruptedPass as caught:
            steps, interrupted, arrived_last = caught.steps, caught, caught.arrived
        with self._calls.asleep(), collector_off():
            returned = returned_for(asked, answer) if interrupted is None else {}
            stop = self._stopped(interrupted, graph) if interrupted is not None else None
            self._freed.note(graph, line)
            if names is not None:
                names.of_answer(returned)
            self._backwards.append(
                Backward(
                    output=graph.OUTPUT,
                    line=line,
                    nodes=records,
                    edges=edges_of(graph, asked, (*steps, *arrived_last), local, reader),
                    steps=steps,
                    forward=graph.forward(),
                    leaves=leaves.records(returned),
                    dot=dot,
                    number=self._chronicle.calls,
                    way="grad" if asked.returned else "backward",
                    cuts=cuts,
                    stop=stop,
                )
            )
            self._plan.recorded(len(graph.operations))
            variables = [leaf.variable for leaf in graph.leaves]
            called = [self._calls.subject(variable).name for variable in variables]
        return (
            [
                (name.text if name is not None else "", variable)
                for name, variable in zip(called, variables, strict=True)
            ],
            answer,
            interrupted and interrupted.error,
        )

    @contextmanager
    def _told_why(self, asked: Asked) -> Iterator[None]:
        """An error about a result without a graph says what cut the graph, if that is known."""
        try:
            yield
        except RuntimeError as error:
            if NO_GRAPH in str(error) and len(asked.outputs) == 1:
                why = why_no_graph(self._calls, asked.outputs[0])
                if why is not None:
                    error.plain, error.cure = why  # type: ignore[attr-defined]
            raise

    def _stopped(self, interrupted: InterruptedPass, graph: Graph) -> Stop:
        """Why, as data for the picture, and on the error itself in plain words."""
        error, grad_fn = interrupted.error, interrupted.grad_fn
        stop, plain = stop_of(error, grad_fn, graph, self._calls, self._freed)
        if plain is not None:
            error.plain, error.cure = plain, stop.cure  # type: ignore[attr-defined]
        return stop

    def _here(self) -> Here:
        line, place = (self._calls.line, "") if self._where is None else self._where()
        return Here(line, self.modules.path, place)

    def _watch_what_is_near(self) -> None:
        near = self._plan.watches(self._chronicle.calls)
        if self._calls.awake and not near:
            self._calls.sleep()
        elif near and not self._calls.awake:
            self._calls.wake()
            for hold, tensor in self._names.living():
                self._calls.bind(hold.names[0], tensor, hold.line)

    def _check_count(self, line: int | None) -> None:
        if self._chronicle.calls >= self._limits.backward_calls:
            raise LimitError(
                f"the program calls backward more than {self._limits.backward_calls:,} times.",
                line=line,
                hint="Fewer steps of training show the same.",
            )
