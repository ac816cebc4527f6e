"""Where several contributions meet, each is shown with where it came from."""

from __future__ import annotations

import msgspec
import pytest

from tests.traces import backward_of
from viz.rules import Line, explain_step, text_of
from viz.rules.sums import LARGEST, SHOWN
from viz.trace import Array, Backward

THREE = """x = torch.tensor(3.0, requires_grad=True)
y = torch.tensor(2.0)
z = (x**2 - 2*x)*y + x"""


def step_of(backward: Backward, name: str) -> int:
    steps = enumerate(backward.steps)
    return next(i for i, step in steps if backward.node(step.node).variable == name)


def first_line(backward: Backward, name: str) -> Line:
    return explain_step(backward, step_of(backward, name)).lines[0]


def notes(line: Line) -> list[tuple[str, str]]:
    return [(text_of((part,)), part.note) for part in line.parts if getattr(part, "note", "")]


def test_contributions_to_a_leaf_say_where_they_came_from():
    line = first_line(backward_of(THREE), "x")
    assert notes(line) == [
        ("1", "from z\nAddBackward0, line 3"),
        ("(−4)", "from 2·x\nMulBackward0, line 3"),
        ("12", "from x²\nPowBackward0, line 3"),
    ]
    assert (text_of(line.parts), line.engine) == ("∂z/∂x = 1 + (−4) + 12 = 9", "agrees")


def test_contributions_to_a_result_say_where_they_came_from():
    backward = backward_of(
        "x = torch.tensor(3.0, requires_grad=True)\ns = x*2\na = s*s\nz = a + s.sin()"
    )
    line = first_line(backward, "s")
    assert [note.split("\n")[1] for _, note in notes(line)] == [
        "SinBackward0, line 4",
        "MulBackward0, line 3",
        "MulBackward0, line 3",
    ]
    assert line.engine == "agrees"


def test_matrices_keep_their_source():
    backward = backward_of("W = torch.eye(2, requires_grad=True)\nh = W @ W\nz = (h @ W).sum()")
    line = first_line(backward, "W")
    assert [note.split("\n")[0] for _, note in notes(line)] == ["from h @ W", "from h", "from h"]


def test_a_false_sum_differs():
    backward = backward_of(THREE)
    step = step_of(backward, "x")
    false = msgspec.structs.replace(backward.steps[step], incoming=(Array((), "float32", (10.0,)),))
    steps = (*backward.steps[:step], false, *backward.steps[step + 1 :])
    line = first_line(msgspec.structs.replace(backward, steps=steps), "x")
    assert line.engine == "differs"
    assert text_of(line.parts) == "∂z/∂x = 1 + (−4) + 12 = 9 ≠ the engine's 10"


@pytest.mark.parametrize("uses", [SHOWN, SHOWN + 1, 200])
def test_of_many_contributions_the_largest_are_shown_and_the_rest_in_one_term(uses):
    backward = backward_of(
        f"w = torch.tensor(1.0, requires_grad=True)\nz = sum(k * w for k in range(1, {uses + 1}))"
    )
    line = first_line(backward, "w")
    shown = notes(line)
    assert line.engine == "agrees"
    if uses == SHOWN:
        assert len(shown) == uses
    else:
        assert [text for text, _ in shown[:LARGEST]] == [str(uses - at) for at in range(LARGEST)]
        rest = sum(range(1, uses + 1 - LARGEST))
        assert shown[LARGEST:] == [
            (str(rest), f"from {uses - LARGEST} others,\nnone of them larger")
        ]
    assert text_of(line.parts).endswith(f" = {uses * (uses + 1) // 2}")


def test_what_is_used_once_has_no_sum():
    backward = backward_of("x = torch.tensor(3.0, requires_grad=True)\nz = x**2")
    assert notes(first_line(backward, "x")) == []


def test_what_backward_began_with_is_a_contribution_too():
    backward = backward_of(
        "x = torch.tensor(3.0, requires_grad=True)\ny = x * 2\nz = y**2\n"
        "torch.autograd.backward([y, z])"
    )
    line = first_line(backward, "y")
    assert notes(line) == [
        ("1", "from the start\nof backward"),
        ("12", "from z\nPowBackward0, line 3"),
    ]
    assert line.engine == "agrees"
