"""The language agrees with Python itself, on whole programs."""

import pytest
import torch

from tests.language import (
    programs,
    programs_of_autograd,
    programs_of_lectures,
    programs_of_python,
    programs_with_layers,
)
from tests.language.running import (
    HEADER,
    by_python,
    differences,
    run_source,
    same,
    variables_after,
    without_addresses,
)

PROGRAMS = programs.PROGRAMS
COURSES = {
    **programs_of_autograd.PROGRAMS,
    **programs_of_lectures.PROGRAMS,
    **programs_of_python.PROGRAMS,
    **programs_with_layers.PROGRAMS,
}


@pytest.mark.parametrize("name", COURSES)
def test_a_program_of_a_course_does_what_it_does_in_python(name):
    """Printed text, and every variable of the program, bit for bit, with all gradients."""
    printed, theirs = by_python(COURSES[name])
    ours_printed, ours = variables_after(COURSES[name])
    assert without_addresses(ours_printed) == without_addresses(printed)
    names = theirs.keys() - {"__builtins__", "math", "torch", "F", "__name__", "annotations"}
    assert names <= ours.keys()
    found = [
        where for each in sorted(names) for where in differences(ours[each], theirs[each], each)
    ]
    assert found == []


def test_there_are_enough_programs():
    assert len(PROGRAMS) + len(COURSES) >= 60


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_prints_what_it_prints_in_python(name):
    printed, _ = by_python(PROGRAMS[name])
    result, _ = run_source(PROGRAMS[name])
    assert result.printed == printed


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_named_tensor_has_the_value_and_gradient_that_python_gives_it(name):
    _, variables = by_python(PROGRAMS[name])
    _, observer = run_source(PROGRAMS[name])
    tensors = {name: value for name, value in variables.items() if torch.is_tensor(value)}
    assert tensors, "a program without a named tensor compares nothing"
    for variable, theirs in tensors.items():
        ours = observer.names[variable]
        assert same(ours.detach(), theirs.detach()), variable
        assert ours.is_leaf == theirs.is_leaf
        assert ours.requires_grad == theirs.requires_grad
        if theirs.is_leaf:
            assert same(ours.grad, theirs.grad), variable


@pytest.mark.parametrize("name", PROGRAMS)
def test_import_lines_change_nothing(name):
    with_imports, _ = run_source(HEADER + PROGRAMS[name])
    without, _ = run_source(PROGRAMS[name])
    assert with_imports.printed == without.printed


def test_grad_fn_prints_as_in_python_without_its_address():
    source = "y = torch.tensor(1.0, requires_grad=True) * 2\ny.backward()\nprint(y.grad_fn)\n"
    printed, _ = by_python(source)
    assert printed.startswith("<MulBackward0 object at 0x")
    assert run_source(source)[0].printed == "<MulBackward0>\n"


def test_a_loop_runs_in_the_order_of_its_lines():
    _, observer = run_source(
        "x = torch.ones(1, requires_grad=True)\nfor i in range(2):\n    x = x * 2\nx.backward()\n"
    )
    assert observer.lines == [1, 2, 3, 2, 3, 4]


def test_after_a_call_the_line_is_the_callers_again():
    _, observer = run_source(
        "def f(v):\n    return v * 2\nx = f(torch.ones(1, requires_grad=True)) + 1\n"
    )
    assert observer.lines == [1, 3, 2, 3]


def test_parameters_are_named_at_the_line_of_their_function():
    _, observer = run_source(
        "def f(v):\n    u = v * 2\n    return u\na = torch.ones(1, requires_grad=True)\ny = f(a)\n"
    )
    assert observer.named_at == [("a", 4), ("v", 1), ("u", 2), ("y", 5)]


def test_backward_tells_its_line():
    _, observer = run_source(
        "x = torch.tensor(1.0, requires_grad=True)\n(x * 2).backward()\n\n(x * 3).backward()\n"
    )
    assert observer.backward_lines == [2, 4]
