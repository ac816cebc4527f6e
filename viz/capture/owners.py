"""Which module owns a parameter or a buffer, and what to call those that have no variable."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import torch
from torch.nn.parameter import is_lazy

from viz.capture.calls import Calls
from viz.capture.modules import Modules, joined
from viz.capture.sources import Subject


def note_owners(calls: Calls, path: str, root: torch.nn.Module) -> None:
    """What a module holds is owned by it, or by the module inside of it that holds it."""
    for name, tensor in (*root.named_parameters(), *root.named_buffers()):
        subject = calls.subject(tensor)
        subject.module = subject.module or joined(path, name.rpartition(".")[0])


def suggest_buffers(calls: Calls, modules: Modules) -> None:
    """Buffers are called by their paths, where the program has no word for them."""
    for path, root in modules.known():
        for name, buffer in root.named_buffers():
            if buffer.grad_fn is None:
                calls.suggest(joined(path, name), buffer, None)


def unnamed_parameters(calls: Calls, modules: Modules) -> Iterator[tuple[str, torch.Tensor]]:
    """With their paths: those in modules that were called, or that a variable holds."""
    for path, root in modules.known():
        for name, tensor in root.named_parameters():
            # A lazy layer's has no shape before its first input.
            if not is_lazy(tensor) and calls.subject(tensor).name is None:
                yield joined(path, name), tensor


def tell_apart(calls: Calls, leaves: Iterable[torch.Tensor]) -> None:
    """Modules of one class give their parameters one name, "norm.weight": paths tell them apart."""
    alike: dict[str, list[Subject]] = defaultdict(list)
    for leaf in leaves:
        subject = calls.subject(leaf)
        if subject.name is not None and subject.module:
            alike[subject.name.text].append(subject)
    for name, subjects in alike.items():
        for subject in subjects if len(subjects) > 1 else ():
            path = joined(subject.module, name.rpartition(".")[2])
            subject.name = subject.name and subject.name._replace(text=path)
