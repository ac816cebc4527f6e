"""Every row of the closed tables exists in torch or Python, and none of them leads out."""

import builtins
import collections
import copy
import functools
import importlib
import inspect
import itertools
import math
import random
import re
import time
import types
import typing
from pathlib import Path

import numpy
import pytest
import torch

from tests.language.running import run_source
from viz.errors import UserError
from viz.language import functions, members
from viz.language.builtins import BUILTINS
from viz.language.classes import METHODS
from viz.language.expressions import EXPRESSIONS
from viz.language.grammar import ALLOWED, CHECKS, PARTS
from viz.language.own import GRAD_MODES, LEGACY, OWN
from viz.language.statements import STATEMENTS
from viz.language.tables import classes_of_torch, objects_of_torch, tensor_names, torch_names
from viz.language.values import Class, Function, Ignored, Namespace

MODULES = {
    "collections": collections, "copy": copy, "functools": functools, "itertools": itertools,
    "math": math, "numpy": numpy, "random": random, "time": time, "torch": torch,
    "typing": typing,
}  # fmt: skip

NOT_INSTALLED = ("matplotlib", "tqdm", "warnings")
"""What is accepted without being asked: nothing of it is ever called."""

ROWS = sorted(name for name in functions.NAMES if not name.startswith(NOT_INSTALLED))


def found_in_torch(full):
    """Walk the attributes, as only a test may."""
    first, *rest = full.split(".")
    value = MODULES[first]
    for number, part in enumerate(rest, start=1):
        if not hasattr(value, part):
            importlib.import_module(".".join([first, *rest[:number]]))
        value = getattr(value, part)
    return value


def namespaces():
    return sorted({row.rpartition(".")[0] for row in ROWS})


def rows_of(namespace):
    return [row for row in ROWS if row.rpartition(".")[0] == namespace]


@pytest.mark.parametrize("namespace", namespaces())
def test_a_row_is_what_torch_or_python_has_under_its_name(namespace):
    for full in rows_of(namespace):
        row, theirs = functions.NAMES[full], found_in_torch(full)
        if isinstance(row, Namespace):
            assert row.name == full
            assert isinstance(theirs, types.ModuleType) or full == "torch.autograd.variable"
        elif full in OWN or full in GRAD_MODES or full in LEGACY:
            assert callable(theirs), full
        elif isinstance(row, Function):
            # Bound methods are made anew, and torch's compiler, once imported, wraps some.
            assert inspect.unwrap(theirs) in (row.call, inspect.unwrap(row.call)), full
        elif isinstance(row, Class):
            assert row.kind is theirs, full
        elif isinstance(row, Ignored):
            assert namespace == "typing"
        else:
            assert (
                str(theirs) == row
                if full == "torch.__version__"
                else row is theirs or (row == theirs or row != row)
            ), full


@pytest.mark.parametrize("full", NOT_INSTALLED)
def test_what_is_not_installed_is_never_called(full):
    for name, row in functions.NAMES.items():
        if name.startswith(full) and isinstance(row, Function):
            assert row.inner, name


def test_no_row_is_a_module_or_a_bare_class():
    for full, row in functions.NAMES.items():
        assert not isinstance(row, (types.ModuleType, type)), full
        if isinstance(row, Function):
            assert callable(row.call), full
            assert not isinstance(row.call, types.ModuleType), full


def public_names(owner):
    return {name for name in dir(owner) if not name.startswith("_")}


MODULES_OF_TORCH = {
    "torch": torch,
    "torch.nn": torch.nn,
    "torch.nn.functional": torch.nn.functional,
    "torch.nn.init": torch.nn.init,
    "torch.optim": torch.optim,
    "torch.autograd": torch.autograd,
    "torch.linalg": torch.linalg,
    "torch.utils.data": torch.utils.data,
    "numpy": numpy,
}


@pytest.mark.parametrize("module", MODULES_OF_TORCH)
def test_every_other_public_name_is_refused(module):
    left_out = public_names(MODULES_OF_TORCH[module])
    left_out -= {full.rpartition(".")[2] for full in functions.NAMES if full.startswith(module)}
    assert left_out
    for name in left_out:
        with pytest.raises(UserError):
            run_source(f"import {module}\n{module}.{name}\n")


def test_every_other_member_of_a_tensor_is_refused():
    left_out = public_names(torch.Tensor) - members.TENSOR.keys()
    assert left_out
    for name in left_out:
        with pytest.raises(UserError):
            run_source(f"torch.ones(1).{name}\n")
        with pytest.raises(UserError):  # also where the program itself uses the name
            run_source(f"class A:\n    {name} = 1\ntorch.ones(1).{name}\n")


def test_every_function_of_torch_that_takes_tensors_is_a_row_or_refused_with_a_reason():
    theirs = {
        name
        for name in public_names(torch._C._VariableFunctions) & public_names(torch)
        if callable(getattr(torch, name))
    }
    rows = {full.removeprefix("torch.") for full in functions.NAMES}
    refused = {name for names in torch_names.REFUSED.values() for name in names.split()}
    assert theirs - rows - refused == set()
    assert rows.isdisjoint(refused)


def test_every_method_of_a_tensor_is_a_row_or_refused_with_a_reason():
    refused = {name for names in tensor_names.REFUSED.values() for name in names.split()}
    assert public_names(torch.Tensor) - members.TENSOR.keys() - refused == set()
    assert refused & members.TENSOR.keys() == {"cuda"}  # it says that there is no GPU


def test_every_function_with_a_derivative_is_available_or_refused_with_a_reason():
    """PyTorch's own table of derivatives against ours."""
    packaged = Path(torch.__file__).parents[1] / "torchgen/packaged/autograd/derivatives.yaml"
    theirs = set(re.findall(r"^- name: (\w+)", packaged.read_text(), re.MULTILINE))
    assert len(theirs) > 300
    reachable = {full.rpartition(".")[2] for full in functions.NAMES} | members.TENSOR.keys()
    refused = {
        name
        for table in (torch_names.REFUSED, tensor_names.REFUSED)
        for listed in table.values()
        for name in listed.split()
    }
    public = {
        name
        for name in theirs
        if not name.startswith("_") and (hasattr(torch, name) or hasattr(torch.Tensor, name))
    }
    assert public - reachable - refused == set()


@pytest.mark.parametrize("name", sorted(members.TENSOR))
def test_a_member_of_a_tensor_exists_in_torch(name):
    assert hasattr(torch.Tensor, name)


def test_a_member_exists_in_its_kind_and_is_public():
    objects = (
        (torch.nn.Module, objects_of_torch.LAYER_METHODS),
        (torch.optim.Optimizer, objects_of_torch.OPTIMIZER_METHODS),
        (torch.optim.lr_scheduler.LRScheduler, objects_of_torch.SCHEDULER_METHODS),
        (torch.distributions.Normal, objects_of_torch.DISTRIBUTION_METHODS),
    )
    for kind, names in objects:
        for name in set(names.split()) - {"reset_parameters"}:
            assert hasattr(kind, name), name
    for _, table in members.MEMBERS:
        assert not any(name.startswith("_") for name in table)


def test_a_layer_of_the_table_is_a_public_class_of_torch():
    for name in classes_of_torch.LAYERS.split():
        assert inspect.isclass(getattr(torch.nn, name))


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_a_builtin_has_its_name_from_python(name):
    assert hasattr(builtins, name)


def test_the_builtins_that_lead_out_are_no_rows():
    dangerous = (
        "eval exec compile open input getattr setattr delattr hasattr globals locals vars dir id "
        "memoryview bytearray breakpoint help exit quit object.__subclasses__ __import__"
    )
    assert BUILTINS.keys().isdisjoint(dangerous.split())


def test_no_method_that_python_calls_on_its_own_may_be_defined():
    dangerous = (
        "__del__ __getattr__ __getattribute__ __setattr__ __new__ __init_subclass__ __set_name__ "
        "__class_getitem__ __reduce__ __reduce_ex__ __torch_function__ __array__ __instancecheck__ "
        "__get__ __set__ __mro_entries__ __prepare__ __slots__ __dict__ __class__ __index__"
    )
    assert METHODS.isdisjoint(dangerous.split())


def test_no_member_of_a_tensor_hands_out_memory_files_devices_or_callbacks():
    dangerous = (
        "data_ptr storage untyped_storage apply_ map_ set_ share_memory_ register_hook "
        "as_strided resize_ to_sparse as_subclass pin_memory"
    )
    assert members.MEMBER_NAMES.isdisjoint(dangerous.split())


def test_no_row_changes_the_state_of_torch_or_reads_files():
    dangerous = (
        "load save compile jit ops os sys set_num_threads set_default_device hub "
        "use_deterministic_algorithms from_file frombuffer as_strided"
    )
    assert {f"torch.{name}" for name in dangerous.split()}.isdisjoint(functions.NAMES)
    files = "load save fromfile memmap loadtxt savetxt genfromtxt fromstring frompyfunc vectorize"
    assert {f"numpy.{name}" for name in files.split()}.isdisjoint(functions.NAMES)


def test_each_built_node_is_allowed_and_each_check_is_for_an_allowed_node():
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
