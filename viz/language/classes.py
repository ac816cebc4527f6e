"""Build `class`: a real class of Python whose methods lead back into the interpreter.

For torch it is a class like any other: `parameters()`, `print(model)` and the engine's calls of
`backward` are torch's own. A program never holds the real class, only a ProgramClass that stands
for it.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch.utils.data import Dataset

from viz.errors import ProgramError
from viz.language.attributes import HIDDEN
from viz.language.calls import call_user_function
from viz.language.expressions import build
from viz.language.statements import Do, build_block, executes
from viz.language.values import (
    Class,
    Decorated,
    Frame,
    ProgramClass,
    ProgramObject,
    Super,
    UserFunction,
    Value,
)

if TYPE_CHECKING:
    from viz.language.machine import Machine

MEANINGS = """
init len getitem setitem call repr str iter next contains bool eq ne lt le gt ge neg pos abs add
radd iadd sub rsub isub mul rmul imul truediv rtruediv pow rpow matmul rmatmul floordiv mod
"""
METHODS = frozenset(f"__{meaning}__" for meaning in MEANINGS.split())
"""The methods with a meaning for Python that a class may define. Never `__del__` or `__getattr__`,
which Python calls on its own."""

BASES = (torch.nn.Module, torch.autograd.Function, Dataset, Exception, ProgramObject)

STATIC = frozenset({"forward", "backward", "setup_context"})
"""What the engine calls of a torch.autograd.Function."""


@executes(ast.ClassDef)
def define_class(node: ast.ClassDef) -> Do:
    bases = [build(base) for base in node.bases]
    body = build_block(node.body)

    def run(machine: Machine) -> None:
        kinds = tuple(kind_of_base(base(machine)) for base in bases)
        outer = machine.frame
        machine.frame = Frame({}, parent=outer, of_class=True)
        try:
            body(machine)
            table = machine.frame.variables
        finally:
            machine.frame = outer
        machine.bind(node.name, make_class(machine, node, kinds, table), node.lineno)

    return run


def kind_of_base(base: Value) -> type:
    if isinstance(base, ProgramClass):
        return base.kind
    if isinstance(base, Class):
        if base.kind is object:
            return ProgramObject
        if issubclass(base.kind, BASES):
            return base.kind
    raise ProgramError(
        "a class can't derive from this here.",
        hint="From nn.Module, torch.autograd.Function, Dataset, an exception, or nothing it can.",
    )


def make_class(
    machine: Machine, node: ast.ClassDef, bases: tuple[type, ...], table: dict[str, Value]
) -> ProgramClass:
    bases = tuple(base for base in bases if base is not ProgramObject) or (ProgramObject,)
    namespace: dict[str, Any] = {"__module__": "__main__"}
    for name, value in table.items():
        check_member(name, bases)
        method = host_method(machine, name, value)
        if method is not None:
            namespace[name] = method
    try:
        kind = types.new_class(node.name, bases, {}, lambda space: space.update(namespace))
    except TypeError as error:
        raise ProgramError(f"this class can't be made: {error}.") from error
    made = ProgramClass(node.name, kind, table)
    machine.classes[kind] = made
    for value in table.values():
        function = value.function if isinstance(value, Decorated) else value
        if isinstance(function, UserFunction) and function.owner is None:
            function.owner = made
    return made


def check_member(name: str, bases: tuple[type, ...]) -> None:
    of_torch = any(issubclass(base, torch.nn.Module) for base in bases)
    if (name.startswith("__") and name not in METHODS) or (of_torch and name in HIDDEN - METHODS):
        raise ProgramError(f"a class here can't have a member '{name}'.")


def host_method(machine: Machine, name: str, value: Value) -> Any:
    """The method as Python and torch may call it; None for what they never ask for."""
    if isinstance(value, UserFunction):
        return into_interpreter(machine, value)
    if isinstance(value, Decorated) and value.word == "staticmethod" and name in STATIC:
        return staticmethod(into_interpreter(machine, value.function))
    return None


def into_interpreter(machine: Machine, function: UserFunction) -> Callable[..., Value]:
    def method(*values: Any, **named: Any) -> Value:
        return call_user_function(machine, function.node, function, list(values), named)

    return method


def find_super(machine: Machine, node: ast.Call, *given: Value) -> Super:
    """`super()` and `super(Net, self)`."""
    if given:
        owner, receiver = given
        if not isinstance(owner, ProgramClass) or not isinstance(receiver, owner.kind):
            raise TypeError("super(type, obj): obj must be an instance of type")
        return Super(owner.kind, receiver)
    frame: Frame | None = machine.frame
    while frame is not None:
        function = frame.function
        if function is not None and function.owner is not None:
            first = next(iter(function.parameters.plain), None)
            if first in frame.variables:
                return Super(function.owner.kind, frame.variables[first])
        frame = frame.parent
    raise RuntimeError("super(): no arguments")
