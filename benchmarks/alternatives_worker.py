"""One tool on one graph, in a process of its own: `... alternatives_worker seegrad chain-1000 60`.

Answers with one line of JSON: the CPU seconds of each stage, the nodes of the engine's graph, the
most memory; or the error that the tool ended with.
"""

from __future__ import annotations

import json
import os
import resource
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

import torch

from benchmarks.alternatives_cases import Case, made, operations, small

ROUNDS, QUICK = 3, 2.0
"""A measurement of less than so many seconds is made three times; the fastest counts: whatever else
the machine does only makes it slower."""

Stages = dict[str, float]


class Stopwatch:
    def __init__(self) -> None:
        self.stages: Stages = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        before = worked()
        yield
        self.stages[name] = worked() - before


def worked() -> float:
    """CPU seconds of this process, all its threads, and the commands that it ran: what else the
    machine does counts less than with a clock on the wall."""
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + others.ru_utime + others.ru_stime


def plain(case: Case, watch: Stopwatch) -> None:
    """The floor: nothing is recorded."""
    model, x = case
    with watch.stage("forward and backward"):
        model(x).backward()


def hooks(case: Case, watch: Stopwatch) -> None:
    """The floor of whoever looks at each node in Python: a hook that does nothing."""
    model, x = case

    def nothing(outgoing: object, incoming: object) -> None: ...

    with watch.stage("forward, hooks, backward"):
        loss = model(x)
        waiting, seen = [loss.grad_fn], {loss.grad_fn}
        while waiting:
            node = waiting.pop()
            node.register_hook(nothing)
            for other, _ in node.next_functions:
                if other is not None and other not in seen:
                    seen.add(other)
                    waiting.append(other)
        loss.backward()


def seegrad(case: Case, watch: Stopwatch) -> None:
    """Every value and gradient; the folded view that a reader first sees; a place for each node."""
    import msgspec

    import viz
    from viz.fold.build import tree_of
    from viz.fold.drawing import overview
    from viz.fold.opening import first_view
    from viz.layout import arrange

    model, x = case
    with watch.stage("record"):
        with viz.watch() as watching:
            loss = model(x)
        trace = watching.backward(loss)
    backward = trace.backwards[-1]
    with watch.stage("fold and first view"):
        tree = tree_of(backward)
        msgspec.json.encode(overview(tree, first_view(tree)))
    with watch.stage("place every node"):
        arrange(backward)


def torchviz(case: Case, watch: Stopwatch) -> None:
    """The picture of the graph: no values, no gradients."""
    import torchviz

    model, x = case
    with watch.stage("forward"):
        loss = model(x)
    with watch.stage("make_dot"):
        dot = torchviz.make_dot(loss, params=dict(model.named_parameters()))
    with watch.stage("dot to SVG"):
        drawn(dot.source)


def torchlens(case: Case, watch: Stopwatch) -> None:
    """Its trace with gradients, and its picture."""
    import torchlens as library

    model, x = case
    with watch.stage("trace"):
        options = library.options.CaptureOptions(save_grads=True)
        trace = library.trace(model, x, capture=options)
    with watch.stage("backward"):
        trace.log_backward(trace[trace.output_layers[0]].out)
    with watch.stage("draw"), tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "graph")
        trace.draw(vis_outpath=path, vis_fileformat="svg", vis_save_only=True)


def torchview(case: Case, watch: Stopwatch) -> None:
    """Its picture of the forward pass, modules and functions open: no values, no gradients."""
    from torchview import draw_graph

    model, x = case
    with watch.stage("trace"):
        graph = draw_graph(
            model,
            input_data=x,
            depth=100,
            device="cpu",
            expand_nested=True,
            hide_module_functions=False,
        )
    with watch.stage("dot to SVG"):
        drawn(graph.visual_graph.source)


TOOLS: dict[str, Callable[[Case, Stopwatch], None]] = {
    tool.__name__: tool for tool in (plain, hooks, seegrad, torchviz, torchlens, torchview)
}


def drawn(dot: str) -> bytes:
    """By the Graphviz inside pygraphviz's wheel, as an SVG."""
    import pygraphviz

    picture: bytes = pygraphviz.AGraph(string=dot).draw(prog="dot", format="svg")
    return picture


def with_a_dot(folder: str) -> None:
    """Commands that are pygraphviz's Graphviz, for who looks for some where there are none."""
    if which("dot"):
        return
    for name in ("dot", "neato", "sfdp"):
        command = Path(folder, name)
        text = f"#!{sys.executable}\nfrom benchmarks.dot import main\nmain({name!r})\n"
        command.write_text(text, "utf-8")
        command.chmod(command.stat().st_mode | stat.S_IXUSR)
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])


def main(tool: str, case: str, seconds: str) -> int:
    # The kernel ends it, whatever it does; commands that it runs have as many seconds of their own.
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 5))
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        with_a_dot(folder)
        print(json.dumps(measured(tool, case)))
    return 0


def measured(tool: str, case: str) -> dict[str, object]:
    TOOLS[tool](small(), Stopwatch())
    best: Stages = {}
    for _ in range(ROUNDS):
        watch = Stopwatch()
        fresh = made(case)
        try:
            TOOLS[tool](fresh, watch)
        except (Exception, RecursionError) as error:
            return {"error": type(error).__name__, "said": str(error)[:300], "stages": watch.stages}
        if not best or sum(watch.stages.values()) < sum(best.values()):
            best = watch.stages
        if sum(watch.stages.values()) > QUICK:
            break
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    megabytes = memory / (1e6 if sys.platform == "darwin" else 1e3)
    return {"stages": best, "nodes": nodes_of(case), "megabytes": megabytes}


def nodes_of(case: str) -> int:
    """In a thread with room on its stack: PyTorch frees what Python has seen by recursion."""
    found: list[int] = []

    def count() -> None:
        model, x = made(case)
        found.append(operations(model(x)))

    threading.stack_size(256 << 20)
    counting = threading.Thread(target=count)
    counting.start()
    counting.join()
    return found[0]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
