"""Find what repeats in a row of things: rounds of a loop, blocks of one structure, long chains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from viz.fold.order import Ints

FEWEST = 3
"""Fewer than so many are no repetition."""

SHORTEST = 8
"""A repetition that is shorter, in things, folds away too little to be worth a click."""

PERIODS = 200
"""How many distances are tried; those that occur most often first."""

WINDOWS = (1, 8, 64)
"""Single things may occur several times in one round; longer stretches tell rounds apart."""

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Run:
    """From `start` on, `times` stretches of `period` things that are pairwise equal; then `rest`
    more things that begin another one."""

    start: int
    period: int
    times: int
    rest: int

    @property
    def stop(self) -> int:
        return self.start + self.period * self.times


def runs(tokens: Ints) -> list[Run]:
    """Runs that do not overlap, in order: those that cover most come first, and of equals the
    shortest period. Nearly linear in the tokens."""
    found: list[Run] = []
    for period in _periods(tokens):
        found.extend(_runs_of(tokens, period))
    found.sort(key=lambda run: (-run.period * run.times, run.period, run.start))
    taken = np.zeros(len(tokens), dtype=bool)
    chosen = []
    for run in found:
        if (
            not taken[run.start]
            and not taken[run.stop - 1]
            and not taken[run.start : run.stop].any()
        ):
            taken[run.start : run.stop + run.rest] = True
            chosen.append(run)
    return sorted(chosen, key=lambda run: run.start)


def _periods(tokens: Ints) -> list[int]:
    """Distances between one thing and the next that is equal to it."""
    count = len(tokens)
    weight: dict[int, int] = {}
    for window in WINDOWS:
        if window * FEWEST > count:
            break
        codes = _windows(tokens, window)
        order = np.argsort(codes, kind="stable")
        equal = codes[order][1:] == codes[order][:-1]
        distances, times = np.unique((order[1:] - order[:-1])[equal], return_counts=True)
        for distance, seen in zip(distances.tolist(), times.tolist(), strict=True):
            if distance * FEWEST <= count and seen >= FEWEST - 1:
                weight[distance] = weight.get(distance, 0) + seen * distance
    likely = sorted(weight, key=lambda distance: (-weight[distance], distance))
    return sorted(likely[:PERIODS])


def _windows(tokens: Ints, window: int) -> Ints:
    """A number for each stretch of that length: equal stretches have equal ones."""
    codes = np.zeros(len(tokens) - window + 1, dtype=np.uint64)
    for shift in range(window):
        codes = codes * MULTIPLIER + tokens[shift : shift + len(codes)].astype(np.uint64) + 1
    return codes.view(np.int64)


def _runs_of(tokens: Ints, period: int) -> Iterator[Run]:
    same = np.concatenate(([False], tokens[:-period] == tokens[period:], [False]))
    change = np.flatnonzero(same[1:] != same[:-1])
    for start, stop in change.reshape(-1, 2).tolist():
        length = stop - start + period
        times = length // period
        if times >= FEWEST and times * period >= SHORTEST:
            yield Run(start, period, times, length % period)
