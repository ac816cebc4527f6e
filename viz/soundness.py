"""Hold a trace that came out of a file to what every recorded trace is.

The types of its fields have been checked before. What is checked here would lead a reader of the
data astray: numbers that are none, ids that name nothing, edges that run in a circle.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from viz.history import Curve, History, Picture
from viz.record import Array, Number

if TYPE_CHECKING:
    from viz.trace import Backward, Node, Trace

TEXT_CHARACTERS = 10_000
"""Of a name or a sentence; a recorded one is shorter by far."""
DIMENSIONS = 64
LARGEST_INDEX = 1 << 40
LARGEST_ELEMENTS = 1 << 62
LARGEST_NUMBER = 2**1023

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_TYPE = re.compile(r"[A-Za-z0-9_.]{1,40}")
_COMPLEX = re.compile(r"[-+0-9.einfajEINFAJ()]{1,80}")


def check(trace: Trace) -> None:
    """Raises ValueError, with what is wrong, for a trace that no run can have left."""
    numbers = [backward.number for backward in trace.backwards]
    if len(set(numbers)) < len(numbers):
        raise ValueError("two backward passes have one number")
    for backward in trace.backwards:
        _check_backward(backward)
    _check_history(trace.history)
    for picture in trace.pictures:
        _check_picture(picture)
    for given in trace.inputs:
        _check_texts(given.name, given.text)
    for notice in trace.notices:
        _check_texts(notice.text)
        _check_index(notice.line)


def _check_backward(backward: Backward) -> None:
    nodes = {node.id: node for node in backward.nodes}
    if nodes[backward.output].kind != "output":
        raise ValueError(f"its output {backward.output} is no output")
    _check_index(backward.number, backward.line)
    for node in backward.nodes:
        _check_node(node, nodes)
    for node_id in backward.forward:
        if nodes[node_id].kind != "operation":
            raise ValueError(f"the forward pass has {node_id}, which is no operation")
    for edge in backward.edges:
        _check_index(edge.slot, edge.output)
        _check_arrays(edge.contribution, edge.local)
    if all(edge.upstream != backward.output for edge in backward.edges):
        raise ValueError("no edge leads from its output")
    _check_order(backward)
    for step in backward.steps:
        if not step.incoming:
            raise ValueError(f"nothing arrives at {step.node}, and yet it fires")
        _check_arrays(*step.incoming, *step.outgoing)
    for leaf in backward.leaves:
        _check_texts(leaf.name)
        _check_arrays(leaf.value, leaf.before, leaf.after)
    for cut in backward.cuts:
        _check_texts(cut.name, cut.word, *cut.leaves)
        _check_index(cut.line)
    if backward.stop is not None:
        _check_texts(backward.stop.message, backward.stop.cure, backward.stop.saved)
        _check_index(backward.stop.line)


def _check_node(node: Node, nodes: dict[str, Node]) -> None:
    if not _ID.fullmatch(node.id):
        raise ValueError(f"{node.id[:40]!r} is no id of a node")
    _check_texts(node.name, node.variable, node.function, node.module, node.place)
    _check_index(node.line)
    _check_shape(node.shape or ())
    if node.dtype is not None:
        _check_type(node.dtype)
    _check_arrays(*node.values, *node.extras)
    for argument in node.arguments:
        _check_texts(argument.name, argument.text)
        _check_index(argument.output)
        if argument.node is not None and argument.node not in nodes:
            raise ValueError(f"unknown node {argument.node[:40]!r} as an argument of {node.id}")


def _check_order(backward: Backward) -> None:
    """Gradients flow from the output to the leaves: no way leads back."""
    sent: dict[str, list[str]] = {node.id: [] for node in backward.nodes}
    waiting = dict.fromkeys(sent, 0)
    for edge in backward.edges:
        sent[edge.upstream].append(edge.downstream)
        waiting[edge.downstream] += 1
    ready = deque(node_id for node_id, count in waiting.items() if not count)
    done = 0
    while ready:
        done += 1
        for receiver in sent[ready.popleft()]:
            waiting[receiver] -= 1
            if not waiting[receiver]:
                ready.append(receiver)
    if done < len(sent):
        raise ValueError("its edges run in a circle")


def _check_history(history: History) -> None:
    _check_index(history.calls, history.leaves_left_out, *history.numbers, *history.lines)
    _check_numbers(history.losses)
    _check_numbers(history.norms)
    for curve in history.curves:
        _check_curve(curve)


def _check_curve(curve: Curve) -> None:
    _check_texts(curve.name)
    _check_shape(curve.shape)
    _check_numbers(curve.gradients)
    _check_numbers(curve.values or ())


def _check_picture(picture: Picture) -> None:
    _check_texts(picture.title, picture.x_label, picture.y_label)
    for series in picture.series:
        _check_texts(series.label)
        _check_numbers(series.x)
        _check_numbers(series.y)


def _check_arrays(*arrays: Array | None) -> None:
    for array in arrays:
        if array is None:
            continue
        _check_type(array.dtype)
        _check_shape(array.shape)
        _check_index(array.nonfinite)
        _check_numbers(array.values or ())
        _check_numbers((array.low, array.high, array.mean, array.norm))


def _check_shape(shape: tuple[int, ...]) -> None:
    size = 1
    for side in shape:
        size *= max(side, 1)
        if side < 0 or size > LARGEST_ELEMENTS:
            raise ValueError(f"no tensor has a side of {_short(side)} elements")
    if len(shape) > DIMENSIONS:
        raise ValueError(f"no tensor has {len(shape)} dimensions")


def _check_type(dtype: str) -> None:
    if not _TYPE.fullmatch(dtype):
        raise ValueError(f"{dtype[:40]!r} is no type of numbers")


def _check_numbers(numbers: Iterable[Number | None]) -> None:
    for number in numbers:
        if number is None or isinstance(number, float):
            continue
        is_number = _is_number(number) if isinstance(number, str) else _is_in_range(number)
        if not is_number:
            raise ValueError(f"{_short(number)} is no number of a tensor")


def _is_in_range(number: float) -> bool:
    return -LARGEST_NUMBER < number < LARGEST_NUMBER


def _is_number(text: str) -> bool:
    """What JSON has no number for: NaN, infinities, complex numbers."""
    if text in ("nan", "inf", "-inf"):
        return True
    if not _COMPLEX.fullmatch(text) or "j" not in text:
        return False
    try:
        complex(text)
    except ValueError:
        return False
    return True


def _check_index(*indices: int | None) -> None:
    for index in indices:
        if index is not None and not 0 <= index < LARGEST_INDEX:
            raise ValueError(f"{_short(index)} counts nothing")


def _check_texts(*texts: str | None) -> None:
    for text in texts:
        if text is not None and len(text) > TEXT_CHARACTERS:
            raise ValueError(f"a name has {len(text):,} characters")


def _short(number: Number) -> str:
    """A whole number may have thousands of digits, which Python refuses to write."""
    if isinstance(number, int) and not _is_in_range(number):
        return "a huge number"
    return repr(number)[:40]
