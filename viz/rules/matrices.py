"""Rules for products of matrices and vectors, as they appear from @ and from linear."""

from __future__ import annotations

from viz.rules.row import Row, Slot
from viz.rules.shapes import outer, transpose

_WORDS = (
    "In a matrix product, each factor's gradient is the upstream gradient times the other factor, "
    "transposed so that the shapes fit."
)
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
        kinds=("AddmmBackward0",),
        sign="@ +",
        statement="{self} + {mat1} @ {mat2}",
        words=f"A matrix product with a bias added: the bias takes the gradient as it is. {_WORDS}",
        slots=(
            Slot("self", "{beta}", lambda v: v.upstream * v.beta),
            Slot(
                "mat1",
                "{mat2.T}",
                lambda v: v.alpha * (v.upstream @ transpose(v.mat2)),
                rule=_UPSTREAM_FIRST,
                elementwise=False,
            ),
            Slot(
                "mat2",
                "{mat1.T}",
                lambda v: v.alpha * (transpose(v.mat1) @ v.upstream),
                rule=_LOCAL_FIRST,
                elementwise=False,
            ),
        ),
        defaults={"alpha": 1, "beta": 1},
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
        kinds=("DotBackward0",),
        sign="@",
        statement="{self} @ {tensor}",
        words="In a dot product, each element is multiplied by its partner in the other vector.",
        slots=(
            Slot("self", "{tensor}", lambda v: v.upstream * v.tensor, elementwise=False),
            Slot("tensor", "{self}", lambda v: v.upstream * v.self, elementwise=False),
        ),
    ),
)
