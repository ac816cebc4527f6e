"""What recording costs: plain PyTorch, a bare Python hook on each node, and `viz.watch`.

A chain of tiny operations, from 1,000 to a million, and GPT-2 with 124 million random weights.
Times are from the first operation to the finished Trace; each case runs in a process of its own, so
that its peak memory is known.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys

from benchmarks.measure import Row

WORKER = "benchmarks.watching_worker"
SIZES = {1_000: 9, 10_000: 7, 100_000: 3, 1_000_000: 1}
"""Operations in the chain, and how often each is run."""

MICROSECONDS = 60
"""The aim for each tiny operation, all in all."""

TIMES = 1.5
"""The aim for GPT-2, beside plain PyTorch."""

GPT2_RUNS, GPT2_ROUNDS = 3, 3
CASES = {
    "plain": "plain PyTorch",
    "hooks": "a bare Python hook on each node",
    "seegrad": "SeeGrad, until the Trace exists",
}


def rows() -> list[Row]:
    return [*(row for size, runs in SIZES.items() for row in of_chain(size, runs)), *of_gpt2()]


def of_chain(size: int, runs: int) -> list[Row]:
    found = []
    for case, called in CASES.items():
        times, freeing, megabytes, ended = measured(case, str(size), runs)
        if ended:
            found.append(Row(f"{size:,} operations: {called}", (), instead=ended))
            continue
        each = statistics.median(times) * 1000 / size
        name = f"{size:,} operations: {called} ({each:.0f} µs each, {megabytes:,.0f} MB{freeing})"
        aim = MICROSECONDS * size / 1000 if case == "seegrad" else None
        found.append(Row(name, times, aim))
    return found


def of_gpt2() -> list[Row]:
    """The cases take turns, in rounds: a busy moment of the machine hits all."""
    found: dict[str, list[float]] = {case: [] for case in CASES}
    peaks = dict.fromkeys(CASES, 0.0)
    for _ in range(GPT2_ROUNDS):
        for case in CASES:
            times, _, megabytes, ended = measured(case, "gpt2", GPT2_RUNS)
            if ended:
                return [Row(f"GPT-2: {CASES[case]}", (), instead=ended)]
            found[case] += times
            peaks[case] = max(peaks[case], megabytes)
    aim = TIMES * statistics.median(found["plain"])
    return [
        Row(
            f"GPT-2, 124M weights, 64 tokens: {called} (+{peaks[case]:,.0f} MB)",
            tuple(found[case]),
            aim if case == "seegrad" else None,
        )
        for case, called in CASES.items()
    ]


def measured(case: str, size: str, runs: int) -> tuple[tuple[float, ...], str, float, str]:
    """Milliseconds of each run, how long freeing took, and by how much the first run let peak
    memory grow; or what it ended with."""
    command = [sys.executable, "-W", "ignore", "-m", WORKER, case, size, str(runs)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"ended by {done.returncode}"]
        return (), "", 0.0, said[-1][:60]
    answer = json.loads(done.stdout.splitlines()[-1])
    freeing = answer["freeing"]
    freed = f", freed in {statistics.median(freeing):,.0f} ms" if freeing else ""
    return tuple(answer["times"]), freed, float(answer["megabytes"]), ""
