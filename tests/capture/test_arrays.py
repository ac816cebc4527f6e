"""summarize: compared with PyTorch's own reductions."""

import math

import pytest
import torch

from viz.capture import summarize
from viz.limits import DEFAULT, Limits
from viz.trace import Array

SUMMARY_ONLY = Limits(array_values=0)

DTYPES = [
    torch.bool,
    torch.uint8,
    torch.int8,
    torch.int32,
    torch.int64,
    torch.float16,
    torch.bfloat16,
    torch.float32,
    torch.float64,
]


def by_torch(tensor):
    """Low, high, mean and norm over the finite elements, in float64."""
    wide = tensor.detach().to(torch.float64)
    finite = wide[wide.isfinite()]
    if finite.numel() == 0:
        return None, None, None, None
    reductions = (finite.min(), finite.max(), finite.mean(), finite.norm())
    return tuple(value.item() for value in reductions)


def numbers(array):
    return array.low, array.high, array.mean, array.norm


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (2, 1, 3), (9, 9)], ids=str)
def test_every_dtype_and_shape_agrees_with_torch(dtype, shape):
    tensor = (torch.arange(math.prod(shape), dtype=torch.float32).reshape(shape) - 2).to(dtype)
    for limits in (DEFAULT, SUMMARY_ONLY):
        array = summarize(tensor, limits)
        assert (array.shape, array.dtype) == (shape, str(dtype).removeprefix("torch."))
        assert numbers(array) == pytest.approx(by_torch(tensor))
        assert array.nonfinite == 0
        if array.values is not None:
            assert torch.equal(torch.tensor(array.values, dtype=dtype).reshape(shape), tensor)


def test_values_are_kept_up_to_the_limit_and_no_further():
    limits = Limits(array_values=4)
    assert summarize(torch.zeros(4), limits).values == (0.0,) * 4
    assert summarize(torch.zeros(5), limits).values is None


@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0)], ids=str)
def test_an_empty_tensor_has_no_numbers(shape):
    assert summarize(torch.zeros(shape)) == Array(shape=shape, dtype="float32", values=())


@pytest.mark.parametrize("limits", [DEFAULT, SUMMARY_ONLY], ids=["values", "summary"])
def test_numbers_that_are_not_finite_are_counted_and_left_out_of_the_summary(limits):
    tensor = torch.tensor([math.nan, math.inf, -math.inf, 3.0, -4.0])
    array = summarize(tensor, limits)
    assert array.nonfinite == 3
    assert numbers(array) == pytest.approx(by_torch(tensor))
    if array.values is not None:
        assert array.values == ("nan", "inf", "-inf", 3.0, -4.0)


@pytest.mark.parametrize("limits", [DEFAULT, SUMMARY_ONLY], ids=["values", "summary"])
def test_a_tensor_of_nan_alone_has_no_range(limits):
    array = summarize(torch.full((3,), math.nan), limits)
    assert (numbers(array), array.nonfinite) == ((None,) * 4, 3)


@pytest.mark.parametrize("limits", [DEFAULT, SUMMARY_ONLY], ids=["values", "summary"])
def test_complex_numbers_have_a_norm_but_no_range(limits):
    tensor = torch.tensor([3 + 4j, 0j, complex(math.nan, 1)])
    array = summarize(tensor, limits)
    assert (array.low, array.high, array.nonfinite) == (None, None, 1)
    assert array.norm == tensor[:2].abs().norm().item()
    assert complex(array.mean) == tensor[:2].mean().item()


def test_a_sum_too_large_for_a_float_still_has_a_mean():
    tensor = torch.tensor([1.5e308, 1.5e308], dtype=torch.float64)
    assert summarize(tensor).mean == pytest.approx(1.5e308)
    assert summarize(tensor).norm == "inf"


def test_whole_numbers_too_long_for_a_float_keep_every_digit():
    tensor = torch.full((100,), 2**53 + 1)
    assert summarize(tensor).low == 2**53 + 1


@pytest.mark.parametrize(
    "tensor",
    [torch.eye(20).to_sparse(), torch.empty(3, device="meta"), torch.empty(300, device="meta")],
    ids=["sparse", "meta", "large meta"],
)
def test_a_tensor_without_plain_elements_keeps_shape_and_dtype(tensor):
    assert summarize(tensor) == Array(shape=tuple(tensor.shape), dtype="float32")


def test_summarizing_changes_no_graph_and_no_random_number():
    tensor = torch.ones(100, requires_grad=True)
    doubled = tensor * 2
    state, version = torch.get_rng_state(), doubled._version
    summarize(doubled)
    assert torch.equal(torch.get_rng_state(), state)
    assert (doubled._version, doubled.requires_grad) == (version, True)
