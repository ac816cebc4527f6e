"""Which methods and attributes of a tensor a program may name, and which it may not and why."""

METHODS = """
abs abs_ absolute absolute_ acos acos_ acosh acosh_ add add_ addbmm addbmm_ addcdiv addcdiv_
addcmul addcmul_ addmm addmm_ addmv addmv_ addr addr_ adjoint all allclose amax amin aminmax angle
any arccos arccos_ arccosh arccosh_ arcsin arcsin_ arcsinh arcsinh_ arctan arctan2 arctan2_
arctan_ arctanh arctanh_ argmax argmin argsort argwhere asin asin_ asinh asinh_ atan atan2 atan2_
atan_ atanh atanh_ baddbmm baddbmm_ bernoulli bernoulli_ bfloat16 bincount bitwise_and
bitwise_and_ bitwise_left_shift bitwise_left_shift_ bitwise_not bitwise_not_ bitwise_or
bitwise_or_ bitwise_right_shift bitwise_right_shift_ bitwise_xor bitwise_xor_ bmm bool
broadcast_to byte cauchy_ cdouble ceil ceil_ cfloat chalf char cholesky cholesky_inverse
cholesky_solve chunk clamp clamp_ clamp_max clamp_max_ clamp_min clamp_min_ clip clip_ clone conj
conj_physical conj_physical_ contiguous copy_ copysign copysign_ corrcoef cos cos_ cosh cosh_
count_nonzero cov cpu cross cummax cummin cumprod cumprod_ cumsum cumsum_ deg2rad deg2rad_ det
detach detach_ diag diag_embed diagflat diagonal diagonal_scatter diff digamma digamma_ dim dist
div div_ divide divide_ dot double dsplit element_size eq eq_ equal erf erf_ erfc erfc_ erfinv
erfinv_ exp exp2 exp2_ exp_ expand_as expm1 expm1_ exponential_ fill_ fill_diagonal_ fix fix_
flatten flip fliplr flipud float float_power float_power_ floor floor_ floor_divide floor_divide_
fmax fmin fmod fmod_ frac frac_ frexp gather gcd gcd_ ge ge_ geometric_ geqrf ger greater greater_
greater_equal greater_equal_ gt gt_ half hardshrink heaviside heaviside_ histc histogram hsplit
hypot hypot_ i0 i0_ igamma igamma_ igammac igammac_ index_add index_add_ index_copy index_copy_
index_fill index_fill_ index_put index_put_ index_reduce index_reduce_ index_select inner int
inverse is_complex is_contiguous is_floating_point is_nonzero is_same_size is_signed isclose
isfinite isinf isnan isneginf isposinf isreal istft item kron kthvalue lcm lcm_ ldexp ldexp_ le
le_ lerp lerp_ less less_ less_equal less_equal_ lgamma lgamma_ log log10 log10_ log1p log1p_ log2
log2_ log_ log_normal_ log_softmax logaddexp logaddexp2 logcumsumexp logdet logical_and
logical_and_ logical_not logical_not_ logical_or logical_or_ logical_xor logical_xor_ logit logit_
logsumexp long lt lt_ lu lu_solve masked_fill masked_fill_ masked_scatter masked_scatter_
masked_select matmul matrix_exp matrix_power max maximum mean median min minimum mm mode moveaxis
movedim msort mul mul_ multinomial multiply multiply_ mv mvlgamma mvlgamma_ nan_to_num nan_to_num_
nanmean nanmedian nansum narrow ndimension ne ne_ neg neg_ negative negative_ nelement new_full
new_ones new_tensor new_zeros nextafter nextafter_ nonzero norm normal_ not_equal not_equal_ numel
numpy orgqr ormqr outer permute pinverse polygamma polygamma_ positive pow pow_ prelu prod put
put_ qr rad2deg rad2deg_ random_ ravel reciprocal reciprocal_ relu relu_ remainder remainder_
renorm renorm_ requires_grad_ reshape reshape_as retain_grad roll rot90 round round_ rsqrt rsqrt_
scatter scatter_ scatter_add scatter_add_ scatter_reduce scatter_reduce_ select select_scatter sgn
sgn_ short sigmoid sigmoid_ sign sign_ signbit sin sin_ sinc sinc_ sinh sinh_ size slice_scatter
slogdet softmax sort split split_with_sizes sqrt sqrt_ square square_ squeeze squeeze_ std stft
stride sub sub_ subtract subtract_ sum svd swapaxes swapaxes_ swapdims swapdims_ t t_ take
take_along_dim tan tan_ tanh tanh_ tensor_split topk trace transpose transpose_ triangular_solve
tril tril_ triu triu_ true_divide true_divide_ trunc trunc_ type_as unbind unflatten unfold
uniform_ unique unique_consecutive unsqueeze unsqueeze_ var vdot view view_as vsplit where xlogy
xlogy_ zero_
"""

ATTRIBUTES = """
H T data device dtype imag is_cuda is_leaf itemsize mH mT nbytes ndim real requires_grad
retains_grad shape
"""

REFUSED: dict[str, str] = {
    "calls back into Python from the engine": """
apply_ as_subclass map2_ map_ module_load register_hook register_post_accumulate_grad_hook
reinforce
""",
    "reads or resizes memory without looking at its bounds": """
as_strided as_strided_ as_strided_scatter resize resize_ resize_as resize_as_ resize_as_sparse_
set_ sparse_resize_ sparse_resize_and_clear_
""",
    "sparse and nested tensors have no gradient drawing": """
ccol_indices coalesce col_indices crow_indices dense_dim indices is_coalesced is_nested is_sparse
is_sparse_csr layout row_indices smm sparse_dim sparse_mask sspaddmm to_dense to_padded_tensor
to_sparse to_sparse_bsc to_sparse_bsr to_sparse_coo to_sparse_csc to_sparse_csr values
""",
    "hands out memory, addresses or files": """
const_data_ptr data_ptr dim_order is_pinned is_set_to is_shared new new_empty_strided pin_memory
record_stream share_memory_ storage storage_offset storage_type untyped_storage
""",
    "is about another device than the CPU": """
cuda get_device ipu is_cpu is_ipu is_maia is_meta is_mkldnn is_mps is_mtia is_vulkan is_xla is_xpu
mtia output_nr to_mkldnn xpu
""",
    "quantized numbers have no gradient": """
dequantize int_repr is_distributed is_quantized nanquantile q_per_channel_axis
q_per_channel_scales q_per_channel_zero_points q_scale q_zero_point qscheme quantile
""",
    "removed from PyTorch, or deprecated in favour of another name": """
eig grad_dtype hash_tensor lstsq name solve sum_to_size symeig volatile
""",
    "a kernel behind a public function of the same purpose": """
index is_conj is_inference is_neg narrow_copy nonzero_static resolve_conj resolve_neg slice_inverse
unsafe_chunk unsafe_split unsafe_split_with_sizes
""",
}
"""Members of a tensor that are left out, by reason."""
