"""Classes, layers, exceptions and numpy are no way out of the language."""

import pytest

from tests.language.running import run_source
from viz.errors import LimitError, UserError

NET = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(1, 1)
    def forward(self, x):
        return self.fc(x)
net = Net()
"""
THING = "class A:\n    def f(self):\n        return 1\na = A()\n"

ESCAPES = [
    # what torch keeps in a layer
    f"{NET}net._parameters",
    f"{NET}net._modules",
    f"{NET}net._forward_hooks",
    f"{NET}net._backward_hooks['a'] = 1",
    f"{NET}net._parameters = 1",
    f"{NET}net.__dict__",
    f"{NET}net.forward.__globals__",
    f"{NET}net.forward.__func__",
    f"{NET}net.__class__",
    f"{NET}net.__class__.__mro__",
    f"{NET}net.__class__.__name__.__class__",
    f"{NET}net.register_forward_hook(print)",
    f"{NET}net.register_full_backward_hook(print)",
    f"{NET}net.compile()",
    f"{NET}net.share_memory()",
    f"{NET}net.cuda()",
    f"{NET}net.to('cuda')",
    f"{NET}net.T_destination",
    f"{NET}net.fc.forward = print\nnet.fc.__call__ = print",
    f"{NET}Net.__bases__",
    f"{NET}Net.__subclasses__()",
    f"{NET}Net.mro()",
    f"{NET}type(net).__dict__",
    f"{NET}type('X', (object,), {{}})",
    f"{NET}type(type(net))()",
    f"{NET}super(Net, net).__getattribute__('fc')",
    f"{NET}nn.Module._call_impl",
    f"{NET}nn.Module.__getattr__(net, 'fc')",
    f"{NET}nn.Module.__init__.__globals__",
    # what a class may not define
    "class A:\n    def __del__(self):\n        pass",
    "class A:\n    def __getattr__(self, n):\n        return 1",
    "class A:\n    def __getattribute__(self, n):\n        return 1",
    "class A:\n    def __setattr__(self, n, v):\n        pass",
    "class A:\n    def __new__(cls):\n        return 1",
    "class A:\n    def __reduce__(self):\n        return 1",
    "class A:\n    def __init_subclass__(cls):\n        pass",
    "class A:\n    __slots__ = ()",
    "class A:\n    __class__ = 1",
    "class A:\n    def __torch_function__(self, *a):\n        pass",
    "class A:\n    def __array__(self):\n        pass",
    "class N(nn.Module):\n    def _apply(self, f):\n        pass",
    "class N(nn.Module):\n    def _call_impl(self, f):\n        pass",
    "class N(nn.Module):\n    _modules = 1",
    "class N(torch.Tensor):\n    pass",
    "class N(int):\n    pass",
    "class N(type):\n    pass",
    "class N(dict):\n    pass",
    "class N(torch.optim.SGD):\n    pass",
    "class N(metaclass=type):\n    pass",
    "class N(print):\n    pass",
    "class A:\n    pass\nclass B(A().__class__):\n    pass",
    # objects of the program
    f"{THING}a.__dict__",
    f"{THING}a.__dict__ = {{}}",
    f"{THING}a.__class__ = A",
    f"{THING}a.f.__self__",
    f"{THING}a.f.__func__",
    f"{THING}A.f.__code__",
    f"{THING}A.__init__.__globals__",
    f"{THING}A.__mro__",
    f"{THING}del a.__dict__",
    f"{THING}for a.__class__ in [1]:\n    pass",
    f"{THING}with torch.no_grad() as a.__class__:\n    pass",
    f"{THING}[0 for a.__class__ in [1]]",
    f"{THING}a.__len__()",
    # functions and generators
    "def f():\n    yield 1\nf().gi_frame",
    "def f():\n    yield 1\nf().gi_code",
    "(i for i in [1]).gi_frame",
    "def f():\n    pass\nf.__globals__",
    "def f():\n    pass\nf.__closure__",
    "def f():\n    pass\nf.x = 1",
    "print.__self__",
    "torch.relu.__self__",
    "len.__module__",
    # exceptions
    "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    e.__traceback__",
    "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    e.__context__",
    "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    e.with_traceback(None)",
    "raise SystemExit",
    "raise KeyboardInterrupt",
    "raise BaseException",
    "try:\n    pass\nexcept BaseException:\n    pass\nraise GeneratorExit",
    # the engine's context
    "class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n"
    "        return ctx._raw_saved_tensors\nF.apply(torch.ones(1))",
    "class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n"
    "        ctx.metadata = 1\n        return x\nF.apply(torch.ones(1))",
    "class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n"
    "        return ctx.register_hook(print)\nF.apply(torch.ones(1))",
    # numpy
    "np.load('file')",
    "np.fromfile('file')",
    "np.save('file', 1)",
    "np.ctypeslib",
    "np.ones(2).ctypes",
    "np.ones(2).data",
    "np.ones(2).base",
    "np.ones(2).tofile('file')",
    "np.ones(2).dump('file')",
    "np.ones(2).__array_interface__",
    "np.array([print], dtype='O')",
    "np.array([{}])",
    "np.vectorize(print)",
    "np.frompyfunc(print, 1, 1)",
    "np.random.Generator",
    "np.os",
    "np.sys",
    # formats
    "'{0.__class__}'.format(1)",
    "'{0[__class__]}'.format({})",
    "'{a.b}'.format(a=1)",
    "'{:{}}'.format(1, 2)",
    "'{:9999999999}'.format(1)",
    "f'{1:9999999999}'",
    "f'{1:{10**9}}'",
    "format(1, '9999999999d')",
    "'%*d' % (10**9, 1)",
    "'%9999999999d' % 1",
    "'{__class__}'.format_map({})",
    # modules
    "import numpy.ctypeslib",
    "import importlib",
    "import builtins",
    "import types",
    "import inspect",
    "import pickle",
    "import ctypes",
    "import subprocess",
    "from torch.utils import cpp_extension",
    "from torch.utils.data import _utils",
    "import torch.utils.data._utils",
    "from collections import abc",
    "from copy import _deepcopy_dispatch",
    "from functools import lru_cache",
    "from matplotlib import pyplot, os",
    "import pyplot",
    "from time import sleep",
    "from typing import get_type_hints",
    "torch.utils.data.dataloader",
    "torch.autograd.function.FunctionCtx",
    "torch.distributions.Normal.__init__.__globals__",
    "time.sleep(100)",
    "copy.copy.__globals__",
    "random.Random",
    "random.os",
    "random._os",
    # calls back with the engine's own values
    "sorted([1, 2], key=eval)",
    "list(map(__import__, ['os']))",
    "list(map(open, ['/etc/passwd']))",
    "torch.ones(1).apply_(lambda v: v)",
    "torch.utils.data.DataLoader([1], worker_init_fn=print)",
    "torch.utils.data.DataLoader([1], multiprocessing_context='fork')",
    "collections.defaultdict(open)['x']",
    "functools.partial(open, 'x')()",
]


@pytest.mark.parametrize("source", ESCAPES)
def test_it_is_refused(source):
    modules = "import numpy as np, random, time, copy, collections, functools\n"
    with pytest.raises(UserError) as caught:
        run_source(source if source.startswith(("import", "from")) else modules + source)
    assert caught.value.message
    assert caught.value.line is not None


NEVER_CAUGHT = [
    "while True:\n    pass",
    "def f():\n    f()\nf()",
    "9**9**9",
    "print('a' * 30000)",
    "torch.ones(2**40)",
    "[0] * 10**9",
    "while True:\n    try:\n        pass\n    except Exception:\n        pass",
    "def g():\n    while True:\n        yield 1\nsum(g())",
    "[i for i in range(10**9)]",
    "list(map(lambda v: v, range(10**9)))",
    "x = {1: 1}\nfor i in range(10**9):\n    x[i] = i",
    "'a'.replace('a', 'b' * 90000).replace('b', 'c' * 90000)",
    "'a'.center(10**9)",
    "import math\nmath.factorial(10**7)",
    "class A:\n    def __len__(self):\n        return len(self)\nlen(A())",
    "class A:\n    def __repr__(self):\n        return repr(self)\nprint(A())",
]


@pytest.mark.parametrize("source", NEVER_CAUGHT)
def test_a_limit_is_not_caught_and_nothing_runs_after_it(source):
    inside = source.replace("\n", "\n    ")
    whole = (
        f"try:\n    {inside}\nexcept:\n    print('caught')\nelse:\n    print('went on')\n"
        "finally:\n    print('finally')\nprint('after')\n"
    )
    with pytest.raises(LimitError):
        run_source(whole)


def test_what_the_language_leaves_out_is_not_caught_either():
    source = "try:\n    torch.ones(1).cuda()\nexcept Exception:\n    print('caught')\n"
    with pytest.raises(UserError, match="no GPU"):
        run_source(source)


def test_attributes_of_the_program_are_its_own():
    source = """
class A:
    def __init__(self):
        self._private = torch.ones(1, requires_grad=True)
    def _double(self):
        return self._private * 2
a = A()
a._double().sum().backward()
print(a._private.grad)
"""
    assert run_source(source)[0].printed == "tensor([2.])\n"
