"""The values of a program that are neither numbers, texts, sequences nor tensors.

None of them is a Python callable, and none has an attribute that the program can name: what a
program may do with a value stands in the tables of `functions` and `members`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Value = Any
"""None, bool, int, float, str, list, tuple, range, dtype, Tensor, or of a class below."""


@dataclass(frozen=True, slots=True)
class Namespace:
    """A module as the program sees it: a prefix of the names in the closed table."""

    name: str

    def __repr__(self) -> str:
        return f"<module '{self.name}'>"


@dataclass(frozen=True, slots=True)
class Function:
    """A row of the closed table: a function of torch or of Python.

    inner   True where the function belongs to the language itself: it is called with the machine
            and the syntax node before the arguments
    """

    name: str
    call: Callable[..., Value]
    inner: bool = False

    def __repr__(self) -> str:
        return f"<function {self.name}>"


@dataclass(frozen=True, slots=True)
class Method:
    """A function of the closed table of members, with the value it belongs to."""

    function: Function
    receiver: Value

    def __repr__(self) -> str:
        return f"<method {self.function.name}>"


@dataclass(slots=True, eq=False)
class Frame:
    """The variables of one call of a function; of the program itself where `parent` is None.

    names   the names that belong to this frame because the function assigns them; the program's own
            frame has every other name
    """

    variables: dict[str, Value] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    parent: Frame | None = None


@dataclass(frozen=True, slots=True, eq=False)
class UserFunction:
    """A `def` or `lambda` of the program, with the values of its defaults and where it was made."""

    name: str
    node: ast.FunctionDef | ast.Lambda
    parameters: tuple[str, ...]
    defaults: dict[str, Value]
    names: frozenset[str]
    parent: Frame

    def __repr__(self) -> str:
        return f"<function {self.name}>"


@dataclass(frozen=True, slots=True)
class GradMode:
    """`torch.no_grad()` or `torch.enable_grad()`: of use in a `with` statement only."""

    enabled: bool

    def __repr__(self) -> str:
        return "<torch.enable_grad()>" if self.enabled else "<torch.no_grad()>"


@dataclass(frozen=True, slots=True)
class GradFn:
    """A node of the engine's graph. It prints without its address, which differs in every run."""

    node: Any

    def __repr__(self) -> str:
        return f"<{self.node.name()}>"


def kind_of(value: Value) -> str:
    """The word for a value's kind in a sentence.

    >>> kind_of(2), kind_of(None), kind_of(Namespace("torch"))
    ('int', 'None', 'module')
    """
    if value is None:
        return "None"
    words: dict[type, str] = {
        Namespace: "module",
        Function: "function",
        Method: "method",
        UserFunction: "function",
        GradMode: "grad mode",
        GradFn: "grad_fn",
    }
    return words.get(type(value), type(value).__name__)
