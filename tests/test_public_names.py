"""`import viz` and its names, in whatever order they are used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

import viz
from viz.trace import Input

ROOT = Path(__file__).parents[1]


def run(script: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "imports",
    [
        "import viz",
        "import viz; import viz.draw",
        "import viz.draw; import viz",
        "import viz; from viz.draw import draw, animate",
        "from viz.draw import animate; import viz; viz.animate",
        "import viz; viz.draw; import viz.draw; import viz.page, viz.sandbox",
    ],
)
def test_draw_is_the_function_whatever_was_imported_before(imports: str) -> None:
    run(
        f"{imports}\n"
        "import sys\n"
        "assert viz.draw is sys.modules['viz.draw'].draw, viz.draw\n"
        "assert callable(viz.draw)\n"
        "from viz import draw\n"
        "assert draw is viz.draw\n"
        "from viz.draw import theme\n"
        "assert theme.__name__ == 'viz.draw.theme'\n"
    )


@pytest.mark.parametrize("name", viz.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(viz, name) is not None
    assert name in dir(viz)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'explode'"):
        _ = viz.explode  # type: ignore[attr-defined]


def test_importing_viz_loads_no_library() -> None:
    run(
        "import sys, viz\n"
        "heavy = {'torch', 'plotly', 'streamlit', 'pygraphviz', 'numpy', 'msgspec'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )


class Tensor:
    def tolist(self) -> list[float]:
        return [1.0, float("nan")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2, Input("x", "2")),
        (-1.5, Input("x", "-1.5")),
        ([[1, 2], [3, 4]], Input("x", "[[1, 2], [3, 4]]")),
        ("randn(2, 3)", Input("x", "randn(2, 3)")),
        ((2.0, False), Input("x", "2.0", requires_grad=False)),
        (([1, 2], True), Input("x", "[1, 2]")),
        ((1, 2), Input("x", "(1, 2)")),
        (Tensor(), Input("x", "[1.0, nan]")),
        (Input("anything", "3", requires_grad=False), Input("x", "3", requires_grad=False)),
    ],
)
def test_a_value_becomes_the_text_that_a_person_would_type(value: object, expected: Input) -> None:
    assert viz._to_input("x", value) == expected


def test_explain_takes_plain_values_and_returns_a_trace() -> None:
    trace = viz.explain("(y - x*w)**2", {"x": 2, "y": 3.0, "w": (1, False)})
    gradients = {leaf.name: leaf.after for leaf in trace.backwards[0].leaves}
    x = torch.tensor(2.0, requires_grad=True)
    (expected,) = torch.autograd.grad((3.0 - x * 1) ** 2, x)
    assert gradients["x"] is not None
    assert gradients["x"].floats() == (expected.item(),)
    assert gradients.get("w") is None


def test_explain_raises_what_it_says() -> None:
    with pytest.raises(viz.InputError, match="Input 'x'"):
        viz.explain("x * 2", {"x": "two"})
    with pytest.raises(viz.LimitError):
        viz.explain("x * 2", {"x": 1}, limits=viz.Limits(source_bytes=2))


def test_the_readmes_code_makes_real_files() -> None:
    trace = viz.explain("(y - x*w)**2", {"x": 2, "y": 3, "w": 2})
    assert viz.render(trace, "png").startswith(b"\x89PNG")
    assert b"PowBackward0" in viz.render(trace)
    assert len(viz.animate(trace).frames) > len(trace.backwards[0].steps)
