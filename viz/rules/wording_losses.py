"""Templates of losses, which depend on their reduction and weights."""

from __future__ import annotations

from collections.abc import Callable

from viz.rules.row import Plain

MEAN_OF_ALL = 1
"""ATen's number for reduction="mean"; 0 is "none" and 2 is "sum"."""


_NO_CLASS = -100
"""PyTorch's usual `ignore_index`, which is no class."""

_REDUCTIONS = {0: ", reduction='none'", 2: ", reduction='sum'"}


def loss_statement(name: str) -> Callable[[Plain], str]:
    return lambda plain: f"{name}({{self}}, {{target}}{_REDUCTIONS.get(plain['reduction'], '')})"


def averaged(local: str) -> Callable[[Plain], str]:
    """The slope of a loss, divided by n for a mean."""
    return lambda plain: f"{local}/{{n}}" if plain["reduction"] == MEAN_OF_ALL else local


loss_local = averaged("2·({self} − {target})")


def loss_target_local(plain: Plain) -> str:
    return f"(−{loss_local(plain)})"


def _weighted(local: str, plain: Plain) -> str:
    """With the factor `weight` where the call has one."""
    local = local if plain.get("weight", 1) is None else f"{{weight}}·{local}"
    return averaged(local)(plain)


def bce_local(plain: Plain) -> str:
    return _weighted("({self} − {target})/({self}·(1 − {self}))", plain)


def bce_target_local(plain: Plain) -> str:
    return _weighted("(ln(1 − {self}) − ln({self}))", plain)


def bce_logits_local(plain: Plain) -> str:
    if plain.get("pos_weight", 1) is None:
        return _weighted("(σ({self}) − {target})", plain)
    scaled = "({pos_weight}·{target} + 1 − {target})·σ({self})"
    return _weighted(f"({scaled} − {{pos_weight}}·{{target}})", plain)


def bce_logits_target_local(plain: Plain) -> str:
    if plain.get("pos_weight", 1) is None:
        return _weighted("(−{self})", plain)
    return _weighted("(ln(1 − σ({self})) − {pos_weight}·ln(σ({self})))", plain)


def nll_local(plain: Plain) -> str:
    weight = "1" if plain.get("weight", 1) is None else "{weight}[{target}]"
    return f"({averaged(f'−{weight}')(plain)} at class {{target}}, else 0)"


def nll_words(plain: Plain) -> str:
    words = (
        "The loss is minus the score of the right class, {target}, so only that score gets a "
        "gradient; every other class gets 0."
    )
    if plain.get("weight", 1) is not None and plain["reduction"] == MEAN_OF_ALL:
        words += " For a mean, n is the sum of the weights of the right classes."
    is_usual = plain["ignore_index"] == _NO_CLASS
    return words if is_usual else f"{words} Targets equal to {{ignore_index}} are left out."


def smooth_l1_local(sign: str) -> Callable[[Plain], str]:
    """d/beta near the target, and the sign of d farther away."""

    def local(plain: Plain) -> str:
        beta = "" if plain["beta"] == 1 else "/{beta}"
        near = f"{sign}{{d}}{beta} if |{{d}}| < {{beta}}"
        return averaged(f"({near} else {sign}sign({{d}}))")(plain)

    return local
