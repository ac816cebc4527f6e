"""What the real engine did, as plain frozen data: the one thing that leaves the child process.

Words are the field's: leaf, grad_fn, upstream gradient, local derivative, contribution, accumulate.
*Upstream* is nearer the loss, *downstream* nearer the leaves: gradients flow from upstream to
downstream.
"""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from viz.errors import InputError

VERSION = 1

Number = bool | int | float | str
"""A number in JSON. What JSON lacks travels as text: "nan", "inf", "-inf", and complex numbers."""


def to_number(value: bool | int | float | complex) -> Number:
    """The number as JSON can hold it, without loss.

    >>> to_number(float("-inf")), to_number(2.5), to_number(True)
    ('-inf', 2.5, True)
    """
    if isinstance(value, complex):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def to_float(number: Number) -> float:
    """Back to a float; NaN for a complex number.

    >>> to_float("-inf"), to_float(True)
    (-inf, 1.0)
    """
    try:
        return float(number)
    except ValueError:
        return math.nan


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Frozen, slotted, compared by value; tuples, never lists."""


class Array(Record, frozen=True):
    """A tensor's numbers, or a summary of them where it has many.

    values    row-major; None above `Limits.array_values` elements
    low, high, mean, norm   over the finite elements; None where there are none. norm is Euclidean.
    nonfinite how many elements are NaN or infinite
    """

    shape: tuple[int, ...]
    dtype: str
    values: tuple[Number, ...] | None = None
    low: Number | None = None
    high: Number | None = None
    mean: Number | None = None
    norm: Number | None = None
    nonfinite: int = 0

    def __post_init__(self) -> None:
        if self.values is not None and len(self.values) != self.size:
            raise ValueError(f"{len(self.values)} values for shape {self.shape}")

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def is_scalar(self) -> bool:
        return self.shape == ()

    def floats(self) -> tuple[float, ...]:
        """The values as floats, row-major. Raises ValueError where only a summary was kept."""
        if self.values is None:
            raise ValueError(f"only a summary of {self.size} elements was kept")
        return tuple(to_float(value) for value in self.values)


class Argument(Record, frozen=True):
    """One argument of the recorded forward call.

    name     the operation's own parameter name in ATen's schema: "self", "exponent", "dim";
             "tensors[0]" for an item of a list of tensors
    node     the node whose result was passed; None for a plain value, and for a tensor that was
             overwritten without being read
    output   which of that node's results
    text     a plain value as Python would write it: "2", "[0, 1]", "True"; a number operand of
             elementwise arithmetic has both a node of its own and its text
    """

    name: str
    node: str | None = None
    output: int = 0
    text: str | None = None


NodeKind = Literal["operation", "leaf", "constant", "output"]


class Node(Record, frozen=True):
    """A place in the graph.

    id        "n0", in visiting order from the output
    kind      operation: a grad_fn. leaf: requires grad, its engine node is AccumulateGrad.
              constant: an argument that needs no gradient (a tensor, or a plain number).
              output: what `backward` was called on.
    name      the engine's name: "PowBackward0", "AccumulateGrad"; "" for constant and output
    variable  the student's own name for the result, if it has one; "a, b" where several results of
              one operation have names
    line      the line of the program that made it
    values    the forward results, one for each output of the operation (None where not seen);
              as they were when they were made, whatever changes them in place later
    function  the forward call in ATen's words: "aten.pow.Tensor_Scalar"
    """

    id: str
    kind: NodeKind
    name: str
    variable: str | None = None
    line: int | None = None
    shape: tuple[int, ...] | None = None
    dtype: str | None = None
    values: tuple[Array | None, ...] = ()
    function: str | None = None
    arguments: tuple[Argument, ...] = ()

    @property
    def value(self) -> Array | None:
        """The first forward result."""
        return self.values[0] if self.values else None

    def argument(self, name: str) -> Argument | None:
        return next((found for found in self.arguments if found.name == name), None)


class Edge(Record, frozen=True):
    """A way on which a gradient flows, from `upstream` to `downstream`.

    slot          which input of the upstream operation: `next_functions[slot]`; for a constant,
                  which PyTorch's graph leaves out, its position among the tensors and number
                  operands of the forward call, so that `x - y` has its operands in order either way
    output        which result of the downstream node was used
    contribution  what the engine sent along it; None where nothing was sent (a constant)
    """

    upstream: str
    downstream: str
    slot: int
    output: int = 0
    contribution: Array | None = None


class Step(Record, frozen=True):
    """One firing of one node, in the order in which the engine fired.

    incoming   the upstream gradients, one for each output of the node
    outgoing   the contributions, one for each slot; for a leaf the single sum that is accumulated
    """

    node: str
    incoming: tuple[Array | None, ...]
    outgoing: tuple[Array | None, ...]


class Leaf(Record, frozen=True):
    """A leaf that the student named or that the graph reached, around this backward.

    name     "" for a leaf that was reached, but never named
    node     None where the graph does not reach it
    before, after   `.grad` around this backward; None as in PyTorch
    """

    name: str
    node: str | None
    value: Array
    requires_grad: bool
    before: Array | None = None
    after: Array | None = None


class Backward(Record, frozen=True):
    """One call of backward.

    output   id of the node of kind "output"
    line     the line that called backward; None where it was called for the student
    forward  ids of the operations in the order in which the forward pass ran them
    dot      torchviz's drawing as DOT text, with attributes and saved tensors, with our ids
    number   which of the program's calls of backward this was, from 0
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

    def __post_init__(self) -> None:
        ids = {node.id for node in self.nodes}
        if len(ids) != len(self.nodes):
            raise ValueError("two nodes share an id")
        used = {self.output, *self.forward, *(step.node for step in self.steps)}
        for edge in self.edges:
            used |= {edge.upstream, edge.downstream}
        if not used <= ids:
            raise ValueError(f"unknown nodes: {sorted(used - ids)}")

    def node(self, node_id: str) -> Node:
        return next(node for node in self.nodes if node.id == node_id)


class Curve(Record, frozen=True):
    """One leaf over the calls of backward; each column as long as `History.numbers`.

    name        "" for a leaf that was reached, but never named; several leaves may share a name
    gradients   the Euclidean norm of `.grad` after the call, NaN and infinity kept; None where
                there was no `.grad`, or no such leaf
    values      the value at the call; None for a leaf of more than one element
    """

    name: str
    shape: tuple[int, ...]
    gradients: tuple[Number | None, ...]
    values: tuple[Number | None, ...] | None = None


class History(Record, frozen=True):
    """Every call of backward in a few numbers, in columns, recorded step by step or not.

    calls     how often the program called backward
    numbers   which calls the columns hold, from 0: all of them, or evenly thinned; always the last
    lines     the lines that called
    losses    what backward was called on; None where that had more than one element
    norms     its Euclidean norm where it had more than one element, else None;
              empty where it never had
    curves    the leaves, in the order in which they were met
    leaves_left_out   how many leaves have no curve, for there are too many
    """

    calls: int = 0
    numbers: tuple[int, ...] = ()
    lines: tuple[int | None, ...] = ()
    losses: tuple[Number | None, ...] = ()
    norms: tuple[Number | None, ...] = ()
    curves: tuple[Curve, ...] = ()
    leaves_left_out: int = 0

    def __post_init__(self) -> None:
        columns = [self.lines, self.losses, self.norms or self.losses]
        for curve in self.curves:
            columns += [curve.gradients, curve.gradients if curve.values is None else curve.values]
        if {len(column) for column in columns} != {len(self.numbers)}:
            raise ValueError("the columns of a history differ in length")

    @property
    def is_thinned(self) -> bool:
        return len(self.numbers) < self.calls


class Input(Record, frozen=True):
    """A free name of an expression, or a parameter of a pasted `def forward(...)`."""

    name: str
    text: str
    requires_grad: bool = True


class Notice(Record, frozen=True):
    """Something that the page says about the run."""

    text: str
    line: int | None = None


class Series(Record, frozen=True):
    """One curve or cloud of points that the program plotted; x and y are equally long."""

    kind: Literal["line", "points"]
    label: str
    x: tuple[Number, ...]
    y: tuple[Number, ...]

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y):
            raise ValueError(f"{len(self.x)} places for {len(self.y)} heights")


class Picture(Record, frozen=True):
    """What the program plotted with matplotlib into one figure."""

    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]


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

    def to_json(self) -> str:
        return msgspec.json.encode(self).decode()

    @staticmethod
    def from_json(text: str | bytes) -> Trace:
        """Raises InputError for a file that is no trace, or one of another version."""
        try:
            version = msgspec.json.decode(text, type=_Versioned).version
        except msgspec.DecodeError as error:
            raise InputError("this is not a SeeGrad trace file.") from error
        if version != VERSION:
            raise InputError(
                f"this trace file has version {version}; this program reads version {VERSION}.",
                hint="Record it again with this version.",
            )
        try:
            return msgspec.json.decode(text, type=Trace)
        except (msgspec.DecodeError, ValueError) as error:
            raise InputError(f"this trace file is damaged: {error}.") from error


class _Versioned(msgspec.Struct):
    version: int
