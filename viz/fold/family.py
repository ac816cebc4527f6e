"""The family of an operation, from PyTorch's name of its grad_fn: for colours and for searching."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, get_args

Family = Literal[
    "attention",
    "loss",
    "normalisation",
    "activation",
    "matrix",
    "reduction",
    "shape",
    "arithmetic",
    "other",
]

FAMILIES: tuple[Family, ...] = get_args(Family)

# In this order: a name belongs to the first family in which it is found. A word of a camel-case
# name stands for itself and whatever follows it.
_PARTS: dict[Family, str] = {
    "attention": "Attention Attn",
    "loss": "Loss Entropy KlDiv",
    "normalisation": "LayerNorm BatchNorm GroupNorm InstanceNorm RmsNorm WeightNorm",
    "activation": (
        "Relu Elu Celu Selu Gelu Glu Silu Mish Softmax Softplus Softshrink Prelu Rrelu Threshold "
        "Hardshrink Hardsigmoid Hardswish Hardtanh LogSigmoid"
    ),
    "matrix": (
        "Convolution Conv (?<!Upsample)Linear Linalg Matmul Cholesky Triangular Lstsq Lstm Gru Rnn "
        "Addmm Mm"
    ),
    "reduction": (
        "Pool Unpool Median Nanmedian Norm Logsumexp Cummax Cummin Cumsum Cumprod Logcumsumexp"
    ),
    "shape": (
        "View Reshape Permute Transpose Expand Squeeze Unsqueeze Split Unbind Unfold Select Slice "
        "Index Gather Scatter Embedding Pad Pixel Channel Upsample Diagonal Strided Copy Sparse "
        "Grid Sample Nested Chunk Jagged Complex Stack"
    ),
}

_WHOLE: dict[Family, str] = {
    "activation": "Sigmoid Tanh",
    "matrix": (
        "Mm Bmm Mv Dot Vdot Addmm Addmv Addr Addbmm Baddbmm Inverse Geqrf Ormqr LuSolve LuUnpack "
        "Trilinear Ger Cross SegmentReduce FftR2C FftC2R FftC2C"
    ),
    "reduction": (
        "Sum Nansum Mean Prod Max Min Amax Amin Aminmax Mode Kthvalue Topk Std StdMean Var VarMean "
        "Trace Dist Cdist EuclideanDist Pdist Renorm LinalgVectorNorm SparseSum"
    ),
    "shape": (
        "T Cat Repeat Roll Flip Rot90 DiagEmbed Tril Triu Clone Alias Im2Col Col2Im Sort Take Put "
        "Swapaxes ReflectionPad Unsafe MaskedScatter MaskedSelect Values Lift ToDense Unique "
        "RepeatInterleave PadPackedSequence PackPaddedSequence"
    ),
    "arithmetic": (
        "Abs Absolute Acos Acosh Add Addcdiv Addcmul Angle Asin Asinh Atan Atan2 Atanh Ceil Clamp "
        "ClampMax ClampMin Conj ConjPhysical Copysign Cos Cosh Deg2Rad Digamma Div Erf Erfc Erfinv "
        "Exp Exp2 Expm1 Floor Fmax Fmin Fmod Frac Frexp Heaviside Hypot I0 Igamma Igammac Imag "
        "Ldexp Lerp Lgamma Log Log10 Log1P Log2 Logaddexp Logaddexp2 Logit MaskedFill Maximum "
        "Minimum Mul Mvlgamma NanToNum Neg Nextafter Polar Polygamma Pow Rad2Deg Real Reciprocal "
        "Remainder Round Rsqrt Rsub Sgn Sign Sin Sinc Sinh Sqrt Square Sub Tan Trunc Where Xlogy "
        "Zeta Fill ResolveConj ResolveNeg"
    ),
}

_FOUND_IN = {
    family: re.compile(f"(?:{'|'.join(parts.split())})(?![a-z])")
    for family, parts in _PARTS.items()
}
_IS = {name: family for family, names in _WHOLE.items() for name in names.split()}


@lru_cache(maxsize=4096)
def family_of(name: str) -> Family:
    """
    >>> family_of("AddmmBackward0"), family_of("NativeLayerNormBackward0")
    ('matrix', 'normalisation')
    >>> family_of("ViewBackward0"), family_of("MyOwnFunctionBackward")
    ('shape', 'other')
    """
    # The operations of second derivatives belong to what they are the derivative of.
    stem = name.partition("Backward")[0].removeprefix("Foreach")
    if stem in _IS:
        return _IS[stem]
    for family, pattern in _FOUND_IN.items():
        if pattern.search(stem):
            return family
    if stem.startswith("Special"):
        return "arithmetic"
    return "other"
