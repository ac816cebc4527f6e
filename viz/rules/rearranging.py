"""Rules for operations that move, repeat or leave out numbers: gradients take the same way back."""

from __future__ import annotations

import numpy as np

from viz.rules.places import NOWHERE, Take, put_back
from viz.rules.row import Row, Slot, Values

_MOVED = "The numbers change places: the gradient is passed on, each number to its old place."
_BACK = "{upstream}, each number back in its place"
_REPEATED = "Each number stands at several places, so it collects the gradients of all of them."
_ADDED = "{upstream}, added up at the places where the numbers stood"


def _moved(take: Take, rule: str = _BACK) -> tuple[Slot, ...]:
    return (Slot("self", "", put_back(take), rule=rule, elementwise=False),)


def _rolled(values: Values, x: np.ndarray) -> np.ndarray:
    # Without dims PyTorch rolls the numbers in a row; numpy does so for None.
    return np.roll(x, values.shifts, tuple(values.dims) or None)


def _repeated(values: Values, x: np.ndarray) -> np.ndarray:
    return np.tile(x, values.repeats)


def _windows(values: Values, x: np.ndarray) -> np.ndarray:
    if x.ndim == 0:
        return x.reshape(1)
    axis = values.dimension % x.ndim
    # The argument "size" is the length of the windows, and so the last side of the result.
    length = values.shape("result")[-1]
    seen = np.lib.stride_tricks.sliding_window_view(x, length, axis)
    return np.moveaxis(np.moveaxis(seen, axis, 0)[:: values.step], 0, axis)


def diagonal_of(values: Values, x: np.ndarray) -> np.ndarray:
    return np.diagonal(x, values.offset, values.dim1, values.dim2)


def _on_diagonal(values: Values) -> np.ndarray:
    rows, columns = values.shape("self")
    return np.where(np.eye(rows, columns) == 1, values.upstream, 0)


def _padded(values: Values, x: np.ndarray) -> np.ndarray:
    """Padding is given from the last axis on, as before and after; negative numbers cut off."""
    for axis, (before, after) in _sides(values.pad):
        x = np.pad(x, _at(x, axis, max(before, 0), max(after, 0)), constant_values=NOWHERE)
        kept = range(max(-before, 0), x.shape[axis] - max(-after, 0))
        x = np.take(x, kept, axis)
    return x


def _mirrored(mode: str) -> Take:
    def take(values: Values, x: np.ndarray) -> np.ndarray:
        for axis, (before, after) in _sides(values.padding):
            x = np.pad(x, _at(x, axis, before, after), mode)  # type: ignore[call-overload]
        return x

    return take


def _sides(padding: list[int]) -> list[tuple[int, tuple[int, int]]]:
    pairs = zip(padding[::2], padding[1::2], strict=True)
    return [(-1 - number, pair) for number, pair in enumerate(pairs)]


def _at(x: np.ndarray, axis: int, before: int, after: int) -> list[tuple[int, int]]:
    widths = [(0, 0)] * x.ndim
    widths[axis] = (before, after)
    return widths


def _shuffled(values: Values, x: np.ndarray) -> np.ndarray:
    """Channels become pixels: (C·r², H, W) becomes (C, H·r, W·r)."""
    factor = values.upscale_factor
    *batch, channels, height, width = x.shape
    x = x.reshape(*batch, channels // factor**2, factor, factor, height, width)
    rank = len(batch)
    order = (*range(rank), rank, rank + 3, rank + 1, rank + 4, rank + 2)
    return x.transpose(order).reshape(*batch, -1, height * factor, width * factor)


REARRANGING = (
    Row(
        kinds=("FlipBackward0",),
        sign="flip",
        statement="flip({self})",
        words=_MOVED,
        slots=_moved(lambda v, x: np.flip(x, tuple(v.dims))),
    ),
    Row(
        kinds=("RollBackward0",),
        sign="roll",
        statement="roll({self})",
        words=_MOVED,
        slots=_moved(_rolled),
    ),
    Row(
        kinds=("Rot90Backward0",),
        sign="rot90",
        statement="rot90({self})",
        words=_MOVED,
        slots=_moved(lambda v, x: np.rot90(x, v.k, v.dims)),
    ),
    Row(
        kinds=("PixelShuffleBackward0",),
        sign="shuffle",
        statement="pixel_shuffle({self}, {upscale_factor})",
        words=_MOVED,
        slots=_moved(_shuffled),
    ),
    Row(
        kinds=("RepeatBackward0",),
        sign="repeat",
        statement="repeat({self})",
        words=_REPEATED,
        slots=_moved(_repeated, _ADDED),
    ),
    Row(
        kinds=("UnfoldBackward0",),
        sign="unfold",
        statement="unfold({self})",
        words=f"Windows are taken that may overlap. {_REPEATED}",
        slots=_moved(_windows, _ADDED),
    ),
    Row(
        kinds=("ConstantPadNdBackward0",),
        sign="pad",
        statement="pad({self})",
        words="The numbers around are constants: what came from {self} receives its gradient, and "
        "the rest is dropped.",
        slots=_moved(_padded, "{upstream} without the padding"),
    ),
    Row(
        kinds=tuple(f"ReflectionPad{rank}DBackward0" for rank in (1, 2, 3)),
        sign="pad",
        statement="pad({self}, mode='reflect')",
        words=f"The padding mirrors the numbers. {_REPEATED}",
        slots=_moved(_mirrored("reflect"), _ADDED),
    ),
    Row(
        kinds=tuple(f"ReplicationPad{rank}DBackward0" for rank in (1, 2, 3)),
        sign="pad",
        statement="pad({self}, mode='replicate')",
        words=f"The padding repeats the numbers at the border. {_REPEATED}",
        slots=_moved(_mirrored("edge"), _ADDED),
    ),
    Row(
        kinds=("DiagonalBackward0", "DiagonalBackward0_copy"),
        sign="diag",
        statement="diagonal({self})",
        words="Only the diagonal was taken: its numbers receive their gradients, all others 0.",
        slots=_moved(diagonal_of, "{upstream} on the diagonal, 0 elsewhere"),
        defaults={"offset": 0, "dim1": 0, "dim2": 1},
    ),
    Row(
        kinds=("DiagEmbedBackward0",),
        sign="diag",
        statement="diag({self})",
        words="The numbers stand on a diagonal, where their gradients are taken.",
        slots=(
            Slot(
                "self",
                "",
                lambda v: diagonal_of(v, v.upstream),
                rule="the diagonal of {upstream}",
                elementwise=False,
            ),
        ),
        defaults={"offset": 0, "dim1": -2, "dim2": -1},
    ),
    Row(
        kinds=("TrilBackward0",),
        sign="tril",
        statement="tril({self})",
        words="Above the diagonal stands 0, whatever {self} is there: no gradient passes there.",
        slots=(
            Slot(
                "self",
                "",
                lambda v: np.tril(v.upstream, v.diagonal),
                rule="tril({upstream})",
                elementwise=False,
            ),
        ),
        defaults={"diagonal": 0},
    ),
    Row(
        kinds=("TriuBackward0",),
        sign="triu",
        statement="triu({self})",
        words="Below the diagonal stands 0, whatever {self} is there: no gradient passes there.",
        slots=(
            Slot(
                "self",
                "",
                lambda v: np.triu(v.upstream, v.diagonal),
                rule="triu({upstream})",
                elementwise=False,
            ),
        ),
        defaults={"diagonal": 0},
    ),
    Row(
        kinds=("TraceBackward0",),
        sign="trace",
        statement="trace({self})",
        words="A trace is the sum of the diagonal: each of its numbers receives the upstream "
        "gradient, all others 0.",
        slots=(
            Slot(
                "self",
                "",
                _on_diagonal,
                rule="{upstream} on the diagonal, 0 elsewhere",
                elementwise=False,
            ),
        ),
    ),
)
