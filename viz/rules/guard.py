"""One rule with a bug does not spoil a card: its exception becomes a warning and a fallback."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TypeVar

from viz.rules.row import MissingValueError, RuleFailedWarning

T = TypeVar("T")
F = TypeVar("F")


def guarded(kind: str, apply: Callable[[], T], fallback: F) -> T | F:
    """What `apply` returns, or the fallback. Tests turn the warning into an error.

    Passes MissingValueError on: that too little was recorded is no bug.
    """
    try:
        return apply()
    except MissingValueError:
        raise
    except Exception as error:  # the rules are a table of functions: any may fail in any way
        warnings.warn(
            f"the rule for {kind} failed: {type(error).__name__}: {error}",
            RuleFailedWarning,
            stacklevel=2,
        )
        return fallback
