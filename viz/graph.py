"""The parts of one backward pass: nodes, edges, steps, leaves, cuts, and why it stopped."""

from __future__ import annotations

from typing import Literal

from viz.record import Array, Record


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
    extras    results of the same call that can have no gradient, in the call's order: the indices
              of a maximum, the mask of a dropout
    function  the forward call in ATen's words: "aten.pow.Tensor_Scalar"
    module    path of the module in whose forward it was made: "transformer.h.0.attn"; for a leaf
              the module that owns it; "" outside of all modules
    place     where that line of Python is, if it is not in `Trace.source`:
              "modeling_gpt2.py:344 in forward"
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
    extras: tuple[Array | None, ...] = ()
    module: str = ""
    place: str = ""

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
    local         the local derivative of an elementwise operation, from the engine itself: its
                  grad_fn called with ones. One number for each element of the result, also where
                  the input was broadcast: the contribution is upstream · local, summed there. None
                  for every other operation, and for large tensors
    """

    upstream: str
    downstream: str
    slot: int
    output: int = 0
    contribution: Array | None = None
    local: Array | None = None


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
    before, after   `.grad` around this backward; None as in PyTorch. For `torch.autograd.grad`,
             which fills no `.grad`: None, and the gradient that it returned
    retained whether it is no leaf, but a result that keeps its gradient (`retain_grad`), or one
             that `torch.autograd.grad` was asked about
    """

    name: str
    node: str | None
    value: Array
    requires_grad: bool
    before: Array | None = None
    after: Array | None = None
    retained: bool = False


CutKind = Literal["detach", "data", "no_grad", "item"]


class Cut(Record, frozen=True):
    """Where the graph was cut: a constant that was computed from something that requires grad.

    node     the constant
    how      detach(), .data, an operation under torch.no_grad(), or .item() and its like
    line     the line that cut
    source   the node of this graph that it was computed from; None where the graph lacks it
    name     what the program calls that source; "" where it has no name
    leaves   names of leaves that a gradient would have reached on this way
    word     what the program calls for it: "detach()", "torch.no_grad()", "float()"
    """

    node: str
    how: CutKind
    line: int | None = None
    source: str | None = None
    name: str = ""
    leaves: tuple[str, ...] = ()
    word: str = ""

    @property
    def said(self) -> str:
        """What cut, in a word: "detach()"."""
        words = {"detach": "detach()", "data": ".data", "item": "item()"}
        return self.word or words.get(self.how, "torch.no_grad()")


class Stop(Record, frozen=True):
    """Why the engine refused to go on, in the middle of a backward pass.

    kind     changed: a saved tensor was changed in place; freed: the saved tensors are gone since
             an earlier backward; other: PyTorch's own words are all there is
    message  PyTorch's first sentence
    cure     what would work, in one sentence
    node     the operation that could not compute its gradient
    saved    which tensor it had saved: an argument's name, or "result"
    line     the line that changed the tensor, or that ran the earlier backward
    """

    kind: Literal["changed", "freed", "other"]
    message: str
    cure: str = ""
    node: str | None = None
    saved: str | None = None
    line: int | None = None
