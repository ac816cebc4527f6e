"""Rules for products of matrices and vectors, as they appear from @ and from linear."""

from __future__ import annotations

import numpy as np

from viz.rules.row import Row, Slot
from viz.rules.shapes import outer, transpose

_WORDS = (
    "In a matrix product, each factor's gradient is the upstream gradient times the other factor, "
    "transposed so that the shapes fit."
)
_DOT_WORDS = "In a dot product, each element is multiplied by its partner in the other vector."
_UPSTREAM_FIRST = "{upstream} @ {local}"
_LOCAL_FIRST = "{local} @ {upstream}"

MATRICES = (
    Row(
        kinds=("MmBackward0", "BmmBackward0"),
        sign="@",
        statement="{self} @ {mat2}",
        words=_WORDS,
        slots=(
            Slot(
                "self",
                "{mat2.T}",
                lambda v: v.upstream @ transpose(v.mat2),
                rule=_UPSTREAM_FIRST,
                elementwise=False,
            ),
            Slot(
                "mat2",
                "{self.T}",
                lambda v: transpose(v.self) @ v.upstream,
                rule=_LOCAL_FIRST,
                elementwise=False,
            ),
        ),
    ),
    Row(
        kinds=("MvBackward0",),
        sign="@",
        statement="{self} @ {vec}",
        words="Each row of the matrix makes one number. The matrix receives every product of an "
        "upstream number and a number of the vector.",
        slots=(
            Slot(
                "self",
                "{vec}",
                lambda v: outer(v.upstream, v.vec),
                rule="outer({upstream}, {local})",
                elementwise=False,
            ),
            Slot(
                "vec",
                "{self.T}",
                lambda v: transpose(v.self) @ v.upstream,
                rule=_LOCAL_FIRST,
                elementwise=False,
            ),
        ),
    ),
    Row(
        kinds=("VdotBackward0",),
        sign="@",
        statement="{self} @ {other}",
        words=_DOT_WORDS,
        slots=(
            Slot("self", "{other}", lambda v: v.upstream * v.other, elementwise=False),
            Slot("other", "{self}", lambda v: v.upstream * v.self, elementwise=False),
        ),
    ),
    Row(
        kinds=("LinalgCrossBackward0",),
        sign="×",
        statement="cross({self}, {other})",
        words="A cross product stands upright on both vectors: each receives the cross product of "
        "the other vector and the upstream gradient.",
        slots=(
            Slot(
                "self",
                "{other}",
                lambda v: np.cross(v.other, v.upstream, axis=v.dim),
                rule="cross({local}, {upstream})",
            ),
            Slot(
                "other",
                "{self}",
                lambda v: np.cross(v.upstream, v.self, axis=v.dim),
                rule="cross({upstream}, {local})",
            ),
        ),
        defaults={"dim": -1},
    ),
    Row(
        kinds=("LinalgInvExBackward0",),
        sign="( )⁻¹",
        statement="{A}⁻¹",
        words="The inverse works against its matrix, as 1/x does: it stands twice in the gradient, "
        "with a minus sign.",
        slots=(
            Slot(
                "A",
                "",
                lambda v: -transpose(v.result) @ v.upstream @ transpose(v.result),
                rule="(−{result.T}) @ {upstream} @ {result.T}",
                elementwise=False,
            ),
        ),
    ),
    Row(
        kinds=("DotBackward0",),
        sign="@",
        statement="{self} @ {tensor}",
        words=_DOT_WORDS,
        slots=(
            Slot("self", "{tensor}", lambda v: v.upstream * v.tensor, elementwise=False),
            Slot("tensor", "{self}", lambda v: v.upstream * v.self, elementwise=False),
        ),
    ),
)
