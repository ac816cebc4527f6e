"""The card below an overview: what it says of an operation, a leaf and a folded block."""

from __future__ import annotations

import pytest

import viz
from viz.draw.item import item_card
from viz.fold.build import tree_of
from viz.fold.drawing import overview
from viz.fold.opening import first_view
from viz.fold.overview import Overview
from viz.trace import Backward

SOURCE = """\
import torch
import torch.nn as nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
loss = (net(torch.ones(2, 3)) ** 2).sum()
loss.backward()
"""


@pytest.fixture(scope="module")
def backward() -> Backward:
    return viz.explain(SOURCE).backwards[0]


@pytest.fixture(scope="module")
def folded(backward: Backward) -> Overview:
    return overview(tree_of(backward), ())


@pytest.fixture(scope="module")
def opened(backward: Backward) -> Overview:
    tree = tree_of(backward)
    return overview(tree, {*first_view(tree), *tree.groups})


def test_an_operation_has_its_numbers_and_the_rule_card_of_its_step(backward, opened):
    node = next(node for node in backward.nodes if node.name == "PowBackward0")
    card = item_card(backward, opened, node.id)
    facts = dict(card["facts"])
    assert facts["shape"] == "2×2"
    assert facts["where"] == "line 5"
    step = next(step for step in backward.steps if step.node == node.id)
    assert all(value == 1 for value in step.incoming[0].values)
    assert "1" in facts["gradient"]
    assert card["moment"]["card"]["title"] == "PowBackward0"


def test_a_leaf_that_is_drawn_at_a_use_has_the_card_of_the_leaf(backward, opened):
    leaf = next(node for node in backward.nodes if node.kind == "leaf")
    place = next(i for i, one in enumerate(opened.items.id) if one.split("@")[0] == leaf.id)
    card = item_card(backward, opened, opened.items.id[place])
    assert dict(card["facts"])["variable"] == leaf.variable
    assert card["moment"]["card"]["title"] == "AccumulateGrad"


def test_a_folded_block_tells_what_fires_inside(backward, folded):
    items = folded.items
    for place, kind in enumerate(items.kind):
        if kind != "group":
            continue
        words = item_card(backward, folded, items.id[place])["words"]
        fired = [
            step.node
            for beat in folded.beats
            if beat.item == place
            for step in backward.steps[beat.start : beat.stop]
        ]
        names = {node.id: node.name for node in backward.nodes}
        assert fired
        assert all(names[node] in words for node in fired)


def test_an_item_that_is_not_there_has_no_card(backward, folded):
    assert item_card(backward, folded, "n100000") is None
