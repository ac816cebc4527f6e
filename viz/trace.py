"""What the real engine did, as plain frozen data: the one thing that leaves the child process.

Words are the field's: leaf, grad_fn, upstream gradient, local derivative, contribution, accumulate.
*Upstream* is nearer the loss, *downstream* nearer the leaves: gradients flow from upstream to
downstream.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from viz.errors import InputError
from viz.graph import Argument, Cut, CutKind, Edge, Leaf, Node, NodeKind, Step, Stop
from viz.history import Curve, History, Picture, Series
from viz.record import Array, Number, Record, to_float, to_number
from viz.soundness import check

__all__ = [
    "Argument",
    "Array",
    "Backward",
    "Curve",
    "Cut",
    "CutKind",
    "Edge",
    "History",
    "Input",
    "Leaf",
    "Node",
    "NodeKind",
    "Notice",
    "Number",
    "Picture",
    "Record",
    "Series",
    "Step",
    "Stop",
    "Trace",
    "to_float",
    "to_number",
]

VERSION = 3


class Backward(Record, frozen=True):
    """One call of backward, or of `torch.autograd.grad`.

    output   id of the node of kind "output"; where backward was called on several tensors, an edge
             leads from it to each of them
    line     the line that called backward; None where it was called for the student
    forward  ids of the operations in the order in which the forward pass ran them
    dot      torchviz's drawing as DOT text, with attributes and saved tensors, with our ids
    number   which of the program's calls of backward this was, from 0
    way      grad: the gradients were returned, and no `.grad` was filled
    cuts     where the graph was cut
    stop     why the engine did not reach the end; None where it did
    """

    output: str
    line: int | None
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    steps: tuple[Step, ...]
    forward: tuple[str, ...]
    leaves: tuple[Leaf, ...]
    dot: str = ""
    number: int = 0
    way: Literal["backward", "grad"] = "backward"
    cuts: tuple[Cut, ...] = ()
    stop: Stop | None = None

    def __post_init__(self) -> None:
        ids = {node.id for node in self.nodes}
        if len(ids) != len(self.nodes):
            raise ValueError("two nodes share an id")
        used = {self.output, *self.forward, *(step.node for step in self.steps)}
        used |= {cut.node for cut in self.cuts} | {cut.source for cut in self.cuts if cut.source}
        used |= {leaf.node for leaf in self.leaves if leaf.node is not None}
        if self.stop is not None and self.stop.node is not None:
            used.add(self.stop.node)
        for edge in self.edges:
            used |= {edge.upstream, edge.downstream}
        if not used <= ids:
            raise ValueError(f"unknown nodes: {sorted(used - ids)}")

    def __repr__(self) -> str:
        """In few words, as that of a Trace."""
        return (
            f"<Backward {self.number}: {len(self.nodes):,} nodes, {len(self.steps):,} steps, "
            f"{len(self.leaves):,} leaves>"
        )

    def node(self, node_id: str) -> Node:
        return next(node for node in self.nodes if node.id == node_id)


class Input(Record, frozen=True):
    """A free name of an expression, or a parameter of a pasted `def forward(...)`."""

    name: str
    text: str
    requires_grad: bool = True


class Notice(Record, frozen=True):
    """Something that the page says about the run."""

    text: str
    line: int | None = None


class Trace(Record, frozen=True):
    """Everything that is shown of one run of one program.

    backwards   the calls of backward that were recorded step by step, by their numbers: all of a
                short program; of a training loop the first, the last and those that were asked for
    history     all calls in a few numbers
    pictures    what the program plotted
    """

    source: str
    inputs: tuple[Input, ...] = ()
    printed: str = ""
    backwards: tuple[Backward, ...] = ()
    notices: tuple[Notice, ...] = ()
    version: int = VERSION
    history: History = History()
    pictures: tuple[Picture, ...] = ()

    def _repr_html_(self) -> str:
        """What a notebook shows: the stepper itself, in a frame of its own."""
        # The one look from the data at its drawing, taken when a notebook asks and not before.
        from viz.html.notebook import notebook_html

        return notebook_html(self)

    def __repr__(self) -> str:
        """In few words: all of it would be megabytes, and an interactive session shows it."""
        counts = [(len(self.backwards), "backward pass", "backward passes")]
        counts.append((sum(len(each.nodes) for each in self.backwards), "node", "nodes"))
        counts.append((len(self.notices), "notice", "notices"))
        told = ", ".join(f"{count:,} {one if count == 1 else more}" for count, one, more in counts)
        return f"<Trace: {told}>"

    def chosen(self, index: int) -> Backward:
        """One recorded backward pass; below 0 from the last. Raises InputError for none."""
        count = len(self.backwards)
        if not count:
            raise InputError("this trace has no backward pass.")
        if not -count <= index < count:
            raise InputError(
                f"there is no backward pass {index}.",
                hint=f"They go from 0 to {count - 1}, or from -1 down.",
            )
        return self.backwards[index]

    def to_json(self) -> str:
        return msgspec.json.encode(self).decode()

    @staticmethod
    def from_json(text: str | bytes) -> Trace:
        """Raises InputError for text that is no trace, is damaged, or is of another version."""
        try:
            version = msgspec.json.decode(text, type=_Versioned).version
        except _UNREADABLE as error:
            raise InputError("this is not a SeeGrad trace file.") from error
        if version != VERSION:
            raise InputError(
                f"this trace file has version {version}; this program reads version {VERSION}.",
                hint="Record it again with this version.",
            )
        try:
            trace = msgspec.json.decode(text, type=Trace)
            check(trace)
        except _UNREADABLE as error:
            # The error may quote a name from the file, whatever is in it.
            said = " ".join(str(error).split())[:_QUOTED]
            raise InputError(f"this trace file is damaged: {said}.") from error
        return trace


# Text that is no UTF-8 is a ValueError, as msgspec's own errors are; a million brackets are the
# other one.
_UNREADABLE = (ValueError, RecursionError)
_QUOTED = 200


class _Versioned(msgspec.Struct):
    version: Annotated[int, msgspec.Meta(ge=0, lt=1_000_000)]
