"""The closed table of members: attributes and methods that a program may name, by kind of value.

A name that is not a row here does not exist for a program, on whatever value. The rows are looked
up once, when this module is imported; no attribute is looked up by a name that a program wrote.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import torch

from viz.errors import ProgramError
from viz.language.capacity import need_elements, need_items
from viz.language.values import Function, GradFn, Method, Value

if TYPE_CHECKING:
    from viz.language.machine import Machine

TENSOR_METHODS = """
abs absolute neg negative positive sign square sqrt rsqrt reciprocal exp exp2 expm1 log log2
log10 log1p sin cos tan asin acos atan arcsin arccos arctan atan2 sinh cosh tanh asinh acosh
atanh sigmoid relu erf erfc lgamma digamma logit sinc hypot ceil floor round trunc frac clamp
clip deg2rad rad2deg nan_to_num heaviside lerp xlogy softmax log_softmax prelu logaddexp

add sub subtract mul multiply div divide true_divide floor_divide pow float_power fmod remainder
addcmul addcdiv maximum minimum fmax fmin

sum mean prod std var max min amax amin aminmax argmax argmin median logsumexp norm cumsum
cumprod all any count_nonzero nansum nanmean quantile dist diff

matmul mm bmm mv dot vdot inner outer addmm addmv baddbmm cross trace diag diagonal tril triu
det inverse

reshape reshape_as view view_as expand_as split chunk unbind squeeze unsqueeze flatten unflatten
ravel transpose permute swapaxes movedim t flip roll broadcast_to gather scatter scatter_add
index_select index_add masked_select masked_fill take where nonzero sort argsort topk narrow
select clone detach contiguous size dim numel nelement is_contiguous is_floating_point
is_complex

eq ne lt le gt ge equal allclose isclose isnan isinf isfinite logical_and logical_or logical_not
logical_xor

float double half bfloat16 int long short bool type_as cpu item requires_grad_ retain_grad

zero_ fill_ add_ sub_ mul_ div_ pow_ neg_ abs_ exp_ log_ sqrt_ sin_ cos_ tanh_ sigmoid_ relu_
clamp_ round_ copy_ normal_ uniform_ masked_fill_ scatter_ scatter_add_ index_add_ index_fill_
lerp_ addcmul_ addcdiv_ squeeze_ unsqueeze_ t_ transpose_ detach_ new_zeros new_ones new_full
new_tensor
"""

TENSOR_ATTRIBUTES = "shape dtype ndim T mT is_leaf requires_grad data retains_grad"

LIST_METHODS = "append extend insert pop remove index count reverse copy clear"
TEXT_METHODS = "upper lower strip lstrip rstrip split startswith endswith title capitalize"

Reader = Callable[["Machine", ast.expr, Any], Value]
"""Gives the attribute of a value: (machine, the syntax node to blame, the value)."""


def plain(name: str) -> Reader:
    def read(machine: Machine, node: ast.expr, value: Any) -> Value:
        return getattr(value, name)  # `name` comes from the tables above, never from a program

    return read


def method(function: Function) -> Reader:
    def bind(machine: Machine, node: ast.expr, value: Any) -> Value:
        return Method(function, value)

    return bind


def methods_of(kind: type, names: str) -> dict[str, Reader]:
    return {name: method(Function(name, getattr(kind, name))) for name in names.split()}


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
    machine: Machine,
    node: ast.Call,
    tensor: torch.Tensor,
    target: Value = None,
    dtype: Value = None,
) -> Value:
    """`.to(torch.float64)`, `.to("cpu")`, `.to(other)`: there is one device here."""
    if target == "cpu" and isinstance(target, str):
        target = dtype
    wanted = target.dtype if isinstance(target, torch.Tensor) else target or dtype
    if wanted is None:
        return tensor
    if not isinstance(wanted, torch.dtype):
        raise ProgramError(
            "'.to' takes a dtype or the device 'cpu' here.", hint="Write x.to(torch.float64)."
        )
    return machine.perform(node, ((node, tensor),), torch.Tensor.to, tensor, wanted)


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
        return machine.perform(node, ((node, tensor),), bound, tensor, *sizes, **named)

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


TENSOR: Mapping[str, Reader] = {
    **{name: plain(name) for name in TENSOR_ATTRIBUTES.split()},
    **methods_of(torch.Tensor, TENSOR_METHODS),
    **{name: method(sized(name)) for name in ("expand", "repeat", "repeat_interleave", "tile")},
    "grad": read_grad,
    "grad_fn": read_grad_fn,
    "backward": inner("backward", backward),
    "to": inner("to", tensor_to),
    "tolist": inner("tolist", tolist),
}

MEMBERS: tuple[tuple[type, Mapping[str, Reader]], ...] = (
    (torch.Tensor, TENSOR),
    (
        GradFn,
        {"name": method(Function("name", grad_fn_name)), "next_functions": read_next_functions},
    ),
    (torch.Size, {"numel": method(Function("numel", torch.Size.numel))}),
    (
        list,
        {
            **methods_of(list, LIST_METHODS),
            "append": inner("append", list_append),
            "extend": inner("extend", list_extend),
            "insert": inner("insert", list_insert),
        },
    ),
    (str, {**methods_of(str, TEXT_METHODS), "join": inner("join", join)}),
    (torch.return_types.max, {"values": plain("values"), "indices": plain("indices")}),
    (torch.return_types.min, {"values": plain("values"), "indices": plain("indices")}),
    (torch.return_types.median, {"values": plain("values"), "indices": plain("indices")}),
    (torch.return_types.sort, {"values": plain("values"), "indices": plain("indices")}),
    (torch.return_types.topk, {"values": plain("values"), "indices": plain("indices")}),
    (torch.return_types.aminmax, {"min": plain("min"), "max": plain("max")}),
    (tuple, methods_of(tuple, "count index")),
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


def members_of(value: Value) -> Mapping[str, Reader]:
    return next((table for kind, table in MEMBERS if isinstance(value, kind)), {})
