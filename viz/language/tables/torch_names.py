"""Which functions of torch a program may call, and which it may not and why: names, nothing else.

A name that is in none of the lists is refused as well. REFUSED is there to say why.
"""

TORCH = """
abs abs_ absolute acos acos_ acosh acosh_ adaptive_avg_pool1d adaptive_max_pool1d add addbmm
addcdiv addcmul addmm addmv addmv_ addr adjoint all allclose alpha_dropout alpha_dropout_ amax
amin aminmax angle any arange arccos arccos_ arccosh arccosh_ arcsin arcsin_ arcsinh arcsinh_
arctan arctan2 arctan_ arctanh arctanh_ argmax argmin argsort argwhere as_tensor asin asin_ asinh
asinh_ atan atan2 atan_ atanh atanh_ atleast_1d atleast_2d atleast_3d avg_pool1d baddbmm
bartlett_window batch_norm bernoulli bilinear binary_cross_entropy_with_logits bincount binomial
bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor
blackman_window block_diag bmm broadcast_shapes broadcast_tensors broadcast_to bucketize can_cast
cartesian_prod cat cdist ceil ceil_ celu celu_ chain_matmul channel_shuffle cholesky
cholesky_inverse cholesky_solve chunk clamp clamp_ clamp_max clamp_max_ clamp_min clamp_min_ clip
clip_ clone column_stack combinations complex concat concatenate conj conj_physical conj_physical_
conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d copysign corrcoef cos cos_
cosh cosh_ cosine_embedding_loss cosine_similarity count_nonzero cov cross ctc_loss cummax cummin
cumprod cumsum cumulative_trapezoid deg2rad deg2rad_ det detach detach_ diag diag_embed diagflat
diagonal diagonal_scatter diff digamma dist div divide dot dropout dropout_ dsplit dstack einsum
embedding embedding_bag empty empty_like eq equal erf erf_ erfc erfc_ erfinv exp exp2 exp2_ exp_
expm1 expm1_ eye feature_alpha_dropout feature_alpha_dropout_ feature_dropout feature_dropout_
fill fill_ fix fix_ flatten flip fliplr flipud float_power floor floor_ floor_divide fmax fmin
fmod frac frac_ frexp frobenius_norm full full_like gather gcd gcd_ ge geqrf ger get_default_dtype
gradient greater greater_equal group_norm gt hamming_window hann_window hardshrink heaviside
hinge_embedding_loss histc histogram histogramdd hsplit hstack hypot i0 i0_ igamma igammac imag
index_add index_copy index_fill index_put index_put_ index_reduce index_select initial_seed inner
instance_norm inverse is_complex is_floating_point is_grad_enabled is_nonzero is_same_size
is_signed is_tensor isclose isfinite isin isinf isnan isneginf isposinf isreal istft kaiser_window
kl_div kron kthvalue layer_norm lcm lcm_ ldexp ldexp_ le lerp less less_equal lgamma linspace log
log10 log10_ log1p log1p_ log2 log2_ log_ log_softmax logaddexp logaddexp2 logcumsumexp logdet
logical_and logical_not logical_or logical_xor logit logit_ logspace logsumexp lt lu_solve
lu_unpack manual_seed margin_ranking_loss masked_fill masked_scatter masked_select matmul
matrix_exp matrix_power max max_pool1d max_pool2d max_pool3d maximum mean median meshgrid min
minimum mm mode moveaxis movedim msort mul multinomial multiply mv mvlgamma nan_to_num nan_to_num_
nanmean nanmedian nansum narrow ne neg neg_ negative negative_ nextafter nonzero norm normal
not_equal nuclear_norm numel ones ones_like orgqr ormqr outer pairwise_distance pca_lowrank pdist
permute pinverse pixel_shuffle pixel_unshuffle poisson poisson_nll_loss polar polygamma positive
pow prelu prod promote_types put qr rad2deg rad2deg_ rand rand_like randint randint_like randn
randn_like randperm ravel real reciprocal reciprocal_ relu relu_ remainder renorm
repeat_interleave reshape result_type rms_norm roll rot90 round round_ row_stack rrelu rrelu_
rsqrt rsqrt_ rsub scalar_tensor scatter scatter_add scatter_reduce searchsorted seed select
select_scatter selu selu_ set_default_dtype sgn sigmoid sigmoid_ sign signbit sin sin_ sinc sinc_
sinh sinh_ slice_scatter slogdet softmax sort split split_with_sizes sqrt sqrt_ square square_
squeeze stack std std_mean stft sub subtract sum svd svd_lowrank swapaxes swapdims t take
take_along_dim tan tan_ tanh tanh_ tensor tensor_split tensordot threshold threshold_ tile topk
trace transpose trapezoid trapz triangular_solve tril tril_indices triplet_margin_loss triu
triu_indices true_divide trunc trunc_ unbind unflatten unique unique_consecutive unravel_index
unsqueeze vander var var_mean vdot view_as_complex view_as_real vsplit vstack where xlogy xlogy_
zero_ zeros zeros_like
"""

REFUSED: dict[str, str] = {
    "a kernel behind a public function of the same purpose": """
affine_grid_generator alias_copy batch_norm_backward_elemt batch_norm_backward_reduce
batch_norm_elemt batch_norm_gather_stats batch_norm_gather_stats_with_counts batch_norm_stats
batch_norm_update_stats constant_pad_nd conv_tbc convolution cudnn_affine_grid_generator
cudnn_batch_norm cudnn_convolution cudnn_convolution_add_relu cudnn_convolution_relu
cudnn_convolution_transpose cudnn_grid_sampler cudnn_is_acceptable detach_copy diagonal_copy
embedding_renorm_ expand_copy grid_sampler grid_sampler_2d grid_sampler_3d gru gru_cell is_conj
is_inference is_neg lstm lstm_cell max_pool1d_with_indices miopen_batch_norm miopen_convolution
miopen_convolution_add_relu miopen_convolution_relu miopen_convolution_transpose miopen_ctc_loss
miopen_depthwise_convolution miopen_rnn mkldnn_adaptive_avg_pool2d mkldnn_convolution
mkldnn_linear_backward_weights mkldnn_max_pool2d mkldnn_max_pool3d mkldnn_rnn_layer narrow_copy
native_batch_norm native_channel_shuffle native_dropout native_group_norm native_layer_norm
native_norm nonzero_static norm_except_dim permute_copy resolve_conj resolve_neg rnn_relu
rnn_relu_cell rnn_tanh rnn_tanh_cell select_copy slice_copy slice_inverse split_copy
split_with_sizes_copy squeeze_copy sym_constrain_range sym_constrain_range_for_size t_copy
transpose_copy unbind_copy unfold_copy unsafe_chunk unsafe_split unsafe_split_with_sizes
unsqueeze_copy view_as_complex_copy view_as_real_copy view_copy
""",
    "reads or resizes memory without looking at its bounds": """
as_strided as_strided_ as_strided_copy as_strided_scatter resize_as_ resize_as_sparse_
segment_reduce
""",
    "hands out memory, addresses or files": """
asarray empty_permuted empty_quantized empty_strided from_file frombuffer
""",
    "sparse and nested tensors have no gradient drawing": """
ccol_indices_copy col_indices_copy crow_indices_copy dsmm hsmm hspmm indices_copy row_indices_copy
saddmm smm sparse_bsc_tensor sparse_bsr_tensor sparse_compressed_tensor sparse_coo_tensor
sparse_csc_tensor sparse_csr_tensor spmm sspaddmm values_copy
""",
    "quantized numbers have no gradient": """
choose_qparams_optimized dequantize fake_quantize_per_channel_affine
fake_quantize_per_tensor_affine fbgemm_linear_fp16_weight
fbgemm_linear_fp16_weight_fp32_activation fbgemm_linear_int8_weight
fbgemm_linear_int8_weight_fp32_activation fbgemm_linear_quantize_weight
fbgemm_pack_gemm_matrix_fp16 fbgemm_pack_quantized_matrix fused_moving_avg_obs_fake_quant int_repr
is_distributed nanquantile q_per_channel_axis q_per_channel_scales q_per_channel_zero_points
q_scale q_zero_point quantile quantize_per_channel quantize_per_tensor quantize_per_tensor_dynamic
quantized_batch_norm quantized_gru_cell quantized_lstm_cell quantized_max_pool1d
quantized_max_pool2d quantized_max_pool3d quantized_rnn_relu_cell quantized_rnn_tanh_cell
""",
    "is about another device than the CPU": """
get_device is_vulkan_available
""",
    "removed from PyTorch, or deprecated in favour of another name": """
hash_tensor range
""",
}
"""Functions of torch that take tensors and are left out, by reason."""

DTYPES = """
bfloat16 bool cdouble cfloat complex128 complex64 double float float16 float32 float64 half int
int16 int32 int64 int8 long short uint8
"""
