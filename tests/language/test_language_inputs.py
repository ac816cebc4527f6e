"""The text of an input becomes a leaf, or an error that names the input."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.language.running import run_source, same
from viz.errors import InputError, LimitError, UserError
from viz.language import read_input
from viz.limits import DEFAULT, Limits
from viz.trace import Input


def read(text: str, *, requires_grad: bool = True) -> torch.Tensor:
    return read_input(Input("w", text, requires_grad), DEFAULT)


# A text, and what torch makes of the same.
VALUES = {
    "2": torch.tensor(2.0),
    " -2.5 ": torch.tensor(-2.5),
    "+.5": torch.tensor(0.5),
    "1_000": torch.tensor(1000.0),
    "1e-400": torch.tensor(0.0),
    "1e999": torch.tensor(math.inf),
    "nan": torch.tensor(math.nan),
    "-inf": torch.tensor(-math.inf),
    "99999999999999999": torch.tensor(1e17),
    "[1, 2]": torch.tensor([1.0, 2.0]),
    "[[1,2],[3,4.5]]": torch.tensor([[1.0, 2.0], [3.0, 4.5]]),
    "[nan, -inf]": torch.tensor([math.nan, -math.inf]),
    "[]": torch.tensor([]),
    "[[], []]": torch.zeros(2, 0),
    "[[[5]]]": torch.tensor([[[5.0]]]),
    "zeros(2, 3)": torch.zeros(2, 3),
    "torch.ones((2, 3))": torch.ones(2, 3),
    "ones([2])": torch.ones(2),
    "full((2, 2), -1.5)": torch.full((2, 2), -1.5),
    "eye(3)": torch.eye(3),
    "eye(2, 3)": torch.eye(2, 3),
    "arange(3.)": torch.arange(3.0),
    "arange(0., 1., 0.25)": torch.arange(0.0, 1.0, 0.25),
    "linspace(-1, 1, 5)": torch.linspace(-1, 1, 5),
    "tensor([[1., 2.]])": torch.tensor([[1.0, 2.0]]),
    "randn(2, 3)": torch.randn(2, 3, generator=torch.Generator().manual_seed(0)),
    "rand(4, seed=7)": torch.rand(4, generator=torch.Generator().manual_seed(7)),
}


@pytest.mark.parametrize("text", VALUES)
def test_a_text_is_the_tensor_that_torch_makes(text):
    tensor = read(text)
    assert same(tensor.detach(), VALUES[text])
    assert tensor.is_leaf
    assert tensor.requires_grad


@pytest.mark.parametrize("text", ["tensor([0, 2])", "arange(3)", "full((2,), 3)"])
def test_whole_numbers_are_inputs_without_gradient_only(text):
    assert read(text, requires_grad=False).dtype == torch.int64
    with pytest.raises(InputError, match=r"Input 'w': .*2\. instead of 2"):
        read(text)


# What is no value, and a word of what would work.
REFUSED = {
    "": "Write a number",
    "   ": "Write a number",
    "1,2,3": "Write a number",
    "(1, 2)": "Write a number",
    "True": "Write a number",
    "[true, false]": "Write a number",
    "[True]": "Write a number",
    "1+2j": "Write a number",
    "2j": "Write a number",
    "[1;2]": "commas",
    "[1 2]": "commas",
    "[[1, 2], [3]]": "equally many",
    "[1, [2]]": "equally many",
    "１２": "Did you mean 12?",
    "−2": "Did you mean -2?",
    "－２．５": "Did you mean -2.5?",
    "［１，２］": "Did you mean [1,2]?",
    "【1、 2】": "Did you mean [1, 2]?",
    "ｒａｎｄｎ（2，3）": "Did you mean randn(2,3)?",
    "1\u00a0e3": "Write a number",
    "[1,\u00a02]": "Did you mean [1, 2]?",
    "[1；2]": "Did you mean ';'?",
    "∞": "Did you mean inf?",
    "猫": "Write a number",
    "猫−": "Write a number",
    "x": "Write a number",
    "'1'": "Write a number",
    "b'1'": "Write a number",
    "None": "Write a number",
    "[0.1]*10**9": "Write a number",
    "1/0": "inf or nan",
    "0**-1": "inf or nan",
    "2.0**10000": "inf if you mean it",
    "9**9**9": "inf if you mean it",
    "(-8)**0.5": "Write a number",
    "1//3": "Write a number",
    "1 if 1 else 2": "Write a number",
    "x.pi": "Write a number",
    "+".join("1" * 10): "Write the number itself",
    "+".join("1" * 2000): "Write the number itself",
    "[1]+[2]": "Write a number",
    "--1": "Write a number",
    "[*[1]]": "Write a number",
    "{1: 2}": "Write a number",
    "<script>1</script>": "Write a number",
    "__import__('os').system('true')": "There are randn",
    "torch.load('file')": "There are randn",
    "torch.nn.init.zeros(2)": "There are randn",
    "randn()": "randn(2, 3)",
    "randn(2.5)": "whole",
    "randn(-1)": "Sizes count",
    "randn(2, seed=x)": "Write a number",
    "randn(2, seed=9**99)": "Write seed=0",
    "zeros(2, seed=1)": "Write a number",
    "zeros(2, dtype=1)": "Write a number",
    "zeros(*[2])": "Write a number",
    "zeros(**{})": "Write a number",
    "full((2, 2))": "full(",
    "linspace(0, 1)": "linspace(",
    "tensor()": "tensor(",
    "[" * 150 + "]" * 150: "",
    "[" * 500: "",
    "-" * 3000 + "1": "",
    "\x00": "",
    "\ud800": "",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_value_is_an_input_error_that_names_the_input(text):
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.name == "w"
    assert str(caught.value).startswith("Input 'w': ")
    assert REFUSED[text] in (caught.value.hint or "")


@pytest.mark.parametrize(
    "text",
    ["[" + "1," * 2500 + "]", "zeros(99999, 99999)", "arange(1e12)", "eye(99999)"],
)
def test_what_is_too_large_is_a_limit_error_that_names_the_input(text):
    with pytest.raises(LimitError) as caught:
        read(text)
    assert caught.value.name == "w"


def test_the_length_is_looked_at_before_the_text_is_parsed():
    with pytest.raises(LimitError, match="at most 10 characters"):
        read_input(Input("w", "(" * 11), Limits(input_characters=10))


def test_a_seed_gives_the_same_numbers_and_leaves_other_random_numbers_alone():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    assert same(read("randn(3, seed=1)").detach(), read("randn(3, seed=1)").detach())
    assert not same(read("randn(3, seed=1)").detach(), read("randn(3, seed=2)").detach())
    assert torch.equal(torch.get_rng_state(), before)


numbers = st.floats(width=32)


COMPUTED = ["1/3", "2**3", "2**-1", "-pi/2", "2*math.pi", "torch.pi", "e", "1e-3*5", "(1+2)*3-4"]
COMPUTED += ["2**0.5", "-2**2", "(-2)**3", "1/(1+2)", "0**0", "inf - inf", "1**99999999999"]


@pytest.mark.parametrize("text", COMPUTED)
def test_arithmetic_of_numbers_gives_what_python_gives(text):
    names = {"math": math, "torch": torch, "pi": math.pi, "e": math.e, "inf": math.inf}
    assert same(read(text).detach(), torch.tensor(eval(text, names), dtype=torch.float32))
    assert same(read(f"[{text}, 1]").detach()[0], read(text).detach())


def test_sizes_may_be_computed_too():
    assert read("zeros(2**3, 6 - 2)").shape == (8, 4)


@given(st.lists(st.lists(numbers, min_size=2, max_size=2), min_size=1, max_size=4))
def test_lists_of_floats_come_back_as_they_were(rows):
    assert same(read(repr(rows)).detach(), torch.tensor(rows, dtype=torch.float32))


def name_to_blame(text: str) -> str | None:
    try:
        return "w" if read(text).is_leaf else None
    except UserError as error:
        return error.name


@given(st.text(max_size=30))
def test_any_text_is_a_leaf_or_an_error_that_names_the_input(text):
    assert name_to_blame(text) == "w"


def test_missing_values_are_given_in_turn_and_told():
    result, observer = run_source("a + b + c + d + e + f", b="7")
    assert [used.text for used in result.inputs] == ["1.0", "7", "3.0", "4.0", "5.0", "1.0"]
    assert all(used.requires_grad for used in result.inputs)
    assert observer.names["b"] == 7


def test_a_bad_value_is_blamed_on_its_input():
    with pytest.raises(InputError, match="Input 'y'"):
        run_source("x + y", y="one")
