"""Templates of functions and activations that depend on plain arguments: slopes and bounds."""

from __future__ import annotations

from collections.abc import Callable

from viz.rules.row import Plain


def logit_local(plain: Plain) -> str:
    """The slope of logit, and where `eps` makes it flat."""
    inside = "1/({self}·(1 − {self}))"
    return (
        inside if plain["eps"] is None else f"({inside} if {{eps}} ≤ {{self}} ≤ 1 − {{eps}} else 0)"
    )


def rounded_quotient(plain: Plain) -> str:
    """⌊x/y⌋ for rounding_mode="floor"."""
    mode = plain["rounding_mode"]
    return "{self}/{other}" if mode is None else f"{mode}({{self}}/{{other}})"


def rounded_quotient_local(without: str) -> Callable[[Plain], str]:
    return lambda plain: without if plain["rounding_mode"] is None else "0"


def scaled_sum(second: str) -> Callable[[Plain], str]:
    """A sum whose second part has a factor called value, almost always 1."""
    return lambda plain: "{self} + " + ("" if plain["value"] == 1 else "{value}·") + second


def value_times(factor: str, *, negative: bool = False) -> Callable[[Plain], str]:
    """The local derivative of that second part."""

    def local(plain: Plain) -> str:
        scaled = factor if plain["value"] == 1 else f"{{value}}·{factor}"
        return f"(−{scaled})" if negative else scaled

    return local


def value_over(divisor: str) -> Callable[[Plain], str]:
    return lambda plain: ("1/" if plain["value"] == 1 else "{value}/") + divisor


def clamped(plain: Plain) -> str:
    """Whether a number is between the bounds that there are.

    >>> clamped({"min": 0, "max": None})
    '(1 if {self} ≥ {min} else 0)'
    """
    if plain.get("max", 0) is None:
        return "(1 if {self} ≥ {min} else 0)"
    if plain.get("min", 0) is None:
        return "(1 if {self} ≤ {max} else 0)"
    return "(1 if {min} ≤ {self} ≤ {max} else 0)"


def hardtanh_name(plain: Plain) -> str:
    return "relu6" if (plain["min_val"], plain["max_val"]) == (0, 6) else "h-tanh"


def hardtanh_statement(plain: Plain) -> str:
    is_relu6 = hardtanh_name(plain) == "relu6"
    return "relu6({self})" if is_relu6 else "hardtanh({self}, {min_val}, {max_val})"


def elu_name(plain: Plain) -> str:
    """selu is an elu with two numbers of its own."""
    return "elu" if plain["scale"] == 1 else "selu"


def elu_local(plain: Plain) -> str:
    alpha = "" if plain["alpha"] == 1 else "{alpha}·"
    local = f"(1 if {{self}} > 0 else {alpha}exp({{self}}))"
    return local if plain["scale"] == 1 else f"{{scale}}·{local}"


def rrelu_local(plain: Plain) -> str:
    slope = "{noise}" if plain["training"] else "({lower} + {upper})/2"
    return f"(1 if {{self}} > 0 else {slope})"


def gelu_local(plain: Plain) -> str:
    if plain["approximate"] == "tanh":
        return "((1 + {t})/2 + {self}/2·(1 − {t}²)·√(2/π)·(1 + 0.134145·{self}²))"
    return "(Φ({self}) + {self}·φ({self}))"


def softplus_local(plain: Plain) -> str:
    return "σ({self})" if plain["beta"] == 1 else "σ({beta}·{self})"


def gelu_words(plain: Plain) -> str:
    gate = "gelu is {self} times Φ({self}), the chance that a normal random number is smaller. "
    if plain["approximate"] == "tanh":
        return (
            f"{gate}Here Φ is approximated by (1 + t)/2 with "
            "t = tanh(√(2/π)·({self} + 0.044715·{self}³)), and the product rule has two parts."
        )
    return f"{gate}The product rule adds {{self}} times φ({{self}}), the height of the bell curve."


def clamp_statement(plain: Plain) -> str:
    """clamp(x, min=0), without the bound that there is not."""
    if plain.get("max", 0) is None:
        return "clamp({self}, min={min})"
    if plain.get("min", 0) is None:
        return "clamp({self}, max={max})"
    return "clamp({self}, {min}, {max})"


def rrelu_words(plain: Plain) -> str:
    if plain["training"]:
        return (
            "A leaky gate with a random slope on the left for each element, between {lower} and "
            "{upper}. The gradient meets the same slopes, the noise; at 0 PyTorch takes them too."
        )
    return (
        "A leaky gate. In evaluation its slope on the left is the middle between {lower} and "
        "{upper}; at 0 PyTorch takes that slope."
    )


def lower_bound_local(plain: Plain) -> str:
    """Where clamp takes its lower bound; the upper one wins where it is the smaller of the two."""
    below = "{self} < {min}" if plain.get("max", 0) is None else "{self} < {min} < {max}"
    return f"(1 if {below} else 0)"


def upper_bound_local(plain: Plain) -> str:
    above = "{self} > {max}" if plain.get("min", 0) is None else "{self} > {max} or {min} > {max}"
    return f"(1 if {above} else 0)"
