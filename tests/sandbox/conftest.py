"""The odd jobs: a sandbox whose children misbehave as no program of the language could."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import msgspec
import pytest

from tests.patience import PATIENCE
from viz.limits import Limits
from viz.sandbox.forked import Forked
from viz.sandbox.wire import Explain

ODD_JOBS = "tests.sandbox.odd_jobs"


@pytest.fixture(scope="session")
def odd_jobs() -> Iterator[Forked]:
    if sys.platform != "linux":
        pytest.skip("the fork server runs on Linux")
    workers = Forked(ODD_JOBS)
    yield workers
    workers.stop()


@pytest.fixture
def ask(odd_jobs: Forked) -> Callable[..., str]:
    """Does one odd job and returns its answer as text."""

    def ask(job: str, limits: Limits = Limits(seconds=PATIENCE)) -> str:  # noqa: B008
        request = Explain(source=job, inputs=(), limits=limits)
        return odd_jobs.ask(msgspec.json.encode(request), limits).decode()

    return ask
