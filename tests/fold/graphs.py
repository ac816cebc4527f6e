"""Backwards of real models: `python -m tests.fold.graphs gpt out.json` writes one as a Trace."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import torch
from torch import nn
from torch.nn import functional as F

from viz.capture import Recorder
from viz.limits import DEFAULT, Limits
from viz.trace import Backward, Trace

ROOMY: Limits = msgspec.structs.replace(DEFAULT, operations=10**7, total_operations=10**7)


@contextmanager
def module_paths(model: nn.Module) -> Iterator[dict[int, str]]:
    """The module in whose forward each operation was made, by the sequence number of its grad_fn.

    A grad_fn's number is as large as the count of grad_fns made before it: what is counted when a
    module begins and when it ends tells which are its own.
    """
    spans: list[tuple[int, int, str]] = []
    open_modules: list[int] = []
    found: dict[int, str] = {}

    def begin(*_: Any) -> None:
        open_modules.append(torch._C._autograd._get_sequence_nr())

    def end(path: str) -> Callable[..., None]:
        def note(*_: Any) -> None:
            spans.append((open_modules.pop(), torch._C._autograd._get_sequence_nr(), path))

        return note

    handles = []
    for path, module in model.named_modules():
        handles.append(module.register_forward_pre_hook(begin))
        handles.append(module.register_forward_hook(end(path)))
    try:
        yield found
    finally:
        for handle in handles:
            handle.remove()
        # Inner modules end before outer ones: the first to claim a number is the innermost.
        for start, stop, path in spans:
            for number in range(start, stop):
                found.setdefault(number, path)


def backward_of(model: nn.Module, loss_of: Callable[[], torch.Tensor]) -> Backward:
    """What the engine did for this loss, with the module path of each operation and leaf."""
    with module_paths(model) as paths, Recorder(ROOMY) as recorder:
        for name, parameter in model.named_parameters():
            recorder.name_tensor(name.rpartition(".")[2], parameter, 1)
        loss = loss_of()
        recorder.name_tensor("loss", loss, 1)
        recorder.backward(loss)
    backward = recorder.backwards[-1]
    if any(node.module for node in backward.nodes):
        return backward
    numbers = sorted(_numbers(loss))
    modules = {
        node: paths.get(number, "") for node, number in zip(backward.forward, numbers, strict=True)
    }
    return backward.but(
        nodes=tuple(node.but(module=modules.get(node.id, "")) for node in backward.nodes)
    )


def _numbers(loss: torch.Tensor) -> set[int]:
    """The sequence numbers of all operations below; those of the forward order."""
    seen, waiting, found = set(), [loss.grad_fn], set()
    while waiting:
        grad_fn = waiting.pop()
        if grad_fn is None or grad_fn in seen:
            continue
        seen.add(grad_fn)
        if "AccumulateGrad" not in grad_fn.name():
            found.add(grad_fn._sequence_nr())
        waiting.extend(below for below, _ in grad_fn.next_functions)
    return found


def mlp(layers: int = 40, width: int = 8) -> Backward:
    torch.manual_seed(0)
    parts: list[nn.Module] = []
    for _ in range(layers - 1):
        parts += [nn.Linear(width, width), nn.ReLU()]
    model = nn.Sequential(*parts, nn.Linear(width, 1))
    x = torch.randn(4, width)
    return backward_of(model, lambda: model(x).pow(2).mean())


class Attention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.c_attn = nn.Linear(width, 3 * width)
        self.c_proj = nn.Linear(width, width)
        self.heads = heads

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        b, t, c = x.shape
        q, k, v = (
            part.view(b, t, self.heads, c // self.heads).transpose(1, 2)
            for part in self.c_attn(x).split(c, dim=2)
        )
        scores = (q @ k.transpose(-2, -1)) / (c // self.heads) ** 0.5
        mask = torch.ones(t, t).tril() == 0
        weights = scores.masked_fill(mask, float("-inf")).softmax(-1)
        return self.c_proj((weights @ v).transpose(1, 2).reshape(b, t, c))


class MLP(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.c_fc = nn.Linear(width, 4 * width)
        self.act = nn.GELU()
        self.c_proj = nn.Linear(4 * width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.c_proj(self.act(self.c_fc(x)))


class Block(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.ln_1, self.attn = nn.LayerNorm(width), Attention(width, heads)
        self.ln_2, self.mlp = nn.LayerNorm(width), MLP(width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class Transformer(nn.Module):
    def __init__(self, blocks: int, width: int, heads: int, words: int, room: int) -> None:
        super().__init__()
        self.wte, self.wpe = nn.Embedding(words, width), nn.Embedding(room, width)
        self.h = nn.ModuleList(Block(width, heads) for _ in range(blocks))
        self.ln_f = nn.LayerNorm(width)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        x = self.wte(ids) + self.wpe(torch.arange(ids.shape[1]))
        for block in self.h:
            x = block(x)
        return self.ln_f(x)


class GPT(nn.Module):
    """With the head tied to the embedding, as in GPT-2."""

    def __init__(self, blocks: int, width: int = 16, heads: int = 2, words: int = 29) -> None:
        super().__init__()
        self.transformer = Transformer(blocks, width, heads, words, 32)
        self.lm_head = nn.Linear(width, words, bias=False)
        self.lm_head.weight = self.transformer.wte.weight

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.lm_head(self.transformer(ids))


def gpt(blocks: int = 12) -> Backward:
    torch.manual_seed(0)
    model = GPT(blocks)
    ids = torch.randint(29, (2, 9))
    return backward_of(
        model, lambda: F.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
    )


def rnn(steps: int = 300, width: int = 4) -> Backward:
    """A loop written by hand, with shared weights and without modules."""
    torch.manual_seed(0)
    xs = torch.randn(steps, 2, width)
    w = torch.randn(width, width, requires_grad=True)
    u = torch.randn(width, width, requires_grad=True)
    b = torch.zeros(width, requires_grad=True)

    def loss() -> torch.Tensor:
        h = torch.zeros(2, width)
        for x in xs:
            h = torch.tanh(h @ w + x @ u + b)
        return h.pow(2).sum()

    return _without_modules(loss, w=w, u=u, b=b)


def chain(length: int = 10_000, every: int = 0) -> Backward:
    """Multiplications in a row; `every` so many of them a tanh instead."""
    x = torch.tensor(0.5, requires_grad=True)

    def loss() -> torch.Tensor:
        y = x
        for number in range(1, length + 1):
            y = torch.tanh(y) if every and number % every == 0 else y * 1.0001
        return y

    return _without_modules(loss, x=x)


def dense_scalars(width: int = 20) -> Backward:
    """A dense layer of scalars, as micrograd has it: one operation for each weight."""
    torch.manual_seed(0)
    xs = [torch.tensor(float(i), requires_grad=True) for i in range(width)]
    ws = [torch.randn((), requires_grad=True) for _ in range(width * width)]

    def loss() -> torch.Tensor:
        total = torch.zeros(())
        for row in range(width):
            y = torch.zeros(())
            for at, x in enumerate(xs):
                y = y + ws[row * width + at] * x
            total = total + torch.tanh(y)
        return total

    return _without_modules(loss)


def _without_modules(loss_of: Callable[[], torch.Tensor], **named: torch.Tensor) -> Backward:
    with Recorder(ROOMY) as recorder:
        for name, tensor in named.items():
            recorder.name_tensor(name, tensor, 1)
        loss = loss_of()
        recorder.name_tensor("loss", loss, 2)
        recorder.backward(loss)
    return recorder.backwards[-1]


class Tower(nn.Module):
    def __init__(self, blocks: int, width: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Block(width, 2) for _ in range(blocks))
        self.proj = nn.Linear(width, width, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.layers:
            x = layer(x)
        return self.proj(x.mean(1))


class Towers(nn.Module):
    """Two towers that meet in a table of similarities, as in CLIP."""

    def __init__(self, blocks: int = 6, width: int = 16) -> None:
        super().__init__()
        self.vision, self.text = Tower(blocks, width), Tower(blocks, width)
        self.scale = nn.Parameter(torch.tensor(1.0))

    def forward(self, image: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
        a, b = F.normalize(self.vision(image)), F.normalize(self.text(text))
        return self.scale.exp() * a @ b.T


def clip(blocks: int = 6) -> Backward:
    torch.manual_seed(0)
    model = Towers(blocks)
    image, text = torch.randn(3, 5, 16), torch.randn(3, 4, 16)
    right = torch.arange(3)

    def loss() -> torch.Tensor:
        table = model(image, text)
        return (F.cross_entropy(table, right) + F.cross_entropy(table.T, right)) / 2

    return backward_of(model, loss)


GRAPHS: dict[str, Callable[[], Backward]] = {
    "mlp": mlp,
    "gpt": gpt,
    "rnn": rnn,
    "chain": chain,
    "clip": clip,
    "dense": dense_scalars,
}


def main() -> None:
    name, path = sys.argv[1:]
    Path(path).write_text(Trace(source="", backwards=(GRAPHS[name](),)).to_json())


if __name__ == "__main__":
    main()
