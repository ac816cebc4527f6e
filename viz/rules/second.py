"""Rules for operations of the engine itself, which a second derivative goes back through.

With `create_graph` the engine's own operations are recorded: tanh_backward sends on the gradient of
a tanh, and it has derivatives of its own, with respect to the gradient that came in
({grad_output}) and to what it saved of the forward pass.
"""

from __future__ import annotations

import numpy as np

from viz.rules.numerics import zero_where
from viz.rules.row import Plain, Row, Slot, Values
from viz.rules.wording_losses import MEAN_OF_ALL

ITSELF = (
    "This operation sent the gradient of a {} back in an earlier pass. With respect to that "
    "gradient its derivative is the {}'s own."
)


def passed_on(name: str) -> str:
    return ITSELF.format(name, name)


def along(values: Values, numbers: np.ndarray) -> np.ndarray:
    """Summed along the softmax's axis, which stays as one of length 1."""
    return np.sum(numbers, axis=values.dim if np.ndim(numbers) else None, keepdims=True)


def softmax_slope(values: Values) -> np.ndarray:
    """How the gradient of a softmax changes with its output."""
    upstream, sent, output = values.upstream, values.grad_output, values.output
    return (
        upstream * sent
        - along(values, upstream * output) * sent
        - upstream * along(values, sent * output)
    )


def softmax_slope_size(values: Values) -> np.ndarray:
    """The same with all terms added up."""
    upstream, sent, output = map(np.abs, (values.upstream, values.grad_output, values.output))
    return (
        upstream * sent
        + along(values, upstream * output) * sent
        + upstream * along(values, sent * output)
    )


def log_softmax_size(values: Values) -> np.ndarray:
    """Rounding the output costs the exponential digits, in proportion to the output."""
    upstream, output = np.abs(values.upstream), values.output
    return upstream + along(values, upstream * np.exp(output) * (1 + np.abs(output)))


def log_softmax_slope_size(values: Values) -> np.ndarray:
    upstream, output = np.abs(values.upstream), values.output
    sent = along(values, np.abs(values.grad_output))
    return sent * np.exp(output) * (1 + np.abs(output)) * upstream


def loss_statement(plain: Plain) -> str:
    return f"{loss_factor(plain, 'n')}·({{self}} − {{target}})·{{grad_output}}"


def loss_factor(plain: Plain, count: str = "{n}") -> str:
    """2/n where the loss is a mean, else 2."""
    return f"2/{count}" if plain["reduction"] == MEAN_OF_ALL else "2"


SECOND = (
    Row(
        # `w.grad` is a copy of the gradient, where that has a graph.
        kinds=("CopyBackwards",),
        sign="copy",
        statement="{src}",
        words="A copy passes the gradient on to what was copied, in its own type.",
        slots=(
            Slot("self", "0", lambda v: np.zeros_like(v.upstream)),
            Slot("src", "1", lambda v: v.upstream),
        ),
    ),
    Row(
        kinds=("TanhBackwardBackward0",),
        sign="tanh′",
        statement="{grad_output}·(1 − {output}²)",
        words=passed_on("tanh"),
        slots=(
            Slot(
                "grad_output",
                "(1 − {output}²)",
                lambda v: v.upstream * (1 - v.output * v.output),
                rounding=lambda v: v.upstream,
            ),
            Slot(
                "output",
                "(−2·{output}·{grad_output})",
                lambda v: v.upstream * (-2 * v.output * v.grad_output),
            ),
        ),
    ),
    Row(
        kinds=("SigmoidBackwardBackward0",),
        sign="σ′",
        statement="{grad_output}·{output}·(1 − {output})",
        words=passed_on("sigmoid"),
        slots=(
            Slot(
                "grad_output",
                "{output}·(1 − {output})",
                lambda v: v.upstream * ((1 - v.output) * v.output),
                rounding=lambda v: v.upstream * v.output,
            ),
            Slot(
                "output",
                "{grad_output}·(1 − 2·{output})",
                lambda v: v.upstream * v.grad_output * (-2 * v.output + 1),
                rounding=lambda v: v.upstream * v.grad_output,
            ),
        ),
    ),
    Row(
        kinds=("ThresholdBackwardBackward0",),
        sign="relu′",
        statement="({grad_output} if {self} > {threshold} else 0)",
        words=f"{passed_on('relu')} The gate itself is flat: nothing changes with {{self}}.",
        slots=(
            Slot(
                "grad_output",
                "(1 if {self} > {threshold} else 0)",
                lambda v: zero_where(v.self <= v.threshold, v.upstream),
            ),
            Slot("self", "0", lambda v: np.zeros_like(v.upstream)),
        ),
    ),
    Row(
        kinds=("LeakyReluBackwardBackward0",),
        sign="leaky′",
        statement="({grad_output} if {self} > 0 else {negative_slope}·{grad_output})",
        words=f"{passed_on('leaky_relu')} Its two slopes are constant: nothing changes with "
        "{self}.",
        slots=(
            Slot(
                "grad_output",
                "(1 if {self} > 0 else {negative_slope})",
                lambda v: np.where(v.self > 0, v.upstream, v.upstream * v.negative_slope),
            ),
            Slot("self", "0", lambda v: np.zeros_like(v.upstream)),
        ),
    ),
    Row(
        kinds=("SoftmaxBackwardDataBackward0",),
        sign="softm′",
        statement="{output}·({grad_output} − sum({grad_output}·{output}))",
        words=passed_on("softmax"),
        slots=(
            Slot(
                "grad_output",
                "{output}",
                lambda v: v.output * (v.upstream - along(v, v.upstream * v.output)),
                rule="{local} · ({upstream} − sum({upstream}·{output}))",
                rounding=lambda v: (
                    np.abs(v.output)
                    * (np.abs(v.upstream) + along(v, np.abs(v.upstream * v.output)))
                ),
                elementwise=False,
            ),
            Slot(
                "output",
                "{grad_output}",
                softmax_slope,
                rule="{upstream} · ({local} − sum({grad_output}·{output})) "
                "− {grad_output} · sum({upstream}·{output})",
                rounding=softmax_slope_size,
                elementwise=False,
            ),
        ),
    ),
    Row(
        kinds=("LogSoftmaxBackwardDataBackward0",),
        sign="logsm′",
        statement="{grad_output} − exp({output})·sum({grad_output})",
        words=passed_on("log_softmax"),
        slots=(
            Slot(
                "grad_output",
                "exp({output})",
                lambda v: v.upstream - along(v, v.upstream * np.exp(v.output)),
                rule="{upstream} − sum({upstream} · {local})",
                rounding=log_softmax_size,
                elementwise=False,
            ),
            Slot(
                "output",
                "(−exp({output})·sum({grad_output}))",
                lambda v: -along(v, v.grad_output) * np.exp(v.output) * v.upstream,
                rounding=log_softmax_slope_size,
                elementwise=False,
            ),
        ),
    ),
    Row(
        kinds=("MseLossBackwardBackward0",),
        sign="mse′",
        statement=loss_statement,
        words=passed_on("mse_loss"),
        slots=(
            Slot(
                "grad_output",
                lambda plain: f"{loss_factor(plain)}·({{self}} − {{target}})",
                lambda v: 2 / v.n * (v.self - v.target) * v.upstream,
                rounding=lambda v: 2 / v.n * (np.abs(v.self) + np.abs(v.target)) * v.upstream,
            ),
            Slot(
                "self",
                lambda plain: f"{loss_factor(plain)}·{{grad_output}}",
                lambda v: 2 / v.n * (v.upstream * v.grad_output),
            ),
            Slot(
                "target",
                lambda plain: f"(−{loss_factor(plain)}·{{grad_output}})",
                lambda v: -2 / v.n * (v.upstream * v.grad_output),
            ),
        ),
        defaults={"reduction": MEAN_OF_ALL},
        derived={"n": lambda v: max(v.size("self"), 1) if v.reduction == MEAN_OF_ALL else 1},
    ),
)
