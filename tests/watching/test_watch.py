"""`viz.watch()`: values, names, lines, modules and gradients of a person's own code."""

from __future__ import annotations

import math
import threading
from pathlib import Path

import pytest
import torch
from torch import nn

import viz
from viz.trace import Backward, Node, Trace


def gradients(backward: Backward) -> dict[str, tuple[float, ...] | None]:
    return {leaf.name: leaf.after and leaf.after.floats() for leaf in backward.leaves}


def node(trace: Trace, name: str) -> Node:
    return next(node for node in trace.backwards[-1].nodes if node.name == name)


def line_of(text: str, source: str) -> int:
    """The line of this file that ends with the text."""
    found = [n for n, line in enumerate(source.splitlines(), 1) if line.endswith(text)]
    assert len(found) == 1, (text, found)
    return found[0]


def test_the_pass_after_the_block_has_values_names_lines_and_gradients() -> None:
    x = torch.tensor([2.0, 3.0], requires_grad=True)
    with viz.watch() as watch:
        doubled = x * 2  # doubled here
        loss = doubled.sum()  # summed here
    trace = watch.backward(loss)  # backward here
    assert trace.source == Path(__file__).read_text(encoding="utf-8")
    product, total = node(trace, "MulBackward0"), node(trace, "SumBackward0")
    assert (product.variable, total.variable) == ("doubled", "loss")
    assert product.line == line_of("# doubled here", trace.source)
    assert total.line == line_of("# summed here", trace.source)
    assert trace.backwards[0].line == line_of("# backward here", trace.source)
    assert product.value is not None
    assert product.value.floats() == tuple(doubled.tolist())
    expected = torch.autograd.grad((x * 2).sum(), x)[0]
    assert gradients(trace.backwards[0])["x"] == tuple(expected.tolist())
    assert x.grad is not None
    assert torch.equal(x.grad, expected)
    assert Trace.from_json(trace.to_json()) == trace


def test_several_losses_and_several_passes_inside_and_after_the_block() -> None:
    w = torch.tensor(3.0, requires_grad=True)
    with viz.watch() as watch:
        first, second = w**2, w**3
        inside = watch.backward(first)
        second.backward(retain_graph=True)
    after = watch.backward([second], [torch.tensor(10.0)])
    assert [len(each.backwards) for each in (inside, after, watch.trace)] == [1, 1, 3]
    assert [each.number for each in watch.trace.backwards] == [0, 1, 2]
    assert w.grad is not None
    assert w.grad.item() == 2 * 3 + 27 + 270
    assert gradients(after.backwards[0])["w"] == (w.grad.item(),)
    assert watch.trace.history.calls == 3


def test_gradients_that_are_returned_are_recorded_whoever_asks() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    with viz.watch() as watch:
        y = x**3
        (by_watch,) = watch.grad(y, x, retain_graph=True)
        (by_torch,) = torch.autograd.grad(y, x, retain_graph=True)
    (afterwards,) = watch.grad([y], [x], [torch.tensor(2.0)], materialize_grads=True)
    assert (by_watch, by_torch, afterwards) == (12, 12, 24)
    assert [each.way for each in watch.trace.backwards] == ["grad"] * 3
    assert [gradients(each)["x"] for each in watch.trace.backwards] == [(12,), (12,), (24,)]
    assert x.grad is None


@pytest.mark.parametrize("after", [False, True], ids=["inside", "after"])
def test_the_graph_of_the_gradients_is_seen(after: bool) -> None:
    x = torch.tensor(2.0, requires_grad=True)
    with viz.watch() as watch:
        y = x**3
        if not after:
            (slope,) = watch.grad(y, x, create_graph=True)
    if after:
        (slope,) = watch.grad(y, x, create_graph=True)
    trace = watch.backward(slope)
    assert x.grad is not None
    assert x.grad.item() == 12
    assert not trace.notices
    assert node(trace, "MulBackward0").value is not None


def test_a_training_loop_of_somebody_elses_is_recorded() -> None:
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with viz.watch() as watch:
        for _ in range(3):
            optimizer.zero_grad()
            loss = model(torch.ones(1, 2)).pow(2).sum()
            loss.backward()
            optimizer.step()
    trace = watch.trace
    assert len(trace.backwards) == trace.history.calls == 3
    assert node(trace, "AddmmBackward0").module == "model"
    assert set(gradients(trace.backwards[0])) == {"model.weight", "model.bias"}


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(2, 2)
        self.unseen = [nn.Linear(2, 2)]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.unseen[0](self.inner(x)).relu() + self.tail(x)

    def tail(self, x: torch.Tensor) -> torch.Tensor:
        return x.exp()


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([Block(), Block()])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for block in self.blocks:
            x = block(x)
        return x


def test_each_operation_has_the_path_of_its_module() -> None:
    net, loss_of = Net(), nn.MSELoss()
    named = nn.Linear(2, 2)
    with viz.watch() as watch:
        loss = loss_of(named(net(torch.ones(2))), torch.zeros(2))
    trace = watch.backward(loss)
    modules = {(each.name, each.module) for each in trace.backwards[0].nodes}
    expected = {
        ("MseLossBackward0", "loss_of"),
        ("ReluBackward0", "blocks.1"),
        ("ExpBackward0", "blocks.1"),
        ("AddmmBackward0", "blocks.0.inner"),
        ("AddmmBackward0", "blocks.0.Linear"),
        ("AddmmBackward0", "named"),
    }
    assert expected <= modules
    leaves = {
        each.variable: each.module for each in trace.backwards[0].nodes if each.kind == "leaf"
    }
    assert leaves["blocks.0.inner.weight"] == "blocks.0.inner"
    assert leaves["named.bias"] == "named"


def test_a_part_that_is_called_alone_keeps_its_path_in_the_whole() -> None:
    net = Net()
    with viz.watch() as watch:
        loss = net.blocks[1](torch.ones(2)).sum()
    trace = watch.backward(loss)
    assert node(trace, "ReluBackward0").module == "blocks.1"
    assert "blocks.1.inner.weight" in gradients(trace.backwards[0])


def test_a_line_of_another_file_is_a_place() -> None:
    code = compile("def helper(x):\n    return x.exp()\n", "/somewhere/library.py", "exec")
    scope: dict[str, object] = {}
    exec(code, scope)
    helper = scope["helper"]
    x = torch.tensor(1.0, requires_grad=True)
    with viz.watch() as watch:
        y = helper(x)  # type: ignore[operator]  # called here
    trace = watch.backward(y)
    assert node(trace, "ExpBackward0").place == "library.py:2 in helper"
    assert node(trace, "ExpBackward0").line == line_of("# called here", trace.source)
    assert node(trace, "ExpBackward0").variable == "y"


def test_code_without_a_file_is_watched_all_the_same() -> None:
    scope: dict[str, object] = {"viz": viz, "torch": torch}
    exec(
        "x = torch.tensor(3.0, requires_grad=True)\n"
        "with viz.watch() as watch:\n"
        "    y = x * x\n"
        "trace = watch.backward(y)\n",
        scope,
    )
    trace = scope["trace"]
    assert isinstance(trace, Trace)
    assert trace.source == ""
    assert node(trace, "MulBackward0").place == "<string>:3"
    assert node(trace, "MulBackward0").variable == "y"
    assert all(each.line is None for each in trace.backwards[0].nodes)


def test_names_in_lists_and_in_self_and_in_loops() -> None:
    class Owner:
        def __init__(self) -> None:
            self.scale = torch.tensor(2.0, requires_grad=True)

        def run(self) -> Trace:
            weights = [torch.tensor(3.0, requires_grad=True) for _ in range(2)]
            with viz.watch() as watch:
                h = self.scale
                for weight in weights:
                    h = h * weight
                    h = h.sin()
            return watch.backward(h)

    trace = Owner().run()
    assert set(gradients(trace.backwards[0])) == {"self.scale", "weights[0]", "weights[1]"}
    named = [each.variable for each in trace.backwards[0].nodes if each.kind == "operation"]
    assert named == ["h"] * 4


def test_an_exception_passes_and_what_was_recorded_stays() -> None:
    x = torch.tensor(1.0, requires_grad=True)
    watch = viz.watch()

    def fail() -> None:
        with watch:
            (x * 2).backward()
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        fail()
    assert len(watch.trace.backwards) == 1


def test_a_pass_that_fails_in_the_middle_is_shown_up_to_there() -> None:
    x = torch.ones(2, requires_grad=True)
    with viz.watch() as watch:
        y = x.exp()
        z = y.sin()
        with torch.no_grad():
            y += 1  # changed here
    with pytest.raises(RuntimeError, match="modified by an inplace"):
        watch.backward(z.sum())
    (backward,) = watch.trace.backwards
    assert backward.stop is not None
    assert backward.stop.kind == "changed"
    assert backward.stop.line == line_of("# changed here", watch.trace.source)


def test_wrong_use_is_one_sentence() -> None:
    with pytest.raises(viz.InputError, match="at least 1"):
        viz.watch(array_values=0)
    watch = viz.watch()
    with pytest.raises(viz.InputError, match="nothing has been watched"):
        watch.backward(torch.ones(()))
    with watch:
        pass
    with pytest.raises(viz.InputError, match="used already"), watch:
        pass
    for wrong in (3.0, None, [], [1.0]):
        with pytest.raises(viz.InputError, match="begins at a tensor"):
            watch.backward(wrong)  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="does not require grad"):
        watch.backward(torch.ones(()))


def test_large_tensors_are_summarised_above_a_size_that_can_be_set() -> None:
    x = torch.ones(100, requires_grad=True)
    for most, values in ((64, None), (100, (2.0,) * 100)):
        with viz.watch(array_values=most) as watch:
            y = x * 2
        product = node(watch.backward(y.sum()), "MulBackward0").value
        assert product is not None
        assert product.values == values
        assert product.norm == pytest.approx(20.0)


def test_what_is_out_of_sight_is_said() -> None:
    class Doubled(torch.autograd.Function):
        @staticmethod
        def forward(ctx: object, x: torch.Tensor) -> torch.Tensor:
            return x * 2

        @staticmethod
        def backward(ctx: object, gradient: torch.Tensor) -> torch.Tensor:
            return gradient * 2

    x = torch.ones(2, requires_grad=True)
    before = x.exp()
    with viz.watch() as watch:
        loss = Doubled.apply(before).sum()
    trace = watch.backward(loss)
    (notice,) = trace.notices
    assert notice.text.startswith("2 operations were made out of sight")
    assert "DoubledBackward" in notice.text
    assert "ExpBackward0" in notice.text
    assert node(trace, "DoubledBackward").value is not None
    assert math.isclose(gradients(trace.backwards[0])["x"][0], 2 * math.e, rel_tol=1e-6)  # type: ignore[index]


def test_another_threads_backward_passes_by_and_is_counted() -> None:
    x = torch.ones(2, requires_grad=True)

    def elsewhere() -> None:
        nn.Linear(2, 1)(torch.ones(2)).backward()
        (x * 3).sum().backward()

    with viz.watch() as watch:
        loss = (x * 2).sum()
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        watch.backward(loss)
    assert x.grad is not None
    assert x.grad.tolist() == [5.0, 5.0]
    assert len(watch.trace.backwards) == 1
    assert [notice.text for notice in watch.trace.notices] == [
        "Not recorded: a backward pass ran in another thread, 2 times."
    ]


def test_a_thread_may_ask_for_the_pass() -> None:
    x = torch.ones(2, requires_grad=True)
    with viz.watch() as watch:
        loss = (x * 2).sum()
    traces: list[Trace] = []
    thread = threading.Thread(target=lambda: traces.append(watch.backward(loss)))
    thread.start()
    thread.join()
    assert gradients(traces[0].backwards[0])["x"] == (2.0, 2.0)


def test_a_watch_inside_another_one_sees_the_same() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    with viz.watch() as outer, viz.watch() as inner:
        y = x**3
        y.backward(retain_graph=True)
    trace = inner.backward(y)
    assert outer.trace.backwards[0].steps == inner.trace.backwards[0].steps
    assert gradients(trace.backwards[0])["x"] == (24.0,)
    assert len(outer.trace.backwards) == 1


def test_of_very_many_passes_the_later_are_kept_in_a_few_numbers() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    with viz.watch() as watch:
        for _ in range(105):
            (x * 2).backward()
        y = x * 3
        trace = watch.backward(y)
    assert [each.number for each in trace.backwards] == [105]
    assert len(watch.trace.backwards) == 101
    assert watch.trace.history.calls == 106
    assert any(notice.text.startswith("5 backward passes ran") for notice in trace.notices)
