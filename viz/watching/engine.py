"""Stand between PyTorch's `backward` and its engine for a while, and step aside again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, get_ident
from typing import Any

import torch

from viz.capture.asked import Asked

Run = Callable[[], Any]

HOME: Any = torch.autograd
"""`backward` and `grad` look for their way to the engine here, at each call."""


class Engine:
    """Tells of each call of the engine by this thread: `loss.backward()`, `torch.autograd.grad`.

    record   is given what was asked and a function that runs the engine; returns its answer
    unseen   why calls passed by without being recorded, and how many
    """

    def __init__(self, record: Callable[[Asked, Run], Any]) -> None:
        self._record = record
        self._lock = Lock()
        self._thread = 0
        self.unseen: dict[str, int] = {}

    @contextmanager
    def in_between(self) -> Iterator[None]:
        """Everything that PyTorch does backward goes through one function of its own."""
        before = self._thread
        original = HOME._engine_run_backward
        self._thread = get_ident()

        def run_backward(outputs: Any, *given: Any, **named: Any) -> Any:
            return self._told(original, outputs, given, named)

        HOME._engine_run_backward = run_backward
        try:
            yield
        finally:
            self._thread = before
            if HOME._engine_run_backward is run_backward:
                HOME._engine_run_backward = original

    def _told(self, original: Callable[..., Any], outputs: Any, given: Any, named: Any) -> Any:
        def run() -> Any:
            return original(outputs, *given, **named)

        if self._thread == 0:
            return run()  # Ours has ended, while another that began later has not.
        why = self._why_unseen(outputs, given)
        if why is None and not self._lock.acquire(blocking=False):
            why = "a backward pass ran inside another (a checkpoint, or a hook)"
        if why is not None:
            self.unseen[why] = self.unseen.get(why, 0) + 1
            return run()
        try:
            return self._record(_asked(outputs, given, named), run)
        finally:
            self._lock.release()

    def _why_unseen(self, outputs: Any, given: Any) -> str | None:
        if get_ident() != self._thread:
            return "a backward pass ran in another thread"
        seeds = [seed for seed in given[0] if isinstance(seed, torch.Tensor)]
        batched = any(map(torch._C._functorch.is_legacy_batchedtensor, seeds))
        if batched or torch._C._functorch.peek_interpreter_stack() is not None:
            return "torch.func or a batch of gradients (vmap) ran the engine for many at once"
        tensors = (*outputs, *(given[3] or ()))
        if not all(isinstance(tensor, torch.Tensor) for tensor in tensors):
            return "a backward pass began at an edge of the graph, not at a tensor"
        return None


def _asked(outputs: Any, given: Any, named: Any) -> Asked:
    """seeds, retain_graph, create_graph, inputs, allow_unused come by position."""
    seeds, _, creates, inputs = given[:4]
    returned = not named.get("accumulate_grad", False)
    return Asked(
        tuple(outputs),
        tuple(seeds),
        tuple(inputs) if inputs or returned else None,
        returned,
        bool(creates),
    )
