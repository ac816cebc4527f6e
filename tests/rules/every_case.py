"""The cases of every family, for the tests that hold every row to the engine."""

from __future__ import annotations

from tests.rules.cases import CASES
from tests.rules.cases_functions import FUNCTION_CASES
from tests.rules.cases_joining import JOINING
from tests.rules.cases_layers import LAYERS
from tests.rules.cases_moving import MOVING
from tests.rules.cases_products import PRODUCTS
from tests.rules.cases_reductions import REDUCTION_CASES
from tests.rules.cases_second import SECOND

EVERY_CASE = (
    *CASES,
    *FUNCTION_CASES,
    *JOINING,
    *LAYERS,
    *MOVING,
    *PRODUCTS,
    *REDUCTION_CASES,
    *SECOND,
)
