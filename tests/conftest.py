"""What all tests share: hypothesis without a stopwatch, the switch that accepts new pictures."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# A shared machine is slow at times: an example that takes long is no failure.
settings.register_profile("person", deadline=None)
# The same examples on every run: a change is only blamed for what it did.
settings.register_profile("integration", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("integration" if os.environ.get("CI") else "person")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-screenshots",
        action="store_true",
        help="store how the page looks now, instead of comparing with what is stored",
    )
