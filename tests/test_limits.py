"""Whoever runs the server may change the limits, in one place."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from viz.limits import DEFAULTS, VARIABLE, Limits, read_limits

ROOT = Path(__file__).parents[1]


def test_what_is_not_named_stays() -> None:
    changed = read_limits("seconds=2.5, steps=1_000")
    assert changed == msgspec.structs.replace(DEFAULTS, seconds=2.5, steps=1000)
    assert read_limits("") == DEFAULTS == Limits()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("second=5", "unknown limit 'second'; there are seconds, "),
        ("seconds=0", "seconds must be a positive number, not '0'"),
        ("seconds=soon", "not 'soon'"),
        ("seconds=inf", "not 'inf'"),
        ("steps=1.5", "not '1.5'"),
        ("steps", "steps must be a positive number"),
    ],
)
def test_a_wrong_limit_is_told_in_one_sentence(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_limits(text)


def test_the_environment_of_the_server_decides() -> None:
    script = (
        "import viz\n"
        "try:\n"
        "    viz.explain('while True:\\n    pass')\n"
        "except viz.LimitError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {VARIABLE: "steps=1234"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "1,234 steps" in done.stdout
