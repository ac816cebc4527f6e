"""Programs that call the engine's own operations, and have them differentiated."""

from __future__ import annotations

from tests.rules.cases import ANY, FILLED, Case, Shapes, cases_of

PAIR: Shapes = ANY.map(lambda shape: (shape, shape))
FILLED_PAIR: Shapes = FILLED.map(lambda shape: (shape, shape))
TRIPLE: Shapes = ANY.map(lambda shape: (shape, shape, shape))
WITH_A_NUMBER: Shapes = ANY.map(lambda shape: ((), shape, shape))

ATEN = "torch.ops.aten"

SECOND = (
    *cases_of(
        {
            "CopyBackwards": ["(y * 1).copy_(x)", "torch.zeros_like(y).copy_(x)"],
            "TanhBackwardBackward0": [f"{ATEN}.tanh_backward(x, y)"],
            "SigmoidBackwardBackward0": [f"{ATEN}.sigmoid_backward(x, y)"],
            "ThresholdBackwardBackward0": [f"{ATEN}.threshold_backward(x, y, 0)"],
            "LeakyReluBackwardBackward0": [f"{ATEN}.leaky_relu_backward(x, y, 0.25, False)"],
        },
        PAIR,
    ),
    *cases_of(
        {
            "SoftmaxBackwardDataBackward0": [
                f"{ATEN}._softmax_backward_data(x, y.sigmoid(), 0, x.dtype)",
                f"{ATEN}._softmax_backward_data(x, y.sigmoid(), -1, x.dtype)",
            ],
            "LogSoftmaxBackwardDataBackward0": [
                f"{ATEN}._log_softmax_backward_data(x, -y.abs(), 0, x.dtype)",
                f"{ATEN}._log_softmax_backward_data(x, -y.abs(), -1, x.dtype)",
            ],
        },
        FILLED_PAIR,
        odd=False,
    ),
    Case("MseLossBackwardBackward0", f"{ATEN}.mse_loss_backward(x, y, b, 1)", WITH_A_NUMBER),
    Case("MseLossBackwardBackward0", f"{ATEN}.mse_loss_backward(x, y, b, 2)", WITH_A_NUMBER),
    Case("MseLossBackwardBackward0", f"{ATEN}.mse_loss_backward(x, y, b, 0)", TRIPLE),
)
