"""Templates of norms and variances, which depend on their order and correction."""

from __future__ import annotations

import math
from collections.abc import Callable

from viz.rules.row import Plain


def norm_local(order: str) -> Callable[[Plain], str]:
    """The slope of a norm. The argument's name is `ord` or `p`.

    >>> norm_local("p")({"p": 2}), norm_local("p")({"p": 1})
    ('{self}/{result}', 'sign({self})')
    """

    def local(plain: Plain) -> str:
        p = plain[order]
        known = {2: "{self}/{result}", None: "{self}/{result}", 1: "sign({self})", 0: "0"}
        if p in known:
            return known[p]
        if math.isinf(p):
            return "(sign({self})/{k} where |{self}| = {result}, else 0)"
        return f"sign({{self}})·(|{{self}}|/{{result}})^({{{order}}} − 1)"

    return local


def norm_words(order: str) -> Callable[[Plain], str]:
    def words(plain: Plain) -> str:
        p = plain[order]
        if p in (2, None):
            return (
                "The gradient of a length points in the direction of the vector, and has itself "
                "the length 1. Where all elements are 0, PyTorch takes 0."
            )
        if p == 1:
            return (
                "A sum of absolute values passes the gradient to each element with its sign. At 0 "
                "PyTorch takes 0."
            )
        if p == 0:
            return "The number of elements that are not 0 changes in jumps, so the gradient is 0."
        if math.isinf(p):
            which = "farthest from" if p > 0 else "nearest to"
            return (
                f"Only the element that is {which} 0 moves this norm: it gets the gradient with "
                "its sign. Of k equal ones PyTorch gives each the same share, 1/k."
            )
        return (
            "Each element moves the norm by a power of its share, with its sign. Where the norm "
            "is 0, PyTorch takes 0."
        )

    return words


def _degrees_of_freedom(plain: Plain) -> str:
    correction = plain["correction"]
    if correction == 0:
        return "{n}"
    return "({n} − 1)" if correction is None else "({n} − {correction})"


def deviation_local(plain: Plain) -> str:
    """The slope of a variance, with n − 1 or n below."""
    return f"2·({{self}} − {{mean}})/{_degrees_of_freedom(plain)}"


def root_deviation_local(plain: Plain) -> str:
    return f"({{self}} − {{mean}})/({_degrees_of_freedom(plain)}·{{result}})"


def with_mean(local: Callable[[Plain], str]) -> Callable[[Plain], str]:
    """The rule of an operation that gives the mean beside the spread."""
    return lambda plain: f"{{upstream}} · {local(plain)} + {{upstream1}}/{{n}}"


def distance_local(sign: str) -> Callable[[Plain], str]:
    """The slope of the norm of d."""

    def local(plain: Plain) -> str:
        known = {2: "{d}/{result}", 1: "sign({d})", 0: "0"}
        slope = known.get(plain["p"], "sign({d})·(|{d}|/{result})^({p} − 1)")
        return f"(−{slope})" if sign else slope

    return local
