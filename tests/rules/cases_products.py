"""Programs that multiply matrices, with something added, and that measure distances."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.rules.cases import FILLED, ONE, ONE_MATRIX, Case, Shapes, sides

POINTS: Shapes = sides("nk", "mk")
THREES: Shapes = st.sampled_from([((3,), (3,)), ((2, 3), (2, 3)), ((2, 3), (1, 3))])
SQUARE: Shapes = st.sampled_from([((1, 1),), ((2, 2),), ((3, 3),)])
TWO_LIKE: Shapes = FILLED.map(lambda shape: (shape, shape))

PRODUCTS = (
    Case("BaddbmmBackward0", "torch.baddbmm(b, x, y)", sides("enk", "ekm", "enm")),
    Case("BaddbmmBackward0", "torch.baddbmm(b, x, y, beta=2, alpha=-3)", sides("enk", "ekm", "m")),
    Case("AddbmmBackward0", "torch.addbmm(b, x, y, alpha=2)", sides("enk", "ekm", "nm")),
    Case("AddmvBackward0", "torch.addmv(b, x, y)", sides("nk", "k", "n")),
    Case("AddmvBackward0", "torch.addmv(b, x, y, beta=-1, alpha=2)", sides("nk", "k", "n")),
    Case("AddrBackward0", "torch.addr(b, x, y)", sides("n", "m", "nm")),
    Case("AddrBackward0", "torch.addr(b, x, y, beta=3, alpha=-2)", sides("n", "m", "nm")),
    Case("VdotBackward0", "torch.vdot(x, y)", sides("k", "k")),
    Case("LinalgCrossBackward0", "torch.linalg.cross(x, y)", THREES),
    Case(
        "LinalgInvExBackward0",
        "torch.linalg.inv(x.tanh() + 9 * torch.eye(len(x)).to(x.dtype))",
        SQUARE,
        odd=False,
        dtypes=("float64",),
    ),
    *(
        Case("CdistBackward0", f"torch.cdist(x, y, p={p})", POINTS, odd=False, dtypes=("float64",))
        for p in ("2", "1", "3", "1.5", "float('inf')", "0")
    ),
    Case("CdistBackward0", "torch.cdist(x, x + 1)", ONE_MATRIX, odd=False, dtypes=("float64",)),
    Case("ToCopyBackward0", "x.double() if x.dtype != torch.double else x.float()", ONE),
    Case("CopyBackwards", "x.clone().copy_(y)", TWO_LIKE),
    Case("CopyBackwards", "(x * torch.ones(2, *x.shape)).copy_(y)", TWO_LIKE),
)
