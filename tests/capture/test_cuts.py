"""Where the graph was cut: which constant, by what, on which line, and what it came from."""

import pytest

from tests.recording import recorded
from viz.errors import ProgramError
from viz.trace import Backward, Cut

HEADER = """\
w = torch.tensor(2., requires_grad=True)
v = torch.tensor(3., requires_grad=True)
x = torch.tensor(4.)
"""


def backward_of(source: str) -> Backward:
    return recorded(HEADER + source).backwards[-1]


def only_cut(source: str) -> tuple[Backward, Cut]:
    backward = backward_of(source)
    (cut,) = backward.cuts
    assert backward.node(cut.node).kind == "constant"
    return backward, cut


CUTS = {
    "detach": ("y = w * v\nd = y.detach()\nloss = y * d", "detach", "detach()", 5),
    "detach in place": ("y = w * v\ny.detach_()\nloss = w * y", "detach", "detach_()", 5),
    "data": ("y = w * v\nloss = y * y.data", "data", ".data", 5),
    "no_grad": (
        "y = w * v\nwith torch.no_grad():\n    d = torch.exp(y)\nloss = w * d",
        "no_grad",
        "torch.no_grad()",
        6,
    ),
    "inference mode": (
        "y = w * v\nwith torch.inference_mode():\n    d = y * 2\nloss = y * d.clone()",
        "no_grad",
        "torch.inference_mode()",
        6,
    ),
    "item": ("y = w * v\ns = y.item()\nloss = y * s", "item", "item()", 5),
    "float": ("y = w * v\nloss = y * float(y)", "item", "float()", 5),
    "number computed further": (
        "y = w * v\ns = y.item() / 2 + 1\nloss = y * s",
        "item",
        "item()",
        5,
    ),
    "tensor of a number": (
        "y = w * v\nc = torch.tensor(y.item())\nloss = y * c",
        "item",
        "item()",
        5,
    ),
    "tensor of a list": (
        "y = w * v\nl = [y.item(), 1.]\nloss = (y * torch.tensor(l)).sum()",
        "item",
        "item()",
        5,
    ),
    "tolist": ("y = w * v\nl = y.reshape(1).tolist()\nloss = y * l[0]", "item", "tolist()", 5),
    "numpy": (
        "y = (w * v).reshape(1)\na = y.detach().numpy() * 2\n"
        "loss = (y * torch.from_numpy(a)).sum()",
        "detach",
        "detach()",
        5,
    ),
}


@pytest.mark.parametrize(("source", "how", "word", "line"), CUTS.values(), ids=CUTS)
def test_a_constant_that_came_from_a_leaf_is_a_cut(source, how, word, line):
    _, cut = only_cut(source)
    assert (cut.how, cut.line, cut.word) == (how, line, word)
    assert cut.name in ("y", "")  # `y.reshape(1)` has no name
    assert cut.leaves == ("w", "v")


def test_the_source_of_a_cut_is_the_node_of_this_graph():
    backward, cut = only_cut("y = w * v\nd = y.detach()\nloss = y + d")
    assert backward.node(cut.source).variable == "y"
    assert backward.node(cut.source).name == "MulBackward0"
    assert backward.node(cut.node).variable == "d"


def test_a_leaf_is_the_source_where_nothing_was_computed_before():
    backward, cut = only_cut("loss = w * w.detach()")
    assert backward.node(cut.source).kind == "leaf"
    assert (cut.name, cut.leaves) == ("w", ("w",))


def test_a_source_that_the_graph_lacks_has_a_name_and_its_leaves():
    backward, cut = only_cut("y = w * v\nloss = x * y.detach() + w * 0")
    assert cut.source is None
    assert (cut.name, cut.leaves) == ("y", ("w", "v"))
    assert "v" not in [node.variable for node in backward.nodes]


def test_what_is_computed_from_a_cut_keeps_its_origin():
    _, cut = only_cut("""\
y = w * v
d = y.detach()
with torch.no_grad():
    d = d * 2 + 1
loss = w * torch.exp(d)
""")
    assert (cut.how, cut.line, cut.name) == ("detach", 5, "y")


def test_a_constant_with_two_origins_is_cut_twice():
    cuts = backward_of("d = w.detach() + v.data\nloss = w * d").cuts
    assert {(cut.how, cut.name) for cut in cuts} == {("detach", "w"), ("data", "v")}
    assert len({cut.node for cut in cuts}) == 1


def test_a_constant_that_takes_numbers_in_place_is_cut_and_one_that_is_overwritten_is_not():
    assert len(backward_of("c = x.clone()\nc += w.detach()\nloss = w * c").cuts) == 1
    assert backward_of("c = w.detach().clone()\nc.copy_(x)\nloss = w * c").cuts == ()
    assert backward_of("c = w.detach().clone()\nc.zero_()\nloss = w * c").cuts == ()


NO_CUTS = {
    "the same number, written": "s = w.item()\nprint(s)\nloss = w * 2.0",
    "the same number, from elsewhere": "s = w.item()\nt = 1.0 + 1.0\nloss = w * t",
    "a constant": "loss = w * x.detach() * x.data * x.item()",
    "a new leaf": "u = w.detach().clone().requires_grad_()\nloss = u * x",
    "the shape alone": "with torch.no_grad():\n    c = torch.zeros_like(w)\nloss = w + c",
    "a mask": "mask = w > 1\nwith torch.no_grad():\n    other = v > 1\n"
    "loss = torch.where(mask & other, w, x)",
    "a metric": "loss = w * x\nwith torch.no_grad():\n    error = (loss - x).abs()\n"
    "print(error.item(), float(loss), loss.detach())",
    "an update under no_grad": "for step in range(2):\n    loss = (w - x)**2\n    w.grad = None\n"
    "    loss.backward()\n    with torch.no_grad():\n        w -= 0.1 * w.grad\n",
    "an update of .data": "for step in range(2):\n    loss = (w - x)**2\n    loss.backward()\n"
    "    w.data -= 0.1 * w.grad\n    w.grad.zero_()",
    "a new weight": "for step in range(2):\n    loss = (w - x)**2\n    loss.backward()\n"
    "    w = (w - 0.1 * w.grad).detach().requires_grad_()",
    "an optimizer": "optimizer = torch.optim.Adam([w, v], weight_decay=0.1)\nlosses = []\n"
    "for step in range(2):\n    optimizer.zero_grad()\n    loss = (w * v - x)**2\n"
    "    loss.backward()\n    optimizer.step()\n    losses.append(loss.item())\n"
    "print(sum(losses) / len(losses))",
}


@pytest.mark.parametrize("source", NO_CUTS.values(), ids=NO_CUTS)
def test_what_never_enters_the_graph_is_no_cut(source):
    assert all(backward.cuts == () for backward in recorded(HEADER + source).backwards)


def test_the_gradient_of_a_cut_program_is_the_one_without_the_constant():
    """What the engine sends is what it would send if the constant were written as a number."""
    cut = backward_of("y = w * v\nloss = y * y.detach()")
    written = backward_of("y = w * v\nloss = y * torch.tensor(6.)")
    assert [leaf.after for leaf in cut.leaves] == [leaf.after for leaf in written.leaves]


NO_GRAPH = {
    "detach": ("y = w * v\n(y.detach() * 2).backward()", "detach() on line 5 cut", "detach()"),
    "no_grad": (
        "with torch.no_grad():\n    y = w * v\ny.backward()",
        "'w', but torch.no_grad() on line 5 cut",
        "line 5",
    ),
    "a number": (
        "y = w * v\ntorch.tensor(y.item()).backward()",
        "'y', but item() on line 5",
        "without item()",
    ),
    "whole numbers": ("n = torch.tensor(3)\n(n * 2).backward()", "dtype int64", "2. instead of 2"),
    "no cut": ("(x * 2).backward()", "does not require grad", "requires_grad=True"),
}


@pytest.mark.parametrize(("source", "message", "hint"), NO_GRAPH.values(), ids=NO_GRAPH)
def test_a_result_without_a_graph_says_what_cut_it(source, message, hint):
    with pytest.raises(ProgramError) as caught:
        recorded(HEADER + source)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_list_that_holds_itself_is_no_trouble():
    cuts = backward_of(
        "s = w.item()\nl = [s]\nl.append(l)\nprint(len(l))\nloss = w * l[0] + v * l[1][0]"
    ).cuts
    assert {(cut.how, cut.line, cut.name) for cut in cuts} == {("item", 4, "w")}


def test_a_number_inside_nested_lists_is_still_known():
    (cut,) = backward_of("c = torch.tensor([[w.item(), 1.], [2., 3.]])\nloss = (w * c).sum()").cuts
    assert (cut.how, cut.line) == ("item", 4)
