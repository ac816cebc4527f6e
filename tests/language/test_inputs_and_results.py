"""Which inputs a program has, and what backward is called on where the program never calls it."""

import pytest
import torch

from tests.language.running import by_python, run_source
from viz.errors import InputError
from viz.language import check
from viz.language.results import Candidate, Results
from viz.limits import DEFAULT

LEAF = "w = torch.tensor(3.0, requires_grad=True)\n"


@pytest.mark.parametrize(
    ("source", "inputs"),
    [
        ("(y - x*w)**2", ("y", "x", "w")),
        ("torch.sin(x) + math.pi*x + len([1])", ("x",)),
        ("sin(x) + sin(y)", ("x", "y")),
        ("(lambda p: p * q)(r)", ("q", "r")),
        ("θ*α", ("θ", "α")),
        ("def forward(x, y, w=1, b=2):\n    return x", ("x", "y")),
        ("import torch\ndef first(a):\n    return a\ndef last(b):\n    return first(b)\n", ("b",)),
        ("x = torch.tensor(1.)\nx * 2\n", ()),
        ("def f(x):\n    return x\nf(torch.ones(1))\n", ()),
    ],
)
def test_inputs_of_a_program(source, inputs):
    assert check(source, DEFAULT).inputs == inputs


def test_only_definitions_are_called_with_the_inputs():
    result, observer = run_source(
        "def g(v):\n    return v**2\ndef f(x, k=3):\n    return g(x) * k\n", x="2."
    )
    assert observer.names["x"].grad == 12
    assert observer.backward_lines == [None]
    assert "result of f()" in result.notices[0].text


def test_inputs_are_named_at_the_line_of_their_function_and_at_0_in_an_expression():
    _, observer = run_source("import torch\ndef f(x):\n    return x * 2\n")
    assert observer.named_at[0] == ("x", 2)
    _, observer = run_source("x * 2")
    assert observer.named_at == [("x", 0)]


# A program that never calls backward, and the name of what it is called on.
RESULTS = {
    f"{LEAF}loss = w**2\n": "'loss'",
    f"{LEAF}loss = w**2\nprint(loss)\n": "'loss'",
    f"{LEAF}loss = w**2\nloss * 2\n": "the last line's value",
    f"{LEAF}loss = w**2\nv = torch.ones(3) * loss\n": "'loss'",
    f"{LEAF}loss = w**2\nn = 3\nnumber = loss.item()\n": "'loss'",
    f"{LEAF}def f(v):\n    return v**2\nprint(f(w))\n": "'f' returned",
    f"{LEAF}def f(v):\n    inner = v * 5\n    return inner**2\nloss = f(w)\n": "'loss'",
    f"{LEAF}loss = w\nloss = loss * 2\nloss += 1\n": "'loss'",
}


@pytest.mark.parametrize("source", RESULTS)
def test_backward_is_called_on_the_last_scalar_result_and_the_run_says_so(source):
    result, observer = run_source(source)
    assert observer.backward_lines == [None]
    assert len(result.notices) == 1
    assert "never calls backward()" in result.notices[0].text
    assert RESULTS[source] in result.notices[0].text
    assert observer.names["w"].grad is not None


def test_a_program_that_only_prints_runs_and_says_that_there_is_no_backward_pass():
    result, observer = run_source("x = torch.arange(3)\nprint(x, x.dtype)\n")
    assert result.printed == "tensor([0, 1, 2]) torch.int64\n"
    assert observer.backward_lines == []
    assert "no backward pass" in result.notices[0].text


def test_a_program_that_asks_for_gradients_itself_gets_no_backward():
    result, observer = run_source(f"{LEAF}g, = torch.autograd.grad(w**2, w)\nprint(g)\n")
    assert result.printed == "tensor(6.)\n"
    assert observer.backward_lines == [2]
    assert result.notices == ()


@pytest.mark.parametrize(
    "call",
    [
        "torch.autograd.functional.jacobian(lambda w: w**2, w)",
        "torch.autograd.functional.hessian(lambda w: w**2, w)",
        "torch.autograd.functional.vjp(lambda w: w**2, w)",
        "torch.autograd.functional.jvp(lambda w: w**2, w, torch.tensor(1.))",
        "torch.autograd.grad(torch.stack([w, w]), w, torch.eye(2), is_grads_batched=True)",
    ],
)
def test_what_runs_the_engine_by_itself_runs_and_says_that_it_is_not_drawn(call):
    result, observer = run_source(f"{LEAF}print({call})\n")
    assert result.printed == by_python(f"{LEAF}print({call})\n")[0]
    assert observer.backward_lines == []
    assert "is not drawn" in result.notices[0].text


def test_a_layer_without_a_shape_has_no_parameters_to_name_yet():
    _, observer = run_source("net = nn.LazyLinear(2)\nnet(torch.ones(1, 3)).sum().backward()\n")
    assert observer.names == {}


def test_attributes_and_parameters_of_layers_are_named_in_the_students_words():
    source = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(1))
        self.fc = nn.Linear(1, 1)
    def forward(self, x):
        return self.fc(x) * self.w
net = Net()
layer = nn.Linear(1, 1, bias=False)
net(layer(torch.ones(1))).sum().backward()
"""
    _, observer = run_source(source)
    first = {}
    for name, line in observer.named_at:
        first.setdefault(id(observer.names[name]), (name, line))
    assert {("w", 5), ("fc.weight", 6), ("fc.bias", 6), ("layer.weight", 10)} <= set(first.values())


def test_a_program_that_calls_backward_is_left_alone():
    result, observer = run_source(f"{LEAF}loss = w**2\nloss.backward()\nother = w * 2\n")
    assert observer.backward_lines == [3]
    assert result.notices == ()


def test_a_result_with_one_element_needs_no_sum():
    _, observer = run_source("x * 2", x="[[3.]]")
    assert observer.names["x"].grad.tolist() == [[2.0]]


def test_earlier_results_are_let_go():
    results = Results()
    for line in range(100):
        results.add(Candidate(torch.ones(1, requires_grad=True) * line, "'y'", line))
    assert len(results.by_rank) == 1
    assert results.best().line == 99


def test_the_gradient_of_a_result_that_is_no_leaf_gives_a_notice():
    result, _ = run_source(f"{LEAF}y = w * 2\ny.backward()\nprint(y.grad)\n")
    assert result.printed == "None\n"
    assert [(notice.line, "retain_grad" in notice.text) for notice in result.notices] == [(4, True)]


def test_warnings_of_pytorch_become_notices():
    result, _ = run_source("F.mse_loss(a, b)", a="[1., 2.]", b="3.")
    assert any("target size" in notice.text for notice in result.notices)


def test_a_program_with_wrong_inputs_never_runs():
    with pytest.raises(InputError):
        run_source("def f(x):\n    return 1 / 0\n", x="nothing")


def test_grad_mode_of_the_caller_does_not_matter():
    with torch.no_grad():
        _, observer = run_source("x * 2")
        assert not torch.is_grad_enabled()
    assert observer.names["x"].grad == 2


def test_an_expression_is_not_told_that_it_never_calls_backward():
    result, observer = run_source("x * 2")
    assert observer.backward_lines == [None]
    assert result.notices == ()


def test_a_pasted_function_may_be_run_for_its_forward_pass_alone():
    result, observer = run_source("def forward(x):\n    return torch.zeros(())\n")
    assert observer.backward_lines == []
    assert "does not depend on any tensor that requires grad" in result.notices[0].text
