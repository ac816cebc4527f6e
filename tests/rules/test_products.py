"""Products of matrices are drawn: both factors and the result, with names and shapes."""

from __future__ import annotations

import pytest

from tests.rules.test_elements import value_of
from tests.traces import backward_of
from viz.rules import Line, explain_step
from viz.rules.card import Box, Matrix

PRODUCT = """
x = torch.tensor([[1., 2., 3.], [4., 5., 6.]], requires_grad=True)
W = torch.tensor([[1., 0.], [-1., 2.], [0.5, 3.]], requires_grad=True)
y = x @ W
y.backward(torch.tensor([[1., -2.], [3., 0.]]))
"""


def lines_of(source: str) -> list[Line]:
    backward = backward_of(source)
    return [
        line
        for step in range(len(backward.steps))
        for line in explain_step(backward, step).lines
        if line.product
    ]


def drawn(line: Line) -> list[Matrix | Box]:
    assert line.product is not None
    return [part for place in line.product if not hasattr(part := line.parts[place], "text")]


def test_factors_and_result_have_names_and_shapes_as_captions():
    assert [[part.note for part in drawn(line)] for line in lines_of(PRODUCT)] == [
        ["∂y/∂y [2×2]", "Wᵀ [2×3]", "∂y/∂x [2×3]"],
        ["xᵀ [3×2]", "∂y/∂y [2×2]", "∂y/∂W [3×2]"],
    ]


def test_roles_tell_upstream_local_and_result_apart():
    assert [[part.role for part in drawn(line)] for line in lines_of(PRODUCT)] == [
        ["upstream", "local", "result"],
        ["local", "upstream", "result"],
    ]


def test_rows_are_those_of_the_factors_as_they_are_multiplied():
    left, right, result = drawn(lines_of(PRODUCT)[1])
    assert left.rows == (("1", "4"), ("2", "5"), ("3", "6"))
    assert right.rows == (("1", "−2"), ("3", "0"))
    assert result.rows == (("13", "−2"), ("17", "−4"), ("21", "−6"))


@pytest.mark.parametrize(
    "product",
    [
        "x @ W",
        "F.linear(x, W.T)",
        "torch.addmm(torch.ones(2), x, W)",
        "x @ W[:, 0]",
    ],
)
def test_each_element_is_a_sum_of_products_that_holds(product):
    lines = lines_of(PRODUCT.split("y =")[0] + f"y = {product}\nloss = (y * y).sum()")
    assert lines
    for line in lines:
        result = drawn(line)[-1]
        cells = [text for row in result.rows for text in row]
        assert len(line.elements) == len(cells)
        for equation, cell in zip(line.elements, cells, strict=True):
            left, right = value_of(equation)
            assert left == pytest.approx(right)
            assert equation.endswith(f" = {cell}")


def test_a_vector_stands_upright_on_the_right_of_a_product():
    lines = lines_of(PRODUCT.split("y =")[0] + "v = W[:, 0]\ny = x @ v\nz = y.sum()")
    of_matrix, of_vector = (drawn(line) for line in lines)
    assert [len(part.rows) for part in of_vector] == [3, 2, 3]
    assert [len(part.rows[0]) for part in of_vector] == [2, 1, 1]
    assert [len(part.rows) for part in of_matrix] == [2, 1, 2]


def test_a_scaled_product_has_no_sums_of_products_that_would_be_false():
    source = PRODUCT.split("y =")[0] + "y = torch.addmm(torch.ones(2), x, W, alpha=2)\nz = y.sum()"
    for line in lines_of(source):
        assert line.elements == ()


def test_a_large_matrix_is_an_empty_box_in_the_proportions_of_its_shape():
    (line,) = lines_of(
        "x = torch.ones(20, 40)\nW = torch.ones(40, 2, requires_grad=True)\nz = (x @ W).sum()"
    )
    left, _right, _result = drawn(line)
    assert isinstance(left, Box)
    assert left.note == "xᵀ [40×20]"
    height, width = left.sides
    assert height == 2 * width
    assert line.elements == ()


def test_a_batch_of_matrices_is_a_pile_of_boxes():
    lines = lines_of(
        "x = torch.ones(5, 2, 3, requires_grad=True)\nW = torch.ones(5, 3, 2)\nz = (x @ W).sum()"
    )
    assert [part.pile for line in lines for part in drawn(line)] == [True, True, True]
