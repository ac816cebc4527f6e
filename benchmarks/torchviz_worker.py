"""What a student has today: a Python with torch loaded, make_dot, and Graphviz to SVG.

Reads a program in JSON from each line of standard input, answers with the size of its picture. As a
script with a file (`torchviz_worker.py program.py`) it does the same once, from a cold start.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pygraphviz
import torch
import torchviz


def picture(program: str) -> bytes:
    """torchviz's picture of the program's loss: names of operations, no values, no gradients."""
    before_backward = program.partition("loss.backward()")[0]
    names = {"torch": torch}
    exec(before_backward, names)
    # The loss has a name too: a label with an empty line can crash Graphviz 14.1.5.
    named = {"w": names["w"], "loss": names["loss"]}
    dot = torchviz.make_dot(names["loss"], params=named, show_attrs=True, show_saved=True)
    drawn: bytes = pygraphviz.AGraph(string=dot.source).draw(prog="dot", format="svg")
    return drawn


def main(arguments: list[str]) -> None:
    if arguments:
        print(len(picture(Path(arguments[0]).read_text())))
        return
    for line in sys.stdin:
        print(len(picture(json.loads(line))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
