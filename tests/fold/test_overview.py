"""Real models, opened in every way: nothing lost, nothing overlaps, the numbers are PyTorch's."""

from __future__ import annotations

import math
import random

import msgspec
import pytest
import torch
from torch.nn import functional as F

from tests.fold import graphs
from tests.fold.columns import columns_of
from tests.fold.promises import check, nodes_of
from tests.traces import trace_of
from viz.fold.build import tree_from, tree_of
from viz.fold.drawing import overview
from viz.fold.opening import first_view
from viz.fold.tree import Tree
from viz.trace import Backward

Model = tuple[Backward, Tree]


def test_the_first_view_is_read_at_a_glance(model: Model) -> None:
    _, tree = model
    drawn = overview(tree, first_view(tree))
    check(tree, drawn)
    assert 5 <= len(drawn.items.id) <= 60


def test_opened_step_by_step_it_keeps_its_promises(model: Model) -> None:
    _, tree = model
    chance = random.Random(0)
    opened: set[str] = set()
    for _ in range(8):
        drawn = overview(tree, opened)
        check(tree, drawn)
        closed = [item for item in drawn.items.id if item in tree.groups]
        if not closed:
            break
        opened |= set(chance.sample(closed, min(3, len(closed))))


def test_all_open_it_is_the_graph_itself(model: Model) -> None:
    backward, tree = model
    drawn = overview(tree, tree.groups)
    check(tree, drawn)
    names = {item.partition("@")[0] for item in drawn.items.id}
    assert names == {node.id for node in backward.nodes}
    ways = {
        (drawn.items.id[up].partition("@")[0], drawn.items.id[down].partition("@")[0])
        for up, down in zip(drawn.ways.upstream, drawn.ways.downstream, strict=True)
    }
    assert ways == {(edge.upstream, edge.downstream) for edge in backward.edges}
    assert drawn.hidden == 0


def test_an_opening_never_shows_more_than_can_be_read(model: Model) -> None:
    _, tree = model
    assert max(len(group.children) for group in (tree.root, *tree.groups.values())) <= 200


def test_the_same_graph_is_drawn_the_same(model: Model) -> None:
    backward, tree = model
    opened = first_view(tree)
    again = tree_of(backward)
    assert first_view(again) == opened
    assert overview(again, opened) == overview(tree, opened)


def test_norms_are_those_of_pytorch() -> None:
    """Of two closed modules: the gradient of what each hands on."""
    torch.manual_seed(1)
    model = torch.nn.Sequential(
        *(torch.nn.Sequential(torch.nn.Linear(5, 5), torch.nn.Tanh()) for _ in range(3))
    )
    x = torch.randn(2, 5)
    backward = graphs.backward_of(model, lambda: model(x).pow(2).sum())
    drawn = overview(tree_of(backward), ())
    results, h = [], x
    for block in model:
        h = block(h)
        results.append(h)
    expected = torch.autograd.grad(h.pow(2).sum(), results)
    found = [
        norm
        for kind, norm in zip(drawn.items.kind, drawn.items.norm, strict=True)
        if kind == "group"
    ]
    assert found == pytest.approx([gradient.norm().item() for gradient in expected], rel=1e-5)
    between = {
        (drawn.items.title[up], drawn.items.title[down]): norm
        for up, down, norm in zip(
            drawn.ways.upstream, drawn.ways.downstream, drawn.ways.norm, strict=True
        )
    }
    assert between["1", "0"] == pytest.approx(expected[0].norm().item(), rel=1e-5)


def test_a_shared_weights_norm_is_that_of_its_gradient(gpt: Model) -> None:
    _, tree = gpt
    torch.manual_seed(0)
    model = graphs.GPT(12)
    ids = torch.randint(29, (2, 9))
    loss = F.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
    (expected,) = torch.autograd.grad(loss, model.lm_head.weight)
    drawn = overview(tree, first_view(tree))
    tied = [
        norm
        for item, norm, kind in zip(drawn.items.id, drawn.items.norm, drawn.items.kind, strict=True)
        if kind == "leaf" and "@" in item
    ]
    assert len(tied) == 2
    assert tied == pytest.approx([expected.norm().item()] * 2, rel=1e-5)


def test_ways_add_up_what_all_their_edges_sent(model: Model) -> None:
    backward, tree = model
    drawn = overview(tree, first_view(tree))
    item_of = {
        node: item for item in drawn.items.id for node in nodes_of(tree, item) if "@" not in item
    }
    squares: dict[tuple[str, str], list[float]] = {}
    for edge in backward.edges:
        up, down = item_of.get(edge.upstream), item_of.get(edge.downstream)
        if up and down and up != down and edge.contribution is not None:
            norm = float(edge.contribution.norm or 0.0)
            squares.setdefault((up, down), []).append(norm)
    compared = 0
    for up, down, norm in zip(
        drawn.ways.upstream, drawn.ways.downstream, drawn.ways.norm, strict=True
    ):
        pair = drawn.items.id[up], drawn.items.id[down]
        if pair in squares:
            assert norm == pytest.approx(math.hypot(*squares[pair]), rel=1e-5)
            compared += 1
    assert compared >= 3


def test_depth_grows_away_from_the_loss(model: Model) -> None:
    _, tree = model
    drawn = overview(tree, first_view(tree))
    depth = drawn.items.depth
    assert depth[drawn.items.kind.index("output")] == 0
    below = [0] * len(depth)
    for up, down in zip(drawn.ways.upstream, drawn.ways.downstream, strict=True):
        assert depth[down] > depth[up]
        below[down] = max(below[down], depth[up] + 1)
    assert list(depth) == below


def test_nonfinite_numbers_are_counted_where_they_are() -> None:
    x = torch.tensor([1.0, 0.0], requires_grad=True)
    with graphs.Recorder(graphs.ROOMY) as recorder:
        recorder.backward((x / x).sum())
    tree = tree_of(recorder.backwards[-1])
    drawn = overview(tree, ())
    counts = dict(zip(drawn.items.title, drawn.items.nonfinite, strict=True))
    quotient = torch.tensor([1.0, 0.0]) / torch.tensor([1.0, 0.0])
    assert counts["DivBackward0"] == quotient.isnan().sum().item()
    assert counts["SumBackward0"] == 1


def test_ways_go_forward_around_what_is_between(model: Model) -> None:
    _, tree = model
    drawn = overview(tree, tree.groups)
    x, bent = drawn.items.x, 0
    for up, down, bends in zip(
        drawn.ways.upstream, drawn.ways.downstream, drawn.ways.bends, strict=True
    ):
        across = [x[up], *bends[::2], x[down]]
        assert across == sorted(across, reverse=True)
        bent += bool(bends)
    assert bent or tree.columns.name.count("CloneBackward0") == 0


def test_an_item_takes_few_bytes(model: Model) -> None:
    _, tree = model
    for opened in (first_view(tree), tree.groups):
        drawn = overview(tree, opened)
        assert len(msgspec.json.encode(drawn)) / len(drawn.items.id) <= 500


def test_a_leaf_that_two_open_groups_use_stands_in_each() -> None:
    modules = ["a", "a", "b", "b"]
    uses = [(0, -1), (1, 0), (2, 1), (2, -1), (3, 2)]
    tree = tree_from(columns_of(["A", "B", "C", "D"], uses, modules))
    drawn = overview(tree, tree.groups)
    check(tree, drawn)
    assert [item for item in drawn.items.id if "@" in item] == ["n5@n1", "n5@n3"]
    # Where both are closed it is drawn once: they are neighbours.
    assert "n5" in overview(tree, ()).items.id


def test_a_tensor_of_indices_is_told_by_its_shape() -> None:
    backward = trace_of(
        "weight = torch.ones(5, 3, requires_grad=True)\n"
        "loss = F.embedding(torch.tensor([[0, 1]]), weight).sum()\nloss.backward()"
    ).backwards[0]
    tree = tree_of(backward)
    items = overview(tree, tree.groups).items
    kinds = zip(items.title, items.kind, strict=True)
    assert [title for title, kind in kinds if kind == "constant"] == ["[1×2]"]
