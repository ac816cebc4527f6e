"""Which groups there are: modules, calls, repeats, stages."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tests.fold import graphs
from tests.fold.columns import chain, columns_of, loop
from tests.fold.promises import check
from viz.errors import InputError
from viz.fold.build import COMFORT, tree_from, tree_of
from viz.fold.drawing import overview
from viz.fold.opening import first_view, path_to
from viz.fold.tree import Group, Tree
from viz.trace import Backward

Model = tuple[Backward, Tree]


def titles(group: Group) -> list[str]:
    return [child.title for child in group.children if isinstance(child, Group)]


def test_gpt_opens_as_its_blocks(gpt: Model) -> None:
    _, tree = gpt
    drawn = overview(tree, first_view(tree))
    blocks = [f"h.{number}" for number in range(12)]
    assert [title for title in drawn.items.title if title in blocks] == blocks
    assert "lm_head" in drawn.items.title
    assert 10 <= len(drawn.items.id) <= 40


def test_a_block_opens_to_its_layers_and_those_to_operations(gpt: Model) -> None:
    _, tree = gpt
    block = next(group for group in tree.groups.values() if group.title == "h.3")
    assert titles(block) == ["ln_1", "attn", "ln_2", "mlp"]
    attention = block.children[1]
    assert isinstance(attention, Group)
    assert titles(attention) == ["c_attn", "c_proj"]
    assert block.module == "transformer.h.3"


def test_equal_blocks_are_counted_where_they_stand(gpt: Model) -> None:
    _, tree = gpt
    blocks = next(group for group in tree.groups.values() if group.title == "h")
    assert blocks.times == 12
    assert blocks.detail.startswith("×12 · ")


def test_a_loop_written_by_hand_folds_into_its_rounds(rnn: Model) -> None:
    _, tree = rnn
    repeat = next(group for group in tree.groups.values() if group.times == 300)
    parts = [child for child in repeat.children if isinstance(child, Group)]
    assert [part.title for part in parts] == [
        "steps 1 … 100", "steps 101 … 200", "steps 201 … 300"
    ]  # fmt: skip
    steps = {
        tuple(tree.columns.name[tree.line.nodes[place]] for place in range(step.start, step.stop))
        for part in parts
        for step in part.children
        if isinstance(step, Group)
    }
    assert len(steps) == 1
    # A round ends where its state is handed on, and nothing else is under way.
    assert next(iter(steps))[-1] == "TanhBackward0"


def test_a_long_chain_opens_in_stages_of_round_numbers() -> None:
    tree = tree_from(chain(["MulBackward0"] * 10_000))
    group: Group = tree.root
    sizes = []
    while isinstance(first := group.children[0], Group):
        sizes.append(len(group.children))
        group = first
        assert group.times in (1_000, 100)
    assert [*sizes, len(group.children)] == [10, 10, 100]
    assert group.title == "MulBackward0 1 … 100"


def test_a_loop_in_a_loop_folds_from_the_outside() -> None:
    tree = tree_from(chain((["A"] * 40 + ["B"]) * 60))
    rounds = [child for child in tree.root.children if isinstance(child, Group)]
    assert len(rounds) == 60
    inner = rounds[7].children
    assert isinstance(inner[0], Group)
    assert inner[0].times == 40
    assert len(inner) == 2


def test_equal_names_with_other_connections_are_no_repeats() -> None:
    names = ["A", "B", "C"] * 20
    straight = [(at, at - 1) for at in range(1, 60)]
    # Every second round: C uses A as well, and not B.
    crossed = [(at, at - 2) if at % 6 == 5 else (at, at - 1) for at in range(1, 60)]
    assert tree_from(columns_of(names, [(0, -1), *straight])).groups
    crossing = tree_from(columns_of(names, [(0, -1), *crossed]))
    shapes = {
        group.stop - group.start for group in crossing.groups.values() if group.kind == "step"
    }
    assert shapes <= {6}


@pytest.mark.parametrize("before", [(), ("Tanh", "Mul"), ("Mul",), ("Other", "Add", "Tanh", "Mul")])
def test_a_round_has_the_phase_of_the_loop(before: tuple[str, ...]) -> None:
    """Whatever stands before it: between two rounds there is less under way than within one."""
    tree = tree_from(loop(30, ["Mm", "Add", "Tanh", "Mul"], before))
    steps = [group for group in tree.groups.values() if group.kind == "step"]
    assert len(steps) >= 29
    assert {(step.start - len(before)) % 4 for step in steps} == {0}


def test_few_things_stand_as_they_are() -> None:
    tree = tree_from(chain(["MulBackward0"] * COMFORT))
    assert not tree.groups


class Twice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head, self.body = nn.Linear(3, 3), nn.Sequential(nn.Linear(3, 3), nn.Tanh())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(self.head(x)))


def test_a_module_that_is_called_twice_is_two_groups() -> None:
    model = Twice()
    tree = tree_of(graphs.backward_of(model, lambda: model(torch.randn(2, 3)).sum()))
    assert titles(tree.root) == ["head (1st call)", "body", "head (2nd call)"]
    drawn = overview(tree, ())
    check(tree, drawn)
    # The weight of both calls is beside them, not inside one.
    assert "head.weight" in drawn.items.title


def test_a_module_around_other_things_is_in_parts() -> None:
    modules = ["a"] * 3 + ["b"] * 2 + ["a"] * 3
    tree = tree_from(chain(["Op"] * 8, modules))
    assert titles(tree.root) == ["a (1st call)", "b", "a (2nd call)"]
    check(tree, overview(tree, ()))


def test_a_wrapper_around_one_thing_is_passed_through() -> None:
    modules = [f"wrapped.model.{name}" for name in "aabbcc"]
    tree = tree_from(chain(["Op"] * 6, modules))
    assert titles(tree.root) == ["a", "b", "c"]


def test_the_list_of_a_blocks_layers_is_passed_through_as_well() -> None:
    modules = [f"block.{block}.layer.{layer}" for block in "012" for layer in "0011"]
    tree = tree_from(chain(["Op"] * 12, modules))
    assert titles(tree.root) == ["block.0", "block.1", "block.2"]
    assert titles(tree.groups["g4-8"]) == ["layer.0", "layer.1"]


def test_what_holds_most_is_open_at_first_however_much_is_around_it() -> None:
    before = [f"start.{number}" for number in range(14) for _ in "ab"]
    blocks = [f"body.h.{number}.{part}" for number in range(12) for part in "abcd" for _ in "xy"]
    tree = tree_from(chain(["Op"] * (28 + 96), before + blocks))
    drawn = overview(tree, first_view(tree))
    assert {f"h.{number}" for number in range(12)} <= set(drawn.items.title)
    assert len(drawn.items.id) <= 40


def test_a_module_of_one_operation_is_that_operation_unless_it_has_leaves() -> None:
    model = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.LayerNorm(3))
    tree = tree_of(graphs.backward_of(model, lambda: model(torch.randn(2, 3)).sum()))
    assert titles(tree.root) == ["0", "2"]
    drawn = overview(tree, ())
    at = drawn.items.title.index("TanhBackward0")
    assert drawn.items.module[at] == "1"


def test_the_way_to_a_node_shows_it(model: Model) -> None:
    _, tree = model
    for item in (*tree.columns.id[::7], *[*tree.groups][::5]):
        drawn = overview(tree, path_to(tree, item))
        assert item in {shown.partition("@")[0] for shown in drawn.items.id}


def test_there_is_no_way_to_what_is_not_there(gpt: Model) -> None:
    with pytest.raises(InputError, match="no node 'n99999'"):
        path_to(gpt[1], "n99999")


def test_a_graph_in_a_circle_is_refused() -> None:
    with pytest.raises(InputError, match="circle"):
        tree_from(columns_of(["A", "B"], [(0, 1), (1, 0)]))


@pytest.mark.parametrize(("up", "down"), [(3, 1), (1, 0), (3, 3)])
def test_a_graph_that_goes_on_behind_its_ends_is_refused(up: int, down: int) -> None:
    sound = columns_of(["A", "B"], [(0, -1), (1, 0)])
    damaged = sound.but(
        upstream=(*sound.upstream, up), downstream=(*sound.downstream, down), sent=(1.0,) * 4
    )
    with pytest.raises(InputError, match="no graph of a backward pass"):
        tree_from(damaged)


def test_a_leaf_that_nothing_uses_hides_behind_the_output() -> None:
    tree = tree_from(columns_of(["A", "B"], [(0, -1), (1, 0)], leaves=2))
    drawn = overview(tree, ())
    assert drawn.items.id == ("n1", "n2", "n0", "n3")
    assert drawn.beats[-1].item == 2


def test_a_forward_order_that_is_none_is_put_right() -> None:
    backwards = columns_of(["A", "B", "C"], [(0, 1), (1, 2), (2, -1)], outputs=[0])
    tree = tree_from(backwards)
    assert [backwards.name[node] for node in tree.line.nodes] == ["C", "B", "A"]
    check(tree, overview(tree, ()))
