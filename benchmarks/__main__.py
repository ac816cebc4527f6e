"""Measure everything and print the tables: `python -m benchmarks`, or a part: `... server`."""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks.machine import described
from benchmarks.measure import Row, table


def server() -> list[Row]:
    from benchmarks import server_side

    return server_side.rows()


def browser() -> list[Row]:
    from benchmarks import in_browser

    return in_browser.rows()


def training() -> list[Row]:
    from benchmarks import training

    return training.rows()


def watching() -> list[Row]:
    from benchmarks import watching

    return watching.rows()


def layout() -> list[Row]:
    from benchmarks import layout

    return layout.rows()


PARTS: dict[str, tuple[str, Callable[[], list[Row]]]] = {
    "server": ("From an edit to the finished drawing, on the server", server),
    "training": ("Training loops", training),
    "watching": ("What recording costs", watching),
    "layout": ("Positions for graphs of any size", layout),
    "browser": ("In the browser", browser),
}


def alternatives() -> tuple[str, list[str]]:
    from benchmarks import alternatives

    return alternatives.report()


REPORTS: dict[str, tuple[str, Callable[[], tuple[str, list[str]]]]] = {
    "alternatives": ("Side by side with what a person might take instead", alternatives),
}


def main(chosen: list[str]) -> int:
    known = (*PARTS, *REPORTS)
    unknown = [name for name in chosen if name not in known]
    if unknown:
        print(f"unknown part {unknown[0]!r}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    print(described(), end="\n\n")
    missed = []
    for name in chosen or known:
        if name in REPORTS:
            title, tell = REPORTS[name]
            text, failed = tell()
            print(f"### {title}\n\n{text}", end="\n\n", flush=True)
            missed += failed
            continue
        title, measure = PARTS[name]
        rows = measure()
        print(table(title, rows), end="\n\n", flush=True)
        missed += [row.name for row in rows if not row.reached]
    print("Every aim was reached." if not missed else f"Missed: {'; '.join(missed)}.")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
