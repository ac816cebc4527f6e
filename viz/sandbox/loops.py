"""Record the last call of a training loop: which one it is, only a first run can tell.

The second run is the same run in another fresh child, where only that call is recorded. Both
together take no longer than one may.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import msgspec

from viz.errors import InputError, LimitError, UserError
from viz.limits import Limits
from viz.sandbox.wire import Answer, Explain
from viz.trace import Notice


def chosen_numbers(record: Iterable[int], limits: Limits) -> tuple[int, ...]:
    """Each once, in order. Raises InputError and LimitError."""
    chosen = tuple(sorted(set(record)))
    for number in chosen:
        if not 0 <= number < limits.backward_calls:
            raise InputError(
                f"{number} is not the number of a call of backward.",
                hint=f"They count from 0, and {limits.backward_calls:,} calls are allowed.",
            )
    if len(chosen) > limits.backwards:
        raise LimitError(
            f"{len(chosen):,} calls of backward were chosen; "
            f"{limits.backwards:,} can be recorded step by step.",
            hint="Choose fewer.",
        )
    return chosen


def with_the_last(request: Explain, run: Callable[[Explain], Answer]) -> Answer:
    """What `run` answers, with the last call recorded, or a notice that says why it is not."""
    begin = time.monotonic()
    answer = run(request)
    calls = answer.trace.history.calls
    recorded = {backward.number for backward in answer.trace.backwards}
    if any(number >= calls for number in request.record):
        answer = _noticed(answer, f"The program calls backward only {_times(calls)}.")
    if answer.trace.history.is_thinned:
        shown = len(answer.trace.history.numbers)
        answer = _noticed(
            answer,
            f"The program calls backward {_times(calls)}; the curves show {shown:,} of them, "
            "evenly chosen.",
        )
    if calls == 0 or calls - 1 in recorded:
        return answer
    spent = time.monotonic() - begin
    left = request.limits.seconds - spent
    if left < spent:
        return _without_the_last(
            answer,
            f"running the program again for it would take longer than the "
            f"{request.limits.seconds:g} seconds of a run.",
        )
    again = msgspec.structs.replace(
        request,
        limits=msgspec.structs.replace(request.limits, seconds=left),
        record=(calls - 1,),
        beginning=False,
    )
    try:
        second = run(again)
    except UserError as error:
        return _without_the_last(answer, str(error))
    return _joined(answer, second)


def _joined(answer: Answer, second: Answer) -> Answer:
    if second.trace.history.losses != answer.trace.history.losses:
        return _without_the_last(answer, "the program computed something else when it ran again.")
    trace = answer.trace
    return Answer(
        trace=msgspec.structs.replace(trace, backwards=trace.backwards + second.trace.backwards),
        layouts=answer.layouts + second.layouts,
        overviews=answer.overviews + second.overviews,
    )


def _without_the_last(answer: Answer, why: str) -> Answer:
    return _noticed(answer, f"The last call of backward is not recorded step by step: {why}")


def _noticed(answer: Answer, text: str) -> Answer:
    notices = (*answer.trace.notices, Notice(text))
    return msgspec.structs.replace(
        answer, trace=msgspec.structs.replace(answer.trace, notices=notices)
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
