"""Rules for norms, variances and soft maxima: what one element adds to a measure of all of them."""

from __future__ import annotations

import math

import numpy as np

from viz.rules.numerics import one_number, sign_of, zero_where
from viz.rules.row import Gradient, MissingValueError, Row, Slot, Values
from viz.rules.shapes import reduced_axes, reduced_count, restored, spread
from viz.rules.wording import reduction
from viz.rules.wording_spreads import (
    deviation_local,
    distance_local,
    norm_local,
    norm_words,
    root_deviation_local,
    with_mean,
)


def norm_slope(
    numbers: np.ndarray, order: float, norm: np.ndarray, axes: tuple[int, ...]
) -> np.ndarray:
    """The derivative of (Σ|x|^p)^(1/p). Where the norm is 0, PyTorch takes 0."""
    size, sign = np.abs(numbers), sign_of(numbers)
    if order == 0:
        return np.zeros_like(numbers)
    if order == 1:
        return sign
    if order == 2:
        return zero_where(norm == 0, numbers / norm)
    if math.isinf(order):
        is_end = _is_end(size, norm)
        return sign * is_end / np.maximum(is_end.sum(axis=axes, keepdims=True), 1)
    if order < 1:
        return sign * zero_where(numbers == 0, size ** (order - 1)) * norm ** (1 - order)
    if order < 2:
        return sign * size ** (order - 1) * zero_where(norm == 0, 1 / norm ** (order - 1))
    return numbers * size ** (order - 2) * zero_where(norm == 0, 1 / norm ** (order - 1))


def _is_end(size: np.ndarray, norm: np.ndarray) -> np.ndarray:
    return (size == norm) | (np.isnan(size) & np.isnan(norm))


def _ends(values: Values) -> float | np.ndarray:
    """How many elements are as large as the largest one."""
    is_end = _is_end(np.abs(values.self), restored(values))
    axes = reduced_axes(values.dim, is_end.ndim)
    return one_number(np.maximum(is_end.sum(axis=axes, keepdims=True), 1))


def _norm_gradient(order: str) -> Gradient:
    def gradient(values: Values) -> np.ndarray:
        axes = reduced_axes(values.dim, len(values.shape("self")))
        p = 2 if getattr(values, order) is None else getattr(values, order)
        return spread(values) * norm_slope(values.self, p, restored(values), axes)

    return gradient


def _norm(order: str, *kinds: str) -> Row:
    return Row(
        kinds=kinds,
        sign="‖ ‖",
        statement=reduction("norm"),
        words=norm_words(order),
        slots=(Slot("self", norm_local(order), _norm_gradient(order), elementwise=False),),
        defaults={order: 2, "dim": None, "keepdim": False},
        derived={"k": _ends},
    )


def _mean(values: Values) -> np.ndarray:
    axes = reduced_axes(values.dim, values.self.ndim)
    return values.self.mean(axis=axes, keepdims=True)


def _freedom(values: Values) -> float:
    """n − 1, or n without Bessel's correction."""
    return reduced_count(values) - _correction(values)


def _correction(values: Values) -> float:
    return 1 if values.correction is None else values.correction


def _variance_gradient(values: Values, upstream: np.ndarray) -> np.ndarray:
    distance, freedom = values.self - _mean(values), _freedom(values)
    if freedom <= 0 and values.dim is None:
        return upstream * np.where(values.self == _mean(values), np.nan, np.inf)
    return float(np.divide(2.0, freedom)) * upstream * distance


def _mean_gradient(values: Values) -> np.ndarray:
    if not np.isfinite(values.self).all():
        # Where one of the two gradients never came, PyTorch leaves its term out, even if it is NaN.
        raise MissingValueError("finite numbers")
    return spread(values, "upstream1") / reduced_count(values)


def _distance_slope(values: Values) -> np.ndarray:
    distance = values.self - values.other
    return norm_slope(distance, values.p, values.result, tuple(range(distance.ndim)))


def _deviation_upstream(values: Values) -> np.ndarray:
    result = restored(values)
    return zero_where(result == 0, restored(values, "upstream") / (2 * result))


def _terms(values: Values, upstream: np.ndarray) -> np.ndarray:
    """How large the numbers are whose difference is a deviation from the mean."""
    largest = np.abs(values.self).max(initial=0)
    return np.abs(upstream * 2 / np.maximum(_freedom(values), 1)) * np.full(
        values.self.shape, largest
    )


def _one_mean(values: Values) -> float | np.ndarray:
    return one_number(_mean(values))


_SPREAD_DEFAULTS = {"dim": None, "correction": None, "keepdim": False}
_SPREAD_DERIVED = {"n": reduced_count, "mean": _one_mean}

SPREADS = (
    _norm("ord", "LinalgVectorNormBackward0"),
    _norm("p", "NormBackward0", "NormBackward1"),
    Row(
        kinds=("VarBackward0",),
        sign="var",
        statement=reduction("var"),
        words="Each element pushes the variance up in proportion to its distance from the mean; "
        "one that equals the mean gets 0.",
        slots=(
            Slot(
                "self",
                deviation_local,
                lambda v: _variance_gradient(v, spread(v)),
                rounding=lambda v: _terms(v, spread(v)),
                elementwise=False,
            ),
        ),
        defaults=_SPREAD_DEFAULTS,
        derived=_SPREAD_DERIVED,
    ),
    Row(
        kinds=("StdBackward0",),
        sign="std",
        statement=reduction("std"),
        words="The standard deviation is the root of the variance: each element pushes it up in "
        "proportion to its distance from the mean. Where all are equal, PyTorch takes 0.",
        slots=(
            Slot(
                "self",
                root_deviation_local,
                lambda v: _variance_gradient(v, _deviation_upstream(v)),
                rounding=lambda v: _terms(v, _deviation_upstream(v)),
                elementwise=False,
            ),
        ),
        defaults=_SPREAD_DEFAULTS,
        derived=_SPREAD_DERIVED,
    ),
    Row(
        kinds=("VarMeanBackward0",),
        sign="var, μ",
        statement=reduction("var_mean"),
        words="Two results at once: each element pushes the variance up in proportion to its "
        "distance from the mean, and gets its share 1/{n} of the mean's gradient.",
        slots=(
            Slot(
                "self",
                "",
                lambda v: _variance_gradient(v, spread(v)) + _mean_gradient(v),
                rule=with_mean(deviation_local),
                rounding=lambda v: _terms(v, spread(v)) + np.abs(_mean_gradient(v)),
                elementwise=False,
            ),
        ),
        defaults=_SPREAD_DEFAULTS,
        derived=_SPREAD_DERIVED,
    ),
    Row(
        kinds=("StdMeanBackward0",),
        sign="std, μ",
        statement=reduction("std_mean"),
        words="Two results at once: each element pushes the standard deviation up in proportion to "
        "its distance from the mean, and gets its share 1/{n} of the mean's gradient.",
        slots=(
            Slot(
                "self",
                "",
                lambda v: _variance_gradient(v, _deviation_upstream(v)) + _mean_gradient(v),
                rule=with_mean(root_deviation_local),
                rounding=lambda v: _terms(v, _deviation_upstream(v)) + np.abs(_mean_gradient(v)),
                elementwise=False,
            ),
        ),
        defaults=_SPREAD_DEFAULTS,
        derived=_SPREAD_DERIVED,
    ),
    Row(
        kinds=("DistBackward0",),
        sign="dist",
        statement="dist({self}, {other})",
        words="The distance is the norm of the difference d = {self} − {other}: the two ends get "
        "opposite gradients, along d. Where both are equal, PyTorch takes 0.",
        slots=(
            Slot("self", distance_local(""), lambda v: v.upstream * _distance_slope(v)),
            Slot("other", distance_local("−"), lambda v: -v.upstream * _distance_slope(v)),
        ),
        defaults={"p": 2},
        derived={"d": lambda v: one_number(v.self - v.other)},
    ),
    Row(
        kinds=("LogsumexpBackward0",),
        sign="ln Σ eˣ",
        statement=reduction("logsumexp"),
        words="The logarithm of a sum of exponentials is a soft maximum: each element gets its "
        "share of the sum, which is its softmax. The shares add up to 1.",
        slots=(
            Slot(
                "self",
                "exp({self} − {result})",
                lambda v: spread(v) * np.exp(v.self - restored(v)),
                rounding=lambda v: spread(v) * (np.abs(v.self) + np.abs(restored(v))),
                elementwise=False,
            ),
        ),
        defaults={"keepdim": False},
    ),
)
