"""In a large graph one hook sees both sides of a node: nothing else may be told than with two."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from viz.capture import Recorder, firing
from viz.trace import Backward

Program = Callable[[], torch.Tensor]


def used_twice() -> torch.Tensor:
    w = torch.tensor([0.5, -1.25, 3.0], requires_grad=True)
    s = w * w + w
    s.register_hook(lambda gradient: gradient * 3)
    first, second = torch.stack([s, s.exp()]).unbind()
    return (first * second).sum() + s.max()


class Doubling(torch.autograd.Function):
    @staticmethod
    def forward(ctx: object, given: torch.Tensor) -> torch.Tensor:
        return given * 2

    @staticmethod
    def backward(ctx: object, gradient: torch.Tensor) -> torch.Tensor:
        return gradient.mul_(2)  # which it must not do, and PyTorch lets it


def with_a_function_in_python() -> torch.Tensor:
    w = torch.tensor(1.5, requires_grad=True)
    result: torch.Tensor = Doubling.apply(w * w)  # type: ignore[no-untyped-call]
    return result.sin() * 2 - w


def recorded(program: Program) -> Backward:
    with Recorder() as recorder:
        recorder.backward(program())
    return recorder.backwards[0]


@pytest.mark.parametrize("program", [used_twice, with_a_function_in_python])
def test_one_hook_tells_what_two_tell(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    two = recorded(program)
    monkeypatch.setattr(firing, "ONE_HOOK", 0)
    assert recorded(program) == two


@pytest.mark.parametrize("other_first", [False, True])
def test_an_error_in_the_middle_is_at_the_same_node(
    other_first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing() -> Backward:
        w = torch.tensor(2.0, requires_grad=True)
        with Recorder() as recorder:
            # Made before it, this one is ready too when the engine fails; made after, it is over.
            early = w.sin() if other_first else None
            s = w.exp()
            square = s * s
            loss = square + (w.sin() if early is None else early)
            s.add_(1)
            with pytest.raises(RuntimeError, match="inplace"):
                recorder.backward(loss)
        return recorder.backwards[0]

    two = failing()
    monkeypatch.setattr(firing, "ONE_HOOK", 0)
    one = failing()
    assert two.stop is not None
    assert two.stop.node is not None
    assert (one.stop, one.steps) == (two.stop, two.steps)
