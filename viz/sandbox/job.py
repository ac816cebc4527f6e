"""The child's one job: a request becomes an answer, or a failure that says why not.

Imported only where torch may be: by the fork server and by a process that lives for one run.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import suppress
from importlib import import_module

import msgspec

from viz.again import descend, prove, survey
from viz.capture import Plan, Recorder
from viz.errors import LimitError, ProgramError, UserError
from viz.fold.build import tree_from, tree_of
from viz.fold.drawing import overview
from viz.fold.find import searched
from viz.fold.opening import first_view
from viz.fold.overview import LARGE, Overview
from viz.language import Result, check, check_given, run
from viz.language.observer import Observer
from viz.layout import arrange
from viz.layout.places import Layout
from viz.limits import Limits
from viz.sandbox.lockdown import Protection, lock_down
from viz.sandbox.picture import render
from viz.sandbox.wire import (
    Answer,
    Arrange,
    Channel,
    Descend,
    Explain,
    Failure,
    Fold,
    Phase,
    Prove,
    Render,
    Repeat,
    Request,
    Survey,
)
from viz.study import Study
from viz.trace import Backward, Notice, Trace, to_float

# Given back when memory has run out, so that there is some to say so with.
RESERVE_BYTES = 4 << 20

LOG_CHARACTERS = 20_000

OUT_OF_MEMORY = (
    "can't allocate memory",
    "Cannot allocate memory",
    "not enough memory",
    "bad_alloc",
)


def do_one_job(channel: Channel, protections: tuple[Protection, ...]) -> None:
    """Reads the request, gives up all rights, and answers."""
    request = channel.request()
    reserve = bytearray(RESERVE_BYTES)
    try:
        if not isinstance(request, Render | Fold | Arrange) and "optim" in request.source:
            import_module("torch._dynamo")  # Has long been done, unless this server is very young.
        lock_down(request.limits, protections, reads_files=isinstance(request, Render))
        body = perform(request, channel.phase)
        _hold_to_size(body, request)
    except BaseException as problem:
        # Everything, also SystemExit: whatever happened, the page gets its sentence.
        del reserve
        channel.fail(explain_problem(problem, request.limits), request.limits.answer_bytes)
    else:
        channel.answer(body)


def perform(request: Request, phase: Callable[[Phase], None]) -> bytes:
    match request:
        case Explain():
            return msgspec.json.encode(_explain(request, phase))
        case Render():
            phase("rendering")
            return render(request.dot, request.form)
        case Fold():
            phase("drawing")
            return msgspec.json.encode(_fold(request))
        case Arrange():
            phase("drawing")
            return msgspec.json.encode(_drawn(request.trace))
        case _:
            return msgspec.json.encode(_repeat(request, phase))


def _explain(request: Explain, phase: Callable[[Phase], None]) -> Answer:
    limits = request.limits
    inputs = {each.name: each for each in request.inputs}
    phase("checking")
    program = check(request.source, limits)
    chosen = check_given(program, inputs) if request.exact else ()
    phase("running")
    plan = Plan(limits, request.record, beginning=request.beginning)
    recorder = Recorder(limits, plan)
    try:
        with recorder:
            result = run(program, inputs, recorder, limits)
    except UserError as error:
        if recorder.backwards and error.so_far:
            # The program, or the engine in the middle of a pass, stopped: there is a picture of
            # the way up to there.
            with suppress(Exception):
                error.answer = _answer(request, error.so_far, recorder, chosen, phase)
        raise
    return _answer(request, result, recorder, chosen, phase)


def _answer(
    request: Explain,
    result: Result,
    recorder: Recorder,
    chosen: Iterable[Notice],
    phase: Callable[[Phase], None],
) -> Answer:
    trace = Trace(
        source=request.source,
        inputs=tuple(result.inputs),
        printed=result.printed,
        backwards=tuple(recorder.backwards),
        notices=(*result.notices, *recorder.notices, *chosen),
        history=recorder.history,
        pictures=tuple(result.pictures),
    )
    phase("drawing")
    return _drawn(trace)


def _drawn(trace: Trace) -> Answer:
    return Answer(
        trace=trace,
        layouts=tuple(_layouts(trace.backwards)),
        overviews=tuple(map(_first_overview, trace.backwards)),
    )


def _first_overview(backward: Backward) -> Overview | None:
    if len(backward.nodes) <= LARGE:
        return None
    tree = tree_of(backward)
    return overview(tree, first_view(tree))


def _fold(request: Fold) -> Overview:
    tree = tree_from(request.columns)
    opened = first_view(tree) if request.opened is None else request.opened
    return searched(tree, opened, request.find, request.show)


def _repeat(request: Repeat, phase: Callable[[Phase], None]) -> Study:
    limits, number = request.limits, request.number
    inputs = {each.name: each for each in request.inputs}
    phase("checking")
    program = check(request.source, limits)
    phase("repeating")

    def run_it(observer: Observer) -> None:
        run(program, inputs, observer, limits)

    match request:
        case Prove():
            return prove(run_it, number, limits, request.shown)
        case Survey():
            seen = [list(map(to_float, values)) for values in request.seen]
            return survey(run_it, number, limits, request.leaves, seen, request.zoom)
        case Descend():
            return descend(run_it, number, limits, request.rate, request.steps, request.leaves)


def _layouts(backwards: Iterable[Backward]) -> Iterator[Layout]:
    """One for each; the steps of a training loop mostly have one graph, which is arranged once."""
    known: dict[Hashable, Layout] = {}
    for backward in backwards:
        structure = (
            tuple((node.id, node.kind, node.variable, node.shape) for node in backward.nodes),
            tuple((edge.upstream, edge.downstream, edge.slot) for edge in backward.edges),
            # A gradient of an earlier backward is a term of the sum below its leaf.
            tuple(leaf.node for leaf in backward.leaves if leaf.before is not None),
            backward.cuts,
            backward.stop and backward.stop.node,
        )
        if structure not in known:
            known[structure] = arrange(backward)
        yield known[structure]


def _hold_to_size(body: bytes, request: Request) -> None:
    limit = request.limits.answer_bytes
    if len(body) <= limit:
        return
    found, allowed = (f"{size / 1e6:,.1f} MB" for size in (len(body), limit))
    if isinstance(request, Render):
        raise LimitError(
            f"the picture would have {found}; {allowed} are allowed.",
            hint="Draw fewer operations, or take the DOT file.",
        )
    if isinstance(request, Arrange):
        raise LimitError(
            f"the drawing of this file would have {found}; {allowed} are allowed.",
            hint="A trace with fewer operations can be opened.",
        )
    raise LimitError(
        f"the record of this run would have {found}; {allowed} are allowed.",
        hint="Fewer recorded calls of backward, fewer operations or less printed text would fit.",
    )


def explain_problem(problem: BaseException, limits: Limits) -> Failure:
    """The sentence for the page, and the traceback for the log where the fault is ours."""
    if any(_is_out_of_memory(each) for each in _chain(problem)):
        line = problem.line if isinstance(problem, UserError) else None
        return Failure.of(out_of_memory(limits, line))
    if isinstance(problem, UserError):
        return Failure.of(problem)
    if isinstance(problem, RecursionError):
        error: UserError = LimitError(
            "the program, or its graph, is nested more deeply than can be followed.",
            hint="Shorter chains of operations can be drawn.",
        )
    else:
        what = type(problem).__name__
        error = ProgramError(
            f"this program could not be run: an unforeseen {what} inside SeeGrad.",
            hint="Please report it, with the program.",
        )
    text = "".join(traceback.format_exception(problem))
    return Failure.of(error, log=text[-LOG_CHARACTERS:])


def out_of_memory(limits: Limits, line: int | None = None) -> LimitError:
    allowed = f"{limits.memory_bytes >> 20:,} MiB"
    return LimitError(
        f"this needs more than the {allowed} of memory that a program may use.",
        line=line,
        hint="Smaller tensors would fit.",
    )


def _is_out_of_memory(problem: BaseException) -> bool:
    if isinstance(problem, MemoryError):
        return True
    text = problem.message if isinstance(problem, UserError) else str(problem)
    return isinstance(problem, RuntimeError | UserError) and any(
        phrase in text for phrase in OUT_OF_MEMORY
    )


def _chain(problem: BaseException) -> Iterator[BaseException]:
    """The problem and what caused it, first things last; each once."""
    seen: set[int] = set()
    each: BaseException | None = problem
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or each.__context__
