"""What a pass has to notice: found in Traces of real programs, and nothing in ordinary ones."""

import math

import pytest
import torch

from tests.recording import recorded
from viz.rules.surprises import Surprise, surprises_of_trace
from viz.trace import Trace

W = "w = torch.tensor(2., requires_grad=True)\n"


def noticed(source: str, index: int = -1) -> tuple[Trace, tuple[Surprise, ...]]:
    trace = recorded(source)
    index %= len(trace.backwards)
    return trace, surprises_of_trace(trace, index)


def only(source: str) -> tuple[Trace, Surprise]:
    trace, (surprise,) = noticed(source)
    assert surprise.title
    assert surprise.text.endswith(".")
    assert surprise.cure.endswith(".")
    return trace, surprise


def first_node(trace: Trace, surprise: Surprise) -> str:
    return trace.backwards[-1].node(surprise.nodes[0]).name


# --- gradients that add up ------------------------------------------------------------------------


def test_a_gradient_that_is_added_to_an_earlier_one_is_told_with_both():
    _, surprise = only(W + "(w**2).backward()\n(w**3).backward()")
    assert (surprise.kind, surprise.line) == ("accumulate", 3)
    assert "held 4" in surprise.text  # d/dw w² = 2w
    assert "12 was added" in surprise.text  # d/dw w³ = 3w²
    assert "makes 16" in surprise.text
    assert "zero_grad" in surprise.cure


def test_the_first_backward_and_one_after_zeroing_add_nothing_up():
    source = W + "(w**2).backward()\nw.grad.zero_()\n(w**2).backward()"
    assert noticed(source, 0)[1] == noticed(source, 1)[1] == ()


# --- None against 0 -------------------------------------------------------------------------------


def test_a_leaf_that_the_loss_does_not_depend_on_gets_none():
    trace, surprise = only(
        W + "v = torch.tensor(1., requires_grad=True)\nloss = w**2\nloss.backward()"
    )
    assert surprise.kind == "unreached"
    assert surprise.title == "v gets no gradient: None, not 0"
    assert next(leaf for leaf in trace.backwards[0].leaves if leaf.name == "v").after is None


def test_a_leaf_that_another_backward_reaches_is_not_missing():
    source = W + "v = torch.tensor(1., requires_grad=True)\n(w**2).backward()\n(v**2).backward()"
    assert noticed(source, 0)[1] == noticed(source, 1)[1] == ()


ZEROS = {
    "dead relu": ("loss = torch.relu(-w) * 3", "ReluBackward0", "dead"),
    "saturated sigmoid": ("loss = torch.sigmoid(w * 100)", "SigmoidBackward0", "saturated"),
    "saturated tanh": ("loss = torch.tanh(w * 100) * 2", "TanhBackward0", "saturated"),
    "times 0": ("loss = w * torch.tensor(0.) + 1", "MulBackward0", "multiplies by 0"),
    "clamp": ("loss = w.clamp(max=1.) * 3", "ClampBackward1", "limits"),
    "round": ("loss = (w.round() - 1)**2", "RoundBackward0", "staircase"),
    "minimum": ("loss = (w - 2)**2", "PowBackward0", "local derivative"),
}


@pytest.mark.parametrize(("line", "operation", "word"), ZEROS.values(), ids=ZEROS)
def test_a_gradient_of_exactly_0_is_traced_to_the_operation_that_made_it(line, operation, word):
    trace, surprise = only(f"{W}{line}\nloss.backward()")
    assert (surprise.kind, surprise.line) == ("zero", 2)
    assert first_node(trace, surprise).startswith(operation.rstrip("1"))
    assert word in surprise.text
    assert trace.backwards[0].leaves[0].after.floats() == (0.0,)
    step = trace.backwards[0].steps[surprise.step - 1]
    assert step.node == surprise.nodes[0]
    # It got a gradient, and sent 0.
    assert step.incoming[0].floats() != (0.0,)
    assert step.outgoing[0].floats() == (0.0,)


def test_contributions_that_cancel_are_shown_as_a_sum():
    _, surprise = only(W + "loss = w * 3 - w * 3\nloss.backward()")
    assert "3 + (−3) = 0" in surprise.text


def test_a_relu_that_lets_something_through_is_not_dead():
    assert noticed(W + "x = torch.tensor([-1., 1.])\nloss = torch.relu(w * x).sum()")[1] == ()


def test_a_sigmoid_that_lets_next_to_nothing_through_is_saturated():
    trace, surprise = only(W + "loss = torch.sigmoid(w * 8)")
    assert (surprise.kind, first_node(trace, surprise)) == ("saturated", "SigmoidBackward0")
    step = trace.backwards[0].steps[surprise.step - 1]
    assert 0 < step.outgoing[0].floats()[0] < 1e-6
    assert noticed(W + "loss = torch.sigmoid(w)")[1] == ()


# --- NaN and infinity -----------------------------------------------------------------------------

FORWARD = {
    "log of 0": ("z = torch.log(w - 2)", "LogBackward0", "−∞"),
    "log of less": ("z = torch.log(w - 3)", "LogBackward0", "NaN"),
    "root of less": ("z = torch.sqrt(w - 3)", "SqrtBackward0", "NaN"),
    "divided by 0": ("z = w / (w - 2)", "DivBackward0", "∞"),
    "0 / 0": ("z = (w - 2) / (w - 2)", "DivBackward0", "NaN"),
    "overflow": ("z = torch.exp(w * 100)", "ExpBackward0", "∞"),
}


@pytest.mark.parametrize(("line", "operation", "what"), FORWARD.values(), ids=FORWARD)
def test_the_first_node_of_the_forward_pass_that_is_no_number_is_named(line, operation, what):
    trace, surprise = only(f"{W}{line}\nloss = torch.tanh(z * 3) * z\nloss.backward()")
    assert (surprise.kind, surprise.line) == ("nan_forward", 2)
    assert first_node(trace, surprise) == operation
    assert what in surprise.title
    backward = trace.backwards[0]
    order = backward.forward
    for earlier in order[: order.index(surprise.nodes[0])]:
        assert all(math.isfinite(value) for value in backward.node(earlier).value.floats())


def test_nan_in_the_data_is_no_fault_of_an_operation():
    trace, surprise = only(W + "x = torch.tensor([1., float('nan')])\nloss = (w * x).sum()")
    assert (surprise.kind, surprise.line) == ("nan_forward", 2)
    assert trace.backwards[0].node(surprise.nodes[0]).variable == "x"


def test_infinity_minus_infinity_names_the_infinity_too():
    _, surprise = only(W + "z = torch.exp(w * 100)\nloss = z - z")
    assert surprise.line == 3
    assert "is infinite on line 2" in surprise.text
    assert "logsumexp" in surprise.cure


def test_an_infinite_slope_is_found_in_the_backward_pass():
    trace, surprise = only(W + "z = torch.sqrt(w - 2)\nloss = z * 3\nloss.backward()")
    assert (surprise.kind, surprise.line) == ("nan_backward", 2)
    step = trace.backwards[0].steps[surprise.step - 1]
    assert step.incoming[0].floats() == (3.0,)
    assert step.outgoing[0].floats() == (math.inf,)


WHERE = """\
x = torch.tensor([-1., 0., 4.], requires_grad=True)
y = torch.where(x > 0, torch.sqrt(x), torch.zeros(3))
loss = y.sum()
loss.backward()
"""


def test_where_that_lets_nan_through_is_told_apart():
    trace, surprise = only(WHERE)
    assert surprise.kind == "where"
    backward = trace.backwards[0]
    root, chooser = (backward.node(node).name for node in surprise.nodes)
    assert (root, chooser) == ("SqrtBackward0", "WhereBackward0")
    step = backward.steps[surprise.step - 1]
    assert step.incoming[0].floats()[:2] == (0.0, 0.0)
    assert math.isnan(step.outgoing[0].floats()[0])


def test_where_before_a_slope_that_is_no_number_says_so():
    source = """
x = torch.tensor([-1., 4.], requires_grad=True)
y = torch.where(x > 0, torch.sqrt(x), torch.zeros(2))
y.sum().backward()
"""
    x = torch.tensor(-1.0, requires_grad=True)
    (slope,) = torch.autograd.grad(torch.sqrt(x), x)
    assert math.isnan(slope)
    _, surprise = only(source)
    assert "0 · NaN" in surprise.text
    assert "0 · NaN" in surprise.mark
    assert "infinite" not in surprise.text


def test_the_cure_for_where_cures():
    x = torch.tensor([-1.0, 0.0, 4.0], requires_grad=True)
    safe = torch.sqrt(torch.where(x > 0, x, 1.0))
    torch.where(x > 0, safe, torch.zeros(3)).sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.25]


def test_minus_infinity_that_masks_a_softmax_is_no_surprise():
    source = """\
scores = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)
mask = torch.triu(torch.ones(2, 2), 1).bool()
weights = torch.softmax(scores.masked_fill(mask, float("-inf")), -1)
loss = (weights**2).sum()
"""
    assert noticed(source)[1] == ()


# --- cuts, depth ----------------------------------------------------------------------------------


def test_a_cut_says_what_it_came_from_and_whom_a_gradient_would_have_reached():
    trace, surprise = only(W + "y = w * 3\nd = y.detach()\nloss = y * d\nloss.backward()")
    assert (surprise.kind, surprise.line) == ("cut", 3)
    assert surprise.title == "detach() cuts the graph"
    assert "d comes from y" in surprise.text
    assert "to w" in surprise.text
    assert trace.backwards[0].node(surprise.nodes[0]).variable == "d"


def test_a_loop_that_cuts_many_times_in_one_place_is_one_surprise():
    source = (
        W + "h = w * 1\nfor step in range(5):\n    h = torch.tanh(h.detach() + w)\nh.backward()"
    )
    _, surprise = only(source)
    assert surprise.kind == "cut"


@pytest.mark.parametrize(
    ("change", "kind"),
    [("torch.tanh(h)", "vanishes"), ("h * 3", "explodes")],
)
def test_a_gradient_that_vanishes_or_explodes_in_the_depth_is_told_with_its_numbers(change, kind):
    trace, surprise = only(f"{W}h = w\nfor layer in range(10):\n    h = {change}\nh.backward()")
    assert surprise.kind == kind
    assert "Gradient flow" in surprise.text
    assert "10 operations" in surprise.text
    gradient = trace.backwards[0].leaves[0].after.floats()[0]
    assert kind == ("vanishes" if gradient < 1 else "explodes")


# --- nothing in ordinary programs -----------------------------------------------------------------

ORDINARY = {
    "squared error": W + "loss = (torch.tensor(3.) - 2 * w)**2\nloss.backward()",
    "by hand": W
    + """
for step in range(3):
    loss = (w - 1)**2
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad.zero_()
""",
    "two layers": """
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1))
x, y = torch.randn(20, 4), torch.randn(20, 1)
optimizer = torch.optim.Adam(model.parameters())
losses = []
for step in range(3):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
""",
    "convolutions": """
torch.manual_seed(0)
model = torch.nn.Sequential(
    torch.nn.Conv2d(1, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
    torch.nn.Dropout(0.1), torch.nn.Flatten(), torch.nn.Linear(36, 3))
x, y = torch.randn(4, 1, 8, 8), torch.tensor([0, 1, 2, 0])
torch.nn.functional.cross_entropy(model(x), y).backward()
""",
    "recurrent": """
torch.manual_seed(0)
rnn = torch.nn.GRU(3, 4)
output, _ = rnn(torch.randn(5, 2, 3))
output.pow(2).mean().backward()
""",
    "where": W + "x = torch.tensor([-1., 1.])\nloss = torch.where(x > 0, w * x, x).sum()",
}


@pytest.mark.parametrize("source", ORDINARY.values(), ids=ORDINARY)
def test_an_ordinary_program_has_nothing_to_notice(source):
    trace = recorded(source)
    assert trace.backwards
    for index in range(len(trace.backwards)):
        assert surprises_of_trace(trace, index) == ()
