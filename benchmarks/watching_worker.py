"""One case of the cost of recording, in a process of its own: `CASE SIZE RUNS`, answered in JSON.

Cases: `plain` PyTorch; `hooks`, a bare Python hook on each node, which keeps nothing; `seegrad`,
`viz.watch` until the Trace exists. A size is a number of tiny operations, or `gpt2`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

import viz

Loss = Callable[[], torch.Tensor]


def chain(count: int) -> Loss:
    weight = torch.tensor(1.0001, requires_grad=True)

    def loss() -> torch.Tensor:
        weight.grad = None
        result = weight
        for _ in range(count):
            result = result * 1.0001
        return result

    return loss


def gpt2() -> Loss:
    """GPT-2 as it was published: 12 layers, 124 million weights, here random; 64 tokens."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(0)
    model = GPT2LMHeadModel(GPT2Config()).eval()
    tokens = torch.randint(0, model.config.vocab_size, (1, 64))

    def loss() -> torch.Tensor:
        model.zero_grad()
        result: torch.Tensor = model(tokens, labels=tokens).loss
        return result

    return loss


def plain(loss: Loss) -> torch.Tensor:
    """Returns the loss, so that freeing the graph is not measured."""
    result: Any = loss()
    result.backward()
    return result


def hooks(loss: Loss) -> torch.Tensor:
    result: Any = loss()
    handles = [node.register_hook(_nothing) for node in _nodes(result)]
    result.backward()
    for handle in handles:
        handle.remove()
    return result


def seegrad(loss: Loss) -> Any:
    with viz.watch() as watch:
        result = loss()
        trace = watch.backward(result)
    return result, trace


def _nothing(*_gradients: object) -> None:
    pass


def _nodes(result: torch.Tensor) -> set[Any]:
    waiting, seen = [result.grad_fn], set()
    while waiting:
        node: Any = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            waiting += [below for below, _ in node.next_functions]
    return seen


CASES = {"plain": plain, "hooks": hooks, "seegrad": seegrad}


RECURSES = 20_000
"""Operations whose nodes Python has seen: PyTorch frees more of them by a recursion too deep."""


def main(case: str, size: str, runs: int) -> None:
    """A short run first, so that nothing is imported or built within a time."""
    loss = gpt2() if size == "gpt2" else chain(int(size))
    CASES[case](loss if size == "gpt2" else chain(100))
    forget_peak()
    before = peak()
    times, freeing, megabytes, held = [], [], 0.0, []
    keeps = case == "hooks" and size != "gpt2" and int(size) > RECURSES
    for _ in range(runs):
        began = time.perf_counter()
        kept = CASES[case](loss)
        times.append((time.perf_counter() - began) * 1000)
        megabytes = megabytes or (peak() - before) / 1024
        if keeps:
            held.append(kept)
            continue
        began = time.perf_counter()
        del kept
        freeing.append((time.perf_counter() - began) * 1000)
    print(json.dumps({"times": times, "freeing": freeing, "megabytes": megabytes}), flush=True)
    os._exit(0)  # What is held could not be freed.


def forget_peak() -> None:
    """Linux begins anew with the memory that is in use now."""
    Path("/proc/self/clear_refs").write_text("5")


def peak() -> int:
    """KiB."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
