"""A link holds the whole page, and no link can break it."""

from __future__ import annotations

import base64
import zlib
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.limits import DEFAULT
from viz.page.address import Address, from_query, link_length, to_query
from viz.trace import Input

NAMES = st.from_regex(r"[a-zA-Z_θ][a-zA-Z0-9_]{0,8}", fullmatch=True)
TEXT = st.text(st.characters(codec="utf-8"), max_size=300)
INPUTS = st.lists(
    st.builds(Input, NAMES, TEXT, st.booleans()), max_size=6, unique_by=lambda given: given.name
).map(tuple)
ADDRESSES = st.builds(
    Address,
    mode=st.sampled_from(["Expression", "Program"]),
    source=st.text(st.characters(codec="utf-8"), min_size=1, max_size=3000),
    inputs=INPUTS,
    step=st.integers(0, 1000),
    backward=st.none() | st.integers(0, 49),
    forward_first=st.booleans(),
    view=st.sampled_from(["", "steps"]),
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


KEYS = st.sampled_from(["e", "p", "z", "in", "step", "backward", "forward", "view", "other"])


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
