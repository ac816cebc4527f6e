"""Rules for patches of images and for enlarging them: elements are copied, gradients collected."""

from __future__ import annotations

import numpy as np

from viz.rules.places import NOWHERE, put_back
from viz.rules.row import Row, Slot, Values

_COPIED = "Each element is copied to several places, so it collects the gradients of all of them."
_ADDED = "{upstream}, added up at the places where the elements stood"


def _patches(values: Values, x: np.ndarray, outside: int = NOWHERE) -> np.ndarray:
    """Windows of the last two axes, as columns: the channels and the window come first."""
    (high, wide), (down, right) = values.kernel_size, values.dilation
    (step_y, step_x), (pad_y, pad_x) = values.stride, values.padding
    around = [(0, 0)] * (x.ndim - 2) + [(pad_y, pad_y), (pad_x, pad_x)]
    x = np.pad(x, around, constant_values=outside)
    rows = (x.shape[-2] - down * (high - 1) - 1) // step_y + 1
    columns = (x.shape[-1] - right * (wide - 1) - 1) // step_x + 1
    taps = [
        x[
            ...,
            i * down : i * down + (rows - 1) * step_y + 1 : step_y,
            j * right : j * right + (columns - 1) * step_x + 1 : step_x,
        ].reshape(*x.shape[:-2], rows * columns)
        for i in range(high)
        for j in range(wide)
    ]
    channels = x.shape[-3] * high * wide
    return np.stack(taps, -2).reshape(*x.shape[:-3], channels, rows * columns)


def _enlarged(values: Values, x: np.ndarray) -> np.ndarray:
    """The nearest element for each place, along the axes behind batch and channel."""
    names = {1: ("scales",), 2: ("scales_h", "scales_w"), 3: ("scales_d", "scales_h", "scales_w")}
    rank = x.ndim - 2
    for axis, name, side in zip(range(2, x.ndim), names[rank], values.output_size, strict=True):
        given = getattr(values, name)
        # In float32, as PyTorch has it, so that both round to the same element.
        ratio = np.float32(1 / given if given else x.shape[axis] / side)
        nearest = np.floor(np.arange(side, dtype=np.float32) * ratio).astype(int)
        x = np.take(x, np.minimum(nearest, x.shape[axis] - 1), axis)
    return x


PATCHES = (
    Row(
        kinds=("Im2ColBackward0",),
        sign="unfold",
        statement="unfold({self}, {kernel_size})",
        words=f"Each window becomes a column. {_COPIED}",
        slots=(Slot("self", "", put_back(_patches), rule=_ADDED, elementwise=False),),
    ),
    Row(
        kinds=("Col2ImBackward0",),
        sign="fold",
        statement="fold({self}, {output_size}, {kernel_size})",
        words="Columns are added up as windows of an image, so each column receives the gradient "
        "of its window.",
        slots=(
            Slot(
                "self",
                "",
                lambda v: _patches(v, v.upstream, outside=0),
                rule="unfold({upstream})",
                elementwise=False,
            ),
        ),
    ),
    Row(
        kinds=tuple(f"UpsampleNearest{rank}DBackward0" for rank in (1, 2, 3)),
        sign="enlarge",
        statement="interpolate({self})",
        words=f"The nearest element stands at each place. {_COPIED}",
        slots=(Slot("self", "", put_back(_enlarged), rule=_ADDED, elementwise=False),),
    ),
)
