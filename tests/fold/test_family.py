"""Every kind of operation that has a rule has a family, and the rule's own file agrees with it."""

from __future__ import annotations

import pytest

from viz.fold.family import FAMILIES, Family, family_of
from viz.rules.activations import ACTIVATIONS
from viz.rules.affine import AFFINE
from viz.rules.attention import ATTENTION
from viz.rules.convolution import CONVOLUTION
from viz.rules.elementwise import ELEMENTWISE
from viz.rules.indexing import INDEXING
from viz.rules.joining import JOINING
from viz.rules.losses import LOSSES
from viz.rules.matrices import MATRICES
from viz.rules.normalization import NORMALIZATION
from viz.rules.pooling import POOLING
from viz.rules.pytorch import entries
from viz.rules.reductions import REDUCTIONS
from viz.rules.row import Row
from viz.rules.softmax import SOFTMAX
from viz.rules.table import TABLE
from viz.rules.views import VIEWS

# Families of rules that are families of operations as well.
SAME: list[tuple[Family, tuple[Row, ...]]] = [
    ("activation", ACTIVATIONS + SOFTMAX),
    ("attention", ATTENTION),
    ("loss", LOSSES),
    ("matrix", MATRICES + AFFINE + CONVOLUTION),
    ("normalisation", NORMALIZATION),
    ("reduction", REDUCTIONS + POOLING),
    ("shape", VIEWS + JOINING + INDEXING),
    ("arithmetic", ELEMENTWISE),
]

# The elementwise rules have these three too.
ACTIVATIONS_ELSEWHERE = {"TanhBackward0", "SigmoidBackward0", "ReluBackward0"}

# Neither changes a shape nor computes anything but zeros.
WITHOUT = {"NativeDropoutBackward0"}


@pytest.mark.parametrize(("family", "rows"), SAME, ids=[family for family, _ in SAME])
def test_the_family_is_that_of_the_rule(family: Family, rows: tuple[Row, ...]) -> None:
    kinds = {kind for row in rows for kind in row.kinds} - ACTIVATIONS_ELSEWHERE
    assert {kind: family_of(kind) for kind in kinds} == dict.fromkeys(kinds, family)


def test_every_operation_with_a_rule_has_a_family() -> None:
    assert {kind for kind in TABLE if family_of(kind) == "other"} == WITHOUT
    assert {family_of(kind) for kind in ACTIVATIONS_ELSEWHERE} == {"activation"}


def test_most_of_pytorchs_own_table_has_one() -> None:
    families = [family_of(kind) for kind in entries()]
    assert set(families) == set(FAMILIES)
    assert families.count("other") < len(families) / 10


@pytest.mark.parametrize("name", ["", "AccumulateGrad", "MyBackward", "Ünknown", "Backward0"])
def test_whatever_is_no_operation_of_pytorch_is_other(name: str) -> None:
    assert family_of(name) == "other"
