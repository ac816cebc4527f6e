"""Members of tensors, layers and grad_fns that differ from PyTorch's own, or say more."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import torch

from viz.errors import ProgramError
from viz.language.capacity import need_items
from viz.language.own import NO_CUDA
from viz.language.values import Class, GradFn, Value

if TYPE_CHECKING:
    from viz.language.machine import Machine


def read_grad(machine: Machine, node: ast.expr, tensor: torch.Tensor) -> Value:
    """`.grad`; a notice where PyTorch never fills it: on a result that is no leaf."""
    if tensor.requires_grad and not tensor.is_leaf and not tensor.retains_grad:
        name = machine.text_of(getattr(node, "value", node))
        machine.notice(
            f"'{name}.grad' is None: PyTorch keeps gradients of leaves only. "
            f"Call {name}.retain_grad() before backward() to keep this one too."
        )
        return None
    return tensor.grad


def read_data(machine: Machine, node: ast.expr, tensor: torch.Tensor) -> Value:
    """`.data`: the same numbers without a history."""
    found = tensor.data
    machine.observer.brought(found, machine.observer.takes(tensor, "data", ".data"))
    return found


def detach_in_place(machine: Machine, node: ast.Call, tensor: torch.Tensor) -> Value:
    origins = machine.observer.takes(tensor, "detach", "detach_()")
    result = machine.perform(node, (node,), torch.Tensor.detach_, (tensor,))
    machine.observer.brought(result, origins)
    return result


def read_grad_fn(machine: Machine, node: ast.expr, tensor: torch.Tensor) -> Value:
    return None if tensor.grad_fn is None else GradFn(tensor.grad_fn)


def read_next_functions(machine: Machine, node: ast.expr, value: GradFn) -> Value:
    return tuple(
        (None if function is None else GradFn(function), slot)
        for function, slot in value.node.next_functions
    )


def grad_fn_name(value: GradFn) -> str:
    return str(value.node.name())


def backward(
    machine: Machine,
    node: ast.Call,
    tensor: torch.Tensor,
    gradient: Value = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Value = None,
) -> None:
    """The real backward, through the observer."""
    machine.backward(node, tensor, gradient, retain_graph, create_graph, inputs)


def tensor_to(
    machine: Machine, node: ast.Call, tensor: torch.Tensor, *values: Value, **named: Value
) -> Value:
    """`.to(torch.float64)`, `.to("cpu")`, `.to(other)`: there is one device here."""
    wanted = target_of(values, named)
    if wanted is None:
        return tensor
    return machine.perform(node, (node,), torch.Tensor.to, (tensor, wanted))


def target_of(values: tuple[Value, ...], named: dict[str, Value]) -> Value:
    """The dtype or the tensor that `.to(...)` names; None for the device that it has already."""
    found = None
    for value in (*values, *(named.get(name) for name in ("device", "dtype", "other"))):
        if isinstance(value, (torch.dtype, torch.Tensor)):
            found = value
        elif isinstance(value, (str, torch.device)) and str(value) not in ("cpu", "cpu:0"):
            raise ProgramError(NO_CUDA, hint="Leave out '.to(...)', or write .to('cpu').")
    if found is None and not values and not named:
        raise ProgramError("'.to' takes a dtype or the device 'cpu' here.")
    return found


def layer_to(
    machine: Machine, node: ast.Call, layer: torch.nn.Module, *values: Value, **named: Value
) -> Value:
    wanted = target_of(values, named)
    return layer if wanted is None else machine.perform(node, (node,), layer.to, (wanted,))


def no_cuda(machine: Machine, node: ast.Call, value: Value, *values: Value) -> Value:
    raise ProgramError(NO_CUDA, hint="Leave out '.cuda()'.")


def tensor_type(
    machine: Machine, node: ast.Call, tensor: torch.Tensor, dtype: Value = None
) -> Value:
    """`x.type()` is a text; `x.type(torch.float64)` converts."""
    if dtype is None:
        return tensor.type()
    if isinstance(dtype, Class) and dtype.kind is not torch.Tensor:
        dtype = dtype.kind
    elif not isinstance(dtype, torch.dtype):
        raise ProgramError("'.type' takes a dtype here.", hint="Write x.type(torch.float64).")
    return machine.perform(node, (node,), torch.Tensor.type, (tensor, dtype))


def new_zeros(machine: Machine, node: ast.Call, tensor: torch.Tensor, *sizes: Any) -> Value:
    return machine.perform(node, (node,), torch.Tensor.new_zeros, (tensor, *sizes))


def tolist(machine: Machine, node: ast.Call, tensor: torch.Tensor) -> Value:
    need_items(tensor.numel(), machine.limits)
    return tensor.tolist()


def write_grad(tensor: torch.Tensor, value: Any) -> None:
    tensor.grad = value


def write_requires_grad(tensor: torch.Tensor, value: Any) -> None:
    tensor.requires_grad = value


def write_data(tensor: torch.Tensor, value: Any) -> None:
    tensor.data = value
