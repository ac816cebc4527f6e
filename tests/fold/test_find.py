"""Searching finds what is there, and the answer shows it."""

from __future__ import annotations

import pytest
import torch

from tests.fold import graphs
from tests.fold.promises import check
from viz.errors import InputError
from viz.fold.build import tree_of
from viz.fold.drawing import MOST_MATCHES
from viz.fold.family import family_of
from viz.fold.find import find, searched
from viz.fold.tree import Tree
from viz.trace import Backward

Model = tuple[Backward, Tree]


def test_an_operation_by_its_name(gpt: Model) -> None:
    backward, tree = gpt
    expected = {node.id for node in backward.nodes if "softmax" in node.name.lower()}
    assert set(find(tree, "SoftMax")) == expected
    assert len(expected) == 13


def test_a_variable_by_its_name(rnn: Model) -> None:
    backward, tree = rnn
    named = next(node.id for node in backward.nodes if node.variable == "loss")
    assert named in find(tree, "loss")


def test_a_shape_however_it_is_written(gpt: Model) -> None:
    backward, tree = gpt
    expected = {node.id for node in backward.nodes if node.shape == (2, 8, 64)}
    assert expected
    for words in ("2x8x64", "2×8×64", "(2,8,64)", "2X8X64"):
        assert set(find(tree, words)) == expected


def test_a_module_is_found_as_a_group(gpt: Model) -> None:
    _, tree = gpt
    found = find(tree, "attn")
    groups = [item for item in found if item in tree.groups]
    modules = {tree.groups[item].module for item in groups}
    assert {f"transformer.h.{number}.attn" for number in range(12)} <= modules
    # What is inside is not told again, unless its own name has the word.
    assert len(found) == len(groups)


def test_all_words_have_to_fit(gpt: Model) -> None:
    backward, tree = gpt
    expected = {
        node.id
        for node in backward.nodes
        if node.module.startswith("transformer.h.3.") and "Gelu" in node.name
    }
    assert set(find(tree, "h.3. gelu")) == expected
    assert find(tree, "gelu nothing-is-called-this") == ()
    assert find(tree, "  ") == ()


def test_a_family(gpt: Model) -> None:
    backward, tree = gpt
    nodes = {node.id: node for node in backward.nodes}
    found = [nodes[item] for item in find(tree, "normalisation") if item in nodes]
    assert found
    assert {family_of(node.name) for node in found} == {"normalisation"}


@pytest.mark.parametrize("word", ["nan", "NaN", "inf", "nonfinite"])
def test_what_is_not_finite(word: str) -> None:
    x = torch.tensor([0.0, 1.0], requires_grad=True)
    with graphs.Recorder(graphs.ROOMY) as recorder:
        recorder.backward((torch.sqrt(x) * 0.0).sum())
    tree = tree_of(recorder.backwards[-1])
    x.grad = None
    (torch.sqrt(x) * 0.0).sum().backward()
    assert x.grad is not None
    assert x.grad.isnan().sum() == 1
    # The gradient of x alone has a NaN: sqrt has the slope inf at 0, times 0.
    found = [tree.columns.kind[tree.columns.id.index(item)] for item in find(tree, word)]
    assert found == ["leaf"]


def test_the_answer_opens_the_way_to_the_first_and_marks_all(gpt: Model) -> None:
    _, tree = gpt
    matches = find(tree, "gelu")
    drawn = searched(tree, (), "gelu")
    check(tree, drawn)
    assert drawn.matches == matches
    shown = [drawn.items.id[item] for item in drawn.found]
    assert matches[0] in shown
    hidden_in = {item for item in shown if item in tree.groups}
    places = {int(tree.line.place[tree.columns.id.index(match)]) for match in matches}
    held = {
        place
        for place in places
        for group in hidden_in
        if tree.groups[group].start <= place < tree.groups[group].stop
    }
    assert len(held) == len(matches) - 1


def test_a_leaf_is_marked_wherever_it_stands(gpt: Model) -> None:
    _, tree = gpt
    drawn = searched(tree, ("g0-604",), "n34")
    tied = [at for at, item in enumerate(drawn.items.id) if item.startswith("n34@")]
    assert len(tied) == 2
    assert set(tied) <= set(drawn.found)


def test_many_matches_travel_in_part(rnn: Model) -> None:
    _, tree = rnn
    drawn = searched(tree, (), "add")
    assert len(find(tree, "add")) == 600
    assert drawn.matches == find(tree, "add")[:MOST_MATCHES]


def test_a_node_is_shown_on_request(gpt: Model) -> None:
    _, tree = gpt
    assert "n300" in {item.partition("@")[0] for item in searched(tree, (), "", "n300").items.id}
    with pytest.raises(InputError, match="no node 'x'"):
        searched(tree, (), "", "x")
