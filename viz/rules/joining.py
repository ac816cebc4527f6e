"""Rules for joining tensors and taking one apart: each piece's gradient goes where it came from."""

from __future__ import annotations

import numpy as np

from viz.rules.row import Each, Gradient, Row, Slot, Template, Values
from viz.rules.wording import axis_of

_JOINED_WORDS = (
    "Joining only puts numbers beside each other: each tensor receives its own part of the "
    "upstream gradient."
)
_TAKEN_APART_WORDS = (
    "Taking a tensor apart only separates numbers: their gradients are put together again. "
    "A piece that the result does not depend on contributes 0."
)


def _cut_out(index: int) -> Slot:
    """The part of the upstream gradient at the place where a tensor was put."""

    def gradient(values: Values) -> np.ndarray:
        axis = values.dim
        # An empty vector takes part in a cat of tensors of any shape.
        sides = [values.shape(f"tensors[{i}]") for i in range(index + 1)]
        if sides[index] == (0,):
            return np.zeros(0)
        start = sum(side[axis] for side in sides[:index] if side != (0,))
        return np.take(values.upstream, range(start, start + sides[index][axis]), axis)

    return _piece(index, gradient)


def _layer(index: int) -> Slot:
    def gradient(values: Values) -> np.ndarray:
        return np.take(values.upstream, index, values.dim)

    return _piece(index, gradient)


def _piece(index: int, gradient: Gradient) -> Slot:
    rule = f"{{upstream}}, piece {index + 1}"
    return Slot(f"tensors[{index}]", "", gradient, rule=rule, elementwise=False)


def _put_together(rule: Template) -> tuple[Slot, ...]:
    def gradient(values: Values) -> np.ndarray:
        return np.concatenate(values.upstreams, values.dim)

    return (Slot("self", "", gradient, rule=rule, elementwise=False),)


JOINING = (
    Row(
        kinds=("CatBackward0",),
        sign="cat",
        statement=axis_of("cat([{tensors}]", default=0),
        words=_JOINED_WORDS,
        slots=(Each("tensors", _cut_out),),
        defaults={"dim": 0},
    ),
    Row(
        kinds=("StackBackward0",),
        sign="stack",
        statement=axis_of("stack([{tensors}]", default=0),
        words=_JOINED_WORDS,
        slots=(Each("tensors", _layer),),
        defaults={"dim": 0},
    ),
    Row(
        kinds=("SplitBackward0", "UnsafeSplitBackward0"),
        sign="split",
        statement=axis_of("split({self}, {split_size}", default=0),
        words=_TAKEN_APART_WORDS,
        slots=_put_together(axis_of("cat([{upstreams}]", default=0)),
        defaults={"dim": 0},
    ),
    Row(
        kinds=("SplitWithSizesBackward0", "UnsafeSplitWithSizesBackward0"),
        sign="split",
        statement=axis_of("split({self}, {split_sizes}", default=0),
        words=_TAKEN_APART_WORDS,
        slots=_put_together(axis_of("cat([{upstreams}]", default=0)),
        defaults={"dim": 0},
    ),
    Row(
        kinds=("UnbindBackward0",),
        sign="unbind",
        statement=axis_of("unbind({self}", default=0),
        words=_TAKEN_APART_WORDS,
        slots=(
            Slot(
                "self",
                "",
                lambda v: np.stack(v.upstreams, v.dim),
                rule=axis_of("stack([{upstreams}]", default=0),
                elementwise=False,
            ),
        ),
        defaults={"dim": 0},
    ),
)
