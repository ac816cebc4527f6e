"""A link holds the whole page, and no link can break it."""

from __future__ import annotations

import base64
import zlib
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.limits import DEFAULT
from viz.page.address import RATES, Address, Side, from_query, link_length, to_query
from viz.trace import Input

NAMES = st.from_regex(r"[a-zA-Z_θ][a-zA-Z0-9_]{0,8}", fullmatch=True)
TEXT = st.text(st.characters(codec="utf-8"), max_size=300)
INPUTS = st.lists(
    st.builds(Input, NAMES, TEXT, st.booleans()), max_size=6, unique_by=lambda given: given.name
).map(tuple)
SOURCES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=3000)
CALLS = st.none() | st.integers(0, 49)
PAGE = {
    "source": SOURCES,
    "inputs": INPUTS,
    "step": st.integers(0, 1000),
    "backward": CALLS,
    "forward_first": st.booleans(),
    "view": st.sampled_from(["", "steps"]),
    "rate": st.none() | st.sampled_from(RATES),
}
ADDRESSES = st.builds(Address, mode=st.sampled_from(["Expression", "Program"]), **PAGE) | st.builds(
    Address, mode=st.just("Compare"), other=st.builds(Side, SOURCES, INPUTS, CALLS), **PAGE
)


@given(ADDRESSES)
def test_a_link_opens_the_page_that_it_was_made_of(address: Address) -> None:
    browser = parse_qs(urlencode(to_query(address), doseq=True), keep_blank_values=True)
    assert from_query(browser) == address


def test_a_long_program_makes_a_shorter_link() -> None:
    program = "x = torch.tensor(2., requires_grad=True)\n" * 200
    query = to_query(Address("Program", program))
    assert link_length(query) < len(program) / 10
    assert from_query(query) == Address("Program", program)


def test_a_short_program_can_be_read_in_the_link() -> None:
    assert to_query(Address("Program", "x = 1"))["p"] == ["x = 1"]


def test_two_short_programs_can_be_read_in_the_link() -> None:
    one, other = Side("x = 1", (), 1), Side("y = 2", (Input("y", "3"),), 2)
    query = to_query(Address("Compare", one.source, backward=one.backward, other=other))
    assert query == {
        "p": ["x = 1"],
        "backward": ["2"],
        "q": ["y = 2"],
        "in2": ["y*:3"],
        "backward2": ["3"],
    }


def test_a_second_program_alone_asks_for_nothing() -> None:
    assert from_query({"q": ["x = 1"]}) is None


def test_an_expression_is_compared_with_nothing() -> None:
    address = from_query({"e": ["x"], "q": ["y"]})
    assert address == Address("Expression", "x")


PROGRAM_KEYS = ["e", "p", "z", "in", "backward", "q", "y", "in2", "backward2"]
KEYS = st.sampled_from([*PROGRAM_KEYS, "step", "forward", "view", "other"])


@given(st.dictionaries(KEYS, st.lists(TEXT, max_size=3)))
def test_no_link_raises(query: dict[str, list[str]]) -> None:
    address = from_query(query)
    assert address is None or address.step >= 0


def test_a_link_without_a_program_asks_for_nothing() -> None:
    assert from_query({"step": ["3"]}) is None


@pytest.mark.parametrize("text", ["", "!!!", "AAAA", "%%%", "é", "=" * 99])
def test_a_damaged_program_is_an_empty_one(text: str) -> None:
    assert from_query({"z": [text]}) == Address("Program", "")


def test_a_small_link_cannot_unfold_into_a_large_program() -> None:
    bomb = base64.urlsafe_b64encode(zlib.compress(b"x" * 50_000_000, 9)).decode()
    address = from_query({"z": [bomb]})
    assert address is not None
    assert len(address.source) <= DEFAULT.source_bytes + 1


def test_an_overview_is_kept_with_what_is_open_in_it():
    for opened in (None, (), ("g0-4", "g7-9")):
        address = Address("Program", "x = 1", way="overview", opened=opened)
        assert from_query(to_query(address)) == address
    assert from_query({"p": ["x"], "show": ["else"]}) == Address("Program", "x")
