"""Bring torch, torchviz and Graphviz into memory, and do once what is slow the first time.

Whatever is imported or opened here needs no file afterwards: a child may open none.
"""

from __future__ import annotations

import gc

import pygraphviz
import torch
import torchviz
from torch.utils._python_dispatch import TorchDispatchMode

from viz.limits import DEFAULT
from viz.sandbox import job
from viz.sandbox.wire import Explain, Form, Render
from viz.trace import Input

# One line for each corner of torch that imports modules when it is first used.
REHEARSAL = """
import torch
import torch.nn.functional as F

def forward(x, w):
    h = torch.tanh(torch.einsum("ij,jk->ik", x, w))
    return F.mse_loss(h, torch.ones(2, 2)) + F.cross_entropy(h, torch.tensor([0, 1]))

loss = forward(x, w)
loss.backward()
print(loss, w.grad)
"""

REHEARSED_PICTURES: tuple[Form, ...] = ("svg", "png", "pdf")


def warm_up() -> None:
    torch.set_num_threads(1)
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    with TorchDispatchMode():
        loss = (x @ x.T).norm() + torch.einsum("ij,ij->", x, x) + torch.linalg.det(x)
    drawing = torchviz.make_dot(loss, params={"x": x}, show_attrs=True, show_saved=True)
    loss.backward()
    str(x), str(loss), repr(x.grad)
    for form in REHEARSED_PICTURES:
        _rehearse_picture(drawing.source, form)
    _rehearse_run()
    # What lives now lives for ever: leave its pages alone, so that all children share them.
    gc.collect()
    gc.freeze()


def _rehearse_picture(dot: str, form: Form) -> None:
    # Bold and Greek letters come from font files of their own.
    graph = pygraphviz.AGraph(string=dot)
    graph.add_node("rehearsal", label="θσ∂²·×−≤", fontname="Helvetica-Bold")
    graph.draw(format=form, prog="dot")
    job.perform(Render(dot=graph.to_string(), form=form, limits=DEFAULT), lambda phase: None)


def _rehearse_run() -> None:
    inputs = (Input("x", "[[1., 2.], [3., 4.]]"), Input("w", "[[1., 0.], [0., 1.]]"))
    request = Explain(source=REHEARSAL, inputs=inputs, limits=DEFAULT)
    job.perform(request, lambda phase: None)
