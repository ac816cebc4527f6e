"""A text as something that can be run again and again, as the child process does it."""

from __future__ import annotations

from typing import Any

from viz.again.rerun import Program
from viz.language import check, run
from viz.limits import DEFAULT, Limits
from viz.trace import Input

IMPORTS = "import torch\nimport torch.nn.functional as F\n"


def repeated(source: str, limits: Limits = DEFAULT, **texts: str) -> Program:
    program = check(source, limits)
    inputs = {name: Input(name, text) for name, text in texts.items()}

    def run_it(observer: Any) -> None:
        run(program, inputs, observer, limits)

    return run_it
