"""Rules for operations that only rearrange or copy: the gradient takes the same way back."""

from __future__ import annotations

from viz.rules.row import Row, Slot
from viz.rules.shapes import permute_back, reshape_back, swap_back, transpose
from viz.rules.wording import permuted, permuted_sign

_RESHAPED = (Slot("self", "", reshape_back, rule="{upstream}, reshaped", elementwise=False),)
_RESHAPE_WORDS = "The numbers stay, the shape changes: the gradient is passed on, reshaped back."
_TURN_WORDS = "The numbers change places: the gradient is passed on, each number to its old place."
_TURN_RULE = "{upstream}, turned back"

VIEWS = (
    Row(
        kinds=("ViewBackward0", "ReshapeAliasBackward0", "UnsafeViewBackward0"),
        sign="view",
        statement="view({self})",
        words=_RESHAPE_WORDS,
        slots=_RESHAPED,
    ),
    Row(
        kinds=("UnsqueezeBackward0",),
        sign="unsqz",
        statement="unsqueeze({self})",
        words=_RESHAPE_WORDS,
        slots=_RESHAPED,
    ),
    Row(
        kinds=tuple(f"SqueezeBackward{overload}" for overload in range(6)),
        sign="squeeze",
        statement="squeeze({self})",
        words=_RESHAPE_WORDS,
        slots=_RESHAPED,
    ),
    Row(
        kinds=("TBackward0",),
        sign="( )ᵀ",
        statement="{self}ᵀ",
        words=_TURN_WORDS,
        slots=(
            Slot(
                "self",
                "",
                lambda v: transpose(v.upstream),
                rule="{upstream}ᵀ",
                elementwise=False,
            ),
        ),
    ),
    Row(
        kinds=("TransposeBackward0", "TransposeBackward1"),
        sign="( )ᵀ",
        statement="transpose({self})",
        words=_TURN_WORDS,
        slots=(Slot("self", "", swap_back, rule=_TURN_RULE, elementwise=False),),
    ),
    Row(
        kinds=("PermuteBackward0",),
        sign=permuted_sign,
        statement=permuted,
        words=_TURN_WORDS,
        slots=(Slot("self", "", permute_back, rule=_TURN_RULE, elementwise=False),),
    ),
    Row(
        kinds=("ExpandBackward0",),
        sign="expand",
        statement="expand({self})",
        words="Each number was copied along an axis, so it collects the gradients of its copies.",
        slots=(Slot("self", "", lambda v: v.upstream, rule="{upstream}"),),
    ),
    Row(
        kinds=("CloneBackward0", "AliasBackward0"),
        sign="clone",
        statement="clone({self})",
        words="A copy passes the gradient on unchanged.",
        slots=(Slot("self", "", lambda v: v.upstream, rule="{upstream}"),),
    ),
    Row(
        kinds=("ToCopyBackward0",),
        sign="to",
        statement="to({self})",
        words="The numbers stay, their type changes: the gradient is passed on, in the type of "
        "{self}.",
        slots=(Slot("self", "", lambda v: v.upstream, rule="{upstream}"),),
    ),
)
