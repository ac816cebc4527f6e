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

from viz.language.capacity import need_elements
from viz.language.members_of_python import (
    flat,
    join,
    list_append,
    list_extend,
    list_insert,
    list_sort,
    padded,
    replace,
    text_format,
)
from viz.language.members_of_tensors import (
    backward,
    detach_in_place,
    grad_fn_name,
    layer_to,
    new_zeros,
    no_cuda,
    read_data,
    read_grad,
    read_grad_fn,
    read_next_functions,
    tensor_to,
    tensor_type,
    tolist,
    write_data,
    write_grad,
    write_requires_grad,
)
from viz.language.tables import numpy_names, python_names, tensor_names
from viz.language.tables import objects_of_torch as objects
from viz.language.values import Function, GradFn, Ignored, Method, Value

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


def inner(name: str, call: Callable[..., Value]) -> Reader:
    return method(Function(name, call, inner=True))


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
