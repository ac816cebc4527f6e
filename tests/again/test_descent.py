"""Landscapes hold what plain PyTorch computes; paths are those of torch.optim.SGD."""

from __future__ import annotations

import math

import pytest
import torch

from tests.again.programs import IMPORTS, repeated
from tests.patience import Clock
from viz.again import descend, descent, survey, terrain
from viz.again.descent import CURVE_POINTS, SURFACE_SIDE
from viz.errors import InputError, LimitError
from viz.limits import DEFAULT, Limits
from viz.trace import to_float

FIT = """
x = torch.tensor([1., 2., 3.])
y = torch.tensor([3., 5., 7.])
w = torch.tensor(0.5, requires_grad=True)
b = torch.tensor(0., requires_grad=True)
loss = ((w*x + b - y)**2).mean()
loss.backward()
"""


def fit(w: float, b: float) -> torch.Tensor:
    x, y = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([3.0, 5.0, 7.0])
    return ((torch.tensor(w) * x + torch.tensor(b) - y) ** 2).mean()


def test_a_curve_holds_the_losses_of_plain_pytorch() -> None:
    land = survey(repeated("(x - 3)**2 + sin(5*x)", x="1"), 0, DEFAULT)
    (axis,) = land.axes
    assert (axis.name, axis.present, len(axis.values)) == ("x", 1.0, CURVE_POINTS)
    for value, (loss,) in zip(axis.values, land.losses, strict=True):
        x = torch.tensor(float(value))
        assert loss == ((x - 3) ** 2 + torch.sin(5 * x)).item()
    x = torch.tensor(1.0, requires_grad=True)
    there = (x - 3) ** 2 + torch.sin(5 * x)
    there.backward()
    assert (land.loss, land.slope) == (there.item(), (x.grad.item(),))


def test_a_surface_holds_the_losses_of_plain_pytorch_and_shows_the_minimum() -> None:
    land = survey(repeated(FIT), 0, DEFAULT)
    names = [axis.name for axis in land.axes]
    assert sorted(names) == ["b", "w"]
    assert [len(axis.values) for axis in land.axes] == [SURFACE_SIDE] * 2
    for first, row in zip(land.axes[0].values, land.losses, strict=True):
        for second, loss in zip(land.axes[1].values, row, strict=True):
            at = dict(zip(names, (float(first), float(second)), strict=True))
            assert loss == pytest.approx(fit(**at).item(), rel=1e-6)
    for axis, minimum in zip(land.axes, [{"w": 2, "b": 1}[name] for name in names], strict=True):
        low, high = float(axis.values[0]), float(axis.values[-1])
        assert low < float(axis.present) < high
        assert low < minimum < high


def test_values_of_a_training_loop_are_in_sight() -> None:
    land = survey(repeated("(x - 3)**2", x="1"), 0, DEFAULT, seen=[[-20.0, 3.0]])
    assert float(land.axes[0].values[0]) < -20


def test_a_wider_landscape_is_wider_around_the_same_middle() -> None:
    one, two = (survey(repeated("(x-3)**2", x="1"), 0, DEFAULT, zoom=zoom) for zoom in (1.0, 2.0))

    def ends(land):
        return float(land.axes[0].values[0]), float(land.axes[0].values[-1])

    (low, high), (lower, higher) = ends(one), ends(two)
    assert higher - lower == pytest.approx(2 * (high - low), rel=1e-5)
    assert higher + lower == pytest.approx(high + low, rel=1e-5)


def test_where_the_loss_is_not_a_number_there_is_a_gap() -> None:
    land = survey(repeated("x - log(x)", x="0.5"), 0, DEFAULT, zoom=3)
    for value, (loss,) in zip(land.axes[0].values, land.losses, strict=True):
        assert math.isnan(to_float(loss)) == (float(value) < 0)


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.35])
def test_a_path_is_that_of_plain_sgd(rate: float) -> None:
    path = descend(repeated(FIT), 0, DEFAULT, rate, 15, leaves=[1, 0])
    names = [axis.name for axis in survey(repeated(FIT), 0, DEFAULT, leaves=[1, 0]).axes]
    scope: dict = {}
    exec(IMPORTS + FIT, scope)
    w, b = scope["w"], scope["b"]
    optimizer = torch.optim.SGD([w, b], lr=rate)
    for point, loss, slope in zip(path.points, path.losses, path.slopes, strict=True):
        optimizer.zero_grad()
        expected = ((w * scope["x"] + b - scope["y"]) ** 2).mean()
        expected.backward()
        assert dict(zip(names, point, strict=True)) == {"w": w.item(), "b": b.item()}
        assert loss == expected.item()
        assert dict(zip(names, slope, strict=True)) == {"w": w.grad.item(), "b": b.grad.item()}
        optimizer.step()
    assert len(path.points) == 16


@pytest.mark.parametrize(
    ("rate", "course", "swinging"),
    # The second derivative of (x - 3)² is 2: steps shrink by the factor 1 - 2 rate.
    [
        (0.0001, "moving", False),
        (0.3, "converging", False),
        (0.9, "converging", True),
        (1.0, "oscillating", True),
        (1.1, "diverging", True),
        (1e30, "diverging", False),
    ],
)
def test_the_course_is_the_one_that_the_learning_rate_makes(
    rate: float, course: str, swinging: bool
) -> None:
    path = descend(repeated("(x - 3)**2", x="1"), 0, DEFAULT, rate, 30)
    assert (path.course, path.swinging) == (course, swinging)


def test_from_a_flat_place_nothing_moves() -> None:
    path = descend(repeated("relu(x)", x="-2"), 0, DEFAULT, 0.1, 5)
    assert path.course == "resting"
    assert set(path.points) == {(-2.0,)}


def test_a_path_ends_where_the_loss_is_no_longer_finite() -> None:
    path = descend(repeated("x**4", x="10"), 0, DEFAULT, 1.0, 50)
    assert path.course == "diverging"
    assert len(path.points) < 20
    assert not math.isfinite(to_float(path.losses[-1]))


def test_a_call_of_a_training_loop_is_descended_from_its_own_state() -> None:
    source = FIT.replace("loss =", "for step in range(10):\n    loss =").replace(
        "loss.backward()",
        "    loss.backward()\n    with torch.no_grad():\n        w -= 0.05 * w.grad\n"
        "        b -= 0.05 * b.grad\n    w.grad = b.grad = None",
    )
    w, b = torch.tensor(0.5, requires_grad=True), torch.tensor(0.0, requires_grad=True)
    optimizer = torch.optim.SGD([w, b], lr=0.05)
    x, y = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([3.0, 5.0, 7.0])
    for _ in range(6):
        optimizer.zero_grad()
        ((w * x + b - y) ** 2).mean().backward()
        optimizer.step()
    path = descend(repeated(source), 6, DEFAULT, 0.05, 3)
    assert sorted(path.points[0]) == pytest.approx(sorted([w.item(), b.item()]), rel=1e-6)
    land = survey(repeated(source), 6, DEFAULT)
    assert to_float(land.loss) == pytest.approx(((w * x + b - y) ** 2).mean().item(), rel=1e-5)


def test_a_leaf_of_several_elements_can_not_be_an_axis() -> None:
    source = "w = torch.ones(2, requires_grad=True)\nw.sum().backward()"
    with pytest.raises(InputError):
        survey(repeated(source), 0, DEFAULT, leaves=[0])
    with pytest.raises(InputError):
        survey(repeated(source), 0, DEFAULT)


ONE_LEAF = "w = torch.tensor(2., requires_grad=True)\n(w**2).backward()"


@pytest.mark.parametrize("seconds_a_run", [0.1, 0.5, 1.0])
def test_a_slow_program_has_fewer_points_and_keeps_to_its_time(
    monkeypatch: pytest.MonkeyPatch, seconds_a_run: float
) -> None:
    clock = clock_of_runs(monkeypatch)
    limits = Limits(seconds=30)
    land = survey(clock.slowed(repeated(ONE_LEAF), seconds_a_run), 0, limits)
    points = len(land.axes[0].values)
    assert points == CURVE_POINTS if seconds_a_run == 0.1 else points < CURVE_POINTS
    assert clock.now < limits.seconds


def test_a_program_of_which_one_run_takes_all_the_time_has_no_landscape(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = clock_of_runs(monkeypatch)
    with pytest.raises(LimitError, match="one run of this program takes too long"):
        survey(clock.slowed(repeated(ONE_LEAF), 1.0), 0, Limits(seconds=10))
    assert clock.now < 10


def clock_of_runs(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(descent, "time", clock)
    monkeypatch.setattr(terrain, "time", clock)
    return clock
