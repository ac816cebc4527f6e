"""Functions of the language that stand for one of torch's, and differ from it as they say."""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import numpy
import torch

from viz.errors import ProgramError
from viz.language import pictures
from viz.language.values import Class, Function, GradMode, Ignored, Value

if TYPE_CHECKING:
    from viz.language.machine import Machine

NO_CUDA = "there is no GPU here: the only device is 'cpu'."


def backward_of_several(
    machine: Machine,
    node: ast.Call,
    tensors: Value,
    grad_tensors: Value = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Value = None,
    inputs: Value = None,
) -> None:
    """`torch.autograd.backward`, through the observer."""
    seeds = grad_variables if grad_tensors is None else grad_tensors
    machine.backward_of_several(node, tensors, seeds, retain_graph, create_graph, inputs)


def gradients(
    machine: Machine,
    node: ast.Call,
    outputs: Value,
    inputs: Value,
    grad_outputs: Value = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> Value:
    """`torch.autograd.grad`, through the observer."""
    named = {
        "only_inputs": only_inputs,
        "allow_unused": allow_unused,
        "materialize_grads": materialize_grads,
    }
    values = (outputs, inputs, grad_outputs, retain_graph, create_graph)
    if not is_grads_batched:
        return machine.gradients(node, values, named)
    # The engine runs once for many gradients.
    machine.unseen("torch.autograd.grad with is_grads_batched=True")
    named["is_grads_batched"] = True
    return machine.perform(node, node.args, torch.autograd.grad, values, named)


def variable(
    machine: Machine,
    node: ast.Call,
    data: Value,
    requires_grad: bool = False,
    volatile: bool = False,
) -> Value:
    """`Variable(x, requires_grad=True)`: since PyTorch 0.4 a tensor that shares x's numbers."""
    if not isinstance(data, torch.Tensor):
        raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
    return machine.perform(node, node.args, torch.autograd.Variable, (data, requires_grad))


def device(machine: Machine, node: ast.Call, name: Value = "cpu", index: Value = None) -> Value:
    if str(name) not in ("cpu", "cpu:0"):
        raise ProgramError(NO_CUDA, hint="Write torch.device('cpu').")
    return torch.device(str(name))


def pyplot(machine: Machine, node: ast.Call, *values: Value, **named: Value) -> Value:
    """What is asked of matplotlib beside curves."""
    if len(values) and not isinstance(values[0], (str, bool, int)):
        machine.notice_of_run(
            "Of matplotlib only plot and scatter are drawn; the program goes on without the rest."
        )
    return Ignored("picture")


def subplots(
    machine: Machine, node: ast.Call, nrows: int = 1, ncols: int = 1, **named: Value
) -> Value:
    machine.pictures.begin()
    picture = Ignored("picture")
    rows = [[picture] * min(int(ncols), 100) for _ in range(min(int(nrows), 100))]
    if nrows == 1:
        return picture, (picture if ncols == 1 else rows[0])
    return picture, ([row[0] for row in rows] if ncols == 1 else rows)


def progress(
    machine: Machine, node: ast.Call, values: Value = (), *rest: Value, **named: Value
) -> Value:
    """`tqdm(...)`: the values themselves; no bar is drawn."""
    return machine.iterable(values)


def progress_range(machine: Machine, node: ast.Call, *values: int, **named: Value) -> Value:
    return range(*values)


def partial(
    machine: Machine, node: ast.Call, function: Value, *first: Value, **given: Value
) -> Value:
    """`functools.partial`"""
    from viz.language.calls import apply

    def call(machine: Machine, node: ast.Call, *values: Value, **named: Value) -> Value:
        return apply(machine, node, function, [*first, *values], {**given, **named})

    return Function("partial", call, inner=True)


def reduce(
    machine: Machine, node: ast.Call, function: Value, values: Value, *first: Value
) -> Value:
    """`functools.reduce`"""
    from viz.language.calls import apply

    items = [*first, *machine.items(values)]
    if not items:
        raise TypeError("reduce() of empty iterable with no initial value")
    result = items[0]
    for item in items[1:]:
        result = apply(machine, node, function, [result, item], {})
    return result


def nothing(machine: Machine, node: ast.Call, *values: Value, **named: Value) -> None:
    """What is accepted and changes nothing here."""


def no(machine: Machine, node: ast.Call, *values: Value) -> bool:
    return False


def zero(machine: Machine, node: ast.Call, *values: Value) -> int:
    return 0


def factorial(machine: Machine, node: ast.Call, number: int) -> int:
    import math

    from viz.language.capacity import need_bits

    need_bits(math.lgamma(number + 1) / math.log(2) if number > 1 else 1, machine.limits)
    return math.factorial(number)


def comb(machine: Machine, node: ast.Call, of: int, chosen: int) -> int:
    import math

    from viz.language.capacity import need_bits

    need_bits(min(of, 2 * chosen + 1) if of > 0 else 1, machine.limits)
    return math.comb(of, chosen)


def power(machine: Machine, node: ast.Call, base: Value, exponent: Value) -> float:
    import math

    return math.pow(base, exponent)


INNER: dict[str, Callable[..., Value]] = {
    "torch.autograd.backward": backward_of_several,
    "torch.autograd.grad": gradients,
    "torch.autograd.Variable": variable,
    "torch.autograd.variable.Variable": variable,
    "torch.device": device,
    "torch.cuda.is_available": no,
    "torch.cuda.device_count": zero,
    "torch.cuda.manual_seed": nothing,
    "torch.cuda.manual_seed_all": nothing,
    "torch.cuda.empty_cache": nothing,
    "torch.backends.mps.is_available": no,
    "pyplot": pyplot,
    **{f"pyplot.{name}": call for name, call in pictures.FUNCTIONS.items()},
    "subplots": subplots,
    "tqdm.tqdm": progress,
    "tqdm.trange": progress_range,
    "tqdm.notebook.tqdm": progress,
    "tqdm.auto.tqdm": progress,
    "functools.partial": partial,
    "functools.reduce": reduce,
    "warnings.filterwarnings": nothing,
    "warnings.simplefilter": nothing,
    "math.factorial": factorial,
    "math.comb": comb,
    "math.pow": power,
}

OWN: dict[str, Function] = {
    **{name: Function(name, call, inner=True) for name, call in INNER.items()},
    # Memory that nobody has written is whatever was there before: one of the values that PyTorch
    # may give is zero, and it gives away nothing.
    "torch.empty": Function("torch.empty", torch.zeros),
    "torch.empty_like": Function("torch.empty_like", torch.zeros_like),
    "numpy.empty": Function("numpy.empty", numpy.zeros),
}


# Grad modes: of use behind `with` and as decorators.


def mode(name: str, make: Callable[..., Any], lasting: bool = False) -> Function:
    def call(machine: Machine, node: ast.Call, *values: bool, mode: bool | None = None) -> GradMode:
        given = values if mode is None else (mode,)
        return GradMode(name, lambda: make(*given), lasting)

    return Function(name, call, inner=True)


def without_effect(*values: Any, **named: Any) -> Any:
    return nullcontext()


GRAD_MODES: dict[str, Value] = {
    "torch.no_grad": mode("torch.no_grad", torch.no_grad),
    "torch.enable_grad": mode("torch.enable_grad", torch.enable_grad),
    "torch.inference_mode": mode("torch.inference_mode", torch.inference_mode),
    "torch.set_grad_enabled": mode("torch.set_grad_enabled", torch.set_grad_enabled, lasting=True),
    "torch.autograd.no_grad": mode("torch.no_grad", torch.no_grad),
    "torch.autograd.enable_grad": mode("torch.enable_grad", torch.enable_grad),
    "torch.autograd.set_detect_anomaly": mode("torch.autograd.set_detect_anomaly", without_effect),
    "torch.autograd.detect_anomaly": mode("torch.autograd.detect_anomaly", without_effect),
}
"""Anomaly detection says where NaN arose; the drawing shows that, so here it does nothing more."""


# torch.FloatTensor(2, 3), torch.Tensor([1, 2])


def legacy(dtype: torch.dtype | None) -> Callable[..., Value]:
    def call(machine: Machine, node: ast.Call, *values: Value) -> Value:
        wanted = dtype or torch.get_default_dtype()
        if len(values) == 1 and not isinstance(values[0], (int, torch.Size)):
            data = values[0]
            if isinstance(data, torch.Tensor):
                return machine.perform(node, node.args, torch.Tensor.type, (data.detach(), wanted))
            return machine.perform(node, node.args, torch.tensor, (data,), {"dtype": wanted})
        sizes = values[0] if values and isinstance(values[0], torch.Size) else values or (0,)
        from viz.language.capacity import need_elements

        need_elements([size for size in sizes if isinstance(size, int)], 8, machine.limits)
        return machine.perform(node, node.args, torch.zeros, (sizes,), {"dtype": wanted})

    return call


LEGACY_KINDS: dict[str, torch.dtype | None] = {
    "Tensor": None,
    "FloatTensor": torch.float32,
    "DoubleTensor": torch.float64,
    "HalfTensor": torch.float16,
    "LongTensor": torch.int64,
    "IntTensor": torch.int32,
    "ShortTensor": torch.int16,
    "ByteTensor": torch.uint8,
    "BoolTensor": torch.bool,
}

LEGACY: dict[str, Value] = {
    f"torch.{name}": Class(
        f"torch.{name}",
        torch.Tensor if name == "Tensor" else getattr(torch, name),
        Function(f"torch.{name}", legacy(dtype), inner=True),
    )
    for name, dtype in LEGACY_KINDS.items()
}
"""Sizes alone give zeros, where PyTorch leaves what was in memory before."""
