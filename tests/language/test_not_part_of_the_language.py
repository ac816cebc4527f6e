"""What leads out of the language is refused, by name, before or when it runs."""

import sys

import pytest

from tests.language.running import run_source
from viz.errors import LimitError, ProgramError, UserError
from viz.language import check
from viz.limits import DEFAULT

ESCAPES = [
    "x.__class__",
    "x.__class__.__mro__[1].__subclasses__()",
    "(1).__class__",
    "''.__doc__",
    "[].__len__()",
    "(lambda: 0).__globals__",
    "x._backward_hooks",
    "x._base",
    "x._version",
    "x.grad_fn.metadata",
    "x.grad_fn.register_hook(print)",
    "x.register_hook(print)",
    "x.data_ptr()",
    "x.storage()",
    "x.numpy()",
    "x.apply_(lambda v: v)",
    "x.cuda()",
    "x.to('cuda')",
    "x.to('meta')",
    "x.type('torch.HalfTensor')",
    "torch.os.system('true')",
    "torch.sys.modules",
    "torch.nn.functional.torch.os",
    "F.importlib.import_module('os')",
    "torch.nn.Module",
    "torch.load('file')",
    "torch.save(x, 'file')",
    "torch.ops.aten.add(x, 1)",
    "torch.zeros(2, device='meta')",
    "torch.add(x, 1, out=x)",
    "torch.set_num_threads(64)",
    "torch.set_grad_enabled(False)",
    "torch.Tensor(3)",
    "math.__loader__",
    "eval('1')",
    "exec('1')",
    "open('file')",
    "__import__('os')",
    "getattr(x, 'data')",
    "globals()",
    "type(x)",
    "vars(x)",
    "max([1, 2], key=print)",
    "print(1, file=x)",
    "'{0.__class__}'.format(x)",
    "'{x}'.format_map(x)",
    "f'{x.__class__}'",
    "f'{x:{2}}'",
    "'%(x)s' % x",
    "x.\uff3f\uff3fclass\uff3f\uff3f",
    "x.__\U0001d41c\U0001d425\U0001d41a\U0001d42c\U0001d42c__",
    "[v for v in x]",
    "(v for v in x)",
    "{v: 1 for v in x}",
    "{1: x}",
    "{1, 2}",
    "print(*[x])",
    "torch.add(**{})",
    "1j * x",
    "b'abc'",
    "import os",
    "import torch, os",
    "import os as torch",
    "import torch.optim",
    "import torch.utils.data",
    "from torch import *",
    "from torch import os",
    "from torch import nn as a, load",
    "from . import x",
    "from os import path",
    "class A: pass",
    "async def f(): pass",
    "try:\n    pass\nexcept:\n    pass",
    "raise SystemExit",
    "del torch",
    "global x",
    "@print\ndef f(x):\n    return x",
    "def f(*a):\n    return a",
    "def f(**a):\n    return a",
    "def f(a, /):\n    return a",
    "def f(x):\n    yield x",
    "def __f(x):\n    return x",
    "def f(x, x):\n    return x",
    "with open('file') as f:\n    pass",
    "torch.relu = torch.exp",
    "F.relu = torch.exp",
    "print.x = 1",
    "x = torch.ones(1)\nx.shape = 1",
    "x = torch.ones(1)\nx.__class__ = 1",
    "for x.__class__ in [1]:\n    pass",
    "return 1",
    "break",
    "while False:\n    pass\nelse:\n    break",
    "print(end='', end='')",
]


@pytest.mark.parametrize("source", ESCAPES)
def test_not_part_of_the_language(source):
    with pytest.raises(UserError) as caught:
        run_source(source)
    assert caught.value.message
    assert not isinstance(caught.value, LimitError)


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    return x.__class__\n",
        "def f(x):\n    return torch.os\n",
        "if False:\n    torch.load('file')\n",
        "def f(x):\n    return x.data_ptr()\n",
    ],
)
def test_what_no_value_has_is_refused_before_anything_runs(source):
    with pytest.raises(ProgramError) as caught:
        check(source, DEFAULT)
    assert caught.value.line == 2


def test_a_parameter_that_hides_torch_is_no_way_into_it():
    with pytest.raises(ProgramError, match=r"a value of type Tensor has no '\.nn' here"):
        run_source("def forward(torch):\n    return torch.nn.functional.relu(torch)\n")
    _, observer = run_source("def forward(torch):\n    return torch.relu()\n")
    assert observer.names["torch"].grad == 1


def test_functions_of_the_program_are_not_callable_from_torch():
    with pytest.raises(ProgramError, match="can't work with a function"):
        run_source("def f(x):\n    return x\ny = torch.relu(f)\n")


def test_annotations_are_never_evaluated():
    source = "def f(x: open('file'), y: a = 1) -> eval('1'):\n    z: b[0] = x\n    return z\n"
    _, observer = run_source(source)
    assert observer.names["x"].grad == 1


def test_the_recursion_limit_of_python_is_as_it_was():
    before = sys.getrecursionlimit()
    run_source("x * 2")
    with pytest.raises(UserError):
        run_source("def f(x):\n    return f(x)\n")
    assert sys.getrecursionlimit() == before
