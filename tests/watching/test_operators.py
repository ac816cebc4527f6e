"""Every differentiable operation of PyTorch's own operator database, watched: nothing changes.

A few of the database's samples are run twice with the same random numbers, plainly and watched.
Each result and each leaf's gradient must be the same, bit for bit.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from torch.testing._internal.common_methods_invocations import op_db
from torch.utils._pytree import tree_leaves

import viz
from viz.trace import Trace

SAMPLES = 2
LARGEST = 20_000
"""Elements of a sample; a few operations have samples that take seconds."""

DTYPES = (torch.float64, torch.float32, torch.complex128)

DIFFERENTIABLE = {
    f"{op.name} {op.variant_test_name}".strip(): op
    for op in op_db
    if op.supports_autograd and set(DTYPES) & op.supported_backward_dtypes("cpu")
}

NO_BACKWARD = {"to_sparse": "PyTorch can't run its samples backward with dense gradients of ones"}


def test_the_database_has_what_it_had() -> None:
    assert len(DIFFERENTIABLE) > 500


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_results_and_gradients_are_the_same_bit_for_bit(name: str) -> None:
    op = DIFFERENTIABLE[name]
    watched = 0
    for plain, other in zip(samples(op), samples(op), strict=True):
        expected, error = attempt(lambda: run(op, plain, torch.autograd.backward))  # noqa: B023
        trace: list[Trace] = []
        found, same_error = attempt(lambda: run_watched(op, other, trace))  # noqa: B023
        assert type(error) is type(same_error), same_error
        if expected is None or found is None:
            continue
        for one, two in zip(expected, found, strict=True):
            assert_same(one, two)
        for one, two in zip(leaves(plain), leaves(other), strict=True):
            assert_same(one.grad, two.grad)
        watched += len(trace)
        for each in trace:
            assert_complete(each)
    assert watched or name in NO_BACKWARD


def samples(op: Any) -> list[Any]:
    dtype = next(dtype for dtype in DTYPES if dtype in op.supported_backward_dtypes("cpu"))
    torch.manual_seed(0)
    drawn = itertools.islice(op.sample_inputs("cpu", dtype, requires_grad=True), 3 * SAMPLES)
    small = [sample for sample in drawn if sum(leaf.numel() for leaf in leaves(sample)) < LARGEST]
    return [sample for sample in small if leaves(sample)][:SAMPLES]


def leaves(sample: Any) -> list[torch.Tensor]:
    given = tensors((sample.input, sample.args, sample.kwargs))
    return [tensor for tensor in given if tensor.requires_grad and tensor.is_leaf]


def tensors(value: Any) -> list[torch.Tensor]:
    return [leaf for leaf in tree_leaves(value) if isinstance(leaf, torch.Tensor)]


def attempt(work: Callable[[], list[torch.Tensor]]) -> tuple[Any, Exception | None]:
    try:
        return work(), None
    except (RuntimeError, NotImplementedError) as error:
        return None, error


def run(op: Any, sample: Any, backward: Callable[..., Any]) -> list[torch.Tensor]:
    torch.manual_seed(1)
    results = tensors(op(sample.input, *sample.args, **sample.kwargs))
    go_backward(results, backward)
    return results


def run_watched(op: Any, sample: Any, trace: list[Trace]) -> list[torch.Tensor]:
    torch.manual_seed(1)
    with viz.watch() as watch:
        results = tensors(op(sample.input, *sample.args, **sample.kwargs))
    go_backward(results, lambda *given: trace.append(watch.backward(*given)))
    return results


def go_backward(results: Sequence[torch.Tensor], backward: Callable[..., Any]) -> None:
    begun = [result for result in results if result.requires_grad]
    if begun:
        backward(begun, [torch.ones_like(result) for result in begun])


def assert_same(one: torch.Tensor | None, two: torch.Tensor | None) -> None:
    if one is None or two is None:
        assert one is two
        return
    assert one.layout == two.layout
    torch.testing.assert_close(two, one, rtol=0, atol=0, equal_nan=True)


def assert_complete(trace: Trace) -> None:
    """Every operation that the engine reached fired, and the trace can be stored."""
    (backward,) = trace.backwards
    fired = {step.node for step in backward.steps}
    begun = {edge.downstream for edge in backward.edges if edge.upstream == backward.output}
    assert begun <= fired
    assert backward.stop is None
    assert Trace.from_json(trace.to_json()) == trace
