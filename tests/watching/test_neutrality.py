"""Whatever autograd has, watched: results, gradients and random numbers are plain PyTorch's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations
from torch.testing._internal.two_tensor import TwoTensor
from torch.utils.checkpoint import checkpoint

import viz
from tests.watching.leftovers import hooks_in, hooks_of_pytorch
from viz.trace import Trace

Backward = Callable[..., Any]
Found = Iterable[torch.Tensor | None]


def net() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Dropout(0.3), nn.Linear(8, 4))


def of(model: nn.Module) -> list[torch.Tensor | None]:
    return [parameter.grad for parameter in model.parameters()]


def checkpointed(backward: Backward, reentrant: bool) -> Found:
    model, x = net(), torch.ones(2, 4, requires_grad=True)
    backward(checkpoint(model, x, use_reentrant=reentrant).sum())
    return [x.grad, *of(model)]


def checkpoint_of_the_old_kind(backward: Backward) -> Found:
    return checkpointed(backward, True)


def checkpoint_of_the_new_kind(backward: Backward) -> Found:
    return checkpointed(backward, False)


def in_place_and_views(backward: Backward) -> Found:
    x = torch.rand(6, 6, requires_grad=True)
    y = x * 2
    early = y[0]
    y[0] *= x[1]
    y.view(4, 9).transpose(0, 1).add_(1)
    row = y[2]
    row.sigmoid_()
    backward((y.diagonal() * row).sum() + early.exp().sum())
    return [y, x.grad]


def a_custom_function(backward: Backward) -> Found:
    class Both(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor, y: torch.Tensor) -> Any:
            ctx.save_for_backward(x, y)
            return x * y, x + y

        @staticmethod
        def backward(ctx: Any, one: torch.Tensor, two: torch.Tensor) -> Any:
            x, y = ctx.saved_tensors
            return one * y + two, one * x + two

    x = torch.rand(3, requires_grad=True)
    product, total = Both.apply(x, x * 2)
    backward((product * total).sum())
    return [x.grad]


def complex_numbers(backward: Backward) -> Found:
    x = torch.tensor([1 + 2j, 3 - 1j], requires_grad=True)
    backward((x * x.conj()).real.sum() + torch.fft.fft(x).abs().sum())
    return [x.grad]


def sparse_gradients(backward: Backward) -> Found:
    table = nn.Embedding(10, 4, sparse=True)
    backward(table(torch.tensor([1, 2, 1])).pow(2).sum())
    assert table.weight.grad is not None
    return [table.weight.grad.to_dense()]


def autocast(backward: Backward) -> Found:
    model, x = net(), torch.ones(2, 4, requires_grad=True)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = model(x).float().sum() + model[0](x).sum()
    backward(loss)
    return [x.grad, *of(model)]


def shared_and_parametrized(backward: Backward) -> Found:
    shared = parametrizations.weight_norm(nn.Linear(4, 4))
    model = nn.Sequential(
        shared, nn.ReLU(), shared, parametrizations.spectral_norm(nn.Linear(4, 4))
    )
    backward(model(torch.rand(2, 4)).sum())
    return of(model)


def hooks_of_the_users(backward: Backward) -> Found:
    seen: list[torch.Tensor] = []
    model, x = net(), torch.ones(2, 4, requires_grad=True)
    model[0].register_full_backward_hook(lambda _, given, arrived: seen.append(arrived[0].sum()))
    model[1].register_forward_hook(lambda _, given, result: result * 2)
    result = model(x)
    result.register_hook(lambda gradient: gradient * 3)
    backward(result.sum())
    return [x.grad, *of(model), *seen]


def gradients_of_gradients(backward: Backward) -> Found:
    x = torch.tensor([0.3, 0.7], requires_grad=True)
    loss = (x.tanh() * x).sum() ** 2
    (first,) = torch.autograd.grad(loss, x, create_graph=True)
    backward(first.pow(2).sum())
    return [first, x.grad]


def batched_gradients_and_torch_func(backward: Backward) -> Found:
    x = torch.rand(3, requires_grad=True)
    y = x**3
    (rows,) = torch.autograd.grad(y, x, torch.eye(3), is_grads_batched=True, retain_graph=True)
    slope = torch.func.grad(lambda t: (t**3).sum())(x)
    backward(y.sum() + torch.vmap(lambda t: t.sin())(x).sum() + slope.sum())
    return [rows, slope, x.grad]


def saved_tensors_hooks(backward: Backward) -> Found:
    packed = [0, 0]

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        packed[0] += 1
        return tensor.clone()

    def unpack(tensor: torch.Tensor) -> torch.Tensor:
        packed[1] += 1
        return tensor

    x = torch.rand(3, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        loss = (x.exp() * x).sum()
    backward(loss)
    return [x.grad, torch.tensor(packed)]


def a_class_of_tensors(backward: Backward) -> Found:
    x = TwoTensor(torch.ones(3), torch.full((3,), 2.0)).requires_grad_()
    backward((x * 2).exp().sum())
    return [x.grad.a, x.grad.b]


def nested_tensors(backward: Backward) -> Found:
    parts = [torch.rand(rows, 3, requires_grad=True) for rows in (2, 4)]
    ragged = torch.nested.as_nested_tensor(parts, layout=torch.jagged)
    old = torch.nested.to_padded_tensor(torch.nested.as_nested_tensor(parts) * 2, 0.0)
    backward((ragged * 2).sin().values().sum() + old.sum())  # type: ignore[operator]
    return [part.grad for part in parts]


def no_numbers_at_all(backward: Backward) -> Found:
    model = nn.Linear(4, 4, device="meta")
    backward(model(torch.ones(2, 4, device="meta")).sum())
    return [torch.zeros(gradient.shape) for gradient in of(model) if gradient is not None]


def a_scripted_module(backward: Backward) -> Found:
    torch.manual_seed(2)
    model = torch.jit.trace(nn.Linear(2, 2), torch.ones(2))
    backward(model(torch.ones(2)).sum())
    return of(model)


def a_compiled_module(backward: Backward) -> Found:
    model = nn.Linear(2, 2)
    backward(torch.compile(model, backend="eager")(torch.ones(2)).sum())
    return of(model)


def training(backward: Backward) -> Found:
    model = net()
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(3):
        optimizer.zero_grad()
        backward(model(torch.rand(2, 4)).pow(2).sum())
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    assert not list(hooks_in(model))
    return [*model.parameters(), torch.rand(2)]


PROGRAMS = (
    checkpoint_of_the_old_kind, checkpoint_of_the_new_kind, in_place_and_views, a_custom_function,
    complex_numbers, sparse_gradients, autocast, shared_and_parametrized, hooks_of_the_users,
    gradients_of_gradients, batched_gradients_and_torch_func, saved_tensors_hooks,
    a_class_of_tensors, nested_tensors, no_numbers_at_all, a_scripted_module, a_compiled_module,
    training,
)  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("asked", [False, True], ids=["plain call", "watch.backward"])
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_everything_is_the_same_bit_for_bit(program: Callable[..., Found], asked: bool) -> None:
    torch.manual_seed(5)
    expected = list(program(torch.autograd.backward))
    torch.manual_seed(5)
    with viz.watch() as watch:
        found = list(program(watch.backward if asked else torch.autograd.backward))
    assert not list(hooks_of_pytorch())
    for one, two in zip(expected, found, strict=True):
        assert (one is None) == (two is None)
        if one is not None and two is not None:
            assert one.dtype == two.dtype
            assert torch.equal(one, two)
    trace = watch.trace
    assert trace.backwards
    assert Trace.from_json(trace.to_json()) == trace
