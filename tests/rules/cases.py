"""One small program for each kind of operation in the table, with the shapes that it takes."""

from __future__ import annotations

from dataclasses import dataclass

import hypothesis.extra.numpy as shapes_of
from hypothesis import strategies as st

Shape = tuple[int, ...]
Shapes = st.SearchStrategy[tuple[Shape, ...]]

SIDE = st.integers(1, 4)
ANY = shapes_of.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
FILLED = shapes_of.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=3)

ONE: Shapes = st.tuples(ANY)
ONE_AXIS: Shapes = st.tuples(FILLED)
ONE_MATRIX: Shapes = st.tuples(st.tuples(SIDE, SIDE))
TWO_AXES: Shapes = st.tuples(shapes_of.array_shapes(min_dims=2, max_dims=3, max_side=3))
SAME: Shapes = ANY.map(lambda shape: (shape, shape))
BROADCAST: Shapes = shapes_of.mutually_broadcastable_shapes(
    num_shapes=2, max_dims=3, min_side=0, max_side=3
).map(lambda found: found.input_shapes)


def sides(*names: str) -> Shapes:
    """Shapes from letters, one side for each letter: sides("nk", "km")."""
    letters = sorted(set("".join(names)))
    return st.fixed_dictionaries(dict.fromkeys(letters, SIDE)).map(
        lambda side: tuple(tuple(side[letter] for letter in name) for name in names)
    )


@dataclass(frozen=True)
class Case:
    """
    expression   of x, y and b, which are tensors of these shapes that require grad
    odd          whether NaN, infinities and what overflows are tried too
    dtypes       in which PyTorch can compute it, besides float32
    """

    kind: str
    expression: str
    shapes: Shapes
    odd: bool = True
    dtypes: tuple[str, ...] = ("float64", "float16", "bfloat16")

    def __str__(self) -> str:
        return f"{self.kind}: {self.expression}"


_UNARY = {
    "AddBackward0": ["x + 2", "torch.add(x, 3, alpha=-2)"],
    "AddBackward1": ["torch.ops.aten.add.Scalar(x, 2)"],
    "SubBackward0": ["x - 2.5"],
    "SubBackward1": ["torch.ops.aten.sub.Scalar(x, 2)"],
    "RsubBackward1": ["3 - x"],
    "MulBackward0": ["-2 * x"],
    "MulBackward1": ["torch.ops.aten.mul.Scalar(x, 0.5)"],
    "DivBackward0": ["x / 3"],
    "DivBackward1": ["torch.ops.aten.div.Scalar(x, 3)"],
    "ReciprocalBackward0": ["x.reciprocal()"],
    "NegBackward0": ["-x"],
    "PowBackward0": [f"x**{power}" for power in ("2", "3", "1", "0", "-1", "0.5", "-2.5", "10")],
    "PowBackward2": ["2**x", "0**x", "(-1.5)**x"],
    "ExpBackward0": ["torch.exp(x)"],
    "LogBackward0": ["torch.log(x)"],
    "SqrtBackward0": ["torch.sqrt(x)"],
    "SinBackward0": ["torch.sin(x)"],
    "CosBackward0": ["torch.cos(x)"],
    "TanhBackward0": ["torch.tanh(x)"],
    "SigmoidBackward0": ["torch.sigmoid(x)"],
    "ReluBackward0": ["torch.relu(x)"],
    "AbsBackward0": ["abs(x)"],
    "SumBackward0": ["x.sum()"],
    "MeanBackward0": ["x.mean()"],
    "CloneBackward0": ["x.clone()"],
    "AliasBackward0": ["torch.ops.aten.alias(x)"],
    "UnsqueezeBackward0": ["x.unsqueeze(0)", "x.unsqueeze(-1)"],
    "SqueezeBackward0": ["x.squeeze()"],
    "SqueezeBackward3": ["x.clone().squeeze_()"],
}
_ONE_AXIS = {
    "SumBackward1": ["x.sum(0)", "x.sum(-1, keepdim=True)", "x.sum(())"],
    "MeanBackward1": ["x.mean(0)", "x.mean(-1, keepdim=True)"],
    "SqueezeBackward1": ["x.squeeze(0)"],
    "SqueezeBackward4": ["x.clone().squeeze_(0)"],
    "SqueezeBackward2": ["x.squeeze((0, -1)) if x.dim() > 1 else x.squeeze((0,))"],
    "SqueezeBackward5": ["x.clone().squeeze_((0,))"],
    "ViewBackward0": ["x.view(-1)"],
    "ReshapeAliasBackward0": ["torch.ops.aten._reshape_alias(x, [x.numel()], [1])"],
    "ExpandBackward0": ["x.expand(2, *x.shape)"],
}
_TWO_AXES = {
    "SumBackward1": ["x.sum((0, -1))"],
    "MeanBackward1": ["x.mean((-1, 0), keepdim=True)"],
    "TransposeBackward0": ["x.transpose(0, 1)", "x.mT"],
    "TransposeBackward1": ["(x * 1).transpose_(0, 1)"],
    "PermuteBackward0": ["x.permute(*range(1, x.dim()), 0)"],
    "UnsafeViewBackward0": ["torch.ops.aten._unsafe_view(x, [x.numel()])"],
}
_BROADCAST = {
    "AddBackward0": ["x + y", "torch.add(x, y, alpha=3)"],
    "SubBackward0": ["x - y", "torch.sub(x, y, alpha=-2)"],
    "RsubBackward0": ["torch.rsub(x, y)", "torch.rsub(x, y, alpha=2)"],
    "MulBackward0": ["x * y"],
    "DivBackward0": ["x / y"],
    "PowBackward1": ["x**y"],
}
_LOSSES = ["mean", "sum", "none"]


def cases_of(programs: dict[str, list[str]], shapes: Shapes, *, odd: bool = True) -> list[Case]:
    return [Case(kind, text, shapes, odd) for kind, texts in programs.items() for text in texts]


CASES = (
    *cases_of(_UNARY, ONE),
    *cases_of(_ONE_AXIS, ONE_AXIS),
    *cases_of(_TWO_AXES, TWO_AXES),
    *cases_of(_BROADCAST, BROADCAST),
    Case("MulBackward0", "x * x", ONE),
    Case("PermuteBackward0", "x.T", ONE_MATRIX),
    Case("TBackward0", "x.t()", ONE_MATRIX),
    *(Case("MseLossBackward0", f"F.mse_loss(x, y, reduction='{how}')", SAME) for how in _LOSSES),
    Case("MmBackward0", "x @ y", sides("nk", "km")),
    Case("BmmBackward0", "torch.bmm(x, y)", sides("bnk", "bkm")),
    Case("MvBackward0", "x @ y", sides("nk", "k")),
    Case("DotBackward0", "x @ y", sides("k", "k")),
    Case("AddmmBackward0", "torch.addmm(b, x, y)", sides("nk", "km", "m")),
    Case("AddmmBackward0", "torch.addmm(b, x, y, alpha=2, beta=-3)", sides("nk", "km", "nm")),
)
