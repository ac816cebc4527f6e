"""A Trace as the bytes of a file, and back: JSON, compressed or not.

    viz.save(trace, "lesson.json.gz")
    trace = viz.load("lesson.json.gz")

A file is data. Whatever is in it, reading it gives a Trace or one sentence that says why not.
"""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path

from viz.errors import InputError, LimitError
from viz.trace import Trace

GZIP = b"\x1f\x8b"
"""The first bytes of a gzip file."""
MOST_BYTES = 2_000_000_000
"""Of an unpacked file, where nobody says otherwise."""


def save(trace: Trace, path: str | os.PathLike[str]) -> Path:
    """Write the trace into a file, compressed where its name ends in ".gz". Returns its path.

    Raises OSError where the file can't be written.
    """
    target = Path(path)
    target.write_bytes(to_bytes(trace, packed=target.name.endswith(".gz")))
    return target


def load(path: str | os.PathLike[str], *, most_bytes: int = MOST_BYTES) -> Trace:
    """Read a trace file, compressed or not, whatever it is called.

    most_bytes   size of the unpacked text, above which it is refused

    Raises InputError for a file that is no trace file, is damaged or of another version, LimitError
    for one that is too large, OSError where it can't be read.
    """
    with Path(path).open("rb") as file:
        return from_bytes(file.read(most_bytes + 1), most_bytes)


def to_bytes(trace: Trace, packed: bool) -> bytes:
    """The content of a trace file: the same bytes for the same trace."""
    text = trace.to_json().encode()
    # A time stamp would make two files of one trace differ.
    return gzip.compress(text, compresslevel=6, mtime=0) if packed else text


def from_bytes(data: bytes, most_bytes: int) -> Trace:
    """The trace in the content of a file; see `load`."""
    text = _unpacked(data, most_bytes) if data.startswith(GZIP) else data
    if len(text) > most_bytes:
        raise LimitError(
            f"this file is too large: more than {most_bytes / 1e6:,.0f} MB when it is unpacked.",
            hint="Record fewer calls of backward, or fewer operations.",
        )
    return Trace.from_json(text)


def _unpacked(data: bytes, most_bytes: int) -> bytes:
    """At most one byte more than that: a small file may unpack to any size."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        text = unpacker.decompress(data, most_bytes + 1)
    except zlib.error as error:
        raise InputError("this file is damaged: it can't be unpacked.") from error
    if not unpacker.eof and len(text) <= most_bytes:
        raise InputError("this file is damaged: its end is missing.")
    return text
