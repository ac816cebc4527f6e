"""The names of arguments that reach torch and numpy: no `out`, `layout`, `memory_format`."""

ARGUMENTS = """
A B L LD LU LU_data LU_pivots M N P Q R S T_0 T_max T_mult U UPLO V Vh X a a_max a_min abs abs_tol
acc_dtype acc_policy accumulate activation add_bias_kv add_zero_attn adjoint adjust_lr_fn affine
align_corners align_to_window allow_retain_graph allow_unused alpha amsgrad anchor angle
anneal_strategy antialias append approximate arr assign assume_sorted assume_unique atol attn_mask
average_attn_weights aweights axes axis axis0 axis1 axis2 b base base_distribution base_lr
base_momentum base_transform batch1 batch2 batch_chunk_size batch_first batch_sampler batch_shape
batch_size beta beta2_decay betas bias bidirectional bin_edges bins blank boundaries cache_size
ceil_mode center centered check_errors chunking_method chunks clip_value col collate_fn
component_distribution compute_mode compute_uv concentration concentration0 concentration1
condition cooldown copy correction count count_include_pad cov_diag cov_factor covariance_matrix
create_graph cudnn_enable cudnn_enabled cum_weights custom_decoder custom_encoder cutoffs
cycle_momentum d d_model dampening data dataset ddof decimals decoder_layer decoupled_weight_decay
default_factory defaults deg delta density descending destination device df df1 df2 diagonal
dilation dim dim0 dim1 dim2 dim_feedforward dimension dims dims_other dims_self distance_function
distribution div_factor div_value divisor_override downscale_factor driver drop_last dropout
dropout_p dtype dx edge_order edgeitems eigenvalues eigenvectors eigvals eigvecs el element
elements elementwise_affine embed_dim embedding_dim enable_nested_tensor encoder_layer end end_dim
end_factor endpoint enforce_sorted epochs eps equal_nan equation error_if_nonfinite eta_min etas
event_dim event_shape exponent factor fill_value fillvalue final_div_factor foreach from from_
full full_matrices func fweights gain gamma generator grad_outputs grad_tensors grad_variables
gradient grid groups hard head_bias hermitian hidden_size high hist history_size hop_length hx i
idx ignore_index imag implicit in1_features in2_features in_channels in_features in_shape
include_last_offset include_self increasing ind index indexing indices indices_or_sections info
init initial initial_accumulator_value initializer inplace input input1 input2 input3
input_lengths input_size inputs inverse invert is_causal is_grads_batched k kdim keep_vars keepdim
keepdims kernel_size key key_padding_mask l label label_smoothing lam lambd largest last_epoch
layer_norm_eps left length lengths lims line_search_fn linewidth list loc log_input log_probs
log_target logabsdet logits low lower lr lr_decay lr_lambda m mantissa margin mask mask_check mat
mat1 mat2 materialize_grads matrices max max_eval max_exp max_iter max_lr max_momentum max_norm
max_val max_value max_values maximize maxlen maxnorm mean median memory method milestones min
min_indices min_lr min_val min_value minlength mixture_distribution mode modules momentum
momentum_decay n n_classes n_fft n_steps name nan ndigits ndmin need_weights negative
negative_slope neginf nesterov newshape nhead niter non_blocking nonlinearity norm norm_first
norm_type normalized normalized_shape ns_coefficients ns_steps num num_channels num_chunks
num_classes num_decoder_layers num_embeddings num_encoder_layers num_features num_groups num_heads
num_layers num_parameters num_samples num_workers offset offsets onesided only_inputs optimizer
options ord order other out0 out1 out2 out_channels out_dtype out_features out_shape
outer_jacobian_strategy output_padding output_ratio output_size outputs p pad pad_mode padding
padding_idx padding_mode padding_value parameters params parts path patience pct_start
per_sample_weights periodic persistent pin_memory pivot pivots population pos_weight posinf
positive power precision precision_matrix prefix prepend prob probs process_group profile
proj_size pvals q query r range rank rate rcond real recompute_scale_factor recurse reduce
reduction reinterpreted_batch_ndims rel_tol remove_duplicate repeat repeats replacement
requires_grad residuals result retain_graph retstep return_complex return_counts return_index
return_indices return_inverse reverse rho right rounding_mode row rowvar rtol running_mean
running_var s sampler scalar scalar1 scalar2 scale scale_factor scale_fn scale_grad_by_freq
scale_mode scale_tril schedulers sci_mode sections seed self sep separator sequences set_to_none
shape shifts shuffle side sigma sign singular_values size size_average sizes solution some sorted
sorted_sequence sorter source spacing sparse sparse_grad sparsity split_size
split_size_or_sections split_sizes src src_key_padding_mask src_mask stable start start_dim
start_factor state_dict std step step_size step_size_down step_size_up step_sizes steps
steps_per_epoch stop strategy strict stride substr swap t t0 target target_lengths targets tau
temperature tensor tensor1 tensor2 tensor_indices_or_sections tensors test_element test_elements
tgt tgt_key_padding_mask tgt_mask theta three_phase threshold threshold_mode to tol
tolerance_change tolerance_grad total_count total_iters total_length total_steps
track_running_stats train training transforms transpose tseq type1 type2 unbiased unflattened_size
unitriangular unpack_data unpack_pivots upper upscale_factor use_input_stats v val value values
var vdim vec vec1 vec2 vectorize weight weight_decay weights where win_length window window_length
with_replacement wrap x x1 x2 y zero_infinity
"""

IGNORED = "num_workers pin_memory non_blocking foreach"
"""Arguments that change how a thing is computed, but nothing that is seen here."""
