"""A proof agrees with what plain PyTorch and plain arithmetic say, and finds what is wrong."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch

from tests.again.programs import IMPORTS, repeated
from tests.patience import PATIENCE, Clock
from viz.again import prove
from viz.again.proof import ELEMENTS
from viz.again.rerun import _UntilBackward
from viz.language.machine import Observer
from viz.limits import DEFAULT, Limits
from viz.study import Element, LeafProof, Proof
from viz.trace import to_float

# A busy machine must not make a proof shorter.
PATIENT = Limits(seconds=2 * PATIENCE)


def proof_of(source: str, number: int = 0, limits: Limits = PATIENT, **inputs: str) -> Proof:
    return prove(repeated(source, limits, **inputs), number, limits, seconds=PATIENCE)


def leaf(proof: Proof, name: str) -> LeafProof:
    return next(found for found in proof.leaves if found.name == name)


def only(proof: Proof) -> Element:
    (found,) = proof.leaves
    (element,) = found.elements
    return element


def slope(function: Callable[[float], float], at: float, step: float = 1e-5) -> float:
    return (function(at + step) - function(at - step)) / (2 * step)


def quotients(found: LeafProof) -> list[float]:
    return [to_float(element.quotient or 0) for element in found.elements]


def test_a_scalar_expression_agrees_with_calculus_to_nine_digits() -> None:
    proof = proof_of("sin(x) * exp(y)", x="0.7", y="-1.3")
    assert proof.precision == "float64"
    x, y = torch.tensor([0.7, -1.3], dtype=torch.float32).tolist()
    expected = {"x": math.cos(x) * math.exp(y), "y": math.sin(x) * math.exp(y)}
    for name, value in expected.items():
        (element,) = leaf(proof, name).elements
        assert element.verdict == "agrees"
        assert to_float(element.quotient) == pytest.approx(value, rel=1e-9)
        assert to_float(element.engine) == pytest.approx(value, rel=1e-5)
        assert to_float(element.error) < 1e-8


LAYERS = """
torch.manual_seed(1)
x = torch.randn(5, 3)
w = torch.randn(3, 4, requires_grad=True)
b = torch.zeros(4, requires_grad=True)
loss = F.cross_entropy(torch.tanh(x @ w + b), torch.tensor([0, 1, 2, 3, 0]))
loss.backward()
"""


def test_every_element_of_a_matrix_agrees_with_the_slope_of_plain_pytorch() -> None:
    proof = proof_of(IMPORTS + LAYERS)
    torch.manual_seed(1)
    x, w = torch.randn(5, 3).double(), torch.randn(3, 4).double()

    def loss(row: int, column: int, change: float) -> float:
        moved = w.clone()
        moved[row, column] += change
        target = torch.tensor([0, 1, 2, 3, 0])
        return torch.nn.functional.cross_entropy(torch.tanh(x @ moved), target).item()

    found = leaf(proof, "w")
    assert found.verdict == "agrees"
    assert len(found.elements) == 12
    for element in found.elements:
        row, column = element.index
        expected = slope(lambda h, row=row, column=column: loss(row, column, h), 0.0)
        assert to_float(element.quotient) == pytest.approx(expected, abs=1e-8)
    assert leaf(proof, "b").verdict == "agrees"


WRONG = """
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * FACTOR * x

w = torch.tensor(3., requires_grad=True)
loss = Square.apply(w) + w
loss.backward()
"""


@pytest.mark.parametrize(
    ("factor", "verdict"), [("2", "agrees"), ("3", "differs"), ("0", "differs")]
)
def test_a_wrong_backward_of_ones_own_is_caught(factor: str, verdict: str) -> None:
    proof = proof_of(IMPORTS + WRONG.replace("FACTOR", factor))
    element = only(proof)
    assert element.verdict == verdict
    assert to_float(element.engine) == float(factor) * 3 + 1
    assert to_float(element.quotient) == pytest.approx(7)
    assert leaf(proof, "w").custom == ("Square",)


@pytest.mark.parametrize(
    ("expression", "at", "sides"),
    [("relu(x)", "0", (0, 1)), ("abs(x)", "0", (-1, 1)), ("clamp(x, min=2)*3", "2", (0, 3))],
)
def test_at_a_kink_both_slopes_are_given(
    expression: str, at: str, sides: tuple[float, float]
) -> None:
    element = only(proof_of(expression, x=at))
    assert element.verdict == "kink"
    assert (to_float(element.left), to_float(element.right)) == pytest.approx(sides)


def test_beside_a_kink_the_slope_is_found() -> None:
    element = only(proof_of("relu(x)", x="0.00001"))
    assert element.verdict == "agrees"
    assert to_float(element.quotient) == pytest.approx(1)


def test_the_largest_of_equals_is_a_kink() -> None:
    source = "w = torch.tensor([2., 2., 1.], requires_grad=True)\nw.max().backward()"
    verdicts = [element.verdict for element in leaf(proof_of(source), "w").elements]
    assert verdicts == ["kink", "kink", "agrees"]


def test_a_jump_is_no_slope() -> None:
    element = only(proof_of("floor(x)", x="3"))
    assert element.verdict == "kink"
    assert "jumps" in element.reason


CUTS = {
    "detach": "loss = w.detach() * w",
    "data": "loss = w.data * w",
    "item": "loss = w.item() * w",
    "no_grad": "with torch.no_grad():\n    a = w * 1\nloss = a * w",
    "further on": "h = w * 1\nloss = h.detach() * h",
}


@pytest.mark.parametrize("name", CUTS)
def test_what_is_cut_off_is_said_to_be_held_constant(name: str) -> None:
    source = f"w = torch.tensor(3., requires_grad=True)\n{CUTS[name]}\nloss.backward()"
    element = only(proof_of(source))
    assert element.verdict == "cut"
    assert to_float(element.engine) == 3
    assert to_float(element.quotient) == pytest.approx(6)  # of w²
    assert to_float(element.held) == pytest.approx(3)  # of 3·w


def test_numbers_changed_behind_the_back_of_autograd_are_a_cut() -> None:
    source = """
x = torch.tensor([1., 2.], requires_grad=True)
a = (x + 1).sum()
x.data.mul_(2)
loss = a + (x * 3).sum()
loss.backward()
"""
    for element in leaf(proof_of(source), "x").elements:
        assert element.verdict == "cut"
        assert to_float(element.engine) == 4
        assert to_float(element.quotient) == pytest.approx(7)


def test_a_change_in_place_that_autograd_sees_agrees() -> None:
    source = """
x = torch.tensor([1., 2.], requires_grad=True)
h = x * 1
h[0] = 5.
h.mul_(2)
(h**3).sum().backward()
"""
    found = leaf(proof_of(source), "x")
    assert found.verdict == "agrees"
    assert quotients(found) == pytest.approx([0, 3 * 4**2 * 2])


RANDOM = {
    "seeded": "torch.manual_seed(0)\nx = torch.randn(6)",
    "unseeded": "x = torch.randn(6)",
    "dropout": "x = F.dropout(torch.ones(6), 0.5)",
    "Python": "import random\nx = torch.tensor([random.random() for _ in range(6)])",
    "numpy": "import numpy as np\nx = torch.tensor(np.random.rand(6), dtype=torch.float32)",
    "normal_": "x = torch.empty(6).normal_()",
    "rand_like": "x = torch.rand_like(torch.ones(6))",
    "bernoulli": "x = torch.bernoulli(torch.full((6,), 0.5))",
}


@pytest.mark.parametrize("name", RANDOM)
def test_random_programs_draw_the_same_in_every_run(name: str) -> None:
    source = IMPORTS + f"{RANDOM[name]}\nw = torch.ones(6, requires_grad=True)\n"
    proof = proof_of(source + "loss = (w * x).pow(2).sum()\nloss.backward()")
    assert proof.reason == ""
    assert proof.precision == "float64"
    assert leaf(proof, "w").verdict == "agrees"


def test_a_program_that_is_really_random_can_not_be_told() -> None:
    source = IMPORTS + "import numpy as np\nw = torch.ones(1, requires_grad=True)\n"
    source += "loss = (w * np.random.default_rng().normal()).sum()\nloss.backward()"
    proof = proof_of(source)
    assert proof.leaves == ()
    assert "another loss each time" in proof.reason


def test_another_loss_than_the_shown_one_can_not_be_told() -> None:
    program = repeated("x**2", x="3")
    assert prove(program, 0, DEFAULT, shown=9.0).reason == ""
    assert "another loss" in prove(program, 0, DEFAULT, shown=9.5).reason


TRAINING = """
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
x, y = torch.randn(8, 2), torch.randn(8, 1)
for step in range(12):
    loss = F.mse_loss(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


@pytest.mark.parametrize("number", [0, 1, 5, -1])
def test_any_call_of_a_training_loop_agrees_with_the_state_that_python_has_there(
    number: int,
) -> None:
    proof = proof_of(IMPORTS + TRAINING, number)
    calls = 12 + number if number < 0 else number
    assert proof.number == calls
    scope: dict = {}
    # One round more ends with the gradient of that call.
    exec(IMPORTS + TRAINING.replace("range(12)", f"range({calls + 1})"), scope)
    for name, parameter in scope["model"].named_parameters():
        found = leaf(proof, f"model.{name}")
        assert found.verdict == "agrees"
        expected = [parameter.grad[element.index].item() for element in found.elements]
        assert len(expected) == parameter.numel()
        assert quotients(found) == pytest.approx(expected, rel=1e-3, abs=1e-6)


def test_two_losses_of_one_graph_each_have_their_own_slope() -> None:
    source = """
w = torch.tensor(2., requires_grad=True)
h = w * w
(3 * h).backward(retain_graph=True)
(h * h).backward()
"""
    assert to_float(only(proof_of(source, 0)).quotient) == pytest.approx(12)
    assert to_float(only(proof_of(source, 1)).quotient) == pytest.approx(32)


def test_a_leaf_that_changes_between_two_graphs_is_changed_for_the_second_alone() -> None:
    source = """
w = torch.tensor(2., requires_grad=True)
for step in range(3):
    loss = w**3
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad
    w.grad = None
"""
    w = 2.0
    for _ in range(2):
        w -= 0.01 * 3 * w**2
    element = only(proof_of(source, 2))
    assert element.verdict == "agrees"
    assert to_float(element.quotient) == pytest.approx(3 * w**2)


def test_a_gradient_that_backward_was_given_weighs_the_elements() -> None:
    source = "x = torch.tensor([1., 2.], requires_grad=True)\ny = x * x\n"
    proof = proof_of(source + "y.backward(torch.tensor([1., 10.]))")
    assert quotients(leaf(proof, "x")) == pytest.approx([2, 40])


def test_the_gradients_of_autograd_grad_are_proved_too() -> None:
    source = "x = torch.tensor(2., requires_grad=True)\n"
    source += "(first,) = torch.autograd.grad(x**3, x, create_graph=True)\nfirst.backward()"
    assert to_float(only(proof_of(source, 0)).quotient) == pytest.approx(12)
    second = only(proof_of(source, 1))
    assert second.verdict == "agrees"
    assert to_float(second.quotient) == pytest.approx(12)  # 6 x


def test_no_except_of_a_program_hides_the_end_of_a_run() -> None:
    source = """
w = torch.tensor(2., requires_grad=True)
try:
    (w * w).backward()
except Exception:
    w = w * 1000
finally:
    (w * 5).backward()
"""
    assert to_float(only(proof_of(source, 0)).quotient) == pytest.approx(4)


def test_many_elements_are_sampled_evenly_and_each_leaf_has_some() -> None:
    source = IMPORTS + "w = torch.ones(100, 50, requires_grad=True)\n"
    source += "b = torch.ones(2, requires_grad=True)\nloss = w.pow(2).sum() * b.sum()\n"
    proof = proof_of(source + "loss.backward()")
    assert len(leaf(proof, "b").elements) == 2
    chosen = leaf(proof, "w").elements
    assert len(chosen) == ELEMENTS - 2
    assert chosen[0].index == (0, 0)
    assert chosen[-1].index == (99, 49)
    assert leaf(proof, "w").verdict == "agrees"


def test_a_loss_that_is_not_finite_has_no_slope() -> None:
    assert "finite" in proof_of("log(x)", x="-1").reason


def test_near_the_edge_of_what_is_defined_a_smaller_step_is_taken() -> None:
    element = only(proof_of("log(x)", x="0.00002"))
    assert element.verdict == "agrees"
    at = torch.tensor(0.00002).item()
    assert to_float(element.quotient) == pytest.approx(1 / at, rel=1e-6)


def test_what_float32_can_not_tell_is_told_in_float64() -> None:
    # In float32 the difference of the two squares is mostly noise.
    element = only(proof_of("(x + 100000)**2 - (x - 100000)**2", x="3"))
    assert to_float(element.quotient) == pytest.approx(400000)
    assert element.verdict == "agrees"


def test_a_program_that_insists_on_float32_is_measured_as_it_is() -> None:
    source = (
        IMPORTS
        + """
w = torch.tensor(2., requires_grad=True)
factor = 3. if w.dtype == torch.float32 else 5.
loss = factor * w * w
loss.backward()
"""
    )
    proof = proof_of(source)
    assert proof.precision == "float32"
    assert only(proof).verdict == "agrees"
    assert to_float(only(proof).quotient) == pytest.approx(12, rel=1e-2)


def test_branches_that_depend_on_the_leaf_are_part_of_the_program() -> None:
    source = "w = torch.tensor(2., requires_grad=True)\n"
    source += "loss = w * 3 if w > 1 else w * 5\nloss.backward()"
    assert to_float(only(proof_of(source)).quotient) == pytest.approx(3)


def test_a_slow_program_is_told_to_be_too_slow_within_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    monkeypatch.setattr("viz.again.proof.time", clock)
    source = "w = torch.tensor(2., requires_grad=True)\n(w**2).backward()"
    limits = Limits(seconds=10)
    found = prove(clock.slowed(repeated(source), 1.0), 0, limits)
    assert found.reason.startswith("One run takes 1.0 seconds, so there is no time")
    assert clock.now < limits.seconds


def test_a_repeated_run_can_be_told_whatever_an_observer_is_told() -> None:
    told = {name for name in vars(Observer) if not name.startswith("_")}
    assert told <= set(dir(_UntilBackward))


ATTENTION = """
torch.manual_seed(0)
layer = torch.nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
loss = (layer(torch.randn(2, 3, 8)) * torch.arange(8.0)).sum()
loss.backward()
"""

RECURRENT = """
torch.manual_seed(0)
layer = torch.nn.LSTM(2, 3, batch_first=True)
loss = layer(torch.randn(2, 4, 2))[0].pow(2).sum()
loss.backward()
"""

LAZY = """
torch.manual_seed(0)
layer = torch.nn.Sequential(torch.nn.LazyLinear(3), torch.nn.Tanh(), torch.nn.LazyLinear(1))
loss = layer(torch.randn(4, 2)).sum()
loss.backward()
"""


@pytest.mark.parametrize("source", [ATTENTION, RECURRENT, LAZY])
def test_layers_whose_operations_are_others_in_float64_agree(source: str) -> None:
    proof = proof_of(IMPORTS + source)
    assert proof.precision == "float64"
    assert {found.verdict for found in proof.leaves} == {"agrees"}


def test_a_gradient_that_went_through_the_training_of_another_leaf_is_a_cut() -> None:
    source = """
g = torch.tensor(0.5, requires_grad=True)
d = torch.tensor(2., requires_grad=True)
fake = g * 3
(fake.detach() * d).backward()
with torch.no_grad():
    d -= 0.1 * d.grad
(fake * d).backward()
"""
    proof = proof_of(source, 1)
    (element,) = leaf(proof, "g").elements
    # d = 2 - 0.1·3g: the whole program has the slope of 3g·(2 - 0.3g), autograd that of 3g·d.
    assert element.verdict == "cut"
    assert to_float(element.quotient) == pytest.approx(6 - 1.8 * 0.5, rel=1e-6)
    assert to_float(element.held) == pytest.approx(3 * (2 - 0.3 * 0.5), rel=1e-6)
    assert leaf(proof, "d").verdict == "agrees"


@pytest.mark.parametrize("source", ["sign(x) + x", "sign(x) * abs(x)**0.5"])
def test_where_the_quotient_grows_with_every_smaller_step_nobody_is_accused(source: str) -> None:
    """The quotient over a jump is 1/h, and there is no slope that it could come near to."""
    element = only(proof_of(source, x="0"))
    assert element.verdict == "kink"
    assert "jumps" in element.reason


def test_a_steep_function_still_has_a_slope() -> None:
    element = only(proof_of("sin(1000*x)", x="0.3"))
    x = torch.tensor(0.3).item()
    assert element.verdict == "agrees"
    assert to_float(element.quotient) == pytest.approx(1000 * math.cos(1000 * x), rel=1e-5)


def test_a_leaf_without_elements_has_nothing_to_compare() -> None:
    proof = proof_of("x = torch.zeros(0, requires_grad=True)\nloss = x.sum()\nloss.backward()")
    assert leaf(proof, "x").elements == ()
    assert "no elements" in leaf(proof, "x").reason
