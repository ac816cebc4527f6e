"""All rules by the engine's name of the operation. To teach SeeGrad a new one, add a row.

A row is in the file of its family.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from viz.rules.activations import ACTIVATIONS
from viz.rules.affine import AFFINE
from viz.rules.attention import ATTENTION
from viz.rules.convolution import CONVOLUTION
from viz.rules.distances import DISTANCES
from viz.rules.elementwise import ELEMENTWISE
from viz.rules.extremes import EXTREMES
from viz.rules.functions import FUNCTIONS
from viz.rules.indexing import INDEXING
from viz.rules.joining import JOINING
from viz.rules.losses import LOSSES
from viz.rules.matrices import MATRICES
from viz.rules.normalization import NORMALIZATION
from viz.rules.pairs import PAIRS
from viz.rules.patches import PATCHES
from viz.rules.pooling import POOLING
from viz.rules.rearranging import REARRANGING
from viz.rules.reductions import REDUCTIONS
from viz.rules.row import Row
from viz.rules.running import RUNNING
from viz.rules.scattering import SCATTERING
from viz.rules.second import SECOND
from viz.rules.selections import SELECTIONS
from viz.rules.smooth import SMOOTH
from viz.rules.softmax import SOFTMAX
from viz.rules.spreads import SPREADS
from viz.rules.steps import STEPS
from viz.rules.views import VIEWS

Table = Mapping[str, Row]


def by_kind(rows: tuple[Row, ...]) -> Table:
    """Raises ValueError where two rows claim one kind of operation."""
    table = {kind: row for row in rows for kind in row.kinds}
    claimed = Counter(kind for row in rows for kind in row.kinds)
    twice = [kind for kind, count in claimed.items() if count > 1]
    if twice:
        raise ValueError(f"two rows claim the same kind of operation: {', '.join(twice)}")
    return MappingProxyType(table)


TABLE = by_kind(
    (
        *ELEMENTWISE,
        *REDUCTIONS,
        *MATRICES,
        *AFFINE,
        *DISTANCES,
        *VIEWS,
        *JOINING,
        *REARRANGING,
        *INDEXING,
        *SCATTERING,
        *FUNCTIONS,
        *STEPS,
        *PAIRS,
        *SELECTIONS,
        *ACTIVATIONS,
        *SMOOTH,
        *EXTREMES,
        *SPREADS,
        *RUNNING,
        *SOFTMAX,
        *LOSSES,
        *NORMALIZATION,
        *CONVOLUTION,
        *POOLING,
        *PATCHES,
        *ATTENTION,
        *SECOND,
    )
)
