"""Random expressions have the gradients that Python with torch gives the same text."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.language.running import by_python, run_source, same
from viz.errors import ProgramError, UserError
from viz.trace import Input

NAMES = ("x", "y", "w", "b")
UNARY = (
    "torch.sin",
    "torch.exp",
    "torch.tanh",
    "torch.sigmoid",
    "F.relu",
    "torch.abs",
    "torch.sqrt",
)
METHODS = ("cos()", "square()", "sum()", "mean()", "detach()", "relu()", "pow(3)", "clamp(min=0.5)")

names = st.sampled_from(NAMES)
numbers = st.sampled_from(("2", "0.5", "3.", "1e-3", "-1", "7"))
leaves = names | numbers


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(("+", "-", "*", "/", "**"))
    return st.one_of(
        st.builds("({} {} {})".format, inner, signs, inner),
        st.builds("-{}".format, inner),
        st.builds("{}({} + x)".format, st.sampled_from(UNARY), inner),
        st.builds("({} * y).{}".format, inner, st.sampled_from(METHODS)),
        st.builds("({} if {} > {} else {})".format, inner, names, numbers, inner),
        st.builds("torch.stack([{} + x, {} + x])[{}]".format, inner, inner, st.sampled_from("01")),
        st.builds("(lambda p, k={}: p * k)({})".format, inner, inner),
    )


expressions = st.recursive(leaves, larger, max_leaves=8)
values = st.floats(-3, 3, width=32).filter(math.isfinite)


@given(expressions, st.fixed_dictionaries(dict.fromkeys(NAMES, values)))
@settings(max_examples=200)
def test_an_expression_has_the_gradients_that_python_gives_it(text, numbers_of):
    tensors = {name: torch.tensor(value, requires_grad=True) for name, value in numbers_of.items()}
    given_texts = {name: repr(value) for name, value in numbers_of.items()}
    try:
        result_by_python = by_python(f"result = {text}\nresult.backward()\n", tensors)[1]["result"]
    except Exception:
        result_by_python = None
    try:
        result, observer = run_source(text, **given_texts)
    except UserError:
        assert result_by_python is None
        return
    assert result_by_python is not None
    for used in result.inputs:
        assert same(observer.names[used.name].grad, tensors[used.name].grad), used.name


def order_of_names(text: str) -> list[str]:
    words = "".join(c if c.isalnum() else " " for c in text).split()
    return [word for word in dict.fromkeys(words) if word in NAMES]


@given(st.recursive(leaves, lambda s: st.builds("({} + {})".format, s, s), max_leaves=6))
def test_inputs_are_the_free_names_in_order_of_appearance(text):
    wanted = order_of_names(text)
    if not wanted:
        return
    result, _ = run_source(text)
    assert [used.name for used in result.inputs] == wanted


def ends_well(text: str) -> bool:
    """Whether the text has a result or a UserError that says something; anything else is raised."""
    try:
        run_source(text)
    except UserError as error:
        return bool(error.message)
    return True


@given(st.text(max_size=40))
@settings(max_examples=300)
def test_any_text_ends_in_a_result_or_in_a_user_error(text):
    assert ends_well(text)


TOKENS = """
x y w torch F . ( ) [ ] , : = == + - * ** / @ ^ 2 1.5 'a' def f return if else for in range while
lambda None True sum backward grad zero_ tensor with no_grad import as print
"""
tokens = st.sampled_from([*TOKENS.split(), "\n", "\n    ", " "])


@given(st.lists(tokens, max_size=25))
@settings(max_examples=300)
def test_any_row_of_tokens_ends_in_a_result_or_in_a_user_error(row):
    assert ends_well(" ".join(row).replace(" . ", "."))


def test_functions_may_be_written_without_their_module_in_an_expression():
    bare, short = run_source("mse_loss(sin(x), relu(y))", x="0.5", y="2.")
    full, long = run_source("F.mse_loss(torch.sin(x), nn.functional.relu(y))", x="0.5", y="2.")
    assert [used.name for used in bare.inputs] == [used.name for used in full.inputs] == ["x", "y"]
    for name in ("x", "y"):
        assert same(short.names[name].grad, long.names[name].grad)


def test_a_module_name_alone_is_an_input():
    result, observer = run_source("F - m*a", F="3.", m="2.", a="4.")
    assert [used.name for used in result.inputs] == ["F", "m", "a"]
    assert observer.names["m"].grad == -4


def test_an_input_without_requires_grad_has_no_gradient():
    _, observer = run_source("x * w", x=Input("x", "2.", requires_grad=False), w="3.")
    assert observer.names["x"].grad is None
    assert observer.names["w"].grad == 2


def test_inputs_that_the_program_does_not_have_are_ignored():
    result, _ = run_source("x * 2", unused="not even a number")
    assert [used.name for used in result.inputs] == ["x"]


def test_a_result_that_is_an_input_itself_has_gradient_one():
    _, observer = run_source("x")
    assert observer.names["x"].grad == 1


def test_a_bare_function_is_not_found_in_a_program():
    with pytest.raises(ProgramError) as caught:
        run_source("x = torch.ones(1)\ny = sin(x)\n")
    assert caught.value.hint == "Did you mean 'torch.sin'?"
