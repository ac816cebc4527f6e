"""What a program plots is kept as plain numbers, and drawn."""

from __future__ import annotations

import pytest

from tests.language.running import run_source
from viz.draw.plots import plotted
from viz.errors import ProgramError
from viz.language.pictures import MOST_PICTURES, MOST_POINTS, MOST_SERIES

HEAD = "import torch\nimport numpy as np\nimport matplotlib.pyplot as plt\n"
LEAF = "w = torch.tensor(2., requires_grad=True)\nloss = w**2\nloss.backward()\n"


def pictures_of(source: str):
    result, _ = run_source(HEAD + LEAF + source)
    return result.pictures


def test_a_curve_has_its_numbers_title_and_labels():
    (picture,) = pictures_of(
        "plt.plot([1, 4, 9], label='squares')\n"
        "plt.title('Squares')\nplt.xlabel('n')\nplt.ylabel('n*n')\nplt.legend()\nplt.show()\n"
    )
    (series,) = picture.series
    assert (series.x, series.y, series.label) == ((0.0, 1.0, 2.0), (1.0, 4.0, 9.0), "squares")
    assert (picture.title, picture.x_label, picture.y_label) == ("Squares", "n", "n*n")
    figure = plotted(picture)
    assert tuple(figure.data[0].y) == series.y
    assert figure.layout.title.text == "Squares"


@pytest.mark.parametrize(
    "values", ["[1, 2, 3]", "torch.tensor([1, 2, 3])", "np.array([1, 2, 3])", "range(1, 4)"]
)
def test_every_kind_of_sequence_can_be_plotted(values):
    (picture,) = pictures_of(f"plt.plot({values})\n")
    assert picture.series[0].y == (1.0, 2.0, 3.0)


def test_several_curves_of_one_call_and_their_marks():
    (picture,) = pictures_of("plt.plot([0, 1], [2, 3], 'r--', [0, 1], [5, 6], 'o')\n")
    assert [series.kind for series in picture.series] == ["line", "points"]
    assert [series.y for series in picture.series] == [(2.0, 3.0), (5.0, 6.0)]


def test_show_and_figure_begin_another_picture_and_axes_draw_too():
    first, second = pictures_of(
        "plt.scatter([1], [2])\nplt.show()\n"
        "fig, ax = plt.subplots()\nax.plot([3])\nax.set_title('second')\n"
    )
    assert first.series[0].kind == "points"
    assert (second.title, second.series[0].y) == ("second", (3.0,))


def test_a_tensor_that_requires_grad_is_refused_as_matplotlib_does():
    with pytest.raises(ProgramError, match="requires grad"):
        pictures_of("plt.plot(torch.ones(2, requires_grad=True))\n")


def test_x_and_y_of_different_lengths_are_refused():
    with pytest.raises(ProgramError, match="same first dimension"):
        pictures_of("plt.plot([1, 2], [1, 2, 3])\n")


def test_pictures_curves_and_points_are_counted():
    many = pictures_of(
        f"for i in range({MOST_PICTURES + 5}):\n"
        f"    for j in range({MOST_SERIES + 5}):\n"
        "        plt.plot([1, 2])\n"
        "    plt.show()\n"
    )
    assert len(many) == MOST_PICTURES
    assert max(len(picture.series) for picture in many) == MOST_SERIES
    (long,) = pictures_of(f"plt.plot(np.arange({MOST_POINTS * 7 + 1}))\n")
    assert 0 < len(long.series[0].y) <= MOST_POINTS


def test_names_of_a_program_are_never_markup():
    (picture,) = pictures_of("plt.plot([1], label='<a href=x>y</a>')\nplt.title('<b>t</b>')\n")
    figure = plotted(picture)
    assert "<" not in figure.data[0].name + figure.layout.title.text
