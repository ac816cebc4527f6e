"""The closed table of functions: what a program may call, by full dotted name.

A name that is not a row here does not exist for a program. The rows are looked up in torch, numpy
and Python once, when this module is imported; no attribute is ever looked up by a name that a
program wrote. The names stand in `tables`.
"""

from __future__ import annotations

import copy
import itertools
import math
import random
import time
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
import torch.distributions
import torch.utils.data

from viz.language.own import GRAD_MODES, LEGACY, OWN
from viz.language.tables import (
    arguments,
    classes_of_torch,
    numpy_names,
    python_names,
    torch_modules,
    torch_names,
)
from viz.language.values import Class, Function, Ignored, Namespace, Value

CONSTANTS: dict[str, Value] = {
    **{f"math.{name}": getattr(math, name) for name in ("pi", "e", "tau", "inf", "nan")},
    **{f"torch.{name}": getattr(torch, name) for name in ("pi", "e", "inf", "nan", "newaxis")},
    **{f"numpy.{name}": getattr(np, name) for name in ("pi", "e", "inf", "nan", "newaxis")},
    "torch.backends.cudnn.deterministic": False,
    "torch.backends.cudnn.benchmark": False,
    "torch.__version__": str(torch.__version__),
}

KEYWORDS = frozenset(arguments.ARGUMENTS.split())
IGNORED_ARGUMENTS = frozenset(arguments.IGNORED.split())

SIZED = (
    "zeros",
    "ones",
    "full",
    "eye",
    "rand",
    "randn",
    "randint",
    "randperm",
    "arange",
    "linspace",
)
SIZED_FUNCTIONS = frozenset(f"torch.{name}" for name in (*SIZED, "empty")) | frozenset(
    f"numpy.{name}" for name in numpy_names.SIZED.split()
)
"""They make as many elements as their arguments say: their size is known before they run."""

RUNNING_THE_ENGINE = frozenset(
    f"torch.autograd.functional.{name}" for name in torch_modules.AUTOGRAD_FUNCTIONAL.split()
)
"""They run the engine by themselves, where nobody watches it."""

CALLING_BACK = RUNNING_THE_ENGINE | {
    "torch.autograd.gradcheck",
    "torch.autograd.gradgradcheck",
    "itertools.accumulate",
}
"""They may be given a function of the program, which they call."""


def rows(namespace: str, module: Any, names: str) -> Iterator[tuple[str, Value]]:
    for name in names.split():
        full = f"{namespace}.{name}"
        yield full, Function(full, getattr(module, name), callbacks=full in CALLING_BACK)


def classes(namespace: str, module: Any, names: str) -> Iterator[tuple[str, Value]]:
    for name in names.split():
        yield class_row(f"{namespace}.{name}", getattr(module, name))


def class_row(full: str, kind: type) -> tuple[str, Class]:
    return full, Class(full, kind, Function(full, kind, callbacks=True))


FUNCTION_ROWS: dict[str, Value] = {
    **dict(rows("torch", torch, torch_names.TORCH)),
    **dict(rows("torch.nn.functional", torch.nn.functional, torch_modules.FUNCTIONAL)),
    **dict(rows("torch.nn.init", torch.nn.init, torch_modules.INIT)),
    **dict(rows("torch.nn.utils", torch.nn.utils, torch_modules.UTILS)),
    **dict(rows("torch.nn.utils.rnn", torch.nn.utils.rnn, torch_modules.RNN_UTILS)),
    **dict(rows("torch.linalg", torch.linalg, torch_modules.LINALG)),
    **dict(rows("torch.fft", torch.fft, torch_modules.FFT)),
    **dict(rows("torch.special", torch.special, torch_modules.SPECIAL)),
    **dict(rows("torch.autograd", torch.autograd, torch_modules.AUTOGRAD)),
    **dict(
        rows(
            "torch.autograd.functional",
            torch.autograd.functional,
            torch_modules.AUTOGRAD_FUNCTIONAL,
        )
    ),
    **dict(rows("torch.random", torch.random, "manual_seed seed initial_seed")),
    **dict(rows("torch.distributions", torch.distributions, "kl_divergence")),
    **dict(rows("torch.distributions.kl", torch.distributions, "kl_divergence")),
    **dict(rows("torch.utils.data", torch.utils.data, "random_split")),
    **dict(rows("torch", torch, "from_numpy set_printoptions get_rng_state set_rng_state")),
    **dict(rows("math", math, python_names.MATH)),
    **dict(rows("random", random, python_names.RANDOM)),
    **dict(rows("numpy", np, numpy_names.FUNCTIONS)),
    **dict(rows("numpy.random", np.random, numpy_names.RANDOM)),
    **dict(rows("numpy.linalg", np.linalg, numpy_names.LINALG)),
    **dict(rows("itertools", itertools, python_names.ITERTOOLS)),
    **dict(rows("time", time, "time perf_counter monotonic process_time")),
    **dict(rows("copy", copy, "copy deepcopy")),
}

CLASS_ROWS: dict[str, Value] = {
    **dict(classes("torch.nn", torch.nn, classes_of_torch.LAYERS)),
    **dict(classes("torch.nn", torch.nn, "Parameter")),
    **dict(classes("torch.nn.parameter", torch.nn, "Parameter")),
    **dict(classes("torch.optim", torch.optim, classes_of_torch.OPTIMIZERS)),
    **dict(
        classes("torch.optim.lr_scheduler", torch.optim.lr_scheduler, classes_of_torch.SCHEDULERS)
    ),
    **dict(classes("torch.distributions", torch.distributions, classes_of_torch.DISTRIBUTIONS)),
    **{
        f"torch.distributions.{module}.{name}": class_row(
            f"torch.distributions.{name}", getattr(torch.distributions, name)
        )[1]
        for module, name in (
            ("normal", "Normal"),
            ("categorical", "Categorical"),
            ("bernoulli", "Bernoulli"),
            ("multivariate_normal", "MultivariateNormal"),
        )
    },
    **dict(classes("torch.utils.data", torch.utils.data, classes_of_torch.DATA)),
    **dict(classes("torch.utils.data.dataset", torch.utils.data, "Dataset TensorDataset")),
    **dict(classes("torch", torch, "Generator Size")),
    "torch.autograd.Function": Class("torch.autograd.Function", torch.autograd.Function),
    "torch.autograd.function.Function": Class("torch.autograd.Function", torch.autograd.Function),
    "torch.device": Class("torch.device", torch.device, OWN["torch.device"]),
    "torch.dtype": Class("torch.dtype", torch.dtype),
    "numpy.ndarray": Class("numpy.ndarray", np.ndarray),
    "collections.OrderedDict": class_row("collections.OrderedDict", OrderedDict)[1],
    "collections.defaultdict": class_row("collections.defaultdict", defaultdict)[1],
    "collections.deque": class_row("collections.deque", deque)[1],
    "collections.Counter": class_row("collections.Counter", Counter)[1],
}

PICTURES: dict[str, Value] = {
    **{
        f"matplotlib.pyplot.{name}": OWN.get(f"pyplot.{name}", OWN["pyplot"])
        for name in python_names.PYPLOT.split()
    },
    "matplotlib.pyplot.subplots": OWN["subplots"],
    "matplotlib.pyplot.style": Ignored("style"),
    "matplotlib.pyplot.rcParams": Ignored("rcParams"),
    "matplotlib.pyplot.cm": Ignored("cm"),
    "matplotlib.rcParams": Ignored("rcParams"),
}

VALUE_ROWS: dict[str, Value] = {
    **{f"torch.{name}": getattr(torch, name) for name in torch_names.DTYPES.split()},
    **dict(classes("numpy", np, numpy_names.DTYPES)),
    **{f"typing.{name}": Ignored(f"typing.{name}") for name in python_names.TYPING.split()},
    **CONSTANTS,
}

NAMESPACES = frozenset(
    name.rpartition(".")[0]
    for name in (*FUNCTION_ROWS, *CLASS_ROWS, *PICTURES, *VALUE_ROWS, *OWN)
    if "." in name and not name.startswith("pyplot.")
) | {"torch.utils", "torch.backends", "torch.distributions", "matplotlib", "torch.nn.modules"}
"""The modules that a program may import; the prefixes of the rows."""

NAMES: MappingProxyType[str, Value] = MappingProxyType(
    {
        **{name: Namespace(name) for name in sorted(NAMESPACES)},
        **FUNCTION_ROWS,
        **CLASS_ROWS,
        **PICTURES,
        **VALUE_ROWS,
        **{
            name: value
            for name, value in OWN.items()
            if name.rpartition(".")[0] in NAMESPACES and name not in CLASS_ROWS
        },
        **GRAD_MODES,
        **LEGACY,
    }
)
"""Everything that has a dotted name: modules, functions, classes, dtypes and constants."""

CLASS_ATTRIBUTES: dict[str, Value] = {
    "collections.OrderedDict.fromkeys": Function("OrderedDict.fromkeys", OrderedDict.fromkeys),
    "torch.nn.Embedding.from_pretrained": Function(
        "Embedding.from_pretrained", torch.nn.Embedding.from_pretrained
    ),
}
"""What classes of the table have beside their names."""

KINDS: dict[type, Class] = {
    row.kind: row for row in reversed(tuple(NAMES.values())) if isinstance(row, Class)
}
"""The row of a class: what `type(x)` gives."""

PREDEFINED: MappingProxyType[str, Value] = MappingProxyType(
    {
        "torch": NAMES["torch"],
        "nn": NAMES["torch.nn"],
        "F": NAMES["torch.nn.functional"],
        "optim": NAMES["torch.optim"],
        "math": NAMES["math"],
        "np": NAMES["numpy"],
        "plt": NAMES["matplotlib.pyplot"],
    }
)
"""What needs no import line: a cell of a notebook often has it in an earlier one."""


def bare_function(name: str) -> Function | None:
    """The function that a bare name means in an expression: `sin(x)`, `mse_loss(a, b)`.

    >>> bare_function("sin").name, bare_function("mse_loss").name, bare_function("system")
    ('torch.sin', 'torch.nn.functional.mse_loss', None)
    """
    for namespace in ("torch", "torch.nn.functional"):
        found = NAMES.get(f"{namespace}.{name}")
        if isinstance(found, Function):
            return found
    return None
