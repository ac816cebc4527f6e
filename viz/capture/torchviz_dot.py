"""Let torchviz draw a graph and rewrite its DOT text with our ids. torchviz is fenced in here.

torchviz names nodes by memory address, calls itself for every node, reads saved tensors that a
backward pass may have freed, and puts names into labels as they are.
"""

from __future__ import annotations

import gc
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import graphviz
import torch

from viz.capture.calls import Calls
from viz.capture.graph import Graph

OPERATIONS = 300
"""torchviz recurses; above this many operations it may pass Python's limit."""

LABEL_CHARACTERS = 60

_STATEMENT = re.compile(r"\t(\d+)(?: -> (\d+))?(?= \[|$)")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]*")
_SAVED = "fillcolor=orange"


def draw(graph: Graph, calls: Calls) -> str:
    """torchviz's drawing, before backward runs; "" where torchviz can't make one.

    Our nodes keep their ids, saved tensors are "s0", "s1", ..., other tensors "t0", "t1", ...
    """
    if len(graph.operations) > OPERATIONS:
        return ""
    named = _Names(graph, calls)
    # After a backward pass has freed the saved tensors, a drawing without them is still possible.
    # Where hooks of the user's own unpack them, looking at them would run the hooks.
    has_hooks = any(call.has_hooks for call in graph.calls.values())
    for saved in (False,) if has_hooks else (True, False):
        digraph = _make_dot(graph.outputs, named, saved)
        if digraph is not None:
            return _rewritten(digraph, graph)
    return ""


def safe_label(text: str) -> str:
    """A person's text, so that it means nothing to Graphviz: short, one line, no escapes."""
    printable = "".join(character for character in text if character.isprintable())
    return graphviz.escape(printable[:LABEL_CHARACTERS])


class _Names:
    """The mapping of names to leaves that torchviz asks for; here two leaves may share a name."""

    def __init__(self, graph: Graph, calls: Calls) -> None:
        self._pairs = []
        for leaf in graph.leaves:
            name = calls.subject(leaf.variable).name
            if name is not None:
                self._pairs.append((safe_label(name.text), leaf.variable))

    def items(self) -> list[tuple[str, torch.Tensor]]:
        return self._pairs

    def values(self) -> list[torch.Tensor]:
        return [tensor for _, tensor in self._pairs]


def _make_dot(
    outputs: tuple[torch.Tensor, ...], named: _Names, saved: bool
) -> graphviz.Digraph | None:
    try:
        with warnings.catch_warnings(), _cycles_collected():
            # torchviz imports distutils, and distutils warns of its own end.
            warnings.simplefilter("ignore")
            import torchviz

            return torchviz.make_dot(outputs, params=named, show_attrs=saved, show_saved=saved)
    except Exception:
        # A drawing that torchviz can't make must not cost the record of the backward pass.
        return None


@contextmanager
def _cycles_collected() -> Iterator[None]:
    """torchviz leaves reference cycles that hold every saved tensor: free them at once.

    While the collector is off, what is new stays young; collecting the young alone is quick.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.collect(0)
        if enabled:
            gc.enable()


def _rewritten(digraph: graphviz.Digraph, graph: Graph) -> str:
    """The same DOT text, each memory address replaced by an id."""
    ids = {str(id(grad_fn)): graph.ids[grad_fn] for grad_fn in graph.grad_fns()}
    # Several outputs are one box of the drawing, as they are one node of ours.
    ids.update((str(id(output)), graph.OUTPUT) for output in graph.outputs)
    leaves = {str(id(leaf.variable)) for leaf in graph.leaves}
    saved = {
        match[1]
        for line in digraph.body
        if (match := _STATEMENT.match(line)) and _SAVED in line and match[1] not in leaves
    }
    counts = {"s": 0, "t": 0}

    def ours(address: str) -> str:
        if address not in ids:
            kind = "s" if address in saved else "t"
            ids[address] = f"{kind}{counts[kind]}"
            counts[kind] += 1
        return ids[address]

    def rename(match: re.Match[str]) -> str:
        ends = [ours(end) for end in match.groups() if end is not None]
        return "\t" + " -> ".join(ends)

    def clean(line: str) -> str:
        # Graphviz 14 now and then crashes on a label that begins with an empty line, which
        # torchviz writes for a tensor without a name.
        return _ADDRESS.sub("", _STATEMENT.sub(rename, line, 1)).replace('="\n', '=" \n')

    digraph.body[:] = [clean(line) for line in digraph.body]
    return str(digraph.source)
