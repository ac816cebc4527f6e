"""Rules for a product with something added, each perhaps scaled: beta·self + alpha·(A @ B)."""

from __future__ import annotations

from collections.abc import Callable

from viz.rules.row import Gradient, Plain, Row, Slot
from viz.rules.shapes import outer, transpose

_BIAS = "Something is added to a product, and takes the gradient as it is."
_PRODUCT = (
    f"{_BIAS} Each factor's gradient is the upstream gradient times the other factor, transposed "
    "so that the shapes fit."
)
_UPSTREAM_FIRST = "{upstream} @ {local}"
_LOCAL_FIRST = "{local} @ {upstream}"


def _scaled(number: str, text: str) -> Callable[[Plain], str]:
    return lambda plain: text if plain[number] == 1 else f"{{{number}}}·{text}"


def _statement(product: str) -> Callable[[Plain], str]:
    """
    >>> _statement("{mat} @ {vec}")({"alpha": 1, "beta": 3})
    '{beta}·{self} + {mat} @ {vec}'
    """
    added, multiplied = _scaled("beta", "{self}"), _scaled("alpha", product)
    return lambda plain: f"{added(plain)} + {multiplied(plain)}"


def _factor(of: str, local: str, gradient: Gradient, rule: str) -> Slot:
    return Slot(
        of,
        _scaled("alpha", local),
        lambda v: v.alpha * gradient(v),
        rule=rule,
        elementwise=False,
    )


def _matrices(kind: str, first: str, second: str) -> Row:
    """A bias and a product of matrices, or of batches of them."""
    is_summed = kind == "AddbmmBackward0"
    product = f"{{{first}}} @ {{{second}}}"
    return Row(
        kinds=(kind,),
        sign="@ +",
        statement=_statement(f"sum({product}, dim=0)" if is_summed else product),
        words=_PRODUCT,
        slots=(
            Slot("self", "{beta}", lambda v: v.upstream * v.beta),
            _factor(
                first,
                f"{{{second}.T}}",
                lambda v: v.upstream @ transpose(getattr(v, second)),
                _UPSTREAM_FIRST,
            ),
            _factor(
                second,
                f"{{{first}.T}}",
                lambda v: transpose(getattr(v, first)) @ v.upstream,
                _LOCAL_FIRST,
            ),
        ),
        defaults={"alpha": 1, "beta": 1},
    )


AFFINE = (
    _matrices("AddmmBackward0", "mat1", "mat2"),
    _matrices("BaddbmmBackward0", "batch1", "batch2"),
    _matrices("AddbmmBackward0", "batch1", "batch2"),
    Row(
        kinds=("AddmvBackward0",),
        sign="@ +",
        statement=_statement("{mat} @ {vec}"),
        words=_PRODUCT,
        slots=(
            Slot("self", "{beta}", lambda v: v.upstream * v.beta),
            _factor(
                "mat", "{vec}", lambda v: outer(v.upstream, v.vec), "outer({upstream}, {local})"
            ),
            _factor("vec", "{mat.T}", lambda v: transpose(v.mat) @ v.upstream, _LOCAL_FIRST),
        ),
        defaults={"alpha": 1, "beta": 1},
    ),
    Row(
        kinds=("AddrBackward0",),
        sign="outer +",
        statement=_statement("outer({vec1}, {vec2})"),
        words=f"{_BIAS} In an outer product each number meets all numbers of the other vector.",
        slots=(
            Slot("self", "{beta}", lambda v: v.upstream * v.beta),
            _factor("vec1", "{vec2}", lambda v: v.upstream @ v.vec2, _UPSTREAM_FIRST),
            _factor("vec2", "{vec1}", lambda v: v.vec1 @ v.upstream, _LOCAL_FIRST),
        ),
        defaults={"alpha": 1, "beta": 1},
    ),
)
