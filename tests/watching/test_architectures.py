"""Whole models of the transformers library, watched: nothing changes, and every part is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy
import pytest
import torch

import viz
from tests.watching.architectures import ARCHITECTURES, Made
from tests.watching.leftovers import hooks_in, hooks_of_pytorch
from viz.trace import Node, Trace

ADDED_WHILE_RUNNING = ("CrossEntropyLoss", "ReLU", "SiLUActivation")
"""Modules that a forward makes for itself: the model does not hold them."""


@pytest.fixture(params=ARCHITECTURES, ids=lambda make: make.__name__)
def make(request: pytest.FixtureRequest) -> Callable[[], Made]:
    def seeded() -> Made:
        torch.manual_seed(0)
        model, given = request.param()
        torch.manual_seed(1)
        numpy.random.seed(1)  # wav2vec2 chooses with it what to mask
        return model.train(), given

    return seeded


def watched(make: Callable[[], Made]) -> tuple[torch.nn.Module, torch.Tensor, Trace]:
    model, given = make()
    with viz.watch() as watch:
        loss = model(**given).loss
    return model, loss, watch.backward(loss)


def test_a_model_watched_is_the_same_model(make: Callable[[], Made]) -> None:
    plain, given = make()
    expected = plain(**given).loss
    expected.backward()
    random = torch.rand(3)
    model, loss, trace = watched(make)
    assert torch.equal(torch.rand(3), random)
    assert torch.equal(loss, expected)
    for (name, one), (_, two) in zip(
        plain.named_parameters(), model.named_parameters(), strict=True
    ):
        assert (one.grad is None) == (two.grad is None), name
        assert one.grad is None or torch.equal(one.grad, two.grad), name  # type: ignore[arg-type]
    assert list(hooks_in(model)) == list(hooks_in(plain))
    assert not list(hooks_of_pytorch())
    assert_every_node_fired(trace)
    assert_parameters_are_known(model, trace)
    assert_paths_are_those_of(model, trace)


def assert_every_node_fired(trace: Trace) -> None:
    (backward,) = trace.backwards
    fired = {step.node for step in backward.steps}
    kinds = ("operation", "leaf")
    assert fired == {node.id for node in backward.nodes if node.kind in kinds}


def assert_parameters_are_known(model: torch.nn.Module, trace: Trace) -> None:
    """Each has its path for a name, its owner, and the norm of the gradient that it has."""
    (backward,) = trace.backwards
    # wav2vec2 makes a leaf of its own, which has no name.
    leaves = {leaf.name: leaf for leaf in backward.leaves if leaf.requires_grad and leaf.name}
    parameters = {name: each for name, each in model.named_parameters() if each.requires_grad}
    assert leaves.keys() == parameters.keys()
    for name, leaf in leaves.items():
        gradient = parameters[name].grad
        assert (leaf.after is None) == (gradient is None), name
        if leaf.after is not None and gradient is not None:
            norm = gradient.double().norm().item()
            assert float(leaf.after.norm or 0) == pytest.approx(norm, rel=1e-5, abs=1e-30), name
        if leaf.node is not None:
            assert backward.node(leaf.node).module == name.rpartition(".")[0]


def assert_paths_are_those_of(model: torch.nn.Module, trace: Trace) -> None:
    paths = {name for name, _ in model.named_modules()}
    own = [name for name in paths_in(trace) if not name.endswith(ADDED_WHILE_RUNNING)]
    assert set(own) <= paths
    # Nearly everything happens in some part.
    assert sum(bool(name) for name in own) > 0.8 * len(own)
    assert not [node for node in trace.backwards[0].nodes if not has_place(node)]


def paths_in(trace: Trace) -> Iterator[str]:
    return (node.module for node in trace.backwards[0].nodes if node.kind == "operation")


def has_place(node: Node) -> bool:
    """The forward of these models is in files of the library. A view that PyTorch makes anew when
    its base has changed is made by nobody."""
    made_by_nobody = node.kind != "operation" or node.name == "AsStridedBackward0"
    return made_by_nobody or (".py:" in node.place and " in " in node.place)
