"""Large tensors are summarised where they lie: exact in every layout, read once, never kept."""

import math
import weakref

import pytest
import torch

from viz.capture import Recorder, arrays, summary
from viz.capture.arrays import Reader, summarize
from viz.limits import DEFAULT

LAYOUTS = {
    "contiguous": lambda t: t,
    "transposed": lambda t: t.transpose(0, 2),
    "a slice": lambda t: t[3:, ::2, 5:30],
    "every third": lambda t: t.flatten()[::3],
    "expanded": lambda t: t[:, None].expand(-1, 4, -1, -1),
    "overlapping windows": lambda t: t[0].unfold(0, 5, 2),
    "one column": lambda t: t[..., 7],
    "flipped": lambda t: t.flip(1),
}
KINDS = [torch.float64, torch.float32, torch.bfloat16, torch.float16, torch.int64, torch.uint8]
KINDS += [torch.bool, torch.complex64]


def make(dtype):
    torch.manual_seed(0)
    numbers = torch.randn(20, 30, 40, dtype=torch.float64) * 50 + 70
    if dtype.is_complex:
        return torch.complex(numbers, numbers.flip(0) - 60).to(dtype)
    return (numbers > 80) if dtype == torch.bool else numbers.clamp(0, 255).to(dtype)


def check(array, tensor):
    """Against float64 over the finite elements, computed at once from a copy."""
    wide = tensor.to(torch.complex128 if tensor.is_complex() else torch.float64).flatten()
    finite = wide[wide.isfinite()]
    assert (array.shape, array.values) == (tuple(tensor.shape), None)
    assert array.nonfinite == wide.numel() - finite.numel()
    assert array.norm == pytest.approx(torch.linalg.vector_norm(finite).item(), rel=1e-12)
    if tensor.is_complex():
        assert (array.low, array.high) == (None, None)
        assert complex(array.mean) == pytest.approx(finite.mean().item(), rel=1e-12)
        return
    assert (array.low, array.high) == (finite.min().item(), finite.max().item())
    assert array.mean == pytest.approx(finite.mean().item(), rel=1e-12)


@pytest.fixture(params=[summary.BLOCK, 1000], ids=["one block", "many blocks"])
def blocks(request, monkeypatch):
    monkeypatch.setattr(summary, "BLOCK", request.param)


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize("dtype", KINDS, ids=str)
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_every_layout_and_dtype_has_the_summary_of_its_elements(layout, dtype):
    tensor = layout(make(dtype))
    check(summarize(tensor), tensor)


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.complex64], ids=str)
def test_what_is_not_finite_is_counted_wherever_it_is(dtype):
    tensor = make(dtype)
    tensor[0, 0, 0] = math.nan
    tensor[7, 3, :5] = math.inf
    tensor[19, 29, 39] = -math.inf
    check(summarize(tensor), tensor)
    check(summarize(tensor[None].expand(3, -1, -1, -1)), tensor[None].expand(3, -1, -1, -1))
    assert summarize(torch.full((500,), math.nan, dtype=dtype)).mean is None


def test_numbers_too_large_or_too_small_to_be_squared_keep_their_norm():
    for size in (1e300, 1e-300, 1e-320):
        tensor = torch.full((400,), size, dtype=torch.float64)
        array = summarize(tensor)
        assert array.norm == pytest.approx(20 * size, rel=1e-3)
        assert array.mean == pytest.approx(size, rel=1e-3)
    tensor = torch.full((400,), 1.5e308, dtype=torch.float64)
    assert summarize(tensor).mean == pytest.approx(1.5e308)
    assert summarize(torch.zeros(400)).norm == 0


def test_a_mean_near_zero_is_as_exact_as_float64():
    half = torch.rand(50_000) * 1e4
    tensor = torch.cat([half, -half]) + torch.full((100_000,), 1e-3)
    assert summarize(tensor).mean == pytest.approx(tensor.double().mean().item(), rel=1e-9)


def test_whole_numbers_too_long_for_a_float_keep_every_digit():
    tensor = torch.arange(2**60, 2**60 + 3000)
    assert (summarize(tensor).low, summarize(tensor).high) == (2**60, 2**60 + 2999)


@pytest.fixture
def reads(monkeypatch):
    """The tensors that were read element by element."""
    found = []

    def read(tensor, *described):
        found.append(tensor.shape)
        return summary.summary_of(tensor, *described)

    monkeypatch.setattr(arrays, "summary_of", read)
    return found


def test_the_same_numbers_are_read_once_in_any_shape(reads):
    reader, tensor = Reader(DEFAULT), torch.randn(30, 40)
    views = [tensor, tensor.T, tensor.view(-1), tensor.detach(), tensor[None]]
    arrays = [reader.array(view) for view in views]
    assert len(reads) == 1
    for array, view in zip(arrays, views, strict=True):
        check(array, view)


def test_a_weight_and_its_transpose_in_a_layer_are_read_once(reads):
    layer = torch.nn.Linear(30, 40, bias=False)
    with torch.no_grad():
        layer.weight.mul_(2)  # a version of its own
    with Recorder() as recorder:
        recorder.backward(layer(torch.ones(2, 30)).sum())
    assert reads.count((40, 30)) + reads.count((30, 40)) == 2  # the weight, and its gradient
    (backward,) = recorder.backwards
    check(backward.leaves[0].value, layer.weight.detach())
    check(backward.leaves[0].after, layer.weight.grad)


CHANGES = {
    "in place": lambda t: t.mul_(2),
    "one element of a view": lambda t: t.T[3].fill_(9),
    "by numpy": lambda t: t.numpy().fill(7),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_has_changed_is_read_again(change):
    reader, tensor = Reader(DEFAULT), torch.randn(30, 40)
    before = reader.array(tensor)
    change(tensor)
    assert reader.array(tensor) != before
    check(reader.array(tensor), tensor)


def test_other_numbers_in_the_same_memory_are_not_taken_for_it():
    reader, tensor = Reader(DEFAULT), torch.randn(30, 40, dtype=torch.complex64)
    for view in (tensor, tensor.conj(), tensor[:15], tensor[15:], tensor.conj()[:15]):
        check(reader.array(view), view)
    for view in (torch.view_as_real(tensor), tensor.imag, tensor.conj().imag):
        check(reader.array(view), view)


def test_memory_that_is_used_again_is_read_again():
    reader = Reader(DEFAULT)
    for number in range(1, 600):
        tensor = torch.full((1000,), float(number))  # where the last one was
        assert reader.array(tensor).mean == number
        del tensor


def test_no_memory_is_kept_alive():
    reader, tensor = Reader(DEFAULT), torch.randn(1000)
    reader.array(tensor)
    storage = weakref.ref(tensor)
    reference = torch.multiprocessing.reductions.StorageWeakRef(tensor.untyped_storage())
    del tensor
    assert storage() is None
    assert reference.expired()
