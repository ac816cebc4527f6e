"""Programs, expressions, inputs and drawings that mean harm, each in the real sandbox.

expect   reject: a UserError. contained: a trace or a UserError. ok: a trace.
         limit: a UserError within the time limit.
The rows of cases.jsonl were written for this project and always run; those of the shared collection
run where it lies beside the checkout.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.patience import PATIENCE
from viz import sandbox
from viz.errors import UserError
from viz.limits import Limits
from viz.sandbox.front import AT_ONCE
from viz.trace import Input

HERE = Path(__file__).parent
SHARED = HERE.parents[2] / "shared" / "hostile.jsonl"

LIMITS = Limits(seconds=3.0)
"""For what may be cut off."""
GENEROUS = Limits(seconds=PATIENCE)
"""For what has to end by itself, however slow the machine is."""
ROW_BYTES = 10_000
KINDS = {"program", "expression", "input", "dot"}

CATEGORIES = {
    "attr-escape", "builtins-import", "compute-bomb", "format-escape", "native-crash", "numeric",
    "parser-bomb", "render-injection", "state-contamination", "syntax", "tensor-input",
    "torch-surface", "unicode",
}  # fmt: skip

# Rows that ask for what this program decides otherwise, and why.
OTHERWISE = {
    "tensor-input-26": ("ok", "randn(2,3) is a constructor that an input may be"),
    "render-injection-36": ("contained", "400 edges are drawn well within the time limit"),
}


class Row(NamedTuple):
    id: str
    category: str
    kind: str
    source: str
    expect: str


class Outcome(NamedTuple):
    """error is None where there was an answer."""

    error: BaseException | None
    seconds: float


def read(path: Path) -> list[Row]:
    if not path.exists():
        return []
    # Not splitlines: it also ends a line at letters that a hostile row may contain.
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    rows = [Row(*(line[field] for field in Row._fields)) for line in lines]
    small = [row for row in rows if len(json.dumps(row.source)) <= ROW_BYTES]
    return [row for row in small if row.kind in KINDS]


OWN, GIVEN = read(HERE / "cases.jsonl"), read(SHARED)
ROWS = {row.id: row for row in OWN + GIVEN}


@pytest.fixture(scope="module")
def outcomes() -> Iterator[dict[str, Future[Outcome]]]:
    """Every row is started at once, as many at a time as the sandbox runs; the tests wait."""
    sandbox.explain("x", [Input("x", "1")])
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {row.id: pool.submit(attempt, row) for row in ROWS.values()}
        pool.shutdown(cancel_futures=True)


def attempt(row: Row) -> Outcome:
    limits = GENEROUS if expected(row) == "ok" else LIMITS
    begin = time.monotonic()
    error: BaseException | None = None
    try:
        match row.kind:
            case "dot":
                sandbox.render(row.source, "svg", limits)
            case "input":
                sandbox.explain("(x * 2).sum()", [Input("x", row.source)], limits)
            case _:
                sandbox.explain(row.source, limits=limits)
    except BaseException as caught:
        error = caught
    return Outcome(error, time.monotonic() - begin)


def expected(row: Row) -> str:
    return OTHERWISE.get(row.id, (row.expect, ""))[0]


@pytest.mark.parametrize("row_id", ROWS)
def test_hostile_row(row_id: str, outcomes: dict[str, Future[Outcome]]) -> None:
    row = ROWS[row_id]
    expect = expected(row)
    error, seconds = outcomes[row_id].result()
    assert error is None or isinstance(error, UserError), repr(error)
    # Neither is a sentence about the user's text: the one is our fault, the other the server's.
    assert "inside SeeGrad" not in str(error), str(error)
    assert "the process that runs programs" not in str(error), str(error)
    if expect in ("reject", "limit"):
        assert error is not None, f"{row.kind} was accepted: {row.source[:200]!r}"
    if expect == "ok":
        assert error is None, f"{row.kind} was refused: {error}"
    assert seconds < LIMITS.seconds + PATIENCE


def test_no_two_rows_share_an_id() -> None:
    assert len(ROWS) == len(OWN) + len(GIVEN)


def test_own_rows_cover_every_category() -> None:
    assert {row.category for row in OWN} == CATEGORIES
    assert {row.expect for row in OWN} == {"reject", "contained", "limit", "ok"}


def test_the_shared_collection_is_beside_the_checkout() -> None:
    if not GIVEN:
        pytest.skip(f"no {SHARED.parent.name}/{SHARED.name} beside the checkout: own rows only")
    assert {row.category for row in GIVEN} <= CATEGORIES


def test_exceptions_are_of_rows_that_exist() -> None:
    if not GIVEN:
        pytest.skip("the rows are those of the shared collection")
    assert OTHERWISE.keys() <= ROWS.keys()
