"""Set and delete attributes: of objects of the program, of layers, of tensors the few that may."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import torch
from torch.autograd.function import FunctionCtx
from torch.utils.data import Dataset

from viz.errors import ProgramError
from viz.language.attributes import HIDDEN, MISSING, is_of_program, own_data
from viz.language.members import SETTABLE
from viz.language.values import (
    Decorated,
    Ignored,
    Namespace,
    ProgramClass,
    ProgramObject,
    Value,
    kind_of,
)

if TYPE_CHECKING:
    from viz.language.machine import Machine


def store_attribute(machine: Machine, target: ast.Attribute, owner: Value, value: Value) -> None:
    name = target.attr
    if isinstance(owner, Namespace):
        raise ProgramError(f"the module '{owner.name}' can't be changed.")
    if isinstance(owner, torch.Tensor) and name in SETTABLE:
        machine.perform(target, (target.value, target), SETTABLE[name], (owner, value))
    elif isinstance(owner, torch.nn.Module) and can_hold(owner, name):
        machine.perform(target, (target,), torch.nn.Module.__setattr__, (owner, name, value))
        name_held(machine, name, value)
    elif (
        isinstance(owner, (ProgramObject, FunctionCtx))
        or (isinstance(owner, Dataset) and is_of_program(owner))
    ) and not name.startswith("__"):
        if isinstance(owner, FunctionCtx) and (name[0] == "_" or hasattr(type(owner), name)):
            raise cannot_assign(name, owner)
        refuse_property(machine, owner, name)
        vars(owner)[name] = value
        name_held(machine, name, value)
    elif isinstance(owner, BaseException) and is_of_program(owner) and not name.startswith("_"):
        vars(owner)[name] = value
    elif isinstance(owner, ProgramClass) and not name.startswith("__"):
        owner.table[name] = value
    elif isinstance(owner, Ignored):
        return
    else:
        raise cannot_assign(name, owner)


def refuse_property(machine: Machine, owner: Value, name: str) -> None:
    """Refuses to overwrite a property, which Python does as well."""
    for kind in type(owner).__mro__:
        known = machine.classes.get(kind)
        found = known.table.get(name) if known is not None else None
        if isinstance(found, Decorated) and found.word == "property":
            raise ProgramError(
                f"'.{name}' is a property and can't be assigned."
            ) from AttributeError(f"property '{name}' of '{kind.__name__}' object has no setter")


def can_hold(layer: torch.nn.Module, name: str) -> bool:
    """Whether a program may put something of its own there."""
    if name in HIDDEN or name.startswith("__"):
        return False
    return is_of_program(layer) or not hasattr(torch.nn.Module, name)


def name_held(machine: Machine, name: str, value: Value) -> None:
    if isinstance(value, torch.Tensor):
        machine.observer.name_tensor(name, value, machine.line)
    elif isinstance(value, torch.nn.Module):
        machine.name_parameters(name, value, machine.line)


def cannot_assign(name: str, owner: Value) -> ProgramError:
    error = ProgramError(
        f"'.{name}' of a value of type {kind_of(owner)} can't be assigned.",
        hint="Of a tensor, .grad, .requires_grad and .data can."
        if isinstance(owner, torch.Tensor)
        else None,
    )
    error.__cause__ = AttributeError(f"'{type(owner).__name__}' object has no attribute '{name}'")
    return error


def delete_attribute(machine: Machine, target: ast.Attribute, owner: Value) -> None:
    name = target.attr
    held = (
        isinstance(owner, (torch.nn.Module, ProgramObject)) and own_data(owner, name) is not MISSING
    )
    if not held:
        raise ProgramError(f"'.{name}' of a value of type {kind_of(owner)} can't be deleted.")
    if isinstance(owner, torch.nn.Module):
        machine.perform(target, (), torch.nn.Module.__delattr__, (owner, name))
    else:
        held_by: Any = vars(owner)
        del held_by[name]
