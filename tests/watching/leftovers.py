"""Find whatever hook a module, its parameters or PyTorch itself still have."""

from __future__ import annotations

from collections.abc import Iterator

import torch

GLOBAL = (
    "_global_forward_hooks",
    "_global_forward_pre_hooks",
    "_global_backward_hooks",
    "_global_backward_pre_hooks",
    "_global_forward_hooks_always_called",
)

ENGINE = torch.autograd._engine_run_backward  # type: ignore[attr-defined]
"""PyTorch's way to its engine, as it is before any test."""


def hooks_in(model: torch.nn.Module) -> Iterator[str]:
    for path, module in model.named_modules():
        for kind, held in vars(module).items():
            if kind.endswith("_hooks") and held:
                yield f"{path}.{kind}"
    for path, parameter in model.named_parameters():
        if parameter._backward_hooks or parameter._post_accumulate_grad_hooks:  # type: ignore[attr-defined]
            yield path


def hooks_of_pytorch() -> Iterator[str]:
    for name in GLOBAL:
        if getattr(torch.nn.modules.module, name):
            yield name
    if torch.autograd._engine_run_backward is not ENGINE:  # type: ignore[attr-defined]
        yield "engine"
    if torch.utils._python_dispatch._get_current_dispatch_mode_stack():
        yield "mode"
    if torch._C._autograd._top_saved_tensors_default_hooks(True) is not None:
        yield "saved tensors"
