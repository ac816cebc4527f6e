"""Read and write what stands behind a dot: rows of the closed tables, and an object's own data."""

from __future__ import annotations

import ast
import types
from typing import TYPE_CHECKING, Any

import torch
from torch.autograd.function import FunctionCtx
from torch.utils.data import Dataset

from viz.errors import ProgramError, UserError
from viz.language.expressions import Run, build, builds
from viz.language.functions import CLASS_ATTRIBUTES, NAMES
from viz.language.members import MEMBER_NAMES, TENSOR, members_of
from viz.language.names import unknown_attribute, unknown_row
from viz.language.own import OWN
from viz.language.values import (
    BoundFunction,
    Class,
    Decorated,
    Function,
    Ignored,
    Method,
    Namespace,
    ProgramClass,
    ProgramObject,
    Super,
    UserFunction,
    Value,
    kind_of,
)

if TYPE_CHECKING:
    from viz.language.machine import Machine

MISSING = object()

HIDDEN = frozenset(
    name for name in (*dir(torch.nn.Module), *vars(torch.nn.Module())) if name[0] == "_"
)
"""What torch itself keeps in a layer: out of sight, and never overwritten."""

HOLDERS = (
    torch.nn.Module,
    ProgramObject,
    FunctionCtx,
    Dataset,
    BaseException,
)
"""Objects that hold data under names: those of the program's classes, and layers."""

OWN_STORES = ("_parameters", "_buffers", "_modules")

RAW = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType, type)
"""Values that are no values of the language: a layer may hold some."""

SUPER_WORDS = """
__init__ forward extra_repr train eval parameters named_parameters state_dict load_state_dict
zero_grad step to reset_parameters
"""
SUPER_NAMES = frozenset(SUPER_WORDS.split())
"""What `super()` reaches in a class of torch; each is looked up on that class alone."""


@builds(ast.Attribute)
def attribute(node: ast.Attribute) -> Run:
    inner = node.value
    if node.attr == "__name__" and isinstance(inner, ast.Attribute) and inner.attr == "__class__":
        return class_name(inner)
    owner = build(node.value)

    def run(machine: Machine) -> Value:
        value = owner(machine)
        try:
            return read_attribute(machine, node, value)
        except UserError as error:
            machine.placed(error, node)
            raise
        except Exception as error:
            raise machine.explained(error, node) from error

    return run


def class_name(node: ast.Attribute) -> Run:
    """`x.__class__.__name__`: a text, and no class is handed out."""
    owner = build(node.value)
    return lambda machine: type(owner(machine)).__name__


def read_attribute(machine: Machine, node: ast.Attribute, value: Value) -> Value:
    """The row of the closed tables that `value.attr` means, or the object's own data."""
    name = node.attr
    if type(value) is Namespace:
        return row_of(f"{value.name}.{name}")
    if isinstance(value, torch.Tensor) and name in TENSOR:
        return TENSOR[name](machine, node, value)
    if isinstance(value, HOLDERS):
        found = of_object(machine, node, value, name)
        if found is not MISSING:
            return found
    rows = members_of(value)
    if name in rows:
        return rows[name](machine, node, value)
    if isinstance(value, (Class, ProgramClass, Super, UserFunction, Function)):
        found = of_class(machine, node, value, name)
        if found is not MISSING:
            return found
    if isinstance(value, Ignored):
        return OWN.get(f"pyplot.{name}", value) if value.name == "picture" else value
    raise no_attribute(machine, node, value)


def row_of(full: str) -> Value:
    if full not in NAMES:
        raise unknown_row(full)
    return NAMES[full]


def no_attribute(machine: Machine, node: ast.Attribute, value: Value) -> ProgramError:
    said = f"'{type(value).__name__}' object has no attribute '{node.attr}'"
    if value is None:
        error = none_has_nothing(machine, node)
    elif isinstance(value, (Method, BoundFunction)) and node.attr in MEMBER_NAMES:
        error = ProgramError(
            f"'{machine.text_of(node.value)}' is the method "
            f"'{value.function.name.rpartition('.')[2]}', not what it gives.",
            hint="Did you forget the () of its call?",
        )
    else:
        error = unknown_attribute(node.attr, kind_of(value), members_of(value))
    error.__cause__ = AttributeError(said)
    return error


def none_has_nothing(machine: Machine, node: ast.Attribute) -> ProgramError:
    written = machine.text_of(node.value)
    if isinstance(node.value, ast.Attribute) and node.value.attr == "grad":
        return no_gradient(machine, written, node.value.value)
    tensor_only = node.attr in MEMBER_NAMES
    return ProgramError(
        f"'{written}' is None, so it has no '.{node.attr}'.",
        hint="Does the function return its result?" if tensor_only else None,
    )


def no_gradient(machine: Machine, written: str, owner: ast.expr) -> ProgramError:
    """`w.grad.zero_()` where there is no gradient: too early, or on a result that gets none."""
    name = machine.text_of(owner)
    found = machine.frame.variables.get(name) if isinstance(owner, ast.Name) else None
    if isinstance(found, torch.Tensor) and not found.is_leaf and not found.retains_grad:
        return ProgramError(
            f"'{written}' is None: PyTorch keeps gradients of leaves only, and '{name}' was "
            "computed.",
            hint=f"Call {name}.retain_grad() before backward() to keep this one too.",
        )
    if isinstance(found, torch.Tensor) and not found.requires_grad:
        return ProgramError(
            f"'{written}' is None: '{name}' does not require grad.",
            hint=f"Create it with requires_grad=True, or call {name}.requires_grad_().",
        )
    return ProgramError(
        f"'{written}' is None: backward has not run yet, so there is no gradient.",
        hint="Call backward() on the result first.",
    )


def own_data(value: Any, name: str) -> Value:
    """What the object itself holds under this name; MISSING where it holds nothing."""
    data = vars(value)
    if name.startswith("_") and (name in HIDDEN or not is_of_program(value)):
        return MISSING
    if name in data:
        found = data[name]
        return MISSING if isinstance(found, RAW) else found
    if isinstance(value, torch.nn.Module):
        for store in OWN_STORES:
            held = data.get(store)
            if held and name in held:
                return held[name]
    return MISSING


def is_of_program(value: Value) -> bool:
    return type(value).__module__ == "__main__"


def of_object(machine: Machine, node: ast.Attribute, value: Value, name: str) -> Value:
    """Its own data first, then what its classes have, as in Python."""
    found = own_data(value, name)
    if found is not MISSING:
        return found
    if type(value) in machine.classes:
        for kind in type(value).__mro__:
            known = machine.classes.get(kind)
            if known is not None and name in known.table:
                return bound_to(machine, node, known.table[name], value)
    return MISSING


def bound_to(machine: Machine, node: ast.AST, found: Value, receiver: Value) -> Value:
    """What a class has under a name, as seen from one of its objects."""
    from viz.language.calls import call_user_function

    if isinstance(found, UserFunction):
        return BoundFunction(found, receiver)
    if isinstance(found, Decorated):
        if found.word == "property":
            return call_user_function(machine, node, found.function, [receiver], {})
        if found.word == "classmethod":
            return BoundFunction(found.function, machine.classes[type(receiver)])
        return found.function
    return found


def of_class(machine: Machine, node: ast.Attribute, value: Value, name: str) -> Value:
    if name == "__name__":
        if isinstance(value, (Class, ProgramClass)):
            return value.kind.__name__
        return MISSING if isinstance(value, Super) else value.name.rpartition(".")[2]
    if isinstance(value, Super):
        return behind(machine, node, value, name)
    if isinstance(value, ProgramClass):
        for kind in value.kind.__mro__:
            known = machine.classes.get(kind)
            if known is not None and name in known.table:
                found = known.table[name]
                if isinstance(found, Decorated):
                    if found.word == "classmethod":
                        return BoundFunction(found.function, value)
                    return found.function
                return found
        if issubclass(value.kind, torch.autograd.Function) and name == "apply":
            return Function(f"{value.name}.apply", value.kind.apply, callbacks=True)
        if name == "__init__":
            of_class: Any = value.kind
            return Function(f"{value.name}.__init__", of_class.__init__)
    if isinstance(value, Class):
        full = f"{value.name}.{name}"
        if name == "__init__" and issubclass(value.kind, torch.nn.Module):
            of_torch: Any = value.kind
            return Function(full, of_torch.__init__)
        if full in CLASS_ATTRIBUTES:
            return CLASS_ATTRIBUTES[full]
    return MISSING


def behind(machine: Machine, node: ast.Attribute, value: Super, name: str) -> Value:
    """`super().name`: the next class that has it."""
    kinds = type(value.receiver).__mro__
    for kind in kinds[kinds.index(value.behind) + 1 :]:
        known = machine.classes.get(kind)
        if known is not None:
            if name in known.table:
                return bound_to(machine, node, known.table[name], value.receiver)
        elif name in SUPER_NAMES and name in vars(kind):
            function = vars(kind)[name]
            return Method(Function(f"{kind.__name__}.{name}", function), value.receiver)
    return MISSING


# Writing.
