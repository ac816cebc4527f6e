"""The kinds of values that a `for` loop goes over, and those that brackets and `len` work on."""

from __future__ import annotations

import itertools
import types
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

ITERATORS: tuple[Any, ...] = (
    iter([]),
    iter(()),
    iter(""),
    iter(range(0)),
    iter({}),
    iter(set()),
    iter({}.values()),
    iter({}.items()),
    enumerate([]),
    zip(),
    map(len, []),
    filter(None, []),
    reversed(()),
    reversed([]),
    reversed(range(0)),
    itertools.chain(),
    itertools.count(),
    itertools.cycle([]),
    itertools.product(),
    itertools.combinations([], 1),
    itertools.permutations([]),
    itertools.islice([], 0),
    itertools.repeat(0),
    itertools.zip_longest([]),
)
"""One of each kind: what `enumerate`, `zip`, a comprehension and so on give."""

LAYERS = (
    torch.nn.Sequential,
    torch.nn.ModuleList,
    torch.nn.ModuleDict,
    torch.nn.ParameterList,
    torch.nn.ParameterDict,
)
SEQUENCES = (list, tuple, str, range, deque)
DICTS = (dict, OrderedDict, defaultdict, Counter)
VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))
SETS = (set, frozenset)

ITERABLE: tuple[type, ...] = (
    *SEQUENCES,
    *SETS,
    *DICTS,
    *VIEWS,
    *LAYERS,
    *map(type, ITERATORS),
    torch.Tensor,
    np.ndarray,
    Dataset,
    DataLoader,
    types.GeneratorType,
)
INDEXABLE: tuple[type, ...] = (*SEQUENCES, *DICTS, *LAYERS, torch.Tensor, np.ndarray, Dataset)
MEASURED: tuple[type, ...] = (*INDEXABLE, *SETS, *VIEWS, DataLoader)
CHANGEABLE: tuple[type, ...] = (list, deque, *DICTS, *LAYERS, torch.Tensor, np.ndarray)
"""What `x[i] = ...` works on."""
