"""A large graph comes back folded, and is opened further by another child."""

from __future__ import annotations

import pytest

from tests.fold.promises import check
from viz import sandbox
from viz.errors import InputError, LimitError
from viz.fold.build import tree_of
from viz.fold.drawing import overview
from viz.fold.opening import first_view
from viz.fold.overview import LARGE
from viz.limits import Limits
from viz.sandbox import Answer

LOOP = """
import torch
w = torch.tensor(0.9, requires_grad=True)
h = torch.tensor(1.0)
for i in range({rounds}):
    h = torch.tanh(h * w + i)
h.backward()
"""


@pytest.fixture(scope="module")
def answer() -> Answer:
    return sandbox.explain(LOOP.format(rounds=200))


def test_a_large_graph_has_an_overview_and_a_small_one_none(answer: Answer) -> None:
    (backward,), (first,) = answer.trace.backwards, answer.overviews
    tree = tree_of(backward)
    assert len(backward.nodes) > LARGE
    assert first == overview(tree, first_view(tree))
    check(tree, first)
    small = sandbox.explain(LOOP.format(rounds=3))
    assert small.overviews == (None,)


def test_groups_are_opened_on_request(answer: Answer) -> None:
    (backward,), (first,) = answer.trace.backwards, answer.overviews
    assert first is not None
    closed = next(item for item in first.items.id if item.startswith("g"))
    more = sandbox.overview(answer.trace, 0, [*first.opened, closed])
    assert more == overview(tree_of(backward), [*first.opened, closed])
    assert set(more.opened) == {*first.opened, closed}
    assert sandbox.overview(answer.trace, 0) == first


def test_a_search_and_a_node_open_what_hides_them(answer: Answer) -> None:
    found = sandbox.overview(answer.trace, 0, (), find="tanh")
    assert len(found.matches) == 200
    assert found.matches[0] in found.items.id
    node = answer.trace.backwards[0].steps[-1].node
    shown = sandbox.overview(answer.trace, 0, (), show=node)
    assert node in {item.partition("@")[0] for item in shown.items.id}
    with pytest.raises(InputError, match="no node 'n0815'"):
        sandbox.overview(answer.trace, 0, (), show="n0815")


def test_folding_has_the_time_of_a_run(answer: Answer) -> None:
    with pytest.raises(LimitError, match="drawing the graph took longer"):
        sandbox.overview(answer.trace, 0, limits=Limits(seconds=1e-6))
