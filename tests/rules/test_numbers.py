"""Numbers as a card shows them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.rules import Matrix, format_array, format_number
from viz.rules.numbers import from_numpy, show
from viz.trace import Array


def read(text: str) -> float:
    """Back to a number, as a reader would."""
    return float(text.replace("−", "-").replace("∞", "inf"))


@given(st.floats(-1e308, 1e308) | st.sampled_from([math.inf, -math.inf]))
def test_a_number_keeps_four_significant_digits(number: float):
    shown = read(format_number(number))
    assert shown == number or math.isclose(shown, number, rel_tol=5.001e-4)
    assert format_number(number).count("-") == 0


@given(st.integers(-999_999, 999_999))
def test_a_whole_number_is_exact_and_has_no_point(number: int):
    assert format_number(float(number)) == str(number).replace("-", "−")


@pytest.mark.parametrize("zero", [0.0, -0.0, 0])
def test_zero_has_no_sign(zero: float):
    assert format_number(zero) == "0"


@given(st.floats(1e-300, 1e300))
def test_a_number_is_short(number: float):
    assert len(format_number(-number)) <= 11


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (2.0, "2"),
        ([1.0, math.nan, -math.inf], "[1, NaN, −∞]"),
        ([[1.0, 2.0]], Matrix("local", "W", (("1", "2"),))),
        ([1.0] * 5, Matrix("local", "W", (("1",) * 5,))),
        ([1.0] * 9, "[9] all 1"),
        (np.zeros((2, 0)), "[2×0] empty"),
        ([[[1.0], [-2.0]]], "[1×2×1] −2…1"),
        (np.full((3, 9), math.nan), "[3×9] 27 not finite"),
    ],
)
def test_small_tensors_show_values_and_others_shape_and_range(values, expected):
    assert show(from_numpy(np.array(values), "float32"), "local", "W") == expected


def test_a_summarised_tensor_shows_shape_and_range():
    array = Array(shape=(10, 20), dtype="float32", low=-1.23456, high=3.0, nonfinite=1)
    assert format_array(array) == "[10×20] −1.235…3, 1 not finite"
    assert format_array(Array(shape=(10, 20), dtype="float32")) == "[10×20]"


def test_complex_and_bool_are_shown_as_they_are():
    assert format_array(Array(shape=(), dtype="complex64", values=("(1-2j)",))) == "(1−2j)"
    assert format_array(Array(shape=(2,), dtype="bool", values=(True, False))) == "[True, False]"


def test_a_matrix_on_a_card_is_small_and_has_rows_of_one_length():
    with pytest.raises(ValueError, match="1 to 8"):
        Matrix("local", "W", (("1",) * 9,))
    with pytest.raises(ValueError, match="one length"):
        Matrix("local", "W", (("1", "2"), ("1",)))
