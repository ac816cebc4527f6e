"""Programs of courses run in a locked-down child as they do outside: nothing is missing there."""

from __future__ import annotations

import pytest

from tests.language import (
    programs_of_autograd,
    programs_of_lectures,
    programs_of_python,
    programs_with_layers,
)
from tests.language.running import run_source, without_addresses
from viz import sandbox

COURSES = {
    **programs_of_autograd.PROGRAMS,
    **programs_of_lectures.PROGRAMS,
    **programs_of_python.PROGRAMS,
    **programs_with_layers.PROGRAMS,
}

NOISE = {"a transformer encoder layer"}
"""What they print is zero but for rounding, which a watched run may do in another order."""


@pytest.mark.parametrize("name", sorted(COURSES.keys() - NOISE))
def test_a_program_prints_the_same_in_a_child(name: str) -> None:
    expected, _ = run_source(COURSES[name])
    trace = sandbox.explain(COURSES[name]).trace
    assert without_addresses(trace.printed) == without_addresses(expected.printed)
