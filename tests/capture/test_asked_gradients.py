"""torch.autograd.grad, backward towards some inputs, and backward from several results."""

import pytest
import torch

from tests.traces import backward_of, trace_of
from viz.capture import Recorder, summarize
from viz.trace import Backward

LEAVES = """
x = torch.tensor([2.0, -1.0], requires_grad=True)
w = torch.tensor([3.0, 0.5], requires_grad=True)
unused = torch.tensor(1.0, requires_grad=True)
s = x * w
a, b = s.unbind()
y = (s**2 + s * x).sum()
"""

CALLS = {
    "one leaf": "torch.autograd.grad(y, x)",
    "several leaves": "torch.autograd.grad(y, [w, x])",
    "a dict of leaves": "torch.autograd.grad(y, {'w': w, 'x': x})",
    "a result and what lies behind it": "torch.autograd.grad(y, (s, w))",
    "a result alone": "torch.autograd.grad(y, s)",
    "the output itself": "torch.autograd.grad(y, y)",
    "one of several results of an operation": "torch.autograd.grad(a * b, b)",
    "two results of one operation": "torch.autograd.grad(a * b, [b, a])",
    "a leaf twice": "torch.autograd.grad(y, [x, x])",
    "an unused leaf": "torch.autograd.grad(y, [unused, x], allow_unused=True)",
    "zeros for it": "torch.autograd.grad(y, [unused, x], materialize_grads=True)",
    "a gradient to begin with": "torch.autograd.grad(s, x, torch.tensor([1.0, 5.0]))",
    "several outputs": "torch.autograd.grad([y, s], [x, w], [None, torch.ones(2)])",
    "a graph of the gradient": "torch.autograd.grad(y, [x, s], create_graph=True)",
    "an iterator": "torch.autograd.grad(y, iter([x, w]))",
}


def recorded(call: str) -> tuple[Backward, dict, object]:
    """One call of torch.autograd.grad: its record, the tensors, and what it returned."""
    scope = {"torch": torch}
    with Recorder() as recorder:
        exec(LEAVES, scope)
        for name in ("x", "w", "unused", "s", "a", "b", "y"):
            recorder.name_tensor(name, scope[name], 1)
        grad = call.replace("torch.autograd.grad(", "grad(")
        wrapped = "(lambda o, i, g=None, **more: recorder.gradients(o, i, g, **more))"
        answer = eval(grad.replace("grad(", f"{wrapped}(", 1), {**scope, "recorder": recorder})
    (backward,) = recorder.backwards
    return backward, scope, answer


def plainly(call: str) -> tuple[dict, object]:
    scope = {"torch": torch}
    exec(LEAVES, scope)
    return scope, eval(call, scope)


def values(answer) -> list:
    return list(answer.values() if isinstance(answer, dict) else answer)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_it_returns_what_pytorch_returns_and_fills_no_grad(call):
    _, scope, answer = recorded(call)
    _, expected = plainly(call)
    assert type(answer) is type(expected)
    for one, other in zip(values(answer), values(expected), strict=True):
        assert one is other is None or torch.equal(one, other)
    assert all(scope[name].grad is None for name in ("x", "w", "unused"))


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_the_record_says_what_was_returned(call):
    backward, scope, answer = recorded(call)
    asked = eval(call.replace("torch.autograd.grad(", "(lambda o, i, *g, **m: i)("), scope)
    asked = values(asked) if not isinstance(asked, torch.Tensor) else [asked]
    returned = {leaf.name: leaf for leaf in backward.leaves}
    names = {id(scope[name]): name for name in ("x", "w", "unused", "s", "a", "b", "y")}
    if "iter" in call:
        asked = [scope["x"], scope["w"]]
    for tensor, gradient in zip(asked, values(answer), strict=True):
        leaf = returned.pop(names[id(tensor)], None)
        if leaf is None:  # The same tensor once more.
            continue
        assert leaf.after == (None if gradient is None else summarize(gradient))
        assert leaf.retained == (not tensor.is_leaf)
    assert backward.way == "grad"
    assert all(leaf.before is None for leaf in backward.leaves)
    assert all(leaf.after is None for leaf in returned.values())


def fired_by_hooks(call: str) -> list[str]:
    """The nodes in the order in which plain PyTorch reaches them, by hooks of our own."""
    scope = {"torch": torch}
    exec(LEAVES, scope)
    order: list[object] = []

    def note(node: object) -> None:
        if node not in order:
            order.append(node)

    def grad(outputs, inputs, *rest, **more):
        inputs = list(inputs.values()) if isinstance(inputs, dict) else inputs
        inputs = [inputs] if isinstance(inputs, torch.Tensor) else list(inputs)
        waiting = [outputs] if isinstance(outputs, torch.Tensor) else list(outputs)
        waiting = [output.grad_fn for output in waiting]
        seen = set()
        while waiting:
            node = waiting.pop()
            if node is not None and node not in seen:
                seen.add(node)
                node.register_prehook(lambda _gradients, node=node: note(node))
                waiting += [below for below, _ in node.next_functions]
        for tensor in inputs:
            node = torch.autograd.graph.get_gradient_edge(tensor).node
            tensor.register_hook(lambda _gradient, node=node: note(node))
        return torch.autograd.grad(outputs, inputs, *rest, **more)

    eval(call.replace("torch.autograd.grad(", "grad("), {**scope, "grad": grad})
    names = {id(scope[name]): name for name in ("x", "w", "unused")}
    return [
        names[id(node.variable)] if hasattr(node, "variable") else node.name() for node in order
    ]


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_the_steps_are_in_the_order_in_which_the_engine_fires(call):
    backward, _, _ = recorded(call)
    nodes = [backward.node(step.node) for step in backward.steps]
    steps = [node.variable if node.kind == "leaf" else node.name for node in nodes]
    assert steps == fired_by_hooks(call)


def test_what_is_not_asked_for_stays_quiet():
    backward, _, _ = recorded("torch.autograd.grad(y, s)")
    by_id = {node.id: node for node in backward.nodes}
    leaves = {node.id for node in backward.nodes if node.kind == "leaf"}
    assert len(leaves) == 2
    assert not leaves & {step.node for step in backward.steps}
    assert all(edge.contribution is None for edge in backward.edges if edge.downstream in leaves)
    last = backward.steps[-1]
    assert by_id[last.node].variable == "s"
    assert set(last.outgoing) == {None}


def test_no_hook_stays_behind():
    for call in CALLS.values():
        _, scope, _ = recorded(call)
        for name in ("x", "w", "s", "a", "b", "y"):
            assert not scope[name]._backward_hooks


def test_pytorch_itself_refuses_what_it_refuses():
    for call in ("torch.autograd.grad(y, unused)", "torch.autograd.grad(s, x)"):
        with pytest.raises(RuntimeError) as ours:
            trace_of(f"{LEAVES}\n{call}")
        with pytest.raises(RuntimeError) as theirs:
            plainly(call)
        assert str(ours.value) == str(theirs.value)


def test_backward_towards_some_inputs_leaves_the_others_alone():
    backward = backward_of(f"{LEAVES}\ny.backward(inputs=[x])")
    scope, _ = plainly("y.backward(inputs=[x])")
    after = {leaf.name: leaf.after for leaf in backward.leaves}
    assert after["x"] == summarize(scope["x"].grad)
    assert after["w"] is scope["w"].grad is None


@pytest.mark.parametrize("call", ["y.backward(inputs=[s])", "s.retain_grad()\ny.backward()"])
def test_a_result_that_keeps_its_gradient_is_among_the_leaves(call):
    backward = backward_of(f"{LEAVES}\n{call}")
    scope = {"torch": torch}
    exec(f"{LEAVES}\n{call}", scope)
    (kept,) = [leaf for leaf in backward.leaves if leaf.retained]
    assert (kept.name, kept.before, kept.after) == ("s", None, summarize(scope["s"].grad))
    assert backward.node(kept.node).variable == "s"


def test_what_a_result_keeps_adds_up_over_two_backwards():
    twice = f"{LEAVES}\ns.retain_grad()\ny.backward(retain_graph=True)\ny.backward()"
    second = backward_of(twice)
    scope = {"torch": torch}
    exec(twice, scope)
    (kept,) = [leaf for leaf in second.leaves if leaf.retained]
    assert kept.after == summarize(scope["s"].grad)
    assert kept.before == summarize(scope["s"].grad / 2)


SEVERAL = {
    "ones": "torch.autograd.backward([y, a])",
    "with gradients": "torch.autograd.backward([a, b], [torch.tensor(2.0), torch.tensor(-1.0)])",
    "one after the other in one graph": "torch.autograd.backward((y, s), (None, torch.ones(2)))",
    "the same twice": "torch.autograd.backward([y, y])",
    "a leaf among them": "torch.autograd.backward([y, unused])",
    "towards one input": "torch.autograd.backward([y, a], inputs=[w])",
}


@pytest.mark.parametrize("call", SEVERAL.values(), ids=SEVERAL)
def test_backward_from_several_results_is_recorded(call):
    backward = backward_of(f"{LEAVES}\n{call}")
    scope, _ = plainly(call)
    for leaf in backward.leaves:
        gradient = scope[leaf.name].grad
        assert leaf.after == (None if gradient is None else summarize(gradient))
    seeds = [edge for edge in backward.edges if edge.upstream == backward.output]
    assert [edge.slot for edge in seeds] == [0, 1]
    output = backward.node(backward.output)
    assert len(output.values) == 2
    assert output.variable is not None
    assert output.variable.count(", ") == 1


def test_the_gradients_that_several_results_begin_with_stand_on_their_edges():
    backward = backward_of(f"{LEAVES}\n{SEVERAL['one after the other in one graph']}")
    seeds = [edge for edge in backward.edges if edge.upstream == backward.output]
    assert [seed.contribution.values for seed in seeds] == [(1.0,), (1.0, 1.0)]


def test_a_loop_of_grad_has_the_curves_of_its_gradients():
    trace = trace_of("""
        w = torch.tensor(1.0, requires_grad=True)
        for step in range(5):
            loss = (w - 3) ** 2
            g, = torch.autograd.grad(loss, [w])
            with torch.no_grad():
                w -= 0.25 * g
    """)
    w, norms, losses = 1.0, [], []
    for _ in range(5):
        losses.append((w - 3) ** 2)
        norms.append(abs(2 * (w - 3)))
        w -= 0.25 * 2 * (w - 3)
    assert trace.history.calls == 5
    assert list(trace.history.losses) == losses
    assert list(trace.history.curves[0].gradients) == norms
