"""The gradients of two programs, compared: the numbers are PyTorch's, the words fit the numbers."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.traces import backward_of
from viz.page.example_pairs import PAIRS
from viz.rules.compare import Pair, pairs, verdict

FACTORS = st.floats(1e-6, 1e6) | st.floats(-1e6, -1e-6)


def program(loss: str, leaves: str = "") -> str:
    return f"""
w = torch.tensor([0.5, -2.0, 3.0], requires_grad=True)
b = torch.tensor(4.0, requires_grad=True)
{leaves}
loss = {loss}
loss.backward()
"""


PLAIN = "((w * 2).sin().sum() + b * b)"


def compared(first: str, second: str) -> dict[str, Pair]:
    return {pair.name: pair for pair in pairs(backward_of(first), backward_of(second))}


def said(first: str, second: str) -> str:
    return " ".join(verdict(pairs(backward_of(first), backward_of(second))))


def by_python(source: str) -> dict[str, Any]:
    scope: dict[str, Any] = {"torch": torch, "F": torch.nn.functional}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(source, scope)
    return scope


# --- numbers --------------------------------------------------------------------------------------


@given(FACTORS)
def test_the_ratio_is_that_of_the_norms(factor: float) -> None:
    found = compared(program(PLAIN), program(f"{PLAIN} * {factor!r}"))
    for pair in found.values():
        assert pair.ratio == pytest.approx(abs(factor), rel=1e-5)


# The leaves of a training loop go on changing after the call that is compared.
ONE_CALL = [example for example in PAIRS if example.backward is None]


@pytest.mark.parametrize("example", ONE_CALL, ids=lambda example: example.slug)
def test_the_pairs_of_the_menu_are_compared_as_in_python(example: Any) -> None:
    found = compared(example.source, example.second)
    scopes = by_python(example.source), by_python(example.second)
    assert found
    for name, pair in found.items():
        one, other = (scope[name].grad.norm().item() for scope in scopes)
        assert pair.ratio == pytest.approx(other / one, rel=1e-5)


# --- relations ------------------------------------------------------------------------------------

RELATIONS = {
    "the same program": (PLAIN, PLAIN, {"w": "equal", "b": "equal"}),
    "the opposite sign": (PLAIN, f"-{PLAIN}", {"w": "opposite", "b": "opposite"}),
    "elements in another order": ("(w * torch.tensor([1., 2., 3.])).sum() + b",
                                  "(w * torch.tensor([3., 2., 1.])).sum() + b",
                                  {"w": "same norm", "b": "equal"}),
    "a leaf that only A uses": (PLAIN, "(w * 2).sin().sum()", {"w": "equal", "b": "None in B"}),
    "a leaf that only B uses": ("b * b", PLAIN, {"w": "None in A", "b": "equal"}),
    "a leaf that neither uses": ("b * b", "b * 3", {"w": "none", "b": "differs"}),
    "a relu that is dead in B": ("torch.relu(b) + w.sum()", "torch.relu(-b) + w.sum()",
                                 {"w": "equal", "b": "zero in B"}),
    "two dead relus": ("torch.relu(-b)", "torch.relu(-b) * 2", {"b": "zero", "w": "none"}),
    "infinity in B": (PLAIN, "(w - 0.5).sqrt().sum() + b * b", {"w": "not finite", "b": "equal"}),
}  # fmt: skip


@pytest.mark.parametrize(("first", "second", "expected"), RELATIONS.values(), ids=RELATIONS)
def test_what_is_to_be_said_of_each_leaf(first: str, second: str, expected: dict) -> None:
    found = compared(program(first), program(second))
    assert {name: found[name].relation for name in expected} == expected


def test_none_is_not_zero() -> None:
    none, zero = program("w.sum()"), program("w.sum() + 0 * b")
    assert compared(none, zero)["b"].relation == "None in A"
    assert compared(zero, none)["b"].relation == "None in B"
    assert compared(zero, zero)["b"].relation == "zero"


def test_leaves_are_matched_by_name_in_the_order_of_a() -> None:
    first = program("w.sum() + b + u", "u = torch.tensor(1.0, requires_grad=True)")
    second = program("w.sum() + b + v", "v = torch.tensor(1.0, requires_grad=True)")
    found = compared(first, second)
    assert list(found) == ["w", "b", "u", "v"]
    assert (found["u"].relation, found["v"].relation) == ("only in A", "only in B")


def test_what_requires_no_grad_in_either_is_left_out() -> None:
    constant = "x = torch.tensor(7.0)"
    assert "x" not in compared(program("x * b", constant), program("x * b * 2", constant))
    leaf = "x = torch.tensor(7.0, requires_grad=True)"
    found = compared(program("x * b", constant), program("x * b", leaf))["x"]
    assert found.first is not None
    assert not found.first.requires_grad
    assert found.relation == "None in A"


def test_large_tensors_are_compared_by_range_and_norm() -> None:
    large = "w = torch.ones(300, 300, requires_grad=True)"
    found = compared(program("(w * 3).sum()", large), program("(w + w + w).sum()", large))
    assert found["w"].relation in ("equal", "equal summary")
    other = compared(program("(w * 3).sum()", large), program("(w * 6).sum()", large))["w"]
    assert other.relation == "differs"
    assert other.ratio == pytest.approx(2)


def test_gradients_of_other_shapes_are_compared_by_their_norms() -> None:
    other = "w = torch.ones(2, 2, requires_grad=True)"
    found = compared(program("(w * 2).sum()"), program("(w * 2).sum()", other))["w"]
    assert found.relation == "differs"
    assert found.ratio == pytest.approx((4 / 3) ** 0.5)


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        ("38.0", "38 times larger"),
        ("0.25", "4 times smaller"),
        ("-3.0", "3 times larger, with the opposite sign"),
        ("1.02", "2% larger"),
        ("0.5", "2 times smaller"),
    ],
)
def test_a_factor_in_words(factor: str, words: str) -> None:
    assert said(program("b * b"), program(f"b * b * {factor}")).startswith(
        f"In B the gradient of b is {words}."
    )


@given(FACTORS)
def test_larger_and_smaller_are_true(factor: float) -> None:
    sentence = said(program("b * b"), program(f"b * b * {factor!r}"))
    size = abs(factor)
    if size > 1.001:
        assert "larger" in sentence
        assert "smaller" not in sentence
    elif size < 0.999:
        assert "smaller" in sentence
        assert "larger" not in sentence
    assert ("opposite" in sentence) == (factor < 0)


def test_the_strongest_difference_comes_first_and_the_rest_is_counted() -> None:
    names = "abcde"
    leaves = "\n".join(f"{name} = torch.tensor(1.0, requires_grad=True)" for name in names)
    plain = program(" + ".join(names), leaves)
    other = program("2*a + 3*b + 50*c + d/40 + 5*e", leaves)
    assert said(plain, other).startswith(
        "In B the gradient of c is 50 times larger, that of d 40 times smaller, "
        "that of e 5 times larger; the other 2 differ less."
    )


SENTENCES = {
    "equal": (PLAIN, PLAIN, "The gradients of w and b are equal to 6 digits in A and in B."),
    "zero": ("torch.relu(b)", "torch.relu(-b)",
             "In B the gradient of b is exactly 0; in A it is 1."),
    "none": ("b * 3", "w.sum()", "In B the gradient of b is None; in A it is 3."),
    "infinite": ("b", "(b - 4).sqrt()", "In B the gradient of b is not finite."),
}  # fmt: skip


@pytest.mark.parametrize(("first", "second", "sentence"), SENTENCES.values(), ids=SENTENCES)
def test_a_difference_in_words(first: str, second: str, sentence: str) -> None:
    assert sentence in said(program(first), program(second))


def test_the_only_one_that_has_a_leaf_is_named() -> None:
    extra = program("b + u", "u = torch.tensor(1.0, requires_grad=True)")
    assert "Only B has u." in said(program("b"), extra)


def test_programs_without_leaves_have_nothing_to_compare() -> None:
    assert verdict(()) == ("Neither program has a leaf that requires grad.",)


def test_a_gradient_that_was_left_over_is_said_where_it_is() -> None:
    once = "w = torch.tensor(2., requires_grad=True)\n(w**2).backward()"
    twice = once + "\n(w**2).backward()"
    told = said(once, twice)
    assert "2 times larger" in told
    assert "In B the gradient of an earlier backward was still in w.grad." in told
    assert "In A" not in told
    zeroed = once + "\nw.grad.zero_()\n(w**3).backward()"
    told = said(once, zeroed)
    assert "earlier" not in told
