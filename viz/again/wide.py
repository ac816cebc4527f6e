"""Carry what a program computes in float32 as float64, number for number the same at its start.

Central differences need the digits: in float32 they are right to three, in float64 to ten. Where a
number is made (`torch.tensor(0.1)`, `torch.randn(3)`) PyTorch makes it in float32, as in the
program, and from then on it is carried as float64.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

DRAWING = frozenset({"bernoulli", "binomial", "multinomial", "normal", "poisson"})

NARROW, WIDE = torch.float32, torch.float64


class QuietMode(TorchDispatchMode):
    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # Else PyTorch imports its whole compiler (a second) at the first call that is watched.
        return False


class Wide(QuietMode):
    """While active, floating-point results are float64 wherever the program would have float32."""

    def __torch_dispatch__(
        self,
        func: torch._ops.OpOverload,
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        if _draws(func):
            return _draw(func, args, kwargs)
        if kwargs.get("dtype") is NARROW and _has_wide([*args, *kwargs.values()]):
            kwargs = {**kwargs, "dtype": WIDE}
        result = func(*args, **kwargs)
        # Most results are one tensor that is wide already, and this runs at every call.
        if isinstance(result, torch.Tensor):
            return result.to(WIDE) if result.dtype is NARROW else result
        return _cast(result, NARROW, WIDE)


@cache
def _draws(func: torch._ops.OpOverload) -> bool:
    """Whether it draws numbers for tensors that it is given. What computes too, such as attention
    with dropout, is left in float64."""
    name = func._schema.name.partition("::")[2]
    is_random = torch.Tag.nondeterministic_seeded in func.tags
    return is_random and (name in DRAWING or name.endswith("_like") or func._schema.is_mutable)


def _draw(func: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """Random numbers are drawn in float32: in float64 they would be others."""
    narrow_args, narrow_kwargs = _cast((list(args), kwargs), WIDE, NARROW)
    drawn = func(*narrow_args, **narrow_kwargs)
    changed = args[0] if args else None
    if isinstance(changed, torch.Tensor) and drawn is narrow_args[0]:
        # An operation in place has drawn into a copy.
        return changed if drawn is changed else changed.copy_(drawn)
    return _cast(drawn, NARROW, WIDE)


def _cast(value: Any, before: torch.dtype, after: torch.dtype) -> Any:
    def one(item: Any) -> Any:
        is_meant = isinstance(item, torch.Tensor) and item.dtype is before
        return item.detach().to(after) if is_meant else item

    return tree_map(one, value)


def _has_wide(values: Sequence[Any]) -> bool:
    return any(isinstance(value, torch.Tensor) and value.dtype is WIDE for value in values)
