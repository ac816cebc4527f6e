"""Rules for softmax and its logarithm: every result depends on every input of its row."""

from __future__ import annotations

import numpy as np

from viz.rules.row import Row, Slot, Values
from viz.rules.wording import axis_of


def _total(numbers: np.ndarray, values: Values) -> np.ndarray:
    """The sum over the axis of the softmax, kept so that it broadcasts."""
    return numbers if numbers.ndim == 0 else numbers.sum(axis=values.dim, keepdims=True)


def _softmax_gradient(values: Values) -> np.ndarray:
    p, upstream = values.result, values.upstream
    return p * (upstream - _total(upstream * p, values))


def _softmax_rounding(values: Values) -> np.ndarray:
    p, upstream = values.result, np.abs(values.upstream)
    return p * (upstream + _total(upstream * p, values))


def _log_softmax_gradient(values: Values) -> np.ndarray:
    return values.upstream - np.exp(values.result) * _total(values.upstream, values)


def _log_softmax_rounding(values: Values) -> np.ndarray:
    upstream, p = np.abs(values.upstream), np.exp(values.result)
    return upstream + p * (1 + np.abs(values.result)) * _total(upstream, values)


SOFTMAX = (
    Row(
        kinds=("SoftmaxBackward0", "SafeSoftmaxBackward0"),
        sign="softmax",
        statement=axis_of("softmax({self}"),
        words="The results p of a softmax share 1 among them, so what one gains the others lose. "
        "Each input gets its p times how far its upstream gradient lies above their average, "
        "weighted with p: the sum Σ runs over dimension {dim}. The contributions add up to 0.",
        slots=(
            Slot(
                "self",
                "",
                _softmax_gradient,
                rule="{result} · ({upstream} − Σ({upstream} · {result}))",
                rounding=_softmax_rounding,
                elementwise=False,
            ),
        ),
    ),
    Row(
        kinds=("LogSoftmaxBackward0",),
        sign="log p",
        statement=axis_of("log_softmax({self}"),
        words="exp({result}) is the softmax p. Each input gets its own upstream gradient, less "
        "its share p of the sum Σ of all of them over dimension {dim}. Before nll_loss, which "
        "takes a mean over n examples, this is (p − 1)/n for the right class and p/n for all "
        "others.",
        slots=(
            Slot(
                "self",
                "",
                _log_softmax_gradient,
                rule="{upstream} − exp({result}) · Σ({upstream})",
                rounding=_log_softmax_rounding,
                elementwise=False,
            ),
        ),
    ),
)
