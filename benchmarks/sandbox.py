"""Print what a run in the sandbox costs: `python -m benchmarks.sandbox`."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable

from viz import sandbox
from viz.errors import LimitError
from viz.limits import Limits
from viz.trace import Input

RUNS = 50
THREADS = 8

INPUTS = (Input("x", "2.0"), Input("y", "3.0"), Input("w", "1.0"))


def explain() -> None:
    sandbox.explain("(y - x*w)**2", INPUTS)


def seconds(call: Callable[[], object]) -> float:
    begin = time.monotonic()
    call()
    return time.monotonic() - begin


def loop(limits: Limits) -> None:
    try:
        sandbox.explain("while True:\n    pass\n", limits=limits)
    except LimitError:
        return
    raise AssertionError("an endless loop came back")


def runs_a_second() -> float:
    threads = [
        threading.Thread(target=lambda: [explain() for _ in range(RUNS // THREADS)])
        for _ in range(THREADS)
    ]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return THREADS * (RUNS // THREADS) / (time.monotonic() - begin)


def main() -> None:
    print(f"start() returns after          {seconds(sandbox.start) * 1e3:8.1f} ms")
    print(f"first answer, from cold        {seconds(explain) * 1e3:8.1f} ms")
    times = sorted(seconds(explain) for _ in range(RUNS))
    print(f"answer, warm, median           {statistics.median(times) * 1e3:8.1f} ms")
    print(f"answer, warm, 95 of 100        {times[int(0.95 * RUNS)] * 1e3:8.1f} ms")
    print(f"answers, {THREADS} threads              {runs_a_second():8.1f} a second")
    limits = Limits(seconds=1.0, steps=10**15)
    late = seconds(lambda: loop(limits)) - limits.seconds
    print(f"endless loop, past the limit   {late * 1e3:8.1f} ms")


if __name__ == "__main__":
    main()
