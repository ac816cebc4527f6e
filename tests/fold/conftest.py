"""Backwards of real models, made once."""

from __future__ import annotations

from functools import cache

import pytest

from tests.fold import graphs
from viz.fold.build import tree_of
from viz.fold.tree import Tree
from viz.trace import Backward

SMALLER = {
    "mlp": lambda: graphs.mlp(40),
    "gpt": lambda: graphs.gpt(12),
    "rnn": lambda: graphs.rnn(300),
    "clip": lambda: graphs.clip(4),
    "dense": lambda: graphs.dense_scalars(12),
}


@cache
def made(name: str) -> tuple[Backward, Tree]:
    backward = SMALLER[name]()
    return backward, tree_of(backward)


@pytest.fixture(params=SMALLER)
def model(request: pytest.FixtureRequest) -> tuple[Backward, Tree]:
    return made(request.param)


@pytest.fixture
def gpt() -> tuple[Backward, Tree]:
    return made("gpt")


@pytest.fixture
def rnn() -> tuple[Backward, Tree]:
    return made("rnn")
