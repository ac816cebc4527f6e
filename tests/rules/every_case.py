"""The cases of every family, for the tests that hold every row to the engine."""

from __future__ import annotations

from tests.rules.cases import CASES
from tests.rules.cases_joining import JOINING
from tests.rules.cases_moving import MOVING

EVERY_CASE = (*CASES, *JOINING, *MOVING)
