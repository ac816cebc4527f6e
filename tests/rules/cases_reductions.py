"""Programs for reductions, running sums, softmax and losses."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.rules.cases import ONE, ONE_AXIS, SAME, TWO_AXES, Case, Shapes, cases_of, sides

SMALL: Shapes = st.tuples(st.tuples(*[st.integers(1, 2)] * 4))
"""A batch of pictures with a score for each class and place."""

_ALL = {
    "NansumBackward0": ["x.nansum()"],
    "LinalgVectorNormBackward0": ["x.norm()"],
}
_FILLED = {
    "ProdBackward0": ["x.prod()", "x.round().prod()"],
    "ProdBackward1": ["x.prod(0)", "x.prod(-1, keepdim=True)", "x.round().prod(0)"],
    "NansumBackward0": ["x.nansum(0)", "x.nansum(-1, keepdim=True)"],
    "MaxBackward1": ["x.max()", "x.round().max()"],
    "MinBackward1": ["x.min()", "x.round().min()"],
    "MedianBackward0": ["x.median()", "x.round().median()"],
    "NanmedianBackward0": ["x.nanmedian()"],
    "MaxBackward0": ["x.max(0)[0]", "x.round().max(-1, keepdim=True).values"],
    "MinBackward0": ["x.min(0)[0]", "x.round().min(-1, keepdim=True).values"],
    "MedianBackward1": ["x.median(0)[0]", "x.round().median(-1, keepdim=True).values"],
    "NanmedianBackward1": ["x.nanmedian(0)[0]"],
    "ModeBackward0": ["x.round().mode(0)[0]", "x.round().mode(-1, keepdim=True).values"],
    "KthvalueBackward0": ["x.kthvalue(1)[0]", "x.round().kthvalue(x.shape[0], 0, True).values"],
    "AmaxBackward0": ["x.amax()", "x.round().amax(0)", "x.round().amax(-1, keepdim=True)"],
    "AminBackward0": ["x.amin()", "x.round().amin(0)", "x.round().amin(-1, keepdim=True)"],
    "AminmaxBackward0": [
        "x.round().aminmax()[1]",
        "x.round().aminmax(dim=0)[0]",
        "torch.add(*x.round().aminmax(dim=0, keepdim=True))",
    ],
    "SortBackward0": ["x.sort()[0]", "x.sort(0, descending=True)[0]", "x.round().sort(0)[0]"],
    "TopkBackward0": ["x.topk(1)[0]", "x.round().topk(x.shape[0], 0, False)[0]"],
    "CummaxBackward0": ["x.cummax(0)[0]", "x.round().cummax(-1)[0]"],
    "CumminBackward0": ["x.cummin(0)[0]", "x.round().cummin(-1)[0]"],
    "CumsumBackward0": ["x.cumsum(0)", "x.cumsum(-1)"],
    "LinalgVectorNormBackward0": [
        *(f"torch.linalg.vector_norm(x, {p})" for p in ("2", "1", "inf", "-inf")),
        *(f"torch.linalg.vector_norm(x, {p})" for p in ("3", "0.5", "1.5", "-2.0")),
        "x.norm(dim=0)",
        "x.norm(1, dim=-1, keepdim=True)",
        "torch.linalg.vector_norm(x.round(), inf, dim=0)",
    ],
    "NormBackward0": ["torch.ops.aten.norm.Scalar(x)", "torch.ops.aten.norm.Scalar(x, 3)"],
    "NormBackward1": [
        "torch.ops.aten.norm.ScalarOpt_dim(x, None, [0])",
        "torch.ops.aten.norm.ScalarOpt_dim(x, 1, [-1], True)",
    ],
    "VarBackward0": ["x.var()", "x.var(0)", "x.var(-1, unbiased=False, keepdim=True)"],
    "StdBackward0": ["x.std()", "x.std(0)", "x.std(-1, unbiased=False, keepdim=True)"],
    "LogsumexpBackward0": ["x.logsumexp(0)", "x.logsumexp(-1, keepdim=True)"],
    "SoftmaxBackward0": ["x.softmax(0)", "x.softmax(-1)"],
    "SafeSoftmaxBackward0": ["torch._safe_softmax(x, -1)"],
    "LogSoftmaxBackward0": ["x.log_softmax(0)", "x.log_softmax(-1)"],
}
_TWO_AXES = {
    "AmaxBackward0": ["x.amax((0, -1))"],
    "LogsumexpBackward0": ["x.logsumexp((0, -1))"],
    "VarBackward0": ["x.var((0, -1), correction=2)"],
    "LinalgVectorNormBackward0": ["x.norm(dim=(0, -1))"],
}
_HOW = ("mean", "sum", "none")
_LOSSES = {
    "SmoothL1LossBackward0": [
        *(f"F.smooth_l1_loss(x, y, reduction='{how}')" for how in _HOW),
        "F.smooth_l1_loss(x, y, beta=2.0)",
    ],
    "HuberLossBackward0": [
        *(f"F.huber_loss(x, y, reduction='{how}')" for how in _HOW),
        "F.huber_loss(x, y, delta=2.0)",
    ],
    "BinaryCrossEntropyWithLogitsBackward0": [
        *(f"F.binary_cross_entropy_with_logits(x, y, reduction='{how}')" for how in _HOW),
        "F.binary_cross_entropy_with_logits(x, y, y.detach())",
        "F.binary_cross_entropy_with_logits(x, y, pos_weight=y.detach())",
    ],
    "SoftMarginLossBackward0": [
        f"F.soft_margin_loss(x, y.detach(), reduction='{how}')" for how in _HOW
    ],
}
_FINITE = {
    "VarMeanBackward0": [
        "torch.stack(torch.var_mean(x))",
        "torch.var_mean(x, 0)[0]",
        "torch.var_mean(x, -1, unbiased=False, keepdim=True)[1]",
    ],
    "StdMeanBackward0": [
        "torch.stack(torch.std_mean(x))",
        "torch.std_mean(x, 0)[0]",
        "torch.std_mean(x, -1, unbiased=False, keepdim=True)[1]",
    ],
    "CumprodBackward0": ["x.cumprod(0)", "x.cumprod(-1)", "x.round().cumprod(0)"],
    "LogcumsumexpBackward0": ["x.logcumsumexp(0)", "x.logcumsumexp(-1)"],
}
_PROBABILITIES = {
    "BinaryCrossEntropyBackward0": [
        *(f"F.binary_cross_entropy(x.sigmoid(), y.sigmoid(), reduction='{how}')" for how in _HOW),
        "F.binary_cross_entropy(x.sigmoid(), y.sigmoid(), y.detach())",
    ],
}
_SEVEN = "(7 * x[:, 0]).nan_to_num(0, 0, 0).clamp(0, 7).long() % x.shape[1]"
_CLASSES = "torch.arange(x.shape[0]) % x.shape[1]"
_NLL = (
    *(f"F.nll_loss(x, {_CLASSES}, reduction='{how}')" for how in _HOW),
    f"F.nll_loss(x, {_CLASSES}, y.detach().abs() + 1)",
    f"F.nll_loss(x, {_CLASSES}, y.detach(), reduction='sum')",
    f"F.nll_loss(x, {_CLASSES}, ignore_index=0)",
)

LOSS_CASES = (
    *cases_of(_LOSSES, SAME),
    *cases_of(_PROBABILITIES, SAME, odd=False),
)
REDUCTION_CASES = (
    *LOSS_CASES,
    *cases_of(_ALL, ONE),
    *cases_of(_FILLED, ONE_AXIS),
    *cases_of(_TWO_AXES, TWO_AXES),
    *cases_of({"DistBackward0": [f"torch.dist(x, y, {p})" for p in (2, 1, 3)]}, SAME),
    *cases_of(_FINITE, ONE_AXIS, odd=False),
    *(Case("NllLossBackward0", expression, sides("nk", "k")) for expression in _NLL),
    Case("NllLossBackward0", "F.nll_loss(x, torch.tensor(0))", sides("k")),
    Case("NllLoss2DBackward0", f"F.nll_loss(x, {_SEVEN})", SMALL),
    Case("NllLoss2DBackward0", f"F.nll_loss(x, {_SEVEN}, reduction='none')", SMALL),
    Case("NllLoss2DBackward0", f"F.nll_loss(x, {_SEVEN}, ignore_index=0)", SMALL),
)
