"""The positions of the stepper: one for each forward operation if wished, the seed, one a step."""

from __future__ import annotations

from typing import Literal

from viz.draw.scene import Scene
from viz.draw.text import numbers, shape_text
from viz.layout.places import SUMMARY, block
from viz.rules import Card, describe, explain_seed, explain_step
from viz.rules.surprises import explain_stop
from viz.trace import Array, Record

TRAVEL = 4
"""Frames on the way of one gradient: more make it smoother and the page heavier."""


class Moment(Record, frozen=True):
    """One position of the stepper.

    name     of the frame that shows it whole: "f1", "b0", "b3"
    travel   frames that lead to it from the moment before
    node     the active node
    x, y     where it stands, in pixels from the upper left of the figure at natural size
    line     the line of the program that made it
    say      one sentence for the live region: "Step 3 of 5: MulBackward0 sends 4 to w."
    card     what the rule card says; None in the forward phase
    heading  what the card is headed with: "Step 2 of 4"
    """

    phase: Literal["forward", "backward"]
    name: str
    travel: tuple[str, ...]
    node: str
    x: float
    y: float
    line: int | None
    heading: str
    say: str
    card: Card | None = None


def moments_of(scene: Scene) -> tuple[Moment, ...]:
    """All positions, in the order in which they are stepped through."""
    backward = scene.backward
    forward = tuple(_forward(scene, number) for number in range(1, len(backward.forward) + 1))
    steps = tuple(step_moment(scene, number) for number in range(step_count(scene)))
    return (*(forward if scene.forward_first else ()), *steps)


def step_count(scene: Scene) -> int:
    """How many moments the backward phase has: the seed, one for each step, and where it stops."""
    return 1 + len(scene.backward.steps) + (scene.stopped is not None)


def step_moment(scene: Scene, number: int) -> Moment:
    """The moment of the backward phase with this number; 0 is the seed."""
    if number == 0:
        return _seed(scene)
    return _step(scene, number) if number <= len(scene.backward.steps) else _stop(scene)


def _forward(scene: Scene, number: int) -> Moment:
    node = scene.nodes[scene.backward.forward[number - 1]]
    heading = f"Forward {number} of {len(scene.backward.forward)}"
    statement = describe(scene.backward, node.id)
    return Moment(
        "forward",
        f"f{number}",
        (),
        node.id,
        *_spot(scene, node.id),
        node.line,
        heading,
        f"{heading}: {statement}, which is {spoken(node.value)}.",
    )


def _seed(scene: Scene) -> Moment:
    output = scene.nodes[scene.backward.output]
    name = output.variable or "the output"
    return Moment(
        "backward",
        "b0",
        (),
        output.id,
        *_spot(scene, output.id),
        scene.backward.line or output.line,
        "Start",
        _start(scene, name),
        explain_seed(scene.backward),
    )


def _start(scene: Scene, name: str) -> str:
    if len(scene.edges_from[scene.backward.output]) > 1:
        return f"Start: gradients of {name} are sent into the graph at once."
    return f"Start: the gradient of {name} with respect to itself is sent into the graph."


def _step(scene: Scene, number: int) -> Moment:
    step = scene.firing(number)
    node = scene.nodes[step.node]
    heading = f"Step {number} of {scene.most_steps}"
    edges = [scene.backward.edges[index] for index in scene.edges_from[node.id]]
    name = node.variable or ("the leaf" if node.kind == "leaf" else "the result")
    if scene.returns(step):
        arrived = next((array for array in step.incoming if array is not None), None)
        said = f"torch.autograd.grad returns {spoken(arrived)} for {name}."
    elif node.kind == "leaf":
        leaf = scene.leaves.get(node.id)
        after = leaf.after if leaf else step.incoming[0]
        said = f"{name} accumulates; {name}.grad is now {spoken(after)}."
    elif edges:
        sent = [
            f"{spoken(edge.contribution)} to {target(scene, edge.downstream)}" for edge in edges
        ]
        said = f"{node.name} sends {' and '.join(sent)}."
    else:
        said = f"{node.name} sends nothing on."
    moves = bool(edges) and scene.rich
    travel = tuple(f"b{number}.{part}" for part in range(TRAVEL)) if moves else ()
    return Moment(
        "backward",
        f"b{number}",
        travel,
        node.id,
        *_spot(scene, node.id),
        node.line,
        heading,
        f"{heading}: {said}",
        explain_step(scene.backward, number - 1),
    )


def _stop(scene: Scene) -> Moment:
    """Where the engine could not go on."""
    number = len(scene.backward.steps) + 1
    node_id = scene.firing_node(number)
    node, stop = scene.nodes[node_id], scene.backward.stop
    heading = f"Step {number} of {scene.most_steps}: stopped"
    card = explain_stop(scene.backward)
    return Moment(
        "backward",
        f"b{number}",
        (),
        node_id,
        *_spot(scene, node_id),
        (stop.line if stop is not None and stop.kind == "changed" else None) or node.line,
        heading,
        f"{heading}: {card.words}",
        card,
    )


def _spot(scene: Scene, node_id: str) -> tuple[float, float]:
    place = scene.places[node_id]
    return round(place.x, 1), round(scene.height - place.y, 1)


def target(scene: Scene, node_id: str) -> str:
    """What a person calls the result of this node."""
    node = scene.nodes[node_id]
    return node.variable or node.name


def spoken(array: Array | None) -> str:
    """A value in a sentence: the number itself, or what kind of tensor."""
    if array is None:
        return "None"
    if array.is_scalar:
        return numbers(array)
    if array.values is not None and block(array.shape) != SUMMARY:
        return numbers(array).replace("<br>", ", ")
    return f"a tensor of shape {shape_text(array.shape)}"
