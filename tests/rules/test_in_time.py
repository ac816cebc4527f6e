"""Two programs step in time: nothing is left out, nothing goes back, the same operations meet."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.traces import backward_of
from viz.rules.in_time import MOST_CELLS, in_time, steps_in_time

NAMES = st.lists(st.sampled_from(["add", "mul", "tanh", "relu"]), max_size=12)


@given(NAMES, NAMES)
def test_every_step_of_both_is_taken_once_and_in_order(first: list[str], second: list[str]) -> None:
    beats = [(-1, -1), *in_time(first, second)]
    assert beats[-1] == (len(first) - 1, len(second) - 1)
    for before, after in pairwise(beats):
        moves = [after[side] - before[side] for side in (0, 1)]
        assert moves in ([0, 1], [1, 0], [1, 1])


@given(NAMES)
def test_the_same_program_twice_never_waits(names: list[str]) -> None:
    assert in_time(names, names) == tuple((index, index) for index in range(len(names)))


@given(NAMES, st.data())
def test_whoever_has_more_steps_takes_them_alone(names: list[str], data: st.DataObject) -> None:
    extra = data.draw(st.lists(st.integers(0, len(names)), max_size=4, unique=True))
    longer = list(names)
    for place in sorted(extra, reverse=True):
        longer.insert(place, "only here")
    beats = in_time(names, longer)
    assert len(beats) == len(longer)
    together = [beat for index, beat in enumerate(beats) if index == 0 or beats[index - 1] != beat]
    met = {one: other for one, other in reversed(together) if one >= 0}
    assert [longer[other] for other in met.values()] == [names[one] for one in met]


@given(NAMES, NAMES)
def test_the_sides_change_places(first: list[str], second: list[str]) -> None:
    assert len(in_time(first, second)) == len(in_time(second, first))


def test_very_long_programs_go_on_together() -> None:
    names = ["mul"] * (MOST_CELLS // 100)
    beats = in_time(names, ["add"] * 101)
    assert beats[100] == (100, 100)
    assert beats[-1] == (len(names) - 1, 100)


PLAIN = """
w1 = torch.tensor(0.5, requires_grad=True)
w2 = torch.tensor(0.25, requires_grad=True)
h1 = torch.tanh(w1 * 2)
h2 = torch.tanh(w2 * h1)
h2.backward()
"""


def test_the_layers_of_a_residual_network_meet_those_of_the_plain_one() -> None:
    first = backward_of(PLAIN)
    second = backward_of(PLAIN.replace("h2 = ", "h2 = h1 + "))
    for one, other in steps_in_time(first, second):
        nodes = first.node(first.steps[max(one, 0)].node), second.node(second.steps[other].node)
        if nodes[1].name == "AddBackward0":
            assert one == -1, "the plain network has no addition: it has not begun yet"
        else:
            assert nodes[0].name == nodes[1].name
            assert nodes[0].kind != "leaf" or nodes[0].variable == nodes[1].variable
