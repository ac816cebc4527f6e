"""`viz.explain` uses exactly the inputs that it is given, and says so where it had to choose."""

import pytest

import viz
from viz import sandbox
from viz.trace import Input


@pytest.mark.parametrize(
    ("source", "inputs", "name", "hint"),
    [
        ("x * w", {"x": 2, "W": 3}, "W", "Did you mean 'w'?"),
        ("x * w", {"x": 2, "w": 3, "bias": 0}, "bias", "Its inputs: x, w."),
        ("def f(x):\n    return x**2", {"X": 2}, "X", "Did you mean 'x'?"),
        ("x = torch.ones(1, requires_grad=True)\nx.sum()", {"x": 2}, "x", "stand in the program"),
    ],
)
def test_a_value_for_a_name_that_the_program_lacks_is_refused(source, inputs, name, hint):
    with pytest.raises(viz.InputError) as caught:
        viz.explain(source, inputs)
    assert caught.value.name == name
    assert hint in caught.value.hint


def test_a_wrong_name_is_told_before_what_comes_of_it():
    with pytest.raises(viz.InputError, match="no such input"):
        viz.explain("w @ x", {"W": [[1.0]], "x": [1.0]})


def test_what_was_taken_for_a_missing_value_is_a_notice():
    trace = viz.explain("x * w + b", {"x": 2})
    taken = {each.name: each.text for each in trace.inputs if each.name != "x"}
    said = [notice.text for notice in trace.notices]
    assert len(said) == 2
    for name, text in taken.items():
        assert any(f"'{name}'" in each and f"{text} was taken" in each for each in said)


@pytest.mark.parametrize("inputs", [None, {"x": 2, "w": 3}])
def test_nothing_is_said_where_no_value_or_every_value_is_given(inputs):
    assert viz.explain("x * w", inputs).notices == ()


def test_the_page_may_keep_values_of_names_that_are_gone():
    answer = sandbox.explain("x * w", [Input("x", "2"), Input("old", "3")])
    assert [each.name for each in answer.trace.inputs] == ["x", "w"]
    assert answer.trace.notices == ()
