"""A trace file gives back the trace, or one sentence: whatever is in it."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import viz
from tests.traces import trace_of
from viz.errors import InputError, LimitError, UserError
from viz.files import from_bytes, to_bytes
from viz.trace import VERSION, Trace

ROOM = 10_000_000
LESSON = """
x = torch.tensor([[1., 2.], [3., float("nan")]], requires_grad=True)
w = torch.tensor(2., requires_grad=True)
y = (x * w).sum()
y.backward()
z = (x.detach() * w).sum()
z.backward()
print(w.grad)
"""
few = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@cache
def lesson() -> Trace:
    return trace_of(LESSON)


@pytest.mark.parametrize("name", ["lesson.json", "lesson.json.gz", "lesson"])
def test_a_saved_trace_is_loaded_as_it_was(tmp_path: Path, name: str) -> None:
    path = viz.save(lesson(), tmp_path / name)
    assert viz.load(path) == lesson()
    assert path.read_bytes().startswith(b"\x1f\x8b") == name.endswith(".gz")


def test_a_compressed_file_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    packed = viz.save(lesson(), tmp_path / "a.json.gz").rename(tmp_path / "renamed.json")
    assert viz.load(packed) == lesson()
    assert len(packed.read_bytes()) < len(lesson().to_json()) / 2


def test_one_trace_makes_one_file() -> None:
    assert to_bytes(lesson(), packed=True) == to_bytes(lesson(), packed=True)


def test_a_small_file_that_unpacks_to_much_is_refused_before_it_is_unpacked() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    tracemalloc.start()
    with pytest.raises(LimitError, match=r"too large: more than 1 MB when it is unpacked"):
        from_bytes(bomb, 1_000_000)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5_000_000


def test_a_file_without_compression_is_held_to_the_same_size() -> None:
    with pytest.raises(LimitError, match="too large"):
        from_bytes(lesson().to_json().encode(), 1_000)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "this is not a SeeGrad trace file."),
        (b"\x89PNG\r\n", "this is not a SeeGrad trace file."),
        (b'{"source": "x"}', "this is not a SeeGrad trace file."),
        (b'{"version": 1e300}', "this is not a SeeGrad trace file."),
        (b'{"version": 3, "x": ' + b"[" * 200_000, "this is not a SeeGrad trace file."),
        (b'{"version": 99}', f"has version 99; this program reads version {VERSION}."),
        (b'{"version": 3, "source": 5}', "damaged: Expected `str`, got `int`"),
        (b'{"version": 3, "source": "\xff"}', "damaged: 'utf-8' codec can't decode"),
        (b'{"version": 3, "source": "", "more": 1}', "damaged: Object contains unknown field"),
        (gzip.compress(b"{}", mtime=0)[:-1], "damaged: its end is missing."),
        (gzip.compress(b"{}", mtime=0)[:-4] + b"oops", "damaged: it can't be unpacked."),
    ],
)
def test_what_is_no_trace_file_is_refused_with_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        from_bytes(data, ROOM)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@few
@given(st.data())
def test_a_truncated_file_is_refused(data: st.DataObject) -> None:
    for whole in (lesson().to_json().encode(), to_bytes(lesson(), packed=True)):
        length = data.draw(st.integers(0, len(whole) - 1))
        with pytest.raises(InputError):
            from_bytes(whole[:length], ROOM)


@few
@given(st.data())
def test_changed_bytes_give_a_trace_or_a_sentence(data: st.DataObject) -> None:
    packed = data.draw(st.booleans())
    changed = bytearray(to_bytes(lesson(), packed))
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    _reads(bytes(changed))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["n0", "n1", "nan", "leaf", 10**400, -1]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)  # fmt: skip


@few
@given(st.data())
def test_changed_parts_give_a_trace_or_a_sentence(data: st.DataObject) -> None:
    tree = json.loads(lesson().to_json())
    place: Any = tree
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 3)) == 0:
            break
        place = inner
    if data.draw(st.booleans()):
        place[key] = data.draw(JSON)
    elif isinstance(place, dict):
        del place[key]
    else:
        place.append(place[key])
    _reads(json.dumps(tree).encode())


def _reads(data: bytes) -> None:
    said = ""
    try:
        assert isinstance(from_bytes(data, ROOM), Trace)
    except UserError as error:
        said = str(error)
    assert len(said.splitlines()) < 2


def test_a_checksum_tells_damage_that_still_unpacks() -> None:
    data = bytearray(to_bytes(lesson(), packed=True))
    data[-8] ^= 1  # of the checksum
    assert zlib.decompressobj(wbits=-15).decompress(bytes(data[10:]))
    with pytest.raises(InputError, match="damaged"):
        from_bytes(bytes(data), ROOM)
