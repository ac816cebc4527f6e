"""Programs that move, take and overwrite elements. Indices are made from the shapes."""

from __future__ import annotations

import hypothesis.extra.numpy as shapes_of
from hypothesis import strategies as st

from tests.rules.cases import ANY, ONE_AXIS, ONE_MATRIX, TWO_AXES, Case, Shapes, cases_of

TWO_LIKE: Shapes = shapes_of.array_shapes(min_dims=1, max_dims=2, min_side=1, max_side=3).map(
    lambda shape: (shape, shape)
)
MATRICES_ALIKE: Shapes = ONE_MATRIX.map(lambda shapes: shapes * 2)
FEW: Shapes = st.tuples(shapes_of.array_shapes(min_dims=1, max_dims=2, max_side=2))
NUMBER_BESIDE: Shapes = ANY.map(lambda shape: (shape, ()))
LONG: Shapes = st.tuples(st.tuples(st.integers(1, 3), st.integers(4, 6)))
IMAGE: Shapes = st.tuples(st.tuples(st.integers(1, 2), st.integers(2, 4), st.integers(2, 4)))
VOLUME: Shapes = st.just(((1, 2, 3, 3),))

LAST = "torch.arange(x.shape[-1]).flip(0)"
ROWS = "torch.arange(x.shape[0]).flip(0)"
LIKE_X = "torch.arange(x.numel()).reshape(x.shape) % x.shape[0]"

REARRANGED = (
    *cases_of(
        {
            "FlipBackward0": ["x.flip(0)", "x.flip((0, -1)) if x.dim() > 1 else x.flip(-1)"],
            "RollBackward0": ["x.roll(1)", "x.roll(-2, 0)", "x.roll(1, -1)"],
            "RepeatBackward0": ["x.repeat(2, *[1] * x.dim())"],
            "UnfoldBackward0": ["x.unfold(-1, 1, 2)"],
            "ConstantPadNdBackward0": ["F.pad(x, (1, 2))", "F.pad(x, (2, -1), value=3.0)"],
        },
        ONE_AXIS,
    ),
    *cases_of(
        {
            "Rot90Backward0": ["x.rot90()", "x.rot90(-1, (0, 1))"],
            "DiagonalBackward0": ["x.diagonal()", "x.diagonal(1, -2, -1)"],
            "TrilBackward0": ["x.tril()", "x.tril(-1)"],
            "TriuBackward0": ["x.triu()", "x.triu(1)"],
            "ConstantPadNdBackward0": ["F.pad(x, (1, 0, 0, 2))"],
        },
        TWO_AXES,
    ),
    *cases_of(
        {
            "DiagEmbedBackward0": ["torch.diag_embed(x)", "torch.diag_embed(x, -1, 0, 1)"],
            "RepeatBackward0": ["x.repeat(2, *x.shape)", "x.tile(3)"],
            "MaskedSelectBackward0": [
                "x.masked_select(torch.tensor([[[True]], [[False]], [[True]]]))"
            ],
        },
        FEW,
    ),
    Case("DiagonalBackward0_copy", "x.diag()", ONE_MATRIX),
    Case("PixelShuffleBackward0", "F.pixel_shuffle(x, 2)", st.just(((2, 4, 1, 2),))),
    Case("TraceBackward0", "x.trace()", ONE_MATRIX),
    Case("UnfoldBackward0", "x.unfold(1, 3, 1)", LONG),
    Case("UnfoldBackward0", "x.unfold(-1, 2, 2)", LONG),
    Case("ReflectionPad1DBackward0", "F.pad(x, (2, 1), mode='reflect')", LONG),
    Case("ReplicationPad1DBackward0", "F.pad(x, (2, 1), mode='replicate')", LONG),
    Case("ReflectionPad2DBackward0", "F.pad(x, (1, 0, 0, 1), mode='reflect')", IMAGE),
    Case("ReplicationPad2DBackward0", "F.pad(x, (1, 0, 0, 1), mode='replicate')", IMAGE),
    Case("ReflectionPad3DBackward0", "F.pad(x, (1, 0, 0, 1, 0, 1), mode='reflect')", VOLUME),
    Case("ReplicationPad3DBackward0", "F.pad(x, (1, 0, 0, 1, 0, 1), mode='replicate')", VOLUME),
)

TAKEN = (
    *cases_of(
        {
            "SelectBackward0": ["x[0]", "x.select(-1, -1)"],
            "SliceBackward0": ["x[1:]", "x[..., :-1]", "x[::2]"],
            "IndexBackward0": [
                "x[[0, -1, 0]]",
                f"x[..., {LAST}]",
                "x[x > 0]",
                "x[torch.tensor([True] * x.shape[0])]",
                "x[torch.tensor([[0, -1]]), 0 * torch.ones(2, 1, dtype=torch.long)]"
                " if x.dim() > 1 else x[torch.tensor([[0], [-1]])]",
                "x[[0, 0], :, [-1, 0]] if x.dim() > 2 else x[[0]]",
            ],
            "IndexSelectBackward0": ["x.index_select(-1, torch.tensor([0, 0]))"],
            "GatherBackward0": [
                f"x.gather(0, {LIKE_X})",
                "x.gather(-1, torch.zeros([1] * x.dim(), dtype=torch.long))",
                "x.sum().gather(0, torch.tensor([0]))",
            ],
            "TakeBackward0": ["x.take(torch.tensor([[0, -1], [0, 0]]))"],
            "MaskedSelectBackward0": ["x.masked_select(x > 0)"],
        },
        ONE_AXIS,
    ),
    *cases_of(
        {
            "EmbeddingBackward0": [
                "F.embedding(torch.tensor([0, 0]), x)",
                f"F.embedding({ROWS}[None], x, padding_idx=0)",
                f"F.embedding(torch.cat([{ROWS}, {ROWS}[:1]]), x, scale_grad_by_freq=True)",
            ],
        },
        ONE_MATRIX,
    ),
)

OVERWRITTEN = (
    *cases_of(
        {
            "ScatterBackward0": ["x.scatter(0, torch.zeros(y.shape, dtype=torch.long), y)"],
            "ScatterBackward1": [f"x.scatter(0, {LIKE_X}, 2.5)"],
            "ScatterAddBackward0": [f"x.scatter_add(0, {LIKE_X}, y)"],
            "IndexAddBackward0": [
                f"x.index_add(0, {ROWS}, y)",
                f"x.index_add(-1, {LAST} * 0, y, alpha=-2)",
            ],
            "IndexCopyBackward0": [f"x.index_copy(-1, {LAST}, y)"],
            "IndexFillBackward0": ["x.index_fill(0, torch.tensor([0]), 1.5)"],
            "IndexFillBackward1": ["x.index_fill(-1, torch.tensor([0]), y.sum())"],
            "IndexPutBackward0": [
                "x.index_put((torch.tensor([0]),), y[0])",
                "x.index_put((torch.tensor([0, -1]),), y[:1])",
                "x.index_put((torch.tensor([0, 0]),), y[:1], accumulate=True)",
                "x.index_put((x > 0,), y.sum())",
            ],
            "IndexPutImplBackward0": [
                "torch.ops.aten._index_put_impl(x, [torch.tensor([0])], y[:1], True)"
            ],
            "MaskedFillBackward0": ["x.masked_fill(x > 0, 2.0)"],
            "SelectScatterBackward0": ["x.select_scatter(y[..., 0], -1, 0)"],
            "SliceScatterBackward0": ["x.slice_scatter(y[1:], 0, 1)"],
            "MaskedScatterBackward0": ["x.masked_scatter(x > 0, y)"],
        },
        TWO_LIKE,
    ),
    Case("DiagonalScatterBackward0", "x.diagonal_scatter(y.diagonal(1), 1)", MATRICES_ALIKE),
    Case("MaskedFillBackward1", "x.masked_fill(x > 0, y)", NUMBER_BESIDE),
)

MOVING = (*REARRANGED, *TAKEN, *OVERWRITTEN)
