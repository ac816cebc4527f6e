"""The closed table of functions: what a program may call, by full dotted name.

A name that is not a row here does not exist for a program. The rows are looked up in torch once,
when this module is imported; no attribute is ever looked up by a name that a program wrote.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Any

import torch

from viz.language.values import Function, GradMode, Namespace, Value

TORCH = """
tensor as_tensor scalar_tensor zeros ones full eye arange linspace logspace rand randn randint
randperm zeros_like ones_like full_like rand_like randn_like bernoulli manual_seed

abs absolute neg negative positive sign square sqrt rsqrt reciprocal exp exp2 expm1 log log2
log10 log1p sin cos tan asin acos atan arcsin arccos arctan atan2 sinh cosh tanh asinh acosh
atanh sigmoid relu erf erfc lgamma digamma logit sinc hypot ceil floor round trunc frac clamp
clip deg2rad rad2deg nan_to_num heaviside lerp xlogy softmax log_softmax celu selu prelu
threshold logaddexp

add sub subtract mul multiply div divide true_divide floor_divide pow float_power fmod remainder
addcmul addcdiv maximum minimum fmax fmin

sum mean prod std var std_mean var_mean max min amax amin aminmax argmax argmin median logsumexp
norm cumsum cumprod all any count_nonzero nansum nanmean quantile dist diff

matmul mm bmm mv dot vdot inner outer addmm addmv baddbmm einsum tensordot kron cross trace diag
diagonal tril triu det inverse cdist

reshape cat concat stack hstack vstack split chunk unbind squeeze unsqueeze flatten unflatten
ravel transpose permute swapaxes movedim t flip roll tile repeat_interleave broadcast_to
broadcast_tensors meshgrid gather scatter index_select masked_select take where nonzero sort
argsort topk narrow select clone detach numel

eq ne lt le gt ge equal allclose isclose isnan isinf isfinite logical_and logical_or logical_not
logical_xor is_tensor is_floating_point cosine_similarity pairwise_distance
"""

FUNCTIONAL = """
relu relu6 leaky_relu elu celu selu gelu silu mish softplus softsign sigmoid tanh hardtanh
hardsigmoid hardswish logsigmoid tanhshrink softshrink hardshrink threshold prelu softmax
log_softmax softmin glu normalize

mse_loss l1_loss smooth_l1_loss huber_loss cross_entropy nll_loss binary_cross_entropy
binary_cross_entropy_with_logits kl_div poisson_nll_loss gaussian_nll_loss hinge_embedding_loss
soft_margin_loss margin_ranking_loss cosine_embedding_loss triplet_margin_loss multi_margin_loss

linear bilinear conv1d conv2d max_pool1d max_pool2d avg_pool1d avg_pool2d dropout layer_norm
embedding one_hot pad cosine_similarity pairwise_distance scaled_dot_product_attention
"""

MATH = """
sqrt exp log log2 log10 log1p expm1 sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh
atanh floor ceil trunc fabs hypot degrees radians isnan isinf isfinite isclose copysign fmod erf
erfc
"""

DTYPES = """
float16 bfloat16 float32 float64 half float double uint8 int8 int16 int32 int64 short int long
bool
"""

CONSTANTS: dict[str, Value] = {
    **{f"math.{name}": getattr(math, name) for name in ("pi", "e", "tau", "inf", "nan")},
    **{f"torch.{name}": getattr(torch, name) for name in ("pi", "e", "inf", "nan")},
}

NAMESPACES = ("torch", "torch.nn", "torch.nn.functional", "math")
"""The modules that a program may import; the prefixes of the rows."""

ARGUMENTS = """
abs_tol alpha anchor append approximate atol attn_mask axis base beta bias ceil_mode chunks
condition copy correction count_include_pad create_graph decimals delta descending destination
device diagonal dilation dim dim0 dim1 dims dropout_p dtype end end_dim eps equal_nan equation
exponent fill_value full gradient groups high ignore_index index indexing indices inplace input
input1 input2 inputs is_causal k keepdim keepdims kernel_size key label label_smoothing lambd
largest length log_input log_target low m margin mat mat1 mat2 max max_val min min_val mode n
nan ndigits negative negative_slope neginf normalized_shape num_classes num_samples offset other p
padding padding_idx pos_weight posinf positive prepend q query reduction rel_tol repeats
requires_grad retain_graph return_indices rounding_mode rtol scale sections self shape shifts
size sizes sorted source split_size split_size_or_sections src stable start start_dim step steps
stride target tensor tensor1 tensor2 tensors threshold training unbiased value var vec vec2
weight x x1 x2 y
"""
"""The names of arguments that reach torch: no `out`, `generator`, `layout`, `pin_memory`."""

KEYWORDS = frozenset(ARGUMENTS.split())

SIZED = (
    "zeros",
    "ones",
    "full",
    "eye",
    "rand",
    "randn",
    "randint",
    "randperm",
    "arange",
    "linspace",
)
SIZED_FUNCTIONS = frozenset(f"torch.{name}" for name in SIZED)
"""They make as many elements as their arguments say: their size is known before they run."""


def rows(namespace: str, module: Any, names: str) -> Iterator[tuple[str, Value]]:
    for name in names.split():
        full = f"{namespace}.{name}"
        yield full, Function(full, getattr(module, name))


def no_grad() -> GradMode:
    return GradMode(enabled=False)


def enable_grad() -> GradMode:
    return GradMode(enabled=True)


OWN: dict[str, Callable[..., Value]] = {"torch.no_grad": no_grad, "torch.enable_grad": enable_grad}
"""Functions that stand for one of torch's."""

NAMES: MappingProxyType[str, Value] = MappingProxyType(
    {
        **{name: Namespace(name) for name in NAMESPACES},
        **dict(rows("torch", torch, TORCH)),
        **dict(rows("torch.nn.functional", torch.nn.functional, FUNCTIONAL)),
        **dict(rows("math", math, MATH)),
        **{f"torch.{name}": getattr(torch, name) for name in DTYPES.split()},
        **{name: Function(name, call) for name, call in OWN.items()},
        **CONSTANTS,
    }
)
"""Everything that has a dotted name: modules, functions, dtypes and constants."""

PREDEFINED: MappingProxyType[str, Value] = MappingProxyType(
    {
        "torch": NAMES["torch"],
        "nn": NAMES["torch.nn"],
        "F": NAMES["torch.nn.functional"],
        "math": NAMES["math"],
    }
)
"""What needs no import line."""


def bare_function(name: str) -> Function | None:
    """The function that a bare name means in an expression: `sin(x)`, `mse_loss(a, b)`.

    >>> bare_function("sin").name, bare_function("mse_loss").name, bare_function("system")
    ('torch.sin', 'torch.nn.functional.mse_loss', None)
    """
    for namespace in ("torch", "torch.nn.functional"):
        found = NAMES.get(f"{namespace}.{name}")
        if isinstance(found, Function):
            return found
    return None
