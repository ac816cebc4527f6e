"""Why the engine refused to go on: which node, what it had saved, and which line is to blame."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from viz.capture.calls import Calls
from viz.capture.changes import Change
from viz.capture.graph import Graph, name_of
from viz.capture.sources import Call, Result, Sighting, Source, Subject
from viz.errors import UserError
from viz.trace import Stop

CHANGED = "modified by an inplace operation"
FREED = "backward through the graph a second time"
EXPECTED = re.compile(r"expected version (\d+)")
RESULT = re.compile(r"result(\d*)")
ADDRESS = re.compile(r" ?(at )?0x[0-9a-fA-F]+")
FIRST_SENTENCE = re.compile(r"(?<=[\w)\]'\"]{2})\.(\s|$)|\n")
LONGEST = 300

SIGNS = {"add_": "+", "sub_": "-", "mul_": "*", "div_": "/", "pow_": "**"}
OVERWRITES = ("copy_", "fill_", "zero_", "index_put_", "masked_fill_")
VIEWS_DEEP = 6
"""How many views of views are looked through for the tensor that was changed."""


class Freed:
    """Which line ran the backward pass that threw away what a node had saved."""

    def __init__(self) -> None:
        self._lines: dict[int, int | None] = {}

    def note(self, graph: Graph, line: int | None) -> None:
        for grad_fn in graph.operations:
            self._lines[grad_fn._sequence_nr()] = line

    def line(self, grad_fn: Any) -> int | None:
        return self._lines.get(grad_fn._sequence_nr())


class Blame(NamedTuple):
    """What became of a saved tensor.

    saved      which one: "self", "other", "result"; None where it is not known
    name       what the program calls it
    changed    what the program calls the tensor that was changed: it, or what it is a view of
    change     how it was changed
    is_leaf    whether it is a leaf
    """

    saved: str | None
    name: str | None
    changed: str | None
    change: Change | None
    is_leaf: bool


def stop_of(
    error: Exception, grad_fn: Any, graph: Graph, calls: Calls, freed: Freed
) -> tuple[Stop, str | None]:
    """Why the pass ended while this node was to fire; and in plain words what PyTorch does not say.

    The words are None where no more is known than what PyTorch says.
    """
    said, node = first_sentence(error), graph.ids.get(grad_fn)
    if node is not None and CHANGED in str(error):
        blame = _blame(grad_fn, calls, str(error))
        line = blame.change.line if blame.change is not None else None
        stop = Stop("changed", said, _cure(blame), node, blame.saved, line)
        return stop, f"{_operation(grad_fn, calls)} had saved {_what_happened(blame)}"
    if node is not None and FREED in str(error):
        line = freed.line(grad_fn)
        earlier, by = (
            (f"on line {line}", f"the backward on line {line}")
            if line
            else ("the first time", "an earlier backward")
        )
        cure = f"Call backward(retain_graph=True) {earlier}, or compute the loss again."
        plain = (
            f"{_operation(grad_fn, calls)} needs the tensors that it had saved in the forward "
            f"pass, but {by} has freed them."
        )
        return Stop("freed", said, cure, node, line=line), plain
    hint = error.hint if isinstance(error, UserError) else None
    return Stop("other", said, hint or "", node), None


def first_sentence(error: Exception) -> str:
    """PyTorch's own first sentence, without addresses."""
    said = error.message if isinstance(error, UserError) else str(error)
    said = ADDRESS.sub("", said.replace("TensorBase", "Tensor")).strip() or type(error).__name__
    end = FIRST_SENTENCE.search(said)
    return f"{(said[: end.start()] if end else said)[:LONGEST].rstrip(' .:;')}."


def _operation(grad_fn: Any, calls: Calls) -> str:
    call = calls.call(grad_fn._sequence_nr())
    return f"{name_of(grad_fn)} (line {call.line})" if call and call.line else name_of(grad_fn)


def _what_happened(blame: Blame) -> str:
    line = blame.change.line if blame.change is not None else None
    if blame.name is None and blame.changed is not None:
        saved, what = f"a part of '{blame.changed}'", f"'{blame.changed}'"
    else:
        saved, what = f"'{blame.name}'" if blame.name else _described(blame.saved), "it"
    changed = f"line {line} changed {what}" if line else f"{what} was later changed"
    return f"{saved} for the backward pass, but {changed} in place."


def _described(saved: str | None) -> str:
    if saved is None:
        return "a tensor"
    return "its own result" if saved.startswith("result") else "one of its inputs"


def _blame(grad_fn: Any, calls: Calls, text: str) -> Blame:
    saved = _saved_and_changed(grad_fn)
    source = _source_of_saved(calls.call(grad_fn._sequence_nr()), saved, grad_fn)
    expected = EXPECTED.search(text)
    version = int(expected[1]) if expected else 0
    is_leaf = isinstance(source, Sighting) and source.requires_grad
    for key in _tensors(source, calls):
        change = calls.changes.since(key, version)
        if change is not None:
            return Blame(saved, _name(source, calls), _name(key, calls), change, is_leaf)
    return Blame(saved, _name(source, calls), None, None, is_leaf)


def _saved_and_changed(grad_fn: Any) -> str | None:
    """Which of the saved tensors can't be read any more: "self", "other", "result"."""
    for attribute in dir(grad_fn):
        if attribute.startswith("_saved_"):
            try:
                getattr(grad_fn, attribute)
            except RuntimeError:
                return attribute.removeprefix("_saved_")
    return None


def _source_of_saved(call: Call | None, saved: str | None, grad_fn: Any) -> Source | None:
    if saved is None:
        return None
    if call is not None and saved in call.arguments:
        found = call.arguments[saved]
        return found if isinstance(found, Result | Sighting) else None
    number = RESULT.fullmatch(saved)
    return Result(grad_fn._sequence_nr(), int(number[1] or 0)) if number else None


def _tensors(source: Source | None, calls: Calls) -> Iterator[Result | Subject]:
    """The tensor itself, then those that it may be a view of."""
    for _ in range(VIEWS_DEEP):
        if isinstance(source, Sighting):
            yield source.subject
        if not isinstance(source, Result):
            return
        yield source
        call = calls.call(source.number)
        source = next(call.sources(), None) if call is not None else None


def _name(tensor: Source | Subject | None, calls: Calls) -> str | None:
    if isinstance(tensor, Sighting):
        tensor = tensor.subject
    if isinstance(tensor, Subject):
        return tensor.name.text if tensor.name is not None else None
    name = calls.name(tensor) if isinstance(tensor, Result) else None
    return name.text if name is not None else None


def _cure(blame: Blame) -> str:
    name = blame.changed or blame.name or "x"
    if blame.is_leaf:
        return f"Compute the loss again after {name} has changed, before the next backward."
    change = blame.change
    if change is None:
        return f"Make a new tensor instead of changing this one: {name} = {name} + 1."
    if change.function in SIGNS:
        sign = SIGNS[change.function]
        return f"Write {name} = {name} {sign} … instead of {name} {sign}= …: it makes a new tensor."
    if change.function in OVERWRITES:
        return f"Change a copy: {name} = {name}.clone() before line {change.line}."
    plain = change.function.rstrip("_")
    return f"Write {name} = {name}.{plain}(…), without the underscore: it makes a new tensor."
