"""Templates that depend on a plain argument: the exponent of a power, the axes of a sum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from viz.rules.row import Plain

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

LONGEST_SIGN = 7


def superscript(exponent: Any) -> str:
    """A number as an exponent; ⁿ for what is no number.

    >>> [superscript(exponent) for exponent in (2, -1.0, 0.5, -0.5, None)]
    ['²', '⁻¹', '^0.5', '^(−0.5)', 'ⁿ']
    """
    if not isinstance(exponent, int | float):
        return "ⁿ"
    if float(exponent).is_integer():
        return str(int(exponent)).translate(_SUPERSCRIPTS)
    return f"^{exponent:g}" if exponent >= 0 else f"^(−{-exponent:g})"


def power(base: str) -> Callable[[Plain], str]:
    """The base with its exponent: ( )³ for x**3."""
    return lambda plain: base + superscript(plain.get("exponent"))


def power_sign(plain: Plain) -> str:
    """The same inside a circle, where a long exponent has no room."""
    sign = power("( )")(plain)
    return sign if len(sign) <= LONGEST_SIGN else "( )ⁿ"


def power_local(plain: Plain) -> str:
    """The power rule, without the factors that are 1.

    >>> [power_local({"exponent": exponent}) for exponent in (0, 1, 2, 3)]
    ['0', '1', '2·{self}', '3·{self}²']
    """
    exponent = plain["exponent"]
    if isinstance(exponent, complex):
        return "{exponent}·{self}^({exponent} − 1)"
    if exponent in (0, 1):
        return str(int(exponent))
    lowered = "" if exponent == 2 else superscript(exponent - 1)
    factor = f"{exponent:g}" if exponent > 0 else f"(−{-exponent:g})"
    return f"{factor}·{{self}}{lowered}"


def product(plain: Plain) -> str:
    """A number stands first, whatever the order in the program: 2·x."""
    return "{other}·{self}" if isinstance(plain.get("other"), int | float) else "{self}·{other}"


def scaled(before: str, argument: str) -> Callable[[Plain], str]:
    """A sum or difference whose second part has a factor alpha, almost always 1."""
    return lambda plain: before + ("" if plain["alpha"] == 1 else "{alpha}·") + argument


def scaled_local(sign: str) -> Callable[[Plain], str]:
    """The local derivative of that second part."""
    return lambda plain: f"({sign}{{alpha}})" if sign else "{alpha}"


def both_sides(plain: Plain) -> str:
    """x − x: what comes from the right of the minus takes away what comes from the left."""
    end = "cancel" if plain["alpha"] == 1 else "add up"
    return f"Both sides of the minus are {{self}}: its two contributions {end}."


def reduction(name: str) -> Callable[[Plain], str]:
    """sum(x), or sum(x, dim=1) for a reduction of some axes."""

    def statement(plain: Plain) -> str:
        dim = plain["dim"]
        if dim is None or dim in ([], ()):
            return f"{name}({{self}})"
        axes = dim[0] if isinstance(dim, list | tuple) and len(dim) == 1 else dim
        return f"{name}({{self}}, dim={axes})".replace("-", "−")

    return statement


def axis_of(call: str, default: int | None = None) -> Callable[[Plain], str]:
    """A call with its axis, unless that is the one that is taken anyway.

    >>> axis_of("softmax({self}")({"dim": -1}), axis_of("cat([{tensors}]", default=0)({"dim": 0})
    ('softmax({self}, dim=−1)', 'cat([{tensors}])')
    """

    def statement(plain: Plain) -> str:
        axis = plain["dim"]
        return f"{call})" if axis == default else f"{call}, dim={axis})".replace("-", "−")

    return statement


def permuted(plain: Plain) -> str:
    """x.T of a matrix is a permutation of its two axes."""
    return "{self}ᵀ" if plain["dims"] in ([1, 0], [-1, -2]) else "permute({self})"


def permuted_sign(plain: Plain) -> str:
    return "( )ᵀ" if "ᵀ" in permuted(plain) else "permute"
