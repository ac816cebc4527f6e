"""The closed table of members: attributes and methods that a program may name, by kind of value.

A name that is not a row here does not exist for a program, on whatever value. The rows are looked
up once, when this module is imported; no attribute is looked up by a name that a program wrote.
"""

from __future__ import annotations

import ast
import collections
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.autograd.function import FunctionCtx
from torch.utils.data import DataLoader, Dataset

from viz.errors import ProgramError
from viz.language.capacity import need_elements, need_items
from viz.language.own import NO_CUDA
from viz.language.tables import numpy_names, python_names, tensor_names
from viz.language.tables import objects_of_torch as objects
from viz.language.text import format_text
from viz.language.values import Class, Function, GradFn, Ignored, Method, Value

if TYPE_CHECKING:
    from viz.language.machine import Machine

Reader = Callable[["Machine", ast.expr, Any], Value]
"""Gives the attribute of a value: (machine, the syntax node to blame, the value)."""


def plain(name: str) -> Reader:
    def read(machine: Machine, node: ast.expr, value: Any) -> Value:
        return getattr(value, name)  # `name` comes from the tables, never from a program

    return read


def method(function: Function) -> Reader:
    def bind(machine: Machine, node: ast.expr, value: Any) -> Value:
        return Method(function, value)

    return bind


def methods_of(kind: type, names: str) -> dict[str, Reader]:
    return {name: method(Function(name, getattr(kind, name))) for name in names.split()}


def methods(names: str) -> dict[str, Reader]:
    """Methods that classes override, each found on the object itself."""
    return {
        name: method(Function(name, own_method(name), callbacks=True)) for name in names.split()
    }


def own_method(name: str) -> Callable[..., Value]:
    def call(value: Any, *values: Any, **named: Any) -> Value:
        return getattr(value, name)(*values, **named)  # `name` comes from the tables

    return call


def attributes(names: str) -> dict[str, Reader]:
    return {name: plain(name) for name in names.split()}


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


def sized(name: str) -> Function:
    """A method that makes as many elements as its arguments say: checked before it runs."""
    bound = getattr(torch.Tensor, name)

    def call(
        machine: Machine, node: ast.Call, tensor: torch.Tensor, *sizes: Any, **named: Any
    ) -> Value:
        factors = [size for size in flat(sizes) if isinstance(size, int) and size > 0]
        if name != "expand":
            factors.append(tensor.numel())
        need_elements(factors, tensor.element_size(), machine.limits)
        return machine.perform(node, (node,), bound, (tensor, *sizes), named)

    return Function(name, call, inner=True)


def flat(values: Any) -> list[Value]:
    """Sizes written one by one or as one sequence: `repeat(2, 3)`, `repeat((2, 3))`."""
    if len(values) == 1 and isinstance(values[0], (list, tuple)):
        return list(values[0])
    return list(values)


def list_append(machine: Machine, node: ast.Call, items: list[Value], item: Value) -> None:
    need_items(len(items) + 1, machine.limits)
    items.append(item)


def list_extend(machine: Machine, node: ast.Call, items: list[Value], more: Value) -> None:
    added = machine.items(more)
    need_items(len(items) + len(added), machine.limits)
    items.extend(added)


def list_insert(machine: Machine, node: ast.Call, items: list[Value], at: int, item: Value) -> None:
    need_items(len(items) + 1, machine.limits)
    items.insert(at, item)


def join(machine: Machine, node: ast.Call, separator: str, texts: Value) -> str:
    parts = machine.items(texts)
    between = len(separator) * len(parts)
    need_items(between + sum(len(part) for part in parts if isinstance(part, str)), machine.limits)
    return separator.join(parts)


def inner(name: str, call: Callable[..., Value]) -> Reader:
    return method(Function(name, call, inner=True))


def replace(
    machine: Machine, node: ast.Call, text: str, old: str, new: str, count: int = -1
) -> str:
    places = text.count(old) if old else len(text) + 1
    need_items(len(text) + places * len(new), machine.limits)
    return text.replace(old, new, count)


def padded(name: str) -> Function:
    bound = getattr(str, name)

    def call(machine: Machine, node: ast.Call, text: str, width: int, *fill: str) -> Value:
        need_items(width, machine.limits)
        return machine.perform(node, (node,), bound, (text, width, *fill))

    return Function(name, call, inner=True)


def text_format(
    machine: Machine, node: ast.Call, template: str, *values: Value, **named: Value
) -> str:
    return format_text(template, values, named, machine.limits)


def list_sort(
    machine: Machine,
    node: ast.Call,
    items: list[Value],
    *,
    key: Value = None,
    reverse: bool = False,
) -> None:
    from viz.language.calls import as_callable

    items.sort(key=as_callable(machine, node, key), reverse=reverse)


def is_field(kind: type, name: str) -> bool:
    return not name.startswith(("_", "n_")) and not hasattr(tuple, name)


COUNTER_METHODS = f"{python_names.DICT_METHODS} most_common elements total"


TENSOR: Mapping[str, Reader] = {
    **attributes(tensor_names.ATTRIBUTES),
    **methods_of(torch.Tensor, tensor_names.METHODS),
    **{name: method(sized(name)) for name in ("expand", "repeat", "repeat_interleave", "tile")},
    "data": read_data,
    "detach_": inner("detach_", detach_in_place),
    "grad": read_grad,
    "grad_fn": read_grad_fn,
    "backward": inner("backward", backward),
    "to": inner("to", tensor_to),
    "type": inner("type", tensor_type),
    "cuda": inner("cuda", no_cuda),
    "tolist": inner("tolist", tolist),
    "new_empty": inner("new_empty", new_zeros),
}

LIST: Mapping[str, Reader] = {
    **methods_of(list, python_names.LIST_METHODS),
    "append": inner("append", list_append),
    "extend": inner("extend", list_extend),
    "insert": inner("insert", list_insert),
    "sort": inner("sort", list_sort),
}

TEXT: Mapping[str, Reader] = {
    **methods_of(str, python_names.TEXT_METHODS),
    **{name: method(padded(name)) for name in python_names.PADDING_METHODS.split()},
    "join": inner("join", join),
    "replace": inner("replace", replace),
    "format": inner("format", text_format),
}

LAYER: Mapping[str, Reader] = {
    **methods(objects.LAYER_METHODS),
    "training": plain("training"),
    "to": inner("to", layer_to),
    "cuda": inner("cuda", no_cuda),
}

NAMED_RESULTS: tuple[tuple[type, Mapping[str, Reader]], ...] = tuple(
    (kind, attributes(" ".join(name for name in dir(kind) if is_field(kind, name))))
    for kind in vars(torch.return_types).values()
    if isinstance(kind, type)
)
"""What `x.max(dim=0)` and its kin give: tuples whose parts have names."""

MEMBERS: tuple[tuple[type, Mapping[str, Reader]], ...] = (
    (torch.Tensor, TENSOR),
    (
        GradFn,
        {"name": method(Function("name", grad_fn_name)), "next_functions": read_next_functions},
    ),
    (torch.Size, {**methods_of(torch.Size, "numel count index")}),
    (torch.device, attributes("type index")),
    (torch.dtype, attributes("is_floating_point is_complex")),
    (torch.Generator, methods_of(torch.Generator, "manual_seed seed initial_seed")),
    (torch.finfo, attributes("eps max min tiny")),
    (list, LIST),
    (str, TEXT),
    (collections.Counter, {**methods_of(collections.Counter, COUNTER_METHODS)}),
    (
        collections.OrderedDict,
        methods_of(collections.OrderedDict, f"{python_names.DICT_METHODS} move_to_end"),
    ),
    (dict, methods_of(dict, python_names.DICT_METHODS)),
    (set, methods_of(set, python_names.SET_METHODS)),
    (collections.deque, methods_of(collections.deque, python_names.DEQUE_METHODS)),
    *NAMED_RESULTS,
    (torch.nn.utils.rnn.PackedSequence, attributes("data batch_sizes")),
    (tuple, methods_of(tuple, "count index")),
    (int, {**attributes("real imag"), **methods_of(int, "bit_length")}),
    (np.floating, {**methods_of(np.floating, "item tolist round"), **attributes("dtype shape")}),
    (float, methods_of(float, "is_integer")),
    (
        np.ndarray,
        {
            **methods_of(np.ndarray, f"{numpy_names.METHODS} ".replace(" ptp", "")),
            **attributes(numpy_names.ATTRIBUTES),
        },
    ),
    (np.generic, {**methods_of(np.generic, "item tolist astype"), **attributes("dtype shape")}),
    (np.dtype, attributes("name")),
    (np.random.Generator, methods_of(np.random.Generator, numpy_names.GENERATOR_METHODS)),
    (
        torch.nn.ModuleDict,
        {**LAYER, **methods("keys items values update pop clear")},
    ),
    (torch.nn.ParameterDict, {**LAYER, **methods("keys items values update pop clear")}),
    (torch.nn.Sequential, {**LAYER, **methods("append extend insert pop")}),
    (torch.nn.ModuleList, {**LAYER, **methods("append extend insert pop")}),
    (torch.nn.ParameterList, {**LAYER, **methods("append extend")}),
    (
        torch.nn.RNNBase,
        {**LAYER, **methods("flatten_parameters"), "all_weights": plain("all_weights")},
    ),
    (torch.nn.Transformer, {**LAYER, **methods("generate_square_subsequent_mask")}),
    (torch.nn.Module, LAYER),
    (
        torch.optim.Optimizer,
        {**methods(objects.OPTIMIZER_METHODS), **attributes("param_groups defaults state")},
    ),
    (
        torch.optim.lr_scheduler.LRScheduler,
        {**methods(objects.SCHEDULER_METHODS), **attributes("last_epoch base_lrs optimizer")},
    ),
    (
        torch.distributions.Distribution,
        {**methods(objects.DISTRIBUTION_METHODS), **attributes(objects.DISTRIBUTION_ATTRIBUTES)},
    ),
    (torch.distributions.Transform, methods("log_abs_det_jacobian inv")),
    (torch.utils.data.TensorDataset, attributes("tensors")),
    (torch.utils.data.Subset, attributes("dataset indices")),
    (Dataset, {}),
    (DataLoader, attributes("dataset batch_size sampler")),
    (
        FunctionCtx,
        {**methods(objects.CONTEXT_METHODS), **attributes("saved_tensors needs_input_grad")},
    ),
    (BaseException, attributes("args")),
    (Ignored, {}),
)
"""The rows of a value are those of the first kind that it is an instance of."""

Writer = Callable[[torch.Tensor, Any], None]


def write_grad(tensor: torch.Tensor, value: Any) -> None:
    tensor.grad = value


def write_requires_grad(tensor: torch.Tensor, value: Any) -> None:
    tensor.requires_grad = value


def write_data(tensor: torch.Tensor, value: Any) -> None:
    tensor.data = value


SETTABLE: Mapping[str, Writer] = {
    "grad": write_grad,
    "requires_grad": write_requires_grad,
    "data": write_data,
}
"""What a program may assign on a tensor: `w.grad = None`."""

MEMBER_NAMES = frozenset(name for _, table in MEMBERS for name in table)
"""Every name that can stand behind a dot, modules aside."""


@cache
def members_of_kind(of: Any) -> Mapping[str, Reader]:
    return next((table for kind, table in MEMBERS if issubclass(of, kind)), {})


def members_of(value: Value) -> Mapping[str, Reader]:
    kind: Any = type(value)
    return members_of_kind(kind)
