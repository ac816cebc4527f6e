"""Follow which module's forward is running, and call it by its path: "transformer.h.0.attn".

PyTorch's own hooks for all modules are used, and no module is touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from threading import get_ident
from typing import Any
from weakref import ref

import torch
from torch.nn.modules.module import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
)

from viz.capture.uncompiled import never_compiled

Module = torch.nn.Module


class Modules:
    """The paths of the modules that are called, while it is active as a context manager.

    A module that is called inside no other one is a root. The paths below the first root are those
    of its own `named_modules`; those below another root begin with its variable, or its class. So
    does a root that holds no other module: "criterion", "Linear".

    met    told of each root at its first call, before its forward runs: with its path, "" or
           "criterion"
    calls  how many roots have been called
    """

    def __init__(self, met: Callable[[str, Module], None]) -> None:
        self._met = met
        self._running: list[tuple[Module, str]] = []
        self._paths: dict[int, tuple[Module, str]] = {}
        self._variables: dict[int, tuple[Any, str]] = {}
        self._roots: list[tuple[Any, str]] = []
        self._classes: Counter[str] = Counter()
        self._thread = 0
        self._handles: list[Any] = []
        self.calls = 0

    def __enter__(self) -> Modules:
        self._thread = get_ident()
        # Also where a forward raises, which its caller may catch.
        self._handles = [
            register_module_forward_pre_hook(self._enter),
            register_module_forward_hook(self._leave, always_call=True),
        ]
        return self

    def __exit__(self, *error: object) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles = []
        self._running.clear()
        self._paths.clear()

    @property
    def path(self) -> str:
        """Of the innermost module whose forward runs; "" outside of all modules, and in the first
        root itself."""
        return self._running[-1][1] if self._running else ""

    def name(self, variable: str, module: Module) -> None:
        """A variable of the program holds the module. The first one stays."""
        if self._variable_of(module) is None:
            self._variables[id(module)] = (ref(module), variable)

    def known(self) -> Iterator[tuple[str, Module]]:
        """The living roots with their paths, then what variables hold, with their names."""
        for reference, path in (*self._roots, *self._variables.values()):
            module = reference()
            if module is not None:
                yield path, module

    def _variable_of(self, module: Module) -> str | None:
        reference, name = self._variables.get(id(module), (None, ""))
        return name if reference is not None and reference() is module else None

    @never_compiled
    def _enter(self, module: Module, _arguments: Any) -> None:
        if get_ident() != self._thread:
            return
        if not self._running:
            self.calls += 1
        self._running.append((module, self._path_of(module)))

    @never_compiled
    def _leave(self, module: Module, _arguments: Any, _result: Any) -> None:
        if get_ident() != self._thread:
            return
        # What an interrupt from outside has left behind above it is gone as well.
        for depth in reversed(range(len(self._running))):
            if self._running[depth][0] is module:
                del self._running[depth:]
                return

    def _path_of(self, module: Module) -> str:
        known = self._paths.get(id(module))
        if known is None:
            self._learn(module)
            known = self._paths[id(module)]
        return known[1]

    def _learn(self, module: Module) -> None:
        """The paths of a module that is called for the first time, and of those inside."""
        if self._running:
            above, path = self._running[-1]
            # Added since, or held where PyTorch does not look, as in a plain list.
            if not self._add(above, path, module):
                self._add(module, joined(path, type(module).__name__), module)
            return
        root = next((holder for holder in self._holders() if _holds(holder, module)), module)
        path = self._path_of_root(root)
        self._add(root, path, module)
        self._roots.append((ref(root), path))
        self._met(path, root)

    def _add(self, root: Module, path: str, wanted: Module) -> bool:
        """Everything below `root` gets its path, unless it has one; whether `wanted` was there."""
        for below, module in root.named_modules():
            self._paths.setdefault(id(module), (module, joined(path, below)))
        return id(wanted) in self._paths

    def _holders(self) -> Iterator[Module]:
        for reference, _ in self._variables.values():
            module = reference()
            if module is not None:
                yield module

    def _path_of_root(self, root: Module) -> str:
        has_parts = next(root.children(), None) is not None
        if has_parts and all(path for _, path in self._roots):
            return ""
        named = self._variable_of(root)
        if named is not None:
            return named
        kind = type(root).__name__
        self._classes[kind] += 1
        return kind if self._classes[kind] == 1 else f"{kind}_{self._classes[kind]}"


def _holds(holder: Module, module: Module) -> bool:
    return holder is not module and any(part is module for part in holder.modules())


def joined(path: str, below: str) -> str:
    return f"{path}.{below}" if path and below else path or below
