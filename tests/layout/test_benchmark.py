"""The benchmark of layouts draws real graphs, and says what a method ended with."""

from __future__ import annotations

import pytest

from benchmarks import layout
from benchmarks.measure import Row, table


@pytest.mark.parametrize("method", ["seegrad", "seegrad-drawing", "dot"])
def test_each_method_draws_a_small_graph(method: str) -> None:
    answer = layout.answer_of(method, "recurrent", 3)
    assert answer["nodes"] == 22
    assert float(answer["milliseconds"]) > 0


def test_what_ends_with_an_error_is_told_by_its_last_line() -> None:
    assert "KeyError" in str(layout.answer_of("nothing", "recurrent", 3)["instead"])


def test_a_method_that_ended_stands_in_the_table_without_a_time() -> None:
    row = Row("dot", (), aim=10, instead="ended after 60 s")
    assert not row.reached
    assert "ended after 60 s" in table("Layouts", [row])
