"""Rules for losses that PyTorch computes in one operation; others are made of simpler ones.

cross_entropy is log_softmax and nll_loss in the graph; l1_loss, kl_div and the hinge losses are
differences, powers, products and means.
"""

from __future__ import annotations

import numpy as np

from viz.rules.numerics import one_number, sigmoid, sign_of
from viz.rules.row import Row, Slot, Values
from viz.rules.wording_losses import (
    MEAN_OF_ALL,
    averaged,
    bce_local,
    bce_logits_local,
    bce_logits_target_local,
    bce_target_local,
    loss_local,
    loss_statement,
    loss_target_local,
    nll_local,
    nll_words,
    smooth_l1_local,
)


def loss_count(values: Values) -> float:
    """By how many elements a mean divides; 1 for a sum, and without reduction."""
    return max(values.size("self"), 1) if values.reduction == MEAN_OF_ALL else 1


def _distance(values: Values) -> float | np.ndarray:
    return one_number(values.self - values.target)


def _smooth_l1_slope(values: Values) -> np.ndarray:
    distance = values.self - values.target
    if values.beta == 0:
        return sign_of(distance)
    is_near = np.abs(distance) < values.beta
    return np.where(is_near, distance / values.beta, np.sign(distance))


def _huber_slope(values: Values) -> np.ndarray:
    distance = values.self - values.target
    steep = values.delta * np.sign(distance)
    return np.where(np.abs(distance) <= values.delta, distance, steep)


def _weight(values: Values) -> np.ndarray | float:
    return values.weight if values.has("weight") else 1.0


def _positive_weight(values: Values) -> np.ndarray | float:
    return values.pos_weight if values.has("pos_weight") else 1.0


_LOG_FLOOR = 1e-12
"""PyTorch keeps x·(1 − x) above this number, so that the gradient stays finite."""


def _bce_slope(values: Values) -> np.ndarray:
    x = values.self
    below = np.maximum((1 - x) * x, _LOG_FLOOR)
    return (x - values.target) / below * _weight(values)


def _bce_rounding(values: Values) -> np.ndarray:
    x = values.self
    below = np.maximum((1 - x) * x, _LOG_FLOOR)
    return values.upstream / below * (1 + 1 / below) * _weight(values) / values.n


def _bce_target_slope(values: Values) -> np.ndarray:
    return (np.log(1 - values.self) - np.log(values.self)) * _weight(values)


def _bce_logits_slope(values: Values) -> np.ndarray:
    target = values.target
    if not values.has("pos_weight"):
        return (sigmoid(values.self) - target) * _weight(values)
    pull = values.pos_weight * target
    return ((pull + 1 - target) * sigmoid(values.self) - pull) * _weight(values)


def _bce_logits_target_slope(values: Values) -> np.ndarray:
    x = values.self
    log_inside, log_outside = -np.logaddexp(0, -x), -np.logaddexp(0, x)
    return (log_outside - _positive_weight(values) * log_inside) * _weight(values)


def _soft_margin_slope(values: Values) -> np.ndarray:
    growth = np.exp(-values.target * values.self)
    return -values.target * growth / (1 + growth)


def _nll_gradient(values: Values) -> np.ndarray:
    """−weight/n for the score of the right class; n is the sum of the weights for a mean."""
    shape = values.shape("self")
    classes = 1 if len(shape) > 1 else 0
    target = np.expand_dims(values.whole("target"), classes)
    is_counted = target != values.ignore_index
    upstream = np.broadcast_to(values.upstream, values.shape("target"))
    places: list[np.ndarray] = list(np.indices(target.shape, sparse=True))
    places[classes] = np.where(is_counted, target, 0)
    weight = values.weight[places[classes]] if values.has("weight") else np.ones(target.shape)
    full = np.zeros(shape)
    full[tuple(places)] = np.where(
        is_counted, -weight * np.expand_dims(upstream, classes) / values.n, 0
    )
    return full


def _nll_count(values: Values) -> float:
    return float(values.total_weight) if values.reduction == MEAN_OF_ALL else 1.0


LOSSES = (
    Row(
        kinds=("MseLossBackward0",),
        sign="MSE",
        statement=loss_statement("mse_loss"),
        words="The squared error pulls harder the farther {self} and {target} are apart.",
        slots=(
            Slot("self", loss_local, lambda v: 2 / v.n * (v.self - v.target) * v.upstream),
            Slot(
                "target",
                loss_target_local,
                lambda v: -2 / v.n * (v.self - v.target) * v.upstream,
            ),
        ),
        defaults={"reduction": MEAN_OF_ALL},
        derived={"n": loss_count},
    ),
    Row(
        kinds=("SmoothL1LossBackward0",),
        sign="smooth",
        statement=loss_statement("smooth_l1_loss"),
        words="d = {self} − {target}. Near the target, closer than {beta}, the loss is a parabola "
        "and pulls in proportion to d; farther away it pulls with the same force everywhere.",
        slots=(
            Slot(
                "self",
                smooth_l1_local(""),
                lambda v: _smooth_l1_slope(v) / v.n * v.upstream,
            ),
            Slot(
                "target",
                smooth_l1_local("−"),
                lambda v: -_smooth_l1_slope(v) / v.n * v.upstream,
            ),
        ),
        defaults={"reduction": MEAN_OF_ALL, "beta": 1.0},
        derived={"n": loss_count, "d": _distance},
    ),
    Row(
        kinds=("HuberLossBackward0",),
        sign="huber",
        statement=loss_statement("huber_loss"),
        words="d = {self} − {target}. Near the target, up to {delta}, the loss is a parabola and "
        "pulls in proportion to d; farther away it pulls with the same force, {delta}, everywhere.",
        slots=(
            Slot(
                "self",
                averaged("({d} if |{d}| ≤ {delta} else {delta}·sign({d}))"),
                lambda v: _huber_slope(v) / v.n * v.upstream,
            ),
            Slot(
                "target",
                averaged("(−{d} if |{d}| ≤ {delta} else −{delta}·sign({d}))"),
                lambda v: -_huber_slope(v) / v.n * v.upstream,
            ),
        ),
        defaults={"reduction": MEAN_OF_ALL, "delta": 1.0},
        derived={"n": loss_count, "d": _distance},
    ),
    Row(
        kinds=("BinaryCrossEntropyBackward0",),
        sign="BCE",
        statement=loss_statement("binary_cross_entropy"),
        words="The loss pulls the probability {self} towards {target}, and very hard where it is "
        "surely wrong: there the denominator is near 0. PyTorch keeps it above 1e−12.",
        slots=(
            Slot(
                "self",
                bce_local,
                lambda v: v.upstream * _bce_slope(v) / v.n,
                rounding=_bce_rounding,
            ),
            Slot(
                "target",
                bce_target_local,
                lambda v: v.upstream * _bce_target_slope(v) / v.n,
                rounding=_bce_rounding,
            ),
        ),
        defaults={"reduction": MEAN_OF_ALL},
        derived={"n": loss_count},
    ),
    Row(
        kinds=("BinaryCrossEntropyWithLogitsBackward0",),
        sign="BCE",
        statement=loss_statement("binary_cross_entropy_with_logits"),
        words="σ({self}) is the predicted probability. The gradient is simply how far it is from "
        "{target}: the logarithm in the loss and the exponential in the sigmoid cancel.",
        slots=(
            Slot(
                "self",
                bce_logits_local,
                lambda v: v.upstream * _bce_logits_slope(v) / v.n,
                rounding=lambda v: (
                    v.upstream
                    * (1 + np.abs(v.target) * (1 + np.abs(_positive_weight(v))))
                    * _weight(v)
                    / v.n
                ),
            ),
            Slot(
                "target",
                bce_logits_target_local,
                lambda v: v.upstream * _bce_logits_target_slope(v) / v.n,
                rounding=lambda v: (
                    v.upstream
                    * (1 + np.abs(v.self))
                    * (1 + np.abs(_positive_weight(v)))
                    * _weight(v)
                    / v.n
                ),
            ),
        ),
        defaults={"reduction": MEAN_OF_ALL},
        derived={"n": loss_count},
    ),
    Row(
        kinds=("SoftMarginLossBackward0",),
        sign="margin",
        statement=loss_statement("soft_margin_loss"),
        words="The target is 1 or −1. The loss pulls {self} to the target's side: with all its "
        "force where it is on the wrong one, and hardly at all where it is far on the right one.",
        slots=(
            Slot(
                "self",
                averaged("(−{target}·σ(−{target}·{self}))"),
                lambda v: v.upstream * _soft_margin_slope(v) / v.n,
            ),
        ),
        defaults={"reduction": MEAN_OF_ALL},
        derived={"n": loss_count},
    ),
    Row(
        kinds=("NllLossBackward0", "NllLoss2DBackward0"),
        sign="NLL",
        statement=loss_statement("nll_loss"),
        words=nll_words,
        slots=(Slot("self", nll_local, _nll_gradient, elementwise=False),),
        defaults={"reduction": MEAN_OF_ALL, "ignore_index": -100},
        derived={"n": _nll_count},
        extras=("total_weight",),
    ),
)
