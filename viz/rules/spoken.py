"""ATen's names for calls -> what the student wrote: "nll_loss" for nll_loss_forward, "y[1]"."""

from __future__ import annotations

from collections.abc import Mapping

from viz.rules.row import Plain

WORDS: Mapping[str, str] = {
    "nll_loss_forward": "nll_loss",
    "nll_loss2d_forward": "nll_loss",
    "multi_margin_loss_forward": "multi_margin_loss",
    "split_with_sizes": "split",
    "native_layer_norm": "layer_norm",
    "native_group_norm": "group_norm",
    "native_batch_norm": "batch_norm",
    "native_dropout": "dropout",
    "convolution": "conv",
    "max_pool2d_with_indices": "max_pool",
    "max_pool3d_with_indices": "max_pool",
    "avg_pool2d": "avg_pool",
    "avg_pool3d": "avg_pool",
    "constant_pad_nd": "pad",
    "prelu_kernel": "prelu",
    "to_copy": "to",
    "linalg_vector_norm": "norm",
    "linalg_inv_ex": "inv",
    "linalg_solve_ex": "solve",
    "linalg_det": "det",
    "upsample_nearest1d": "interpolate",
    "upsample_nearest2d": "interpolate",
    "upsample_bilinear2d": "interpolate",
    "scaled_dot_product_flash_attention_for_cpu": "attention",
    "mkldnn_rnn_layer": "lstm",
    "cdist_forward": "cdist",
    "safe_softmax": "softmax",
    "grid_sampler_2d": "grid_sample",
    "grid_sampler_3d": "grid_sample",
}
"""Where ATen's word for a call is one that nobody writes."""

TO_THE_END = 2**63 - 1
"""ATen's end of a slice that has none."""


def spoken(word: str) -> str:
    """The word that is written for ATen's.

    >>> spoken("nll_loss_forward"), spoken("sum")
    ('nll_loss', 'sum')
    """
    return WORDS.get(word, word)


def selected(plain: Plain) -> str:
    """`y[1]`, and `y[:, 1]` for another dimension."""
    return at(plain["dim"], str(plain["index"]))


def sliced(plain: Plain) -> str:
    """`y[0:2]`; what Python leaves out is left out.

    >>> sliced({"dim": 1, "start": 0, "end": TO_THE_END, "step": 2})
    '{self}[:, ::2]'
    """
    start, end, step = plain["start"], plain["end"], plain["step"]
    first = "" if start in (0, None) and (end in (TO_THE_END, None)) else str(start or 0)
    last = "" if end in (TO_THE_END, None) else str(end)
    return at(plain["dim"], f"{first}:{last}" + ("" if step == 1 else f":{step}"))


def at(dim: int, index: str) -> str:
    """Brackets with the index at its dimension; behind dots where it counts from the end."""
    before = ":, " * dim if dim >= 0 else "..., "
    after = ", :" * (-1 - dim) if dim < 0 else ""
    return f"{{self}}[{before}{index}{after}]".replace("-", "−")
