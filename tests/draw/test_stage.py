"""The animated figure shows what the engine did: no more, no less, at every moment."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import pytest

from tests.traces import backward_of, trace_of
from viz.draw.animate import animate
from viz.draw.moving import moving_traces, sum_text
from viz.draw.scene import Scene
from viz.draw.stage import Stage, stage
from viz.draw.text import numbers, plain
from viz.errors import InputError
from viz.layout import arrange
from viz.layout.sizes import node_index
from viz.trace import Array, Backward

THREE_USES = """
x = torch.tensor(3., requires_grad=True)
y = torch.tensor(2., requires_grad=True)
loss = (x**2 - 2*x)*y + x
loss.backward()
"""
MATRICES = """
x = torch.tensor([[1., 2.], [3., 4.], [5., 6.]])
W = torch.tensor([[0.5], [-0.25]], requires_grad=True)
loss = F.mse_loss(x @ W, torch.zeros(3, 1))
loss.backward()
"""
ODD = """
x = torch.tensor([0., float('inf'), float('nan')], requires_grad=True)
e = torch.zeros(0, requires_grad=True)
loss = torch.log(x).sum() + e.sum()
loss.backward()
"""
CHAIN = """
x = torch.tensor(0.5, requires_grad=True)
h = x
for i in range({length}):
    h = torch.tanh(h)
h.backward()
"""
PROGRAMS = [THREE_USES, MATRICES, ODD, CHAIN.format(length=100)]


@pytest.fixture(params=range(len(PROGRAMS)), ids=["scalars", "matrices", "odd", "long"])
def backward(request: pytest.FixtureRequest) -> Backward:
    return backward_of(PROGRAMS[request.param])


def scene_of(backward: Backward) -> Scene:
    return Scene.of(backward, arrange(backward), "light")


def stage_of(backward: Backward, **more: bool) -> Stage:
    return stage(backward, arrange(backward), **more)


def frames(made: Stage) -> dict[str, dict]:
    return {frame["name"]: frame for frame in json.loads(made.figure)["frames"]}


def test_there_is_a_moment_for_the_start_and_one_for_each_step(backward: Backward) -> None:
    made = stage_of(backward)
    assert [moment.name for moment in made.moments] == [
        f"b{number}" for number in range(len(backward.steps) + 1)
    ]
    assert [moment.node for moment in made.moments[1:]] == [step.node for step in backward.steps]


def test_the_forward_pass_comes_first_if_wished(backward: Backward) -> None:
    made = stage_of(backward, forward_first=True)
    forward = [moment.node for moment in made.moments if moment.phase == "forward"]
    assert tuple(forward) == backward.forward
    assert made.moments[len(forward)].name == "b0"


def test_every_frame_that_a_moment_names_is_in_the_figure(backward: Backward) -> None:
    made = stage_of(backward, forward_first=True)
    named = [name for moment in made.moments for name in (*moment.travel, moment.name)]
    assert list(frames(made)) == named


def test_every_frame_lists_every_trace(backward: Backward) -> None:
    made = stage_of(backward)
    count = len(json.loads(made.figure)["data"])
    for frame in frames(made).values():
        assert frame["traces"] == list(range(count))
        assert len(frame["data"]) == count


def test_plotly_knows_every_property_of_the_figure(backward: Backward) -> None:
    figure = json.loads(stage_of(backward, forward_first=True).figure)
    # go.Figure raises ValueError for a property or a value that plotly does not have.
    assert len(go.Figure(figure).frames) == len(figure["frames"])


def test_a_moment_shows_just_the_gradients_that_the_engine_has_sent_by_then() -> None:
    for program in (THREE_USES, MATRICES, ODD):
        backward = backward_of(program)
        scene = scene_of(backward)
        for number, moment in enumerate(stage_of(backward).moments):
            fired = {backward.output, *(step.node for step in backward.steps[:number])}
            expected = sorted(
                numbers(edge.contribution)
                for edge in backward.edges
                if edge.upstream in fired and edge.contribution is not None
            )
            gradients = moving_traces(scene, moment)[3]
            shown = [text.removeprefix("<b>").removesuffix("</b>") for text in gradients["text"]]
            assert sorted(shown) == expected


def test_the_sum_of_a_leaf_grows_in_the_order_in_which_contributions_arrive() -> None:
    backward = backward_of(THREE_USES)
    scene = scene_of(backward)
    leaf = next(leaf for leaf in backward.leaves if leaf.name == "x")
    texts = []
    for number, step in enumerate(backward.steps, start=1):
        fired = step.node == leaf.node
        text, _ = sum_text(scene, leaf.node, scene.sent(number), fired)
        if not texts or texts[-1] != text:
            texts.append(text)
    arrivals = [
        edge.contribution.floats()[0]
        for step in backward.steps
        for edge in backward.edges
        if edge.upstream == step.node and edge.downstream == leaf.node
    ]
    assert len(arrivals) == 3
    assert sum(arrivals) == leaf.after.floats()[0]
    first, second, third = (f"({a:g})".replace("-", "−") if a < 0 else f"{a:g}" for a in arrivals)
    total = f"<b>{sum(arrivals):g}</b>"
    assert texts[-3:-1] == [f"grad {first} + {second}", f"grad {first} + {second} + {third}"]
    assert texts[-1] == f"grad {first} + {second} + {third} = {total}"


def test_a_second_backward_shows_what_was_there_before() -> None:
    second = trace_of(
        "w = torch.tensor(1., requires_grad=True)\n(w*3).backward()\nloss = w*3\nloss.backward()"
    ).backwards[1]
    scene = scene_of(second)
    leaf = second.leaves[0]
    text, _ = sum_text(scene, leaf.node, scene.sent(len(second.steps)), True)
    assert text == "grad 3 + 3 = <b>6</b>"


@pytest.mark.parametrize(
    "label",
    ["<script>alert(1)</script>", '<a href="javascript:alert(1)">x</a>', "a\x08\x1bb", "x" * 5000],
)
def test_a_name_can_never_be_markup(label: str) -> None:
    shown = plain(label)
    assert "<" not in shown
    assert shown.isprintable()
    assert len(shown) < 120


def test_a_long_program_has_a_figure_of_bounded_size() -> None:
    sizes = []
    for length in (200, 400):
        backward = backward_of(CHAIN.format(length=length))
        sizes.append(len(stage_of(backward).figure) / length)
    assert sizes[1] < 1.2 * sizes[0]


def test_numbers_fit_into_the_room_that_the_layout_kept() -> None:
    backward = backward_of(MATRICES)
    for node in node_index(backward).values():
        assert node.value is not None
        assert numbers(node.value).count("<br>") <= 2


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (Array((), "float32", ("nan",), nonfinite=1), "NaN"),
        (Array((), "float32", ("-inf",), nonfinite=1), "−∞"),
        (Array((), "bool", (True,)), "True"),
        (Array((0, 3), "float32", ()), "[0×3]<br>empty"),
        (Array((2,), "float32", (1.0, -2.5)), "[1, −2.5]"),
        (Array((2, 2), "float32", (1.0, 2.0, 3.0, 4.0)), "[1, 2]<br>[3, 4]"),
        (Array((500,), "float32", None, -1.0, 2.0, 0.5, 9.0, 0), "[500]<br>−1 … 2"),
        (Array((500,), "float32", None, nonfinite=500), "[500]<br>500 not finite"),
    ],
)
def test_every_kind_of_tensor_is_shown_as_what_it_is(array: Array, text: str) -> None:
    assert numbers(array) == text


def test_light_and_dark_show_the_same_in_other_colours(backward: Backward) -> None:
    light, dark = (stage(backward, arrange(backward), theme) for theme in ("light", "dark"))
    assert light.moments == dark.moments
    assert light.figure != dark.figure


def test_animate_has_play_pause_and_a_slider_over_all_moments() -> None:
    trace = trace_of(THREE_USES)
    figure = animate(trace)
    play, pause = figure.layout.updatemenus[0].buttons
    assert set(play.args[0]) == {frame.name for frame in figure.frames}
    assert (pause.label, pause.args[0]) == ("Pause", (None,)) or list(pause.args[0]) == [None]
    steps = figure.layout.sliders[0].steps
    assert [step.args[0][0] for step in steps] == [
        f"b{number}" for number in range(len(trace.backwards[0].steps) + 1)
    ]


def test_animate_refuses_a_backward_pass_that_is_not_there() -> None:
    with pytest.raises(InputError, match="no backward pass 7"):
        animate(trace_of(THREE_USES), 7)
