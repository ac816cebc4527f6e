"""Bring torch, torchviz and Graphviz into memory, and do once what is slow the first time.

Whatever is imported or opened here needs no file afterwards: a child that explains may open none.
"""

from __future__ import annotations

import gc
import os
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import get_args

import msgspec
import torch

import viz.again
import viz.capture
import viz.fold
import viz.language
import viz.layout
from viz.errors import UserError
from viz.limits import DEFAULT
from viz.sandbox import job
from viz.sandbox.wire import LOGGER, Answer, Explain, Form, Phase, Prove, Render
from viz.trace import Input

# The first calls that import modules, read tables or compile kernels.
REHEARSAL = """
import torch
import torch.nn.functional as F

def forward(x, w):
    h = torch.tanh(torch.einsum("ij,jk->ik", x, w)) + torch.inverse(x) + x.norm()
    h = F.scaled_dot_product_attention(h, x, w) + torch.tensordot(x, w, dims=1)
    weighted = F.binary_cross_entropy(torch.sigmoid(h), torch.ones(2, 2), torch.ones(2, 2))
    return F.mse_loss(h, x) + F.cross_entropy(h, torch.tensor([0, 1])) + weighted

x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
w = torch.randn(2, 2, requires_grad=True)
loss = forward(x, w)
loss.backward()
print(loss, w.grad, f"{loss.item():.3f}", torch.linspace(0, 1, 2000))
"""

# Large graphs are drawn by another library than small ones.
LONG_REHEARSAL = """
import torch
x = torch.tensor(0.5, requires_grad=True)
y = x
for i in range(200):
    y = torch.tanh(y * x)
y.backward()
"""

TRAINING_REHEARSAL = """
import torch
model = torch.nn.Linear(2, 1)
for optimizer in (
    torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9),
    torch.optim.Adam(model.parameters(), lr=0.1),
):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(model(torch.ones(3, 2)), torch.zeros(3, 1))
    loss.backward()
    optimizer.step()
"""

PICTURE = """
digraph { a [label="θσ∂²·×−≤" fontname="Helvetica-Bold"] b [label="0.5"] a -> b [label="αβγ"] }
"""


def warm_up() -> None:
    torch.set_num_threads(1)
    _import_rooms()
    _rehearse("(x * w).sum()", (Input("x", "[[1.0, 2.0]]"), Input("w", "randn(1, 2)")))
    _rehearse(LONG_REHEARSAL)
    answer = _rehearse(REHEARSAL)
    _rehearse_again(REHEARSAL)
    # Only the short one as a picture: dot takes minutes for a long program with one shared weight.
    for backward in answer.trace.backwards if answer else ():
        _rehearse_picture(backward.dot)
    _rehearse_picture(PICTURE)
    _settle()


def warm_up_more() -> None:
    """What takes as long again to import, and first lessons do not need: done while nobody asks.

    A child that needs it earlier imports it itself, before it gives up its rights.
    """
    # An optimizer's first step asks torch's compiler whether it is to be left alone.
    import_module("torch._dynamo")
    _rehearse(TRAINING_REHEARSAL)
    _settle()


def _settle() -> None:
    # What lives now lives for ever: its pages are left alone, and all children share them.
    gc.collect()
    gc.freeze()


def _import_rooms() -> None:
    """Every module of the child's rooms, also those that are imported where they are used."""
    for room in (viz.language, viz.capture, viz.again, viz.layout, viz.fold):
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            import_module(found.name)


def _rehearse(source: str, inputs: tuple[Input, ...] = ()) -> Answer | None:
    try:
        request = Explain(source=source, inputs=inputs, limits=DEFAULT)
        return msgspec.json.decode(job.perform(request, _say_nothing), type=Answer)
    except UserError as error:
        # The page can do without: what was not rehearsed is slower, or fails, where it is used.
        LOGGER.error("A rehearsal failed: %s", error)
        return None


def _rehearse_again(source: str) -> None:
    # A rehearsal of how a program is repeated: PyTorch's tables of what is carried as float64.
    try:
        job.perform(Prove(source, (), DEFAULT, 0), _say_nothing)
    except UserError as error:
        LOGGER.error("A rehearsal failed: %s", error)


def _rehearse_picture(dot: str) -> None:
    # Graphviz reads a font file when it first meets a letter of it.
    with _unheard():
        for form in get_args(Form):
            job.perform(Render(dot=dot, form=form, limits=DEFAULT), _say_nothing)


@contextmanager
def _unheard() -> Iterator[None]:
    """Nothing that a C library writes to the terminal is seen.

    Fontconfig warns of each word in the system's settings that is newer than itself, which would
    stand above every answer of the command.
    """
    terminal, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
        os.close(nowhere)


def _say_nothing(phase: Phase) -> None:
    """Nobody listens to a rehearsal."""
