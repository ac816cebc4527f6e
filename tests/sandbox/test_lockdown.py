"""What a child may not do once it is locked down; each attempt succeeds where it is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.patience import PATIENCE
from tests.sandbox.odd_jobs import ATTEMPTS, PROTECTIONS
from viz.errors import LimitError
from viz.limits import Limits

Ask = Callable[..., str]

READING = {"read a file", "list a folder", "import a module"}

# Without the lock-down these would end the server, or leave nobody to answer.
NOT_TRIED_FREELY = {"kill the server", "run a program"}


@pytest.fixture(autouse=True)
def _protected() -> None:
    if PROTECTIONS != ("rlimits", "seccomp"):
        pytest.skip(f"of rlimits and seccomp this machine has only: {PROTECTIONS}")


def is_refused(ask: Ask, attempt: str) -> bool:
    try:
        return ask(attempt).startswith("refused")
    except LimitError as ended:
        return "SIGSYS" in str(ended)


@pytest.mark.parametrize("attempt", sorted(ATTEMPTS))
def test_a_child_may_not(ask: Ask, attempt: str) -> None:
    assert is_refused(ask, f"locked: {attempt}")


@pytest.mark.parametrize("attempt", sorted(set(ATTEMPTS) - NOT_TRIED_FREELY))
def test_only_the_lockdown_forbids_it(ask: Ask, attempt: str) -> None:
    assert ask(f"free: {attempt}", Limits(seconds=PATIENCE)) == "succeeded"


@pytest.mark.parametrize("attempt", sorted(set(ATTEMPTS) - READING))
def test_a_child_that_renders_may_not(ask: Ask, attempt: str) -> None:
    assert is_refused(ask, f"reading: {attempt}")


@pytest.mark.parametrize("attempt", sorted(READING))
def test_a_child_that_renders_may_read_fonts(ask: Ask, attempt: str) -> None:
    assert ask(f"reading: {attempt}") == "succeeded"


def test_time_is_limited_also_where_the_parent_does_not_count(ask: Ask) -> None:
    with pytest.raises(LimitError, match="did not finish"):
        ask("loop_without_a_parent_that_counts", Limits(seconds=PATIENCE))
