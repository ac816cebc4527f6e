"""Say where in the caller's source an operation is made, and what the caller's variables hold."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import torch

INNER = (str(Path(str(torch.__file__)).parent), str(Path(__file__).parents[1]))
"""The folders whose lines are passed over: PyTorch's own, and ours."""

COPIES_LOCALS = sys.version_info < (3, 13)
"""Until then `frame.f_locals` makes a dict that keeps what it holds alive."""

KINDS = (torch.Tensor, torch.nn.Module)

MOST_ITEMS = 200
"""Of a list whose items are looked at one by one."""

OPTIMIZED = 1
"""The flag of a function's code: its variables stand in no dict."""


class Caller:
    """The frame that wrote `with viz.watch()`.

    source   the text of its file or notebook cell; "" where it can't be read
    look     told of its variables where they may have changed: with the line that set them
    """

    def __init__(self, frame: FrameType, look: Callable[[Mapping[str, Any], int], None]) -> None:
        self._code = frame.f_code
        self._file = frame.f_code.co_filename
        self.source = "".join(linecache.getlines(self._file, frame.f_globals))
        self._look = look
        self._frame: FrameType | None = frame
        self._is_global = frame.f_locals is frame.f_globals
        self._last = -1
        self._line = 0
        self._calls = 0
        # By the identity of code, which is kept: to hash it takes long, and fails for some.
        self._codes: dict[int, tuple[CodeType, bool]] = {}
        self._inner: set[int] = set()
        self._lines: dict[tuple[int, int], int] = {}
        self._places: dict[tuple[int, int], str] = {}

    def look_everywhere(self, frame: FrameType) -> None:
        """At all variables that the code can see."""
        variables = _variables(frame)
        together = {**frame.f_globals, **variables}
        # What this very code speaks of comes first.
        own = () if frame.f_locals is frame.f_globals else variables
        names = dict.fromkeys((*own, *frame.f_code.co_names, *together))
        self._look(
            {name: together[name] for name in names if name in together},
            self._line if self.source else 0,
        )

    def look(self) -> None:
        """At all variables, while the block is active."""
        if self._frame is not None:
            self.look_everywhere(self._frame)

    def leave(self) -> None:
        """The block has ended: look a last time, and let the frame go."""
        self.look()
        self._frame = None

    def where(self, calls: int) -> tuple[int | None, str]:
        """The line in the source, and the place of the nearest line if that is elsewhere.

        calls   a number that changes where the caller has called something new
        """
        frame: FrameType | None = sys._getframe(1)
        inner = self._inner
        while frame is not None:
            code = frame.f_code
            if id(code) not in inner and not self._is_inner(code):
                break
            frame = frame.f_back
        nearest, own = frame, self._frame
        if own is not None:
            self._move(own, nearest, calls)
            if nearest is own and self.source:
                return self._line, ""
        while frame is not None and frame.f_code.co_filename != self._file:
            frame = frame.f_back
        if nearest is None:
            return None, ""
        line = self._line_of(frame) if frame is not None and self.source else None
        is_shown = nearest is frame and line is not None
        return line, "" if is_shown else self._place_of(nearest)

    def line(self) -> int | None:
        """The line in the source that runs."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != self._file:
            frame = frame.f_back
        return self._line_of(frame) if frame is not None and self.source else None

    def is_here(self, frame: FrameType) -> bool:
        return frame.f_code.co_filename == self._file

    def _is_inner(self, code: CodeType) -> bool:
        known = self._codes.get(id(code))
        if known is None:
            known = self._codes[id(code)] = (code, code.co_filename.startswith(INNER))
            if known[1]:
                self._inner.add(id(code))
        return known[1]

    def _move(self, own: FrameType, nearest: FrameType | None, calls: int) -> None:
        """Look at the variables that a statement may have set since the last operation."""
        last, now = self._last, own.f_lasti
        if now == last and nearest is not own and calls == self._calls:
            return  # Inside the same call.
        line = self._line_of(own)
        if now <= last or line != self._line:
            self._look(self._spoken_of(own), (self._line or line) if self.source else 0)
        self._last, self._line, self._calls = now, line, calls

    def _spoken_of(self, frame: FrameType) -> Mapping[str, Any]:
        """The variables that the code itself names: a notebook has hundreds of others."""
        variables = frame.f_globals if self._is_global else _variables(frame)
        if not self._is_global:
            return variables
        return {name: variables[name] for name in frame.f_code.co_names if name in variables}

    def _line_of(self, frame: FrameType) -> int:
        self._is_inner(frame.f_code)  # and keeps it
        key = (id(frame.f_code), frame.f_lasti)
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = frame.f_lineno or 0
        return line

    def _place_of(self, frame: FrameType) -> str:
        key = (id(frame.f_code), frame.f_lasti)
        place = self._places.get(key)
        if place is None:
            code = frame.f_code
            file = Path(code.co_filename).name
            # A comprehension is in the function around it.
            names = [name for name in code.co_qualname.split(".") if not name.startswith("<")]
            function = f" in {names[-1]}" if names else ""
            place = self._places[key] = f"{file}:{frame.f_lineno}{function}"
        return place


def _variables(frame: FrameType) -> dict[str, Any]:
    """A frame's variables, read and let go: no tensor lives longer because we looked."""
    found = frame.f_locals
    if not (COPIES_LOCALS and frame.f_code.co_flags & OPTIMIZED):
        return dict(found)
    copy = dict(found)
    # The frame's own reference, ours and that of the call: nobody has asked for `locals()`.
    if sys.getrefcount(found) <= 3:
        found.clear()
    return copy


def tensors_and_modules(variables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What the variables hold, also in their lists, tuples and dicts, and in `self`."""
    inside: list[tuple[str, Any]] = []
    for name, value in variables.items():
        kind = type(value)
        if issubclass(kind, KINDS):
            yield name, value
        elif name == "self" and hasattr(value, "__dict__"):
            inside += ((f"self.{key}", held) for key, held in vars(value).items())
        elif kind in (list, tuple) and len(value) <= MOST_ITEMS:
            inside += ((f"{name}[{index}]", held) for index, held in enumerate(value))
        elif kind is dict and len(value) <= MOST_ITEMS and not name.startswith("__"):
            inside += ((f"{name}[{key!r}]", held) for key, held in value.items() if _is_key(key))
    for name, value in inside:
        if issubclass(type(value), KINDS):
            yield name, value


def _is_key(key: Any) -> bool:
    return type(key) in (str, int)
