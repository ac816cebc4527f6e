"""PyTorch's formulas: those of its code generator, for the right input, and said to be its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
import torchgen
from torchgen.packaged.autograd.load_derivatives import load_derivatives

from tests.traces import backward_of
from viz.rules import Card, explain_step, text_of
from viz.rules.pytorch import entries, entry_of
from viz.rules.table import TABLE

PACKAGED = Path(torchgen.__file__).parent / "packaged"
NO_TABLE: dict = {}

FEWEST_TEXTBOOK_RULES = 220
FEWEST_FORMULAS = 640


@pytest.fixture(scope="module")
def generated() -> dict:
    """What PyTorch's code generator makes of the table: a name of a grad_fn -> its derivatives."""
    infos, _ = load_derivatives(
        str(PACKAGED / "autograd/derivatives.yaml"),
        str(PACKAGED / "ATen/native/native_functions.yaml"),
        str(PACKAGED / "ATen/native/tags.yaml"),
    )
    found = [info for by_key in infos.values() for info in by_key.values()]
    return {info.op: info for info in found if info.op is not None}


def cards_of(source: str, table: dict = NO_TABLE) -> dict[str, Card]:
    backward = backward_of(source)
    steps = range(len(backward.steps))
    return {card.title: card for card in (explain_step(backward, i, table) for i in steps)}


def test_every_grad_fn_has_the_inputs_and_formulas_of_the_code_generator(generated):
    assert len(generated) > FEWEST_FORMULAS
    for kind, info in generated.items():
        entry = entry_of(kind)
        assert entry is not None, kind
        assert entry.inputs == tuple(a.name for a in info.args_with_derivatives), kind
        theirs = {
            name: " ".join(derivative.original_formula.split())
            for derivative in info.derivatives
            for name in derivative.var_names
        }
        assert {name: formula.text for name, formula in entry.formulas.items()} == theirs, kind


def test_no_grad_fn_is_made_up(generated):
    assert set(entries()) <= set(generated)
    assert set(entries()) <= set(dir(torch._C._functions))


def test_how_many_grad_fns_have_a_formula(generated, capsys):
    kinds = set(generated) | {name for name in dir(torch._C._functions) if not name.startswith("_")}
    textbook = kinds & {*TABLE, "AccumulateGrad"}
    pytorch = {kind for kind in kinds - textbook if entry_of(kind) is not None}
    neither = sorted(kinds - textbook - pytorch)
    with capsys.disabled():
        print(
            f"\n{len(kinds)} kinds of grad_fn in PyTorch {torch.__version__}: "
            f"{len(textbook)} with a textbook rule, {len(pytorch)} with PyTorch's own formula, "
            f"{len(neither)} with neither ({', '.join(neither)})"
        )
    assert len(textbook) >= FEWEST_TEXTBOOK_RULES
    assert len(textbook) + len(pytorch) >= FEWEST_FORMULAS
    assert set(TABLE) <= kinds


@pytest.mark.parametrize(
    "expression",
    [
        "torch.atan2(a, b)",
        "torch.addcdiv(a, b, c, value=2)",
        "torch.lerp(a, b, c)",
        "torch.cdist(a, b)",
        "torch.baddbmm(a[None], b[None], c[None])",
        "torch.cat([a, b, c])",
        "torch.stack([a, torch.ones(2, 2), c])",
        "torch.where(a > 0, b, c)",
        "F.layer_norm(a, (2,), b[0], c[1])",
        "F.prelu(a, b[0])",
        "torch.index_put(a, (torch.tensor([0]),), b[0])",
        "F.bilinear(a, b, c[None])",
        "torch.linalg.solve(a, b)",
    ],
)
def test_each_slot_is_the_input_that_the_formula_is_for(expression: str):
    backward = backward_of(
        "a, b, c = (torch.rand(2, 2).add(i).requires_grad_() for i in range(3))\n"
        f"z = ({expression}).sum()"
    )
    nodes = {node.id: node for node in backward.nodes}
    fired = {step.node: step for step in backward.steps}
    for edge in backward.edges:
        entry = entry_of(nodes[edge.upstream].name)
        if entry is None or edge.contribution is None:
            continue
        name = entry.input_of(edge.slot, len(fired[edge.upstream].outgoing))
        assert name is not None
        items = f"{name}[{edge.slot}]" if name in entry.lists else name
        argument = nodes[edge.upstream].argument(items)
        assert argument is not None
        assert (argument.node, argument.output) == (edge.downstream, edge.output)


def test_a_card_without_a_rule_shows_pytorchs_formula_and_the_engines_number():
    card = cards_of("x = torch.tensor(0.5, requires_grad=True)\nz = torch.sinc(x)")["SincBackward0"]
    entry = entry_of("SincBackward0")
    assert entry is not None
    (line,) = card.lines
    codes = [part.text for part in line.parts if not hasattr(part, "rows") and part.role == "code"]
    assert codes == [entry.formulas["self"].text]
    assert card.source == "pytorch"
    assert "PyTorch's own formula for input 'self' of sinc" in card.words
    assert (line.engine, line.own) == ("agrees", True)


def test_several_inputs_are_named_in_the_words():
    program = "x, y = torch.rand(2, 2, requires_grad=True)\nz = torch.hypot(x, y).sum()"
    card = cards_of(program)["HypotBackward0"]
    assert "PyTorch's own formulas for inputs 'self' and 'other' of hypot" in card.words
    assert len(card.lines) == 2


def test_a_formula_that_only_calls_a_function_of_pytorch_says_which():
    card = cards_of("x = torch.rand(3, requires_grad=True)\nz = x.prod()")["ProdBackward0"]
    assert "The work is done by prod_backward in PyTorch's C++ code." in card.words


def test_the_longest_formulas_are_cut_and_end_in_dots():
    card = cards_of("x = torch.rand(1, 2, 2, requires_grad=True)\nz = F.group_norm(x, 1).sum()")[
        "NativeGroupNormBackward0"
    ]
    (code,) = (part for part in card.lines[0].parts if getattr(part, "role", "") == "code")
    assert text_of((code,)).endswith("…")


def test_a_function_written_in_python_says_so_and_has_no_formula():
    card = cards_of(
        """
        class Twice(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x): return 2 * x
            @staticmethod
            def backward(ctx, gradient): return 2 * gradient
        x = torch.tensor(3.0, requires_grad=True)
        z = Twice.apply(x)
        """
    )["TwiceBackward"]
    assert card.source == "none"
    assert "written in Python" in card.words


def test_a_part_that_was_changed_in_place_is_told_of_in_words():
    card = cards_of("x = torch.rand(3, requires_grad=True)\nz = x * 1\nz[0] = 2.0\nz = z.sum()")[
        "CopySlices"
    ]
    assert card.source == "none"
    assert "changed in place" in card.words


def test_a_copying_twin_of_a_view_has_the_formula_of_the_view():
    copy, view = entry_of("DiagonalBackward0_copy"), entry_of("DiagonalBackward0")
    assert copy is not None
    assert copy == view


def test_without_torchgen_there_are_simply_no_formulas(monkeypatch):
    monkeypatch.setattr("viz.rules.pytorch.find_spec", lambda _name: None)
    assert entries.__wrapped__() == {}


def test_reading_the_table_imports_neither_torch_nor_torchgen():
    script = """
import sys
from viz.rules.pytorch import entry_of
assert entry_of("SoftmaxBackward0").operation == "_softmax"
print(*sorted({"torch", "torchgen"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
