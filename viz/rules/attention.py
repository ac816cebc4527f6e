"""The rule for scaled dot-product attention: softmax(Q @ Kᵀ/√d) @ V, all in one operation."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from viz.rules.row import MissingValueError, Plain, Row, Slot, Values
from viz.rules.shapes import transpose

_MODEST = ("query", "key", "value", "upstream")


class _Attention(NamedTuple):
    """
    scores     scale·Q @ Kᵀ, without what is masked
    weights    P, their softmax
    change     dP, the gradient of the weights
    pulled     dS = P·(dP − sum(dP·P)), the gradient of the scores
    """

    scale: float
    scores: np.ndarray
    weights: np.ndarray
    change: np.ndarray
    pulled: np.ndarray


def _attention(values: Values) -> _Attention:
    query, key, value = values.query, values.key, values.value
    if query.shape[:-2] != key.shape[:-2] or values.dropout_p:
        # Heads that share keys, and what a dropout left out, were not recorded.
        raise MissingValueError("the weights of the attention")
    scale = values.scale if values.has("scale") else 1 / math.sqrt(query.shape[-1])
    scores = query @ transpose(key) * scale
    if values.is_causal:
        scores = np.where(np.tri(*scores.shape[-2:]) == 1, scores, -np.inf)
    if values.has("attn_mask"):
        scores = scores + values.attn_mask
    weights = _softmax(scores)
    change = values.upstream @ transpose(value)
    pulled = weights * (change - (change * weights).sum(-1, keepdims=True))
    return _Attention(scale, scores, weights, change, pulled)


def _softmax(scores: np.ndarray) -> np.ndarray:
    """A row in which everything is masked has weights of 0."""
    highest = scores.max(-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isneginf(highest), 0, highest))
    total = powers.sum(-1, keepdims=True)
    return np.asarray(powers / np.where(total == 0, 1, total))


def _pulled_size(values: Values) -> np.ndarray:
    """How large the terms are that dS is the difference of. A weight is as exact as its score."""
    made = _attention(values)
    sizes = np.abs(values.upstream) @ transpose(np.abs(values.value))
    exactness = 1 + np.nan_to_num(np.abs(made.scores), posinf=0).max(-1, keepdims=True)
    shared = (sizes * made.weights).sum(-1, keepdims=True)
    return made.weights * (sizes + shared) * exactness


def _query_rounding(values: Values) -> np.ndarray:
    return np.asarray(_pulled_size(values) @ np.abs(values.key) * abs(_attention(values).scale))


def _key_rounding(values: Values) -> np.ndarray:
    size = transpose(_pulled_size(values)) @ np.abs(values.query)
    return np.asarray(size * abs(_attention(values).scale))


def _value_rounding(values: Values) -> np.ndarray:
    made = _attention(values)
    exactness = 1 + np.nan_to_num(np.abs(made.scores), posinf=0).max(-1, keepdims=True)
    return np.asarray(transpose(made.weights * exactness) @ np.abs(values.upstream))


def _query_gradient(values: Values) -> np.ndarray:
    made = _attention(values)
    return np.asarray(made.pulled @ values.key * made.scale)


def _key_gradient(values: Values) -> np.ndarray:
    made = _attention(values)
    return np.asarray(transpose(made.pulled) @ values.query * made.scale)


def _scaled(plain: Plain) -> str:
    return "/√{d}" if plain.get("scale") is None else "·{scale}"


def _through_scores(product: str) -> Slot:
    """dS @ K for the query, dSᵀ @ Q for the key."""
    is_query = product == "dS @ {key}"
    return Slot(
        "query" if is_query else "key",
        "",
        _query_gradient if is_query else _key_gradient,
        rule=lambda plain: (
            f"{product}{_scaled(plain)}, with dS = P·(dP − sum(dP·P)) and dP = "
            "{upstream} @ {value.T}"
        ),
        rounding=_query_rounding if is_query else _key_rounding,
        elementwise=False,
        in_numbers=False,
        modest=_MODEST,
    )


ATTENTION = (
    Row(
        kinds=("ScaledDotProductFlashAttentionForCpuBackward0",),
        sign="attn",
        statement=lambda plain: (
            f"softmax({{query}} @ {{key}}ᵀ{_scaled(plain).replace('{d}', 'd')}) @ {{value}}"
        ),
        words="Each query takes a weighted mean of the values, whose weights P are the softmax of "
        "its products with the keys. A value receives the gradient times its weight. Where one "
        "weight rises the others fall, so the gradient of the scores loses its mean.",
        slots=(
            _through_scores("dS @ {key}"),
            _through_scores("dSᵀ @ {query}"),
            Slot(
                "value",
                "Pᵀ",
                lambda v: transpose(_attention(v).weights) @ v.upstream,
                rule="{local} @ {upstream}",
                rounding=_value_rounding,
                elementwise=False,
                in_numbers=False,
                modest=_MODEST,
            ),
        ),
        defaults={"dropout_p": 0.0, "is_causal": False, "attn_mask": None, "scale": None},
        derived={"d": lambda v: v.shape("query")[-1]},
    ),
)
