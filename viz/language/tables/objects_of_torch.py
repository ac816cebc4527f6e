"""The members of layers, optimizers, schedulers and distributions: names, nothing else."""

LAYER_METHODS = """
add_module apply bfloat16 buffers children cpu double eval extra_repr float forward get_buffer
get_parameter get_submodule half load_state_dict modules named_buffers named_children named_modules
named_parameters parameters register_buffer register_module register_parameter requires_grad_
state_dict train zero_grad reset_parameters
"""

OPTIMIZER_METHODS = "step zero_grad state_dict load_state_dict add_param_group"

SCHEDULER_METHODS = "step get_last_lr get_lr state_dict load_state_dict"

DISTRIBUTION_METHODS = """
cdf entropy enumerate_support expand icdf log_prob perplexity rsample sample sample_n
"""

DISTRIBUTION_ATTRIBUTES = """
batch_shape concentration concentration0 concentration1 covariance_matrix df event_shape has_rsample
loc logits mean mode probs rate scale scale_tril stddev total_count variance
"""

CONTEXT_METHODS = """
mark_dirty mark_non_differentiable save_for_backward set_materialize_grads
"""
