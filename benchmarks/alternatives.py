"""SeeGrad beside what a person might take instead: torchviz, TorchLens, torchview, and the floor.

Each tool meets each graph in a process of its own. What it can't do is written as what it is.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from benchmarks.measure import markdown

ROOT = Path(__file__).parents[1]
SECONDS = int(os.environ.get("SEEGRAD_BENCH_SECONDS", "60"))
"""CPU seconds after which a tool is ended."""
AIM = 20.0
"""So many times faster than make_dot and dot at 7,000 nodes."""
AIMED_AT = "dense-42"

TOOLS = ("plain", "hooks", "seegrad", "torchviz", "torchlens", "torchview")
CASES = {
    "chain-100": "chain of 100 operations",
    "chain-1000": "chain of 1,000 operations",
    "chain-10000": "chain of 10,000 operations",
    "chain-100000": "chain of 100,000 operations",
    "dense-13": "dense layer of scalars, 13×13",
    "dense-23": "dense layer of scalars, 23×23",
    "dense-42": "dense layer of scalars, 42×42",
    "dense-60": "dense layer of scalars, 60×60",
    "mlp-1000": "MLP of 1,000 layers",
    "rnn-1000": "RNN of 1,000 steps, shared weights",
    "transformer-96": "transformer of 96 layers",
    "gpt2": "GPT-2, 124M parameters, 64 tokens",
}
HEADS = {
    "plain": "forward, backward",
    "hooks": "a hook on each node",
    "seegrad": "SeeGrad",
    "torchviz": "torchviz, dot",
    "torchlens": "TorchLens",
    "torchview": "torchview, dot",
}


@dataclass(frozen=True)
class Result:
    """One tool on one graph: CPU seconds of its stages, or why there are none."""

    stages: dict[str, float] = field(default_factory=dict)
    nodes: int | None = None
    megabytes: float | None = None
    failed: str = ""

    @property
    def seconds(self) -> float:
        return sum(self.stages.values())

    def cell(self) -> str:
        return self.failed or shown(self.seconds)


OVER = f"over {SECONDS} s"
SMALLER = f"{OVER} at a smaller size"


def shown(seconds: float) -> str:
    """
    >>> shown(0.00052), shown(0.0123), shown(0.456), shown(31.7)
    ('0.0005', '0.012', '0.46', '32')
    """
    if seconds < 0.1:
        return f"{seconds:.2g}" if seconds >= 0.01 else f"{seconds:.1g}"
    return f"{seconds:.2f}" if seconds < 10 else f"{seconds:.0f}"


def measured(tool: str, case: str) -> Result:
    words = [sys.executable, "-m", "benchmarks.alternatives_worker", tool, case, str(SECONDS)]
    try:
        done = subprocess.run(
            words, cwd=ROOT, capture_output=True, text=True, timeout=20 * SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Result(failed=OVER)
    if done.returncode == -signal.SIGXCPU:
        return Result(failed=OVER)
    if done.returncode < 0:
        return Result(failed=signal.Signals(-done.returncode).name)
    try:
        answer = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        last = done.stderr.strip().splitlines()[-1:] or ["no answer"]
        return Result(failed=last[0][:60])
    if "error" in answer:
        # A command that a tool waits for is ended by the same limit.
        ended = f"-{int(signal.SIGXCPU)}" in answer["said"] or "SIGXCPU" in answer["said"]
        return Result(failed=OVER if ended else answer["error"])
    return Result(answer["stages"], answer["nodes"], answer["megabytes"])


def all_results() -> dict[str, dict[str, Result]]:
    found: dict[str, dict[str, Result]] = {}
    slow: set[tuple[str, str]] = set()
    for case in CASES:
        found[case] = {}
        for tool in TOOLS:
            family = (tool, case.partition("-")[0])
            if family in slow:
                found[case][tool] = Result(failed=SMALLER)
                continue
            result = measured(tool, case)
            found[case][tool] = result
            print(f"{case} · {tool}: {result.cell()}", file=sys.stderr, flush=True)
            if result.failed == OVER:
                slow.add(family)
    return found


def report() -> tuple[str, list[str]]:
    """The tables as Markdown, and the aims that were missed."""
    found = all_results()
    heads = ["CPU seconds", "nodes", *HEADS.values(), "SeeGrad is faster than torchviz"]
    rows = [_row(case, results) for case, results in found.items()]
    stages = [_stages(case, results) for case, results in found.items()]
    tables = [
        versions(),
        markdown(heads, rows),
        "Where SeeGrad's and TorchLens' seconds go, and the most memory of the process:",
        markdown(
            ["", "SeeGrad", "MB", "TorchLens", "MB", "plain MB"],
            stages,
        ),
    ]
    return "\n\n".join(tables), _missed(found)


def versions() -> str:
    names = ("torchviz", "pygraphviz", "torchlens", "torchview", "transformers")
    return ", ".join(f"{name} {version(name)}" for name in names)


def _row(case: str, results: dict[str, Result]) -> list[str]:
    nodes = next((r.nodes for r in results.values() if r.nodes is not None), None)
    ours, theirs = results["seegrad"], results["torchviz"]
    times = "" if ours.failed or theirs.failed else f"{theirs.seconds / ours.seconds:.1f} times"
    cells = [results[tool].cell() for tool in TOOLS]
    return [CASES[case], f"{nodes:,}" if nodes else "", *cells, times]


def _stages(case: str, results: dict[str, Result]) -> list[str]:
    cells = [CASES[case]]
    for tool in ("seegrad", "torchlens"):
        result = results[tool]
        parts = ", ".join(f"{name} {shown(each)}" for name, each in result.stages.items())
        cells += [result.failed or parts, _megabytes(result)]
    return [*cells, _megabytes(results["plain"])]


def _megabytes(result: Result) -> str:
    return f"{result.megabytes:,.0f}" if result.megabytes is not None else ""


def _missed(found: dict[str, dict[str, Result]]) -> list[str]:
    missed = [
        f"SeeGrad fails on the {CASES[case]}: {results['seegrad'].failed}"
        for case, results in found.items()
        if results["seegrad"].failed
    ]
    ours, theirs = found[AIMED_AT]["seegrad"], found[AIMED_AT]["torchviz"]
    # Where the other was ended, it took at least so long.
    least = SECONDS if theirs.failed == OVER else theirs.seconds
    if not ours.failed and least < AIM * ours.seconds:
        missed.append(f"{AIM:.0f} times faster than torchviz and dot on the {CASES[AIMED_AT]}")
    return missed
