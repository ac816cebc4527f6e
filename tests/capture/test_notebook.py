"""The two programs of the lab notebook, in words of our own."""

import pytest
import torch

from tests.traces import trace_of

SQUARED_ERROR = """
import torch

def forward(x, y, w):
    prediction = x * w
    error = y - prediction
    loss = error**2
    return loss

x = torch.tensor(1.0)
y = torch.tensor(2.0)
w = torch.tensor(1.0, requires_grad=True)
print(forward(x, y, w))
forward(x, y, w).backward()
"""

LINEAR_NEURON = """
import torch

x = torch.tensor(2.0)
y = torch.tensor(1.0)
w = torch.tensor(1.0, requires_grad=True)

def forward(x, y, w):
    return (y - x * w) ** 2

loss = forward(x, y, w)
loss.backward()
print(w.grad)
"""

NOT_ZEROED = """
x = torch.tensor(1.0)
y = torch.tensor(2.0)
w = torch.tensor(1.0, requires_grad=True)
loss = (y - x * w) ** 2
loss.backward(retain_graph=True)
loss.backward()
w.grad.zero_()
print(w.grad)
"""


def leaf(backward, name):
    return next(found for found in backward.leaves if found.name == name)


def test_the_squared_error_has_its_names_lines_and_values():
    trace = trace_of(SQUARED_ERROR)
    (backward,) = trace.backwards
    assert trace.printed == "tensor(1., grad_fn=<PowBackward0>)\n"
    named = {node.name: node for node in backward.nodes if node.kind == "operation"}
    lines = trace.source.splitlines()
    for name, variable in [
        ("MulBackward0", "prediction"),
        ("SubBackward0", "error"),
        ("PowBackward0", "loss"),
    ]:
        assert named[name].variable == variable
        assert lines[named[name].line - 1].strip().startswith(f"{variable} = ")
    assert lines[backward.line - 1] == "forward(x, y, w).backward()"
    constants = {node.variable: node for node in backward.nodes if node.kind == "constant"}
    assert set(constants) == {"x", "y"}
    assert constants["y"].value.values == (2.0,)


@pytest.mark.parametrize(
    ("program", "x", "y", "w"), [(SQUARED_ERROR, 1.0, 2.0, 1.0), (LINEAR_NEURON, 2.0, 1.0, 1.0)]
)
def test_the_gradient_of_the_squared_error_is_minus_two_x_times_the_error(program, x, y, w):
    (backward,) = trace_of(program).backwards
    assert leaf(backward, "w").before is None
    assert leaf(backward, "w").after.values == (-2 * x * (y - x * w),)


def test_a_result_without_a_name_inside_takes_the_name_outside():
    (backward,) = trace_of(LINEAR_NEURON).backwards
    output, root = backward.nodes[:2]
    assert (output.variable, root.variable) == ("loss", "loss")
    source = trace_of(LINEAR_NEURON).source.splitlines()
    assert source[root.line - 1].strip() == "return (y - x * w) ** 2"


def test_the_second_backward_adds_and_zeroing_starts_again():
    trace = trace_of(NOT_ZEROED)
    first, second = trace.backwards
    assert leaf(first, "w").after.values == (-2.0,)
    assert leaf(second, "w").before.values == (-2.0,)
    assert leaf(second, "w").after.values == (-4.0,)
    assert trace.printed == "tensor(0.)\n"


def test_every_program_may_print_while_it_is_watched():
    trace = trace_of("x = torch.ones(2, requires_grad=True)\ny = x * 2\nprint(y, x.grad)\ny.sum()")
    y = torch.ones(2, requires_grad=True) * 2
    assert trace.printed == f"{y} None\n"
