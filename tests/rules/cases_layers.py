"""Programs of neural networks' layers: normalization, convolution, pooling, attention."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.rules.cases import Case, Shapes, cases_of, sides

EPS = "eps=0.5"
"""A large eps keeps the numbers small where all inputs of a group happen to be equal."""

LAYER = sides("nk", "k", "k")
BATCH: Shapes = st.sampled_from(
    [((2, 3), (3,), (3,)), ((3, 2, 4), (2,), (2,)), ((2, 2, 2, 2), (2,), (2,))]
)
GROUPED: Shapes = st.sampled_from([((2, 4), (4,), (4,)), ((1, 4, 3), (4,), (4,))])
STATS = "*(torch.arange(x.shape[1]).to(x.dtype) + i for i in (0, 1))"

NORMALIZED = (
    *cases_of(
        {
            "NativeLayerNormBackward0": [
                f"F.layer_norm(x, y.shape, y, b, {EPS})",
                f"F.layer_norm(x, x.shape, None, None, {EPS})",
                f"F.layer_norm(x, y.shape, None, b, {EPS})",
            ]
        },
        LAYER,
    ),
    *cases_of(
        {
            "NativeBatchNormBackward0": [
                f"F.batch_norm(x, None, None, y, b, training=True, {EPS})",
                f"F.batch_norm(x, {STATS}, training=True, {EPS})",
                f"F.batch_norm(x, {STATS}, y, b, {EPS})",
                f"F.batch_norm(x, {STATS}, {EPS})",
            ]
        },
        BATCH,
    ),
    *cases_of(
        {
            "NativeGroupNormBackward0": [
                f"F.group_norm(x, 2, y, b, {EPS})",
                f"F.group_norm(x, 1, y, None, {EPS})",
                f"F.group_norm(x, 4 if x.dim() > 2 else 2, {EPS})",
            ]
        },
        GROUPED,
    ),
)

LINE: Shapes = st.sampled_from([((1, 2, 5), (3, 2, 2), (3,)), ((2, 2, 6), (1, 2, 3), (1,))])
PLANE: Shapes = st.sampled_from(
    [((1, 2, 4, 3), (2, 2, 2, 2), (2,)), ((2, 2, 4, 4), (1, 2, 3, 1), (1,))]
)
DEPTHWISE: Shapes = st.just(((1, 4, 5), (4, 2, 2), (4,)))
SPACE: Shapes = st.just(((1, 1, 3, 3, 3), (1, 1, 2, 2, 2), (1,)))
LINE_BACK: Shapes = st.just(((1, 2, 4), (2, 3, 2), (3,)))
PLANE_BACK: Shapes = st.just(((1, 2, 3, 2), (2, 1, 2, 3), (1,)))
DEPTHWISE_BACK: Shapes = st.just(((1, 4, 3), (4, 2, 2), (4,)))

CONVOLVED = tuple(
    Case("ConvolutionBackward0", expression, shapes)
    for expression, shapes in (
        ("F.conv1d(x, y, b)", LINE),
        ("F.conv1d(x, y, b, stride=2, padding=1)", LINE),
        ("F.conv1d(x, y, dilation=2, padding='same')", LINE),
        ("F.conv1d(x, y, b, groups=2)", DEPTHWISE),
        ("F.conv2d(x, y, b)", PLANE),
        ("F.conv2d(x, y, b, stride=(2, 1), padding=(0, 1), dilation=(1, 2))", PLANE),
        ("F.conv2d(x[0], y, b)", PLANE),
        ("F.conv3d(x, y, b)", SPACE),
        ("F.conv_transpose1d(x, y, b)", LINE_BACK),
        (
            "F.conv_transpose1d(x, y, b, stride=3, padding=1, output_padding=1, dilation=2)",
            LINE_BACK,
        ),
        ("F.conv_transpose1d(x, y, b, groups=2, stride=2)", DEPTHWISE_BACK),
        ("F.conv_transpose2d(x, y, b, stride=(1, 2), padding=(1, 0))", PLANE_BACK),
    )
)

IMAGE: Shapes = st.sampled_from([((1, 2, 5, 4),), ((2, 4, 6),)])
VOLUME: Shapes = st.just(((1, 1, 3, 4, 4),))

POOLED = (
    *cases_of(
        {
            "MaxPool2DWithIndicesBackward0": [
                "F.max_pool2d(x, 2)",
                "F.max_pool2d(x, (2, 3), stride=1, padding=1)",
                "F.max_pool2d(x, 2, dilation=2, stride=1, ceil_mode=True)",
            ],
            "AdaptiveMaxPool2DBackward0": ["F.adaptive_max_pool2d(x, (2, 3))"],
            "AvgPool2DBackward0": [
                "F.avg_pool2d(x, 2)",
                "F.avg_pool2d(x, (3, 2), stride=(2, 1), padding=1)",
                "F.avg_pool2d(x, 3, stride=2, padding=1, ceil_mode=True)",
                "F.avg_pool2d(x, 3, stride=2, padding=1, count_include_pad=False)",
                "F.avg_pool2d(x, 2, divisor_override=3)",
            ],
            "AdaptiveAvgPool2DBackward0": ["F.adaptive_avg_pool2d(x, (2, 3))"],
        },
        IMAGE,
    ),
    Case(
        "AvgPool3DBackward0",
        "F.avg_pool3d(x, (2, 3, 2), stride=1, padding=(0, 1, 0))",
        VOLUME,
        dtypes=("float64",),
    ),
    *cases_of(
        {
            "MaxPool3DWithIndicesBackward0": ["F.max_pool3d(x, 2, stride=1)"],
            "AdaptiveMaxPool3DBackward0": ["F.adaptive_max_pool3d(x, (2, 3, 1))"],
            "AdaptiveAvgPool3DBackward0": ["F.adaptive_avg_pool3d(x, (2, 3, 1))"],
        },
        VOLUME,
    ),
)

HEADS: Shapes = st.sampled_from(
    [((1, 2, 3, 2), (1, 2, 4, 2), (1, 2, 4, 2)), ((2, 1, 4, 3), (2, 1, 4, 3), (2, 1, 4, 3))]
)
ATTENDED = cases_of(
    {
        "ScaledDotProductFlashAttentionForCpuBackward0": [
            "F.scaled_dot_product_attention(x, y, b)",
            "F.scaled_dot_product_attention(x, y, b, is_causal=True, scale=0.7)",
            "F.scaled_dot_product_attention(x, y, b, torch.eye(x.shape[2], y.shape[2]))",
            "F.scaled_dot_product_attention(x, y, b, torch.eye(x.shape[2], y.shape[2]) < 1)",
        ]
    },
    HEADS,
)

SMALL_IMAGE: Shapes = st.sampled_from([((1, 2, 2, 3),), ((1, 1, 3, 3),)])
COLUMNS: Shapes = st.just(((1, 8, 4),))
PATCHED = (
    *cases_of(
        {
            "Im2ColBackward0": [
                "F.unfold(x, 2)",
                "F.unfold(x, (1, 2), stride=2, padding=1)",
                "F.unfold(x, 2, dilation=(1, 2), padding=(0, 1))",
            ],
            "UpsampleNearest2DBackward0": [
                "F.interpolate(x, scale_factor=2)",
                "F.interpolate(x, size=(3, 5))",
                "F.interpolate(x, scale_factor=(0.7, 1.7))",
            ],
            "UpsampleNearest1DBackward0": ["F.interpolate(x[0], scale_factor=1.6)"],
            "UpsampleNearest3DBackward0": ["F.interpolate(x[None], size=(2, 3, 4))"],
        },
        SMALL_IMAGE,
    ),
    *cases_of(
        {
            "Col2ImBackward0": [
                "F.fold(x, (3, 3), 2)",
                "F.fold(x, (2, 2), 2, padding=1, stride=2)",
            ]
        },
        COLUMNS,
    ),
)

LAYERS = (*PATCHED, *NORMALIZED, *CONVOLVED, *POOLED, *ATTENDED)
