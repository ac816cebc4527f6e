"""Every row of the closed tables exists in torch or Python, and none of them leads out."""

import types

import pytest
import torch

from tests.language.running import run_source
from viz.language import functions, members
from viz.language.builtins import BUILTINS
from viz.language.expressions import EXPRESSIONS
from viz.language.grammar import ALLOWED, CHECKS, PARTS
from viz.language.statements import STATEMENTS
from viz.language.values import Function, Namespace

ROWS = sorted(functions.NAMES)


def found_in_torch(full):
    """Walk the attributes, as only a test may."""
    value = {"torch": torch, "math": functions.math}[full.split(".")[0]]
    for part in full.split(".")[1:]:
        value = getattr(value, part)
    return value


@pytest.mark.parametrize("full", ROWS)
def test_a_row_is_what_torch_has_under_its_name(full):
    row, theirs = functions.NAMES[full], found_in_torch(full)
    if isinstance(row, Namespace):
        assert row.name == full == theirs.__name__
    elif isinstance(row, Function) and full not in functions.OWN:
        assert row.call is theirs
    elif isinstance(row, Function):
        assert callable(theirs)
    else:
        assert row == theirs or row != row


@pytest.mark.parametrize("full", ROWS)
def test_no_row_is_a_module_or_a_class(full):
    row = functions.NAMES[full]
    assert not isinstance(row, (types.ModuleType, type))
    if isinstance(row, Function):
        assert callable(row.call)
        assert not isinstance(row.call, (types.ModuleType, type))


@pytest.mark.parametrize("name", sorted(members.TENSOR))
def test_a_member_of_a_tensor_exists_in_torch(name):
    assert hasattr(torch.Tensor, name)


@pytest.mark.parametrize("kind", [kind for kind, _ in members.MEMBERS], ids=str)
def test_a_member_exists_in_its_kind_and_is_public(kind):
    for name in dict(members.MEMBERS)[kind]:
        assert not name.startswith("_")
        if kind is not members.GradFn:
            assert hasattr(kind, name)


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_a_builtin_has_its_name_from_python(name):
    assert name in __builtins__ if isinstance(__builtins__, dict) else hasattr(__builtins__, name)


def test_no_member_of_a_tensor_hands_out_memory_files_devices_or_callbacks():
    dangerous = (
        "data_ptr storage untyped_storage numpy apply_ map_ set_ cuda share_memory_ register_hook "
        "as_strided resize_ to_sparse as_subclass pin_memory type"
    )
    assert members.MEMBER_NAMES.isdisjoint(dangerous.split())


def test_no_row_changes_the_state_of_torch_or_reads_files():
    dangerous = (
        "load save compile jit ops os sys set_num_threads set_grad_enabled set_default_device "
        "use_deterministic_algorithms from_file frombuffer from_numpy empty as_strided"
    )
    assert {f"torch.{name}" for name in dangerous.split()}.isdisjoint(functions.NAMES)


def test_each_handled_node_is_allowed_and_each_check_is_for_an_allowed_node():
    assert EXPRESSIONS.keys() | STATEMENTS.keys() <= ALLOWED
    assert CHECKS.keys() <= ALLOWED
    assert PARTS.isdisjoint(EXPRESSIONS.keys() | STATEMENTS.keys())


@pytest.mark.parametrize(
    "name", ["abs", "neg", "exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu"]
)
def test_function_and_method_of_one_name_agree(name):
    _, function = run_source(f"torch.{name}(x)", x="0.7")
    _, method = run_source(f"x.{name}()", x="0.7")
    assert function.names["x"].grad == method.names["x"].grad
