"""A rule with a bug falls back on the page; here it is an error."""

import warnings
from collections.abc import Iterator

import pytest

from viz.rules import RuleFailedWarning


@pytest.fixture(autouse=True)
def _failed_rules_are_errors() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuleFailedWarning)
        yield
