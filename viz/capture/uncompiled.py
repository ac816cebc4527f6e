"""Keep PyTorch's compiler away from our own code, which runs while it is at work."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from torch._C._dynamo import eval_frame

P = ParamSpec("P")
R = TypeVar("R")

# In a compiled module that the compiler gives up on, it tries each function that is called from
# there: it would compile ours, slowly, and fail at a person's variables. `torch.compiler.disable`
# says the same, but imports the whole compiler.
_ALWAYS_SKIP = eval_frame._FrameExecStrategy(
    eval_frame._FrameAction.SKIP, eval_frame._FrameAction.SKIP
)


def never_compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The same function; it and all that it calls run as written, also below `torch.compile`."""
    eval_frame.set_code_exec_strategy(function.__code__, _ALWAYS_SKIP)
    return function
