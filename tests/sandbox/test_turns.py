"""Who runs, who waits and who is sent away."""

from __future__ import annotations

import threading

import pytest

from tests.patience import PATIENCE, wait_until
from viz.errors import LimitError
from viz.sandbox.turns import Turns


def test_no_more_run_at_once_than_allowed() -> None:
    turns, most, lock = Turns(at_once=3, queue=50), [0], threading.Lock()
    three = threading.Barrier(3)
    running = 0

    def run() -> None:
        nonlocal running
        with turns.turn():
            with lock:
                running += 1
                most[0] = max(most[0], running)
            three.wait(PATIENCE)
            with lock:
                running -= 1

    threads = [threading.Thread(target=run) for _ in range(21)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [3]
    assert (turns.running, turns.waiting) == (0, 0)


def test_the_place_in_the_queue_counts_down_and_first_come_is_first_served() -> None:
    turns = Turns(at_once=1, queue=50)
    told: dict[int, list[int]] = {each: [] for each in range(4)}
    served: list[int] = []

    def run(each: int) -> None:
        with turns.turn(told[each].append):
            served.append(each)

    threads = [threading.Thread(target=run, args=[each]) for each in range(4)]
    with turns.turn():
        for each, thread in enumerate(threads):
            thread.start()
            wait_until(lambda each=each: told[each])
        assert [told[each][0] for each in range(4)] == [1, 2, 3, 4]
    for thread in threads:
        thread.join()
    assert served == [0, 1, 2, 3]
    for each in range(4):
        # A number may be passed over where two leave at once, but it never grows.
        assert told[each] == sorted(set(told[each]), reverse=True)


def test_a_free_place_is_taken_without_a_word() -> None:
    told: list[int] = []
    turns = Turns(at_once=2, queue=50)
    with turns.turn(told.append):
        assert turns.running == 1
    assert turns.running == 0


def test_a_full_queue_sends_away() -> None:
    turns = Turns(at_once=1, queue=1)

    def wait() -> None:
        with turns.turn():
            pass

    waiting = threading.Thread(target=wait)
    with turns.turn():
        waiting.start()
        wait_until(lambda: turns.waiting == 1)
        with pytest.raises(LimitError, match="busy"), turns.turn():
            pass
    waiting.join()


def test_one_who_leaves_the_queue_does_not_block_it() -> None:
    turns = Turns(at_once=1, queue=50)

    def leave(number: int) -> None:
        raise KeyboardInterrupt

    with turns.turn():
        with pytest.raises(KeyboardInterrupt), turns.turn(leave):
            pass
        assert turns.waiting == 0
    with turns.turn():
        assert turns.running == 1
