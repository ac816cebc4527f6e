"""Positions for graphs of 1e2 to 1e5 nodes, beside Graphviz's dot and fast-sugiyama.

Each drawing is made in a process of its own, which is ended after a minute.
"""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.measure import Row

WORKER = "benchmarks.layout_worker"
SECONDS = 60
AIM, AIMED_AT = 2_000, 10_000
"""Milliseconds for so many nodes and fewer; of more, in proportion."""
RUNS = 3
METHODS = {
    "seegrad": "SeeGrad, numbers alone",
    "seegrad-drawing": "SeeGrad, all lines, labels and chips of the stage",
    "dot": "Graphviz dot",
    "fast-sugiyama": "fast-sugiyama",
}
SHAPES = {
    "chain": (100, 1_000, 10_000, 100_000),
    "recurrent": (16, 166, 1_666, 16_666),
    "residual": (12, 124, 1_249, 12_499),
    "dense": (4, 15, 49, 157),
    "transformer": (2, 15, 96, 1_538),
}
"""The sizes that each shape is drawn in: steps, blocks, width or layers."""


def rows() -> list[Row]:
    found = []
    for shape, sizes in SHAPES.items():
        given_up: set[str] = set()
        for size in sizes:
            for method in METHODS:
                if method in given_up:
                    continue
                row = measured(method, shape, size)
                if row.instead:
                    given_up.add(method)
                found.append(row)
    return found


def measured(method: str, shape: str, size: int) -> Row:
    """The times of a few runs; of a method that can't, what it ended with."""
    times = []
    name = f"{shape} {size:,}: {METHODS[method]}"
    for _ in range(RUNS):
        answer = answer_of(method, shape, size)
        name = f"{shape} {size:,}{answer.get('graph', '')}: {METHODS[method]}"
        if "instead" in answer:
            return Row(name, (), instead=str(answer["instead"]))
        times.append(float(answer["milliseconds"]))
        if times[-1] > 5_000:
            break
    aim = AIM * max(1.0, answer["nodes"] / AIMED_AT) if method == "seegrad" else None
    return Row(name, tuple(times), aim)


def answer_of(method: str, shape: str, size: int) -> dict[str, float | str]:
    command = [sys.executable, "-W", "ignore", "-m", WORKER, method, shape, str(size)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return {"instead": f"ended after {SECONDS} s"}
    if done.returncode < 0:
        return {"instead": f"ended by signal {-done.returncode}"}
    if done.returncode:
        return {"instead": done.stderr.strip().splitlines()[-1][:60]}
    found: dict[str, float | str] = json.loads(done.stdout.splitlines()[-1])
    return found
