"""Programs that join tensors and take one apart."""

from __future__ import annotations

from tests.rules.cases import ONE_AXIS, Case, cases_of, sides

JOINING = (
    *cases_of(
        {
            "CatBackward0": ["torch.cat([x, x * 2], -1)", "torch.cat([x, torch.zeros(0), x])"],
            "StackBackward0": ["torch.stack([x, x + 1])", "torch.stack((x, x), -1)"],
            "UnbindBackward0": ["x.unbind()[0]", "torch.stack(x.unbind(-1))"],
            "SplitBackward0": ["x.split(1)[0]", "torch.cat(x.split(2, -1), -1)", "x.chunk(2)[0]"],
            "SplitWithSizesBackward0": [
                "x.split([1, x.shape[-1] - 1], -1)[1]",
                "torch.cat(x.split([0, x.shape[0]]))",
            ],
            "UnsafeSplitBackward0": ["torch.cat(torch.unsafe_split(x, 2))"],
            "UnsafeSplitWithSizesBackward0": [
                "torch.unsafe_split_with_sizes(x, [1, x.shape[-1] - 1], -1)[0]"
            ],
        },
        ONE_AXIS,
    ),
    Case("CatBackward0", "torch.cat([x, y, b], dim=1)", sides("na", "nb", "nc")),
    Case("StackBackward0", "torch.stack([x, torch.ones_like(x), y], dim=1)", sides("nk", "nk")),
)
