"""Read ATen's schemas: parameter names, defaults, and which parameters are arithmetic operands."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

ARITHMETIC = frozenset({"add", "sub", "rsub", "mul", "div"})
"""Elementwise binary arithmetic: a plain number in it is an operand that a person would draw."""

OVERWRITING = frozenset({"copy_", "fill_", "zero_"})
"""Operations in place that don't read what they change: `self` is no argument of the result."""

FILLED = {"rrelu_with_noise": frozenset({"noise"})}
"""Arguments that a call fills without reading them: they are results of it."""

TEXT_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Signature:
    """name "aten.add.Tensor"; names ("self", "other", "alpha"); defaults {"alpha": "1"};
    mutable: it writes into some argument, as an operation in place or with `out=` does;
    elementwise: each element of the result is made of the same element of each input."""

    name: str
    names: tuple[str, ...]
    defaults: dict[str, str]
    operands: frozenset[str]
    in_place: bool
    mutable: bool
    overwrites: bool
    filled: frozenset[str]
    elementwise: bool

    def filled_by(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, ...]:
        """The arguments of a call that it has filled."""
        if not self.filled:
            return ()
        passed = {**dict(zip(self.names, args, strict=False)), **kwargs}
        return tuple(passed[name] for name in sorted(self.filled) if name in passed)


@functools.cache
def signature_of(func: torch._ops.OpOverload) -> Signature:
    schema = func._schema
    base = schema.name.partition("::")[2]
    return Signature(
        name=str(func),
        names=tuple(argument.name for argument in schema.arguments),
        defaults={
            argument.name: text_of(argument.default_value)
            for argument in schema.arguments
            if argument.has_default_value()
        },
        operands=frozenset({"self", "other"} if base.rstrip("_") in ARITHMETIC else ()),
        # ATen's own rule: the name of an operation in place ends in one underscore.
        in_place=base.endswith("_") and not base.endswith("__") and schema.is_mutable,
        mutable=schema.is_mutable,
        overwrites=base in OVERWRITING,
        filled=FILLED.get(base, frozenset()),
        # PyTorch's own tags. What draws random numbers would draw others when asked again.
        elementwise=(
            func.namespace == "aten"
            and torch.Tag.pointwise in func.tags
            and torch.Tag.nondeterministic_seeded not in func.tags
        ),
    )


def text_of(value: Any) -> str:
    """A plain value as Python would write it, without a memory address in it.

    >>> text_of([0, 1]), text_of(torch.float32), text_of("mean")
    ('[0, 1]', 'torch.float32', "'mean'")
    """
    if isinstance(value, list | tuple):
        text = f"[{', '.join(_plain(item) for item in value)}]"
    else:
        text = _plain(value)
    return text if len(text) <= TEXT_CHARACTERS else f"{text[: TEXT_CHARACTERS - 1]}…"


def _plain(value: Any) -> str:
    if value is None or isinstance(value, bool | int | float | complex | str):
        return repr(value)
    if isinstance(value, torch.dtype | torch.device | torch.layout | torch.memory_format):
        return str(value)
    return type(value).__name__
